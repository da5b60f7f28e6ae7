"""The encrypted file: the only room that knows SQLite."""
