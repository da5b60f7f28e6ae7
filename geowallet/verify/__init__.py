"""What a recipient runs: an export in, a verdict out, no wallet needed."""
