"""The grid in which a track is committed to: quarter hours, and squares of about two kilometres.

No place is written finer than a square, and no time finer than a quarter hour,
so that what a spot check opens can be no finer either.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from geowallet.model.calendar import instant_us

if TYPE_CHECKING:
    from geowallet.model.calendar import Period

SLOT_MINUTES = 15
SLOT_US = SLOT_MINUTES * 60 * 1_000_000

CELL_E5 = 2_000
"""Side of a square in hundred-thousandths of a degree: 2.2 km north, 1.5 km east in France."""

SPARE_DAYS = 1
"""Before and after the period, because local days are not those of UTC."""

_SLOTS_A_DAY = 24 * 60 // SLOT_MINUTES
_E5_PER_METRE = 100_000 / 111_195.0


def slot_count(period: Period) -> int:
    """Return the number of quarter hours in the grid of ``period``."""
    days = (period.last - period.first).days + 1
    return _SLOTS_A_DAY * (days + 2 * SPARE_DAYS)


def slot_at(period: Period, time_us: int) -> int | None:
    """Return the quarter hour that holds an instant, or None outside the grid."""
    slot = (time_us - _start_us(period)) // SLOT_US
    return slot if 0 <= slot < slot_count(period) else None


def slot_start(period: Period, slot: int) -> dt.datetime:
    """Return the beginning of a quarter hour in UTC."""
    microseconds = _start_us(period) + slot * SLOT_US
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=microseconds)


def cell_mark(lat_e5: int, lon_e5: int) -> str:
    """Return the name of the square that holds a position, such as ``cell:2400:101``."""
    return f"cell:{lat_e5 // CELL_E5}:{lon_e5 // CELL_E5}"


def cells_around(lat_e5: int, lon_e5: int, radius_m: int) -> frozenset[str]:
    """Return the names of all squares within ``radius_m``, and of a few at the corners."""
    north = math.ceil(radius_m * _E5_PER_METRE)
    east = math.ceil(north / math.cos(math.radians(abs(lat_e5) / 100_000)))
    rows = range((lat_e5 - north) // CELL_E5, (lat_e5 + north) // CELL_E5 + 1)
    columns = range((lon_e5 - east) // CELL_E5, (lon_e5 + east) // CELL_E5 + 1)
    return frozenset(f"cell:{row}:{column}" for row in rows for column in columns)


def place_mark(kind: str) -> str:
    """Return the name for being at a place of ``kind``, such as ``place:client``."""
    return f"place:{kind}"


def _start_us(period: Period) -> int:
    first = dt.datetime.combine(period.first, dt.time(), tzinfo=dt.UTC)
    return instant_us(first - dt.timedelta(days=SPARE_DAYS))
