"""Bytes to fixes: one module per format, chosen by content."""
