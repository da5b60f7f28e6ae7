"""Commands about trips, places, vehicles and work."""
