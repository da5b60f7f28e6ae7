"""Results to signed and sealed exports."""
