"""Commands about the wallet itself: its file, its keys, its copies."""
