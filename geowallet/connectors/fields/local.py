"""Wall-clock columns to UTC, by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.fields.instants import local_to_utc_us

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

_STEP_US = 900_000_000
"""A quarter of an hour: every change of offset since 1972 falls on one."""


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
