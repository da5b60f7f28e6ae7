"""The law and the calendar as dated, cited data."""
