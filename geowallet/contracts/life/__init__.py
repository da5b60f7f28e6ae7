"""Signed files of both sides: yes, no, newer keys, questions, and the end."""
