"""Maps that the owner has: OpenStreetMap extracts, read for what lies around a trace."""
