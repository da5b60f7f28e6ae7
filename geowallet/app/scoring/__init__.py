"""Use cases of scoring modules and tariffs."""
