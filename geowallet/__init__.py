"""The track stays with its owner; the figure that a signed contract allows leaves."""

__version__ = "0.1.0"
