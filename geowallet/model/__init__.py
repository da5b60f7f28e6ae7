"""Words and tables of the field: no file, no network, no clock.

Only `fixes` and `geodesy` need numpy; everything else here is plain Python, so
that a recipient can check an export without it.
"""
