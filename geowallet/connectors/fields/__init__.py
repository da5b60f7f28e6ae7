"""What one field of a source means: instants, numbers, headings."""
