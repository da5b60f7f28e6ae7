"""A recipient's table of sightings: CSV, one row each, times with their offset from UTC."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from typing import TYPE_CHECKING

from geowallet.app.files import read_small
from geowallet.contracts.life.sightings import KEPT_AS, MOST_SIGHTINGS, PLACES, Area, Sighting
from geowallet.model.errors import BadSightingsError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from pathlib import Path

MAX_TABLE_BYTES = 64 << 10

NEEDED = ("kept_as", "start", "end")
"""Columns of every table; ``place``, or ``lat``, ``lon`` and ``radius_m``, say where."""


def read_table(path: Path) -> tuple[Sighting, ...]:
    """Return the sightings of a CSV table, in order.

    Raises:
        SourceMissingError: There is no such file.
        TooLargeError: It is larger than any such table.
        BadSightingsError: No table of sightings; it says which row, never its values.
    """
    try:
        text = read_small(path, MAX_TABLE_BYTES).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadSightingsError(row=1, reason=N_("not a CSV table in UTF-8")) from error
    if not rows or not set(NEEDED) <= set(rows[0]):
        raise BadSightingsError(row=1, reason=N_("a column is missing, or there is no row"))
    if len(rows) > MOST_SIGHTINGS:
        raise BadSightingsError(row=MOST_SIGHTINGS + 2, reason=N_("too many for one file"))
    return tuple(_sighting(row, number) for number, row in enumerate(rows, start=2))


def _sighting(row: dict[str, str | None], number: int) -> Sighting:
    def told(name: str) -> str:
        return (row.get(name) or "").strip()

    if told("kept_as") not in KEPT_AS:
        raise BadSightingsError(row=number, reason=N_("an unknown word in the column kept_as"))
    if told("place") not in ("", *PLACES):
        raise BadSightingsError(row=number, reason=N_("an unknown kind of place"))
    try:
        start, end = _minute(told("start")), _minute(told("end"))
    except ValueError as error:
        reason = N_("a time is not written as 2026-05-04T09:05+02:00")
        raise BadSightingsError(row=number, reason=reason) from error
    if told("place"):
        return Sighting(told("kept_as"), start, end, place=told("place"))
    try:
        area = Area(_e5(told("lat")), _e5(told("lon")), int(told("radius_m")))
    except ValueError as error:
        reason = N_("neither a kind of place nor an area with lat, lon and radius_m")
        raise BadSightingsError(row=number, reason=reason) from error
    return Sighting(told("kept_as"), start, end, area=area)


def _minute(text: str) -> dt.datetime:
    """Return a time with its offset, in UTC, cut to the minute.

    Raises:
        ValueError: Not such a time.
    """
    time = dt.datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without its offset from UTC")
    return time.astimezone(dt.UTC).replace(second=0, microsecond=0)


def _e5(text: str) -> int:
    """Return decimal degrees in hundred-thousandths.

    Raises:
        ValueError: Not a number.
    """
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a number of degrees")
    return round(number * 100_000)
