"""The owner's vehicles: which trips are theirs, what odometers and fillings say."""
