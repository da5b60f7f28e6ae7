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

LOWEST_M, HIGHEST_M = -1_000.0, 100_000.0
"""Elevations outside are sentinels of the writer (-9999, -32768)."""


class FixRows:
    """Collects the rows of one device."""

    __slots__ = ("_accuracy", "_bearing", "_elevation", "_lat", "_lon", "_speed", "_time")

    def __init__(self) -> None:
        self._time = array("q")
        self._lat, self._lon, self._elevation = array("d"), array("d"), array("d")
        self._accuracy, self._speed, self._bearing = array("d"), array("d"), array("d")

    def __len__(self) -> int:
        return len(self._time)

    def add(  # noqa: PLR0913  the columns of the table, in its order
        self,
        time_us: int,
        lat_deg: float,
        lon_deg: float,
        *,
        elevation_m: float = math.nan,
        accuracy_m: float = math.nan,
        speed_mps: float = math.nan,
        bearing_deg: float = math.nan,
    ) -> None:
        """Add one row.

        Raises:
            ValueError: The time does not fit 64 bits; nothing was added.
        """
        try:
            self._time.append(time_us)
        except OverflowError as error:
            raise ValueError("time out of range") from error
        self._lat.append(lat_deg)
        self._lon.append(lon_deg)
        self._elevation.append(elevation_m)
        self._accuracy.append(accuracy_m)
        self._speed.append(speed_mps)
        self._bearing.append(bearing_deg)

    def extend(
        self,
        time_us: NDArray[np.int64],
        lat_deg: NDArray[np.float64],
        lon_deg: NDArray[np.float64],
        **known: NDArray[np.float64],
    ) -> None:
        """Add many rows; columns as in `add`, each ``(n,)``."""
        unknown = np.full(len(time_us), np.nan)
        self._time.frombytes(_bytes_of(time_us))
        for column, values in (
            (self._lat, lat_deg),
            (self._lon, lon_deg),
            (self._elevation, known.get("elevation_m", unknown)),
            (self._accuracy, known.get("accuracy_m", unknown)),
            (self._speed, known.get("speed_mps", unknown)),
            (self._bearing, known.get("bearing_deg", unknown)),
        ):
            column.frombytes(_bytes_of(values))

    def time_us(self) -> NDArray[np.int64]:
        """Return the times in the order of adding, as a copy."""
        return np.array(self._time, dtype=np.int64)

    def positions(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return latitudes and longitudes in the order of adding, as copies."""
        return np.array(self._lat, dtype=np.float64), np.array(self._lon, dtype=np.float64)

    def table(self, time_us: NDArray[np.int64] | None = None) -> Fixes:
        """Return the fixes, once; ``time_us`` (int64 ``(n,)``) replaces the times if given."""
        elevation_m, accuracy_m, speed_mps, bearing_deg = (
            np.frombuffer(column, dtype=np.float64)
            for column in (self._elevation, self._accuracy, self._speed, self._bearing)
        )
        with np.errstate(invalid="ignore"):
            elevation_m[~((elevation_m >= LOWEST_M) & (elevation_m <= HIGHEST_M))] = np.nan
            accuracy_m[~((accuracy_m >= 0) & np.isfinite(accuracy_m))] = np.nan
            speed_mps[~((speed_mps >= 0) & np.isfinite(speed_mps))] = np.nan
            bearing_deg[~((bearing_deg >= 0) & (bearing_deg <= 360))] = np.nan
        known = {
            "elevation_m": elevation_m,
            "accuracy_m": accuracy_m,
            "speed_mps": speed_mps,
            "bearing_deg": bearing_deg,
        }
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
        time_us = fixes.time_us
        odd = (time_us < FIRST_PLAUSIBLE_US) | (time_us >= LAST_PLAUSIBLE_US)
        self.add("*", ODD_YEARS, int(np.count_nonzero(odd)))
        steps_us = np.diff(time_us.astype(np.float64))
        self.add("*", ROLLOVER, int(np.count_nonzero(abs(steps_us - ROLLOVER_US) < _DAY_US)))
        null = (fixes.lat_deg == 0) & (fixes.lon_deg == 0)
        self.add("*", NULL_ISLAND, int(np.count_nonzero(null)))

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
