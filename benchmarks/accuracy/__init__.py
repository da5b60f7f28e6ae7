"""Measuring the analysis against truth: metres, trips, modes."""
