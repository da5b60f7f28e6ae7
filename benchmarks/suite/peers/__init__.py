"""Scripts for the interpreters of other programs; they import nothing of ours."""
