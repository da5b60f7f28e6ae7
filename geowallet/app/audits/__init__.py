"""Use cases of owners who are asked to look behind a total."""
