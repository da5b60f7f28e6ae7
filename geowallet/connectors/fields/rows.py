"""A table under construction: rows go in one by one, read-only columns come out."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.api import Problem
from geowallet.model.fixes import Fixes, fixes_from
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_POSITION = phrase(N_("no latitude or longitude"))
BAD_POSITION = phrase(N_("latitude or longitude is not a number"))
OUT_OF_RANGE = phrase(N_("latitude or longitude out of range"))
BAD_TIME = phrase(N_("the time cannot be read"))
ODD_YEARS = phrase(N_("the year is not one in which a receiver can have recorded this"))
ROLLOVER = phrase(N_("times lie 1,024 weeks apart: the receiver took the week for an earlier one"))
NULL_ISLAND = phrase(N_("latitude 0, longitude 0: an unset receiver"))

FIRST_PLAUSIBLE_US = 755_308_800_000_000
"""1993-12-08T00:00:00Z, when GPS became usable (initial operational capability,
US DoD and DoT joint announcement)."""
LAST_PLAUSIBLE_US = 3_471_292_800_000_000
"""2080-01-01T00:00:00Z: later than any reader of today, earlier than the
rollovers that give 2085 and 2099."""

ROLLOVER_US = 1_024 * 7 * 86_400_000_000
"""What a week number of ten bits loses (IS-GPS-200, 20.3.3.3.1.1)."""
_DAY_US = 86_400_000_000

_AT_ONCE = 1 << 16
"""Rows looked at together: a file of millions needs no further columns for it."""

LOWEST_M, HIGHEST_M = -1_000.0, 100_000.0
"""Elevations outside are sentinels of the writer (-9999, -32768)."""


_LARGEST = float(np.finfo(np.float64).max)

KNOWN = {
    "elevation_m": (LOWEST_M, HIGHEST_M),
    "accuracy_m": (0.0, _LARGEST),
    "speed_mps": (0.0, _LARGEST),
    "bearing_deg": (0.0, 360.0),
}
"""The further columns, with their least and largest value."""


class FixRows:
    """Collects the rows of one device; a column that nothing was said of takes no memory."""

    __slots__ = ("_known", "_lat", "_lon", "_time")

    def __init__(self) -> None:
        self._time = array("q")
        self._lat, self._lon = array("d"), array("d")
        self._known: dict[str, array[float]] = {}

    def __len__(self) -> int:
        return len(self._time)

    def add(self, time_us: int, lat_deg: float, lon_deg: float, **known: float) -> None:
        """Add one row; ``known`` are columns of `KNOWN`, NaN where nothing is known.

        Raises:
            ValueError: The time does not fit 64 bits; nothing was added.
        """
        try:
            self._time.append(time_us)
        except OverflowError as error:
            raise ValueError("time out of range") from error
        self._lat.append(lat_deg)
        self._lon.append(lon_deg)
        for name, value in known.items():
            if name in self._known or value == value:  # noqa: PLR0124  NaN is not itself
                self._column(name, 1).append(value)

    def extend(
        self,
        time_us: NDArray[np.int64],
        lat_deg: NDArray[np.float64],
        lon_deg: NDArray[np.float64],
        **known: NDArray[np.float64],
    ) -> None:
        """Add many rows; columns as in `add`, each ``(n,)``."""
        self._time.frombytes(_bytes_of(time_us))
        self._lat.frombytes(_bytes_of(lat_deg))
        self._lon.frombytes(_bytes_of(lon_deg))
        for name, values in known.items():
            if name in self._known or not np.isnan(values).all():
                self._column(name, len(time_us)).frombytes(_bytes_of(values))

    def _column(self, name: str, added: int) -> array[float]:
        """Return a column with a value for each row but the ``added`` last ones."""
        column = self._known.get(name)
        if column is None:
            if name not in KNOWN:
                raise TypeError("an unknown column")
            column = self._known.setdefault(name, array("d"))
        missing = len(self._time) - added - len(column)
        if missing:
            column.frombytes(_bytes_of(np.full(missing, np.nan)))
        return column

    def _whole_column(self, name: str) -> NDArray[np.float64]:
        """Return a column of all rows; what is beyond `KNOWN` limits is not known."""
        if name not in self._known:
            return np.broadcast_to(np.float64(np.nan), len(self))
        column = np.frombuffer(self._column(name, 0), dtype=np.float64)
        least, most = KNOWN[name]
        with np.errstate(invalid="ignore"):
            column[~((column >= least) & (column <= most))] = np.nan
        return column

    def time_us(self) -> NDArray[np.int64]:
        """Return the times in the order of adding; nothing can be added while they are held."""
        return np.frombuffer(self._time, dtype=np.int64)

    def positions(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return latitudes and longitudes in the order of adding; held as `time_us`."""
        lat_deg, lon_deg = (np.frombuffer(c, dtype=np.float64) for c in (self._lat, self._lon))
        return lat_deg, lon_deg

    def table(self, time_us: NDArray[np.int64] | None = None) -> Fixes:
        """Return the fixes, once; ``time_us`` (int64 ``(n,)``) replaces the times if given."""
        known = {name: self._whole_column(name) for name in KNOWN}
        time_us = np.frombuffer(self._time, dtype=np.int64) if time_us is None else time_us
        lat_deg, lon_deg = (np.frombuffer(c, dtype=np.float64) for c in (self._lat, self._lon))
        if np.all(time_us[1:] >= time_us[:-1]):
            # As nearly always: nothing is sorted, and nothing copied.
            flags = np.zeros(len(time_us), dtype=np.uint16)
            return Fixes(time_us, lat_deg, lon_deg, flags=flags, **known)
        return fixes_from(time_us, lat_deg, lon_deg, **known)


def _bytes_of(column: NDArray[np.int64] | NDArray[np.float64]) -> memoryview:
    return np.ascontiguousarray(column).view(np.uint8).data


class ProblemLog:
    """Collects problems: the first of each kind by place, the rest by number."""

    KEPT = 100
    """Entries kept per kind, so that a hostile file cannot fill the memory."""

    __slots__ = ("_entries", "_more", "_seen")

    def __init__(self) -> None:
        self._entries: list[Problem] = []
        self._seen: dict[Phrase, int] = {}
        self._more: dict[Phrase, int] = {}

    def add(self, where: str, what: Phrase, count: int = 1) -> None:
        """Add one problem, or ``count`` of the same kind (0 adds none)."""
        if count == 0:
            return
        seen = self._seen.get(what, 0)
        if seen < self.KEPT:
            self._seen[what] = seen + 1
            self._entries.append(Problem(where, what, count))
        else:
            self._more[what] = self._more.get(what, 0) + count

    def doubts(self, fixes: Fixes) -> None:
        """Add what is kept but doubted: odd years, lost weeks, latitude 0 with longitude 0."""
        odd = rolled = null = 0
        for start in range(0, len(fixes), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            # With the first one of the next part: a step may lie between two.
            time_us = fixes.time_us[start : start + _AT_ONCE + 1]
            steps_us = np.diff(time_us.astype(np.float64))
            rolled += int(np.count_nonzero(abs(steps_us - ROLLOVER_US) < _DAY_US))
            time_us = fixes.time_us[part]
            late = (time_us < FIRST_PLAUSIBLE_US) | (time_us >= LAST_PLAUSIBLE_US)
            odd += int(np.count_nonzero(late))
            null += int(np.count_nonzero((fixes.lat_deg[part] == 0) & (fixes.lon_deg[part] == 0)))
        self.add("*", ODD_YEARS, odd)
        self.add("*", ROLLOVER, rolled)
        self.add("*", NULL_ISLAND, null)

    def entries(self) -> tuple[Problem, ...]:
        """Return the problems; those beyond `KEPT` of a kind as one entry with a count."""
        return (*self._entries, *(Problem("...", what, n) for what, n in self._more.items()))


def placeless_note(count: int) -> Phrase | None:
    """Return the sentence about ``count`` timed records that have no position, or None for 0.

    Watches and bicycle computers write them all the time; nothing is wrong.
    """
    text = N_("{count} records have no position (indoors, in a pause, before the first fix)")
    return phrase(text, count=count) if count else None


def position(lat_deg: float, lon_deg: float) -> Phrase | None:
    """Return what is wrong with a position, or None."""
    if abs(lat_deg) <= 90 and abs(lon_deg) <= 180:
        return None
    if math.isfinite(lat_deg) and math.isfinite(lon_deg):
        return OUT_OF_RANGE
    return BAD_POSITION
