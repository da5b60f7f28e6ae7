"""Local wall clocks of many instants at once, exactly as `local_time` gives each."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.calendar import zone_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_S, LAST_S = 0, 4_102_444_800
"""1970 to 2100, in seconds UTC: between them `_STEP_S` misses no change of any clock."""

_STEP_S = 6 * 86_400
"""No zone of the tz database changed its clock twice within less than 6.9 days since 1970."""

_YEAR_S = 366 * 86_400
_US = 1_000_000
_NONE = dt.timedelta()


def offsets_s(time_us: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return how many seconds the clock of ``zone`` is ahead of UTC at each instant.

    Args:
        time_us: UTC microseconds in any order, from `FIRST_S` up to `LAST_S`.
        zone: IANA time zone.

    Raises:
        ValueError: An instant outside.
        BadZoneError: No such zone.
    """
    if not len(time_us):
        return np.zeros(0, dtype=np.int64)
    time_s = time_us // _US
    first, last = int(time_s.min()), int(time_s.max())
    if first < FIRST_S or last >= LAST_S:
        raise ValueError("an instant before 1970 or after 2099")
    changes = [
        change
        for number in range(first // _YEAR_S, last // _YEAR_S + 1)
        for change in _changes(zone, number)
    ]
    at_s = np.array([at for at, _ in changes], dtype=np.int64)
    ahead = np.array([offset for _, offset in changes], dtype=np.int64)
    found: NDArray[np.int64] = ahead[np.searchsorted(at_s, time_s, side="right") - 1]
    return found


@lru_cache(maxsize=256)
def _changes(zone: str, number: int) -> tuple[tuple[int, int], ...]:
    """Return when the clock changes in one stretch of 366 days, and to what; first its start."""
    start, stop = number * _YEAR_S, (number + 1) * _YEAR_S
    found = [(start, _offset_s(zone, start))]
    for at in range(start, stop, _STEP_S):
        after = min(at + _STEP_S, stop - 1)
        offset = _offset_s(zone, after)
        if offset != found[-1][1]:
            found.append((_change_between(zone, at, after), offset))
    return tuple(found)


def _change_between(zone: str, low: int, high: int) -> int:
    """Return the first second at which the clock is no more as at ``low``."""
    before = _offset_s(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset_s(zone: str, at_s: int) -> int:
    offset = dt.datetime.fromtimestamp(at_s, tz=zone_of(zone)).utcoffset() or _NONE
    return offset.days * 86_400 + offset.seconds
