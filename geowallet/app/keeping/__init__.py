"""What is kept, for how long, where else it lies, and whether it is whole."""
