"""The confined process that turns selected rows into numbers."""
