"""What the applications of phones and watches write, and their services hand out."""
