"""Which mode a leg was travelled with: its description, the forest, and what surrounds it."""
