"""Use cases: the only room that wires the others and opens paths."""
