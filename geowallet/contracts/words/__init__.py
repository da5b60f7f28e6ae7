"""A contract in words: for its owner, and in the words of standards."""
