"""What leaves, and its other side: contracts, exports, receipts, and their verification."""
