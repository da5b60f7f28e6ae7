"""From selected trips to the figures that leave, in whole numbers."""
