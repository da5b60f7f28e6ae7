"""Small sources, written by hand; the numbers that tests expect are read off them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geowallet.model.errors import GeowalletError

GPX = b"""<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="hand" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><time>0000-00-00T00:00:00Z</time></metadata>
<trk><trkseg>
<trkpt lat="48.6921" lon="6.1844"><ele>212.5</ele><time>2026-03-02T07:30:00Z</time>
<extensions><speed>4.5</speed><hAcc>8.25</hAcc></extensions></trkpt>
<trkpt lat="48.6930" lon="6.1850"><time>2026-03-02T07:30:10.250Z</time></trkpt>
<trkpt lat="48.6939" lon="6.1856"><time>2026-03-02T08:30:20+01:00</time></trkpt>
</trkseg></trk></gpx>
"""

GEOJSON = b"""{"type": "FeatureCollection", "features": [
{"type": "Feature", "geometry": {"type": "Point", "coordinates": [6.1844, 48.6921, 212.5]},
 "properties": {"time": "2026-03-02T07:30:00Z", "accuracy": 8.25, "speed": 4.5}},
{"type": "Feature", "geometry": {"type": "Point", "coordinates": [6.1850, 48.6930]},
 "properties": {"timestamp": 1772436610.25, "accuracy": -1}},
{"type": "Feature", "geometry": {"type": "LineString", "coordinates":
 [[6.1856, 48.6939], [6.1860, 48.6941]]},
 "properties": {"coordTimes": ["2026-03-02T07:30:20Z", "2026-03-02T07:30:30Z"]}}]}
"""

PLT = b"""Geolife trajectory\r
WGS 84\r
Altitude is in Feet\r
Reserved 3\r
0,2,255,My Track,0,0,2,8421376\r
0\r
39.921712,116.472343,0,100,39298.1462037037,2007-08-04,03:30:32\r
39.921705,116.472343,0,-777,39298.1462152778,2007-08-04,03:30:33\r
"""

CSV = b"""user_id,time,lat,lon,elevation_m,label
ann,2026-03-02T07:30:00Z,48.6921,6.1844,212.5,walk
bob,2026-03-02T07:30:05Z,48.7000,6.2000,,car
ann,2026-03-02T07:30:10Z,48.6930,6.1850,,walk
"""

FIRST_US = 1_772_436_600_000_000
"""2026-03-02T07:30:00Z: 20,514 days and 27,000 s after the epoch."""


def refused(call: Callable[[], Any]) -> str | None:
    """Return the text of the clean error that ``call`` raises, or None."""
    try:
        call()
    except GeowalletError as error:
        return str(error)
    return None


def fixes_or_refusal(call: Callable[[], Any]) -> int | str:
    """Return how many fixes ``call`` read, or the text of its clean error."""
    found = 0

    def counted() -> None:
        nonlocal found
        found = call().fix_count

    return refused(counted) or found


def sound(outcome: int | str, *, most: int) -> bool:
    """Say whether it is a refusal that repeats no coordinate, or few enough fixes."""
    return "48.69" not in outcome if isinstance(outcome, str) else outcome <= most
