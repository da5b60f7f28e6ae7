"""Runs of plain track points, taken by columns or by pattern, not element by element.

A point is plain if it is written as nearly all are: latitude and longitude, then
elevation, time in UTC, and what is not looked at. Every plain point is well-formed
by itself, so a run of them can be left out of the document that the XML parser
sees. Whatever is not plain goes to the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.documents.plain_values import BLANK, INSTANT, NUMBER, moments_us, reals
from geowallet.connectors.standard.gpx_columns import Alike, Run

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAT, _LON = rf'lat="{NUMBER}"', rf'lon="{NUMBER}"'
_ELE = rf"(?:<ele>{NUMBER}</ele>{BLANK})?+"
_TIME = rf"<time>{INSTANT}</time>{BLANK}"
_UNUSED = rf"(?:<(hdop|vdop|pdop|sat|fix|geoidheight)>[\w.]{{0,64}}</\5>{BLANK})*+"
_GARMIN = (
    rf"(?:<extensions>{BLANK}<gpxtpx:TrackPointExtension>{BLANK}"
    rf"(?:<gpxtpx:(atemp|hr|cad)>[\w.]{{0,64}}</gpxtpx:\6>{BLANK})*+"
    rf"</gpxtpx:TrackPointExtension>{BLANK}</extensions>{BLANK})?+"
)
_REST = rf"{BLANK}>{BLANK}{_ELE}{_TIME}{_UNUSED}{_GARMIN}</trkpt>"

END = "</trkpt>"
"""Ends a point, if it is no part of a comment."""

LEAST_REACH = 1 << 15
"""Characters looked at for points alike, until a run was long."""

MOST_REACH = 1 << 18
"""Some 1,000 points: setting up costs little then, and the columns fit the caches."""

MOST_REFUSALS = 3
"""Points in a row behind which few are alike, until the pattern takes the rest of a piece."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One order of the two attributes."""

    point: re.Pattern[str]
    run: re.Pattern[str]
    lat: int
    lon: int


def _way(first: str, second: str, *, lat: int, lon: int) -> _Way:
    point = rf"{BLANK}<trkpt[ \t\r\n]++{first}[ \t\r\n]++{second}{_REST}"
    run = f"(?:{point})++"
    return _Way(re.compile(point, re.ASCII), re.compile(run, re.ASCII), lat, lon)


_WAYS = (_way(_LAT, _LON, lat=0, lon=1), _way(_LON, _LAT, lat=1, lon=0))


class Runs:
    """The runs of a document, each taken in the quickest way that fits.

    Attributes:
        found: Whether points alike were found in the piece at hand.
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._alike = Alike(columns)
        self._text, self.found = "", False
        self._reach, self._refusals = LEAST_REACH, 0

    def turn_to(self, text: str) -> None:
        """Go on with the next piece of the document."""
        self._text, self.found, self._refusals = text, False, 0

    def at(self, start: int) -> Run | None:
        """Return the run that begins at ``start`` of the piece, or None if there is none."""
        run = None
        if self._refusals < MOST_REFUSALS:
            run = self._alike.at(self._text, start, self._reach)
            self._refusals = 0 if run else self._refusals + 1
            self.found |= run is not None
            self._adapt(0 if run is None else run.end - start, len(self._text) - start)
        return run or run_at(self._text, start)

    def _adapt(self, taken: int, left: int) -> None:
        """Look further after a long run, less far after a short one."""
        if taken > min(self._reach, left) // 2:
            self._reach = MOST_REACH
        elif left > LEAST_REACH:
            self._reach = LEAST_REACH


def run_at(text: str, start: int) -> Run | None:
    """Return the run of plain points that begins at ``start``, or None if there is none.

    A run with a number or instant that is none, or a position out of range, is no
    run: the parser says which point it is.
    """
    for way in _WAYS:
        found = way.run.match(text, start)
        if found is None:
            continue
        rows = way.point.findall(text, start, found.end())
        columns = list(zip(*rows, strict=True))
        try:
            lat_deg, lon_deg = reals(columns[way.lat]), reals(columns[way.lon])
            elevation_m = reals(columns[2])
            time_us = moments_us(columns[3])
        except ValueError:
            return None
        if np.any(np.abs(lat_deg) > 90) or np.any(np.abs(lon_deg) > 180):
            return None
        known = {"elevation_m": elevation_m}
        lines = text.count("\n", start, found.end())
        return Run(found.end(), lines, time_us, lat_deg, lon_deg, known)
    return None
