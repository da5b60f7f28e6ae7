"""Terms ready to be filled in."""
