"""Commands about allowances by the book."""
