"""The whole suite, peers beside it: ``./dev bench``."""
