"""Fitting the shipped model of travel modes; in the sources, not in the wheel."""
