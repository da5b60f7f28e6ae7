"""What the owner may read, print and hand over: figures from trips, by the book."""
