"""Commands about the evidence log, and those of witnesses."""
