"""The recipient's side: keys, offers, and what came back."""
