"""What the terms of a contract may say, and how it is written."""
