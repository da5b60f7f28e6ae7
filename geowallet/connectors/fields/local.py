"""Wall-clock columns to UTC, by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.fields.instants import local_to_utc_us
from geowallet.model.calendar import zone_of
from geowallet.model.errors import NaiveTimeError
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from geowallet.connectors.api import ReadOptions
    from geowallet.model.words import Phrase

_STEP_US = 900_000_000
"""A quarter of an hour: every change of offset since 1972 falls on one."""


_CELLS_A_DEGREE = 50
"""A zone is asked for once in each cell of about two kilometres."""


def in_utc(
    time_us: NDArray[np.int64],
    naive: Sequence[int],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    options: ReadOptions,
) -> tuple[NDArray[np.int64], frozenset[str]]:
    """Return the times in UTC, and the zones if they were taken from the positions.

    Args:
        time_us: int64 ``(n,)``; the naive ones count the wall clock.
        naive: Row numbers of times without a zone.
        lat_deg: ``(n,)``.
        lon_deg: ``(n,)``.
        options: For the zone, or how to find it.

    Raises:
        NaiveTimeError: Times without a zone, and no way to find it.
        BadZoneError: No such zone.
    """
    if not len(naive):
        return time_us, frozenset()
    if options.zone is not None:
        return shifted_us(time_us, naive, zone_of(options.zone)), frozenset()
    if options.zone_at is None:
        raise NaiveTimeError
    rows = np.asarray(naive, dtype=np.int64)
    names = _zones_at(options.zone_at, lat_deg[rows], lon_deg[rows])
    for name in np.unique(names):
        time_us = shifted_us(time_us, rows[names == name], zone_of(str(name)))
    return time_us, frozenset(map(str, names))


def _zones_at(
    zone_at: Callable[[float, float], str],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
) -> NDArray[np.str_]:
    cells = np.round(np.stack((lat_deg, lon_deg)) * _CELLS_A_DEGREE)
    _, first, where = np.unique(cells, axis=1, return_index=True, return_inverse=True)
    names = np.array([zone_at(float(lat_deg[at]), float(lon_deg[at])) for at in first])
    found: NDArray[np.str_] = names[where.reshape(-1)]
    return found


def zones_note(zones: Iterable[str]) -> Phrase | None:
    """Return the sentence that says which zones were taken from the positions, if any."""
    text = N_("its times name no zone: taken from the positions ({zones})")
    named = ", ".join(sorted(zones))
    return phrase(text, zones=named) if named else None


def shifted_us(
    time_us: NDArray[np.int64], naive: Sequence[int] | NDArray[np.int64], zone: ZoneInfo
) -> NDArray[np.int64]:
    """Return a copy of ``time_us`` in UTC, the rows ``naive`` read as clocks of ``zone``.

    Args:
        time_us: int64 ``(n,)``; the naive ones count the wall clock.
        naive: Row numbers.
        zone: Where the clock hung. In the hour that a clock set back repeats,
            the first reading is meant.
    """
    out = time_us.copy()
    rows = np.asarray(naive, dtype=np.int64)
    steps, where = np.unique(out[rows] // _STEP_US, return_inverse=True)
    offsets_us = np.array(
        [_offset_us(int(step) * _STEP_US, zone) for step in steps], dtype=np.int64
    )
    if len(rows):
        out[rows] -= offsets_us[where]
    return out


def _offset_us(local_us: int, zone: ZoneInfo) -> int:
    try:
        return local_us - local_to_utc_us(local_us, zone)
    except ValueError:
        return 0
