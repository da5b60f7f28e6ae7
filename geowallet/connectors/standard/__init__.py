"""Formats that many programs and devices share: GPX, FIT, NMEA, plain tables."""
