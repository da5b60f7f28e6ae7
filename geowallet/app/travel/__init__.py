"""From stored fixes to trips, with what the owner says of them, and the models that tell modes."""
