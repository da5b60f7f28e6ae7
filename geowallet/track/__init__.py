"""Pure analysis: fixes to stops, legs, trips, places and purposes."""
