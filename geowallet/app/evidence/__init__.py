"""Use cases: what others say of the log (time stamps, witnesses), and what it shows."""
