"""The path of one stretch of time, and how fast it was followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distances_m, step_lengths_m
from geowallet.track.between import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

SHORTEST_GAP_S = 120.0
"""Silences below two minutes are bridged: a red light, a short tunnel."""

LONGEST_GAP_S = 900.0
"""Sources slower than a fix in fifteen minutes do not follow a path."""

GAP_CADENCES = 10.0
"""A gap is ten times the usual interval of the source while it moves."""

PARKED_M = 250.0
"""A silence that ends this near its start is a stay: phones notice a departure only
after the radius of their geofence, 100 to 200 m (Android and iOS documentation)."""


FASTEST_MPS = 1_000.0
"""No receiver of a traveller measures more: what says so is an error, as is less than zero."""

LEAP_MPS2 = 10.0
"""About 1 g: nothing on land speeds up or brakes so hard (see `geowallet.track.clean`)."""

HIDDEN_LEAP_MPS = 50.0
"""180 km/h: who is so fast is a train or a plane, or leapt."""

HIDDEN_LEAP_MPS2 = 5.0
"""Half a g, to the middle of the step and back: no train and no plane on the ground does that."""

LEAP_TIMES = 3.0
"""A leap is this many times as fast as the steps beside it: fast and noisy is no leap."""

_BLOCK = 1 << 13


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """``n`` good fixes of one chunk, in strict time order.

    Attributes:
        time_s: float64 ``(n,)``, seconds since ``start_us``.
        lat_deg: float64 ``(n,)``.
        lon_deg: float64 ``(n,)``, unwrapped at the antimeridian.
        accuracy_m: float64 ``(n,)``, NaN where unknown.
        speed_mps: float64 ``(n,)``, as the receiver measured it, NaN where unknown.
        start_us: Instant of the first fix.
        step_m: float64 ``(n - 1,)``, metres to the next fix.
        gap: bool ``(n - 1,)``, whether the step is a silence or a leap: never travelled metres.
        piece: int ``(n,)``, counts the silences with displacement before each fix.
    """

    time_s: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    speed_mps: NDArray[np.float64]
    start_us: int
    step_m: NDArray[np.float64]
    gap: NDArray[np.bool_]
    piece: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.time_s)

    def instant_us(self, index: int) -> int:
        """Return the instant of the fix at ``index``, UTC microseconds, exactly."""
        return self.start_us + round(float(self.time_s[index]) * 1e6)

    def bounds(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return, per fix, the first index of its piece and the index after its last."""
        starts = np.flatnonzero(np.diff(self.piece, prepend=-1))
        ends = np.append(starts[1:], len(self))
        count = ends - starts
        return np.repeat(starts, count), np.repeat(ends, count)


def path_of(fixes: Fixes, rows: slice = slice(None)) -> Path:
    """Return the path through some ``rows`` of ``fixes`` (at least one, at distinct instants)."""
    time_us, lat_deg, lon_deg = fixes.time_us[rows], fixes.lat_deg[rows], fixes.lon_deg[rows]
    time_s = (time_us - time_us[0]) / 1e6
    if np.any(np.abs(np.diff(lon_deg)) > 180.0):
        lon_deg = np.unwrap(lon_deg, period=360.0)
    step_m = step_lengths_m(lat_deg, lon_deg)
    step_s = np.diff(time_s)
    gap = (step_s > gap_limit_s(step_m, step_s)) | leaps(step_m, step_s)
    piece = np.concatenate(([0], np.cumsum(gap & (step_m > PARKED_M))))
    return Path(
        time_s=time_s,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        accuracy_m=_known(fixes.accuracy_m[rows], np.inf),
        speed_mps=_known(fixes.speed_mps[rows], FASTEST_MPS),
        start_us=int(time_us[0]),
        step_m=step_m,
        gap=gap,
        piece=piece,
    )


def _known(column: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """Return a measured column with NaN for what is below zero or beyond ``most``."""
    return np.where((column >= 0.0) & (column <= most), column, np.nan)


def gap_limit_s(step_m: NDArray[np.float64], step_s: NDArray[np.float64]) -> float:
    """Return the silence in seconds above which a step is a gap.

    Ten usual intervals of the moving source (steps faster than 1 m/s), at
    least two and at most fifteen minutes.
    """
    moving = step_s[step_m > step_s]
    usual_s = median(moving) if len(moving) else 0.0
    return float(np.clip(GAP_CADENCES * usual_s, SHORTEST_GAP_S, LONGEST_GAP_S))


def leaps(step_m: NDArray[np.float64], step_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which steps nothing can travel: a remembered position, then a measured one.

    Such a step is far longer than the receiver's noise, and both its begin and its end
    would take more than 1 g. Where a trace begins or ends, so would a start from rest. Where
    fixes are rare a leap hides in a long step: it is as fast as a train, and between its
    neighbours no train could be so for that long.
    """
    found = np.zeros(len(step_m), dtype=np.bool_)
    far = np.flatnonzero(step_m > PARKED_M)
    if not len(far):
        return found
    lasts_s = np.maximum(step_s, 1e-3)
    mps = np.concatenate(([0.0], step_m / lasts_s, [0.0]))
    beside_s = np.concatenate((lasts_s[:1], lasts_s, lasts_s[-1:]))
    own_mps, own_s = mps[far + 1], lasts_s[far]
    inside = (far > 0) & (far < len(step_m) - 1) & (own_mps > HIDDEN_LEAP_MPS)
    hidden = inside & (4 * (own_mps - (mps[far] + mps[far + 2]) / 2) > HIDDEN_LEAP_MPS2 * own_s)
    sudden = np.ones(len(far), dtype=np.bool_)
    alone = own_mps > LEAP_TIMES * np.maximum(mps[far], mps[far + 2])
    for side in (far, far + 2):
        # A long silence beside it is no time to speed up in: it ends where it began.
        near_s = np.minimum(beside_s[side], own_s)
        sudden &= (own_mps - mps[side]) / ((own_s + near_s) / 2) > LEAP_MPS2
    found[far[alone & (sudden | hidden)]] = True
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Mean instant and position of a window about each fix, each ``(n,)``."""

    time_s: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]


class Windows:
    """Windows of time about each fix of a path, which end where its piece does.

    Running sums make the mean of a window cost the same however wide it is.
    """

    __slots__ = ("_columns", "_high", "_low", "_path", "_sums")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._low, self._high = path.bounds()
        self._columns = (path.time_s, path.lat_deg, path.lon_deg)
        # About the first value, so that the running sum keeps centimetres.
        self._sums = tuple(_running(column) for column in self._columns)

    def smoothed(self, half_s: float) -> Means:
        """Return the means over ``half_s`` before and after each fix."""
        found = [np.empty(len(self._path)) for _ in self._columns]
        for rows in blocks(len(self._path)):
            first, last = self._reach(rows, half_s)
            count = (last - first).astype(np.float64)
            for means, column, total in zip(found, self._columns, self._sums, strict=True):
                mean = total.take(last)
                mean -= total.take(first)
                mean /= count
                means[rows] = mean + column[0]
        return Means(*found)

    def speeds_mps(self, half_s: float) -> NDArray[np.float64]:
        """Return the speed from the mean of the fixes before to the mean of those after.

        Averaging both ends keeps receiver noise out; a slow source uses the fixes
        on either side, however far. 0 for a fix alone in its piece.
        """
        speed = np.empty(len(self._path))
        for rows in blocks(len(self._path)):
            speed[rows] = self._speeds_mps(rows, half_s)
        return speed

    def _speeds_mps(self, rows: slice, half_s: float) -> NDArray[np.float64]:
        first, last = self._reach(rows, half_s)
        index = np.arange(rows.start, rows.stop)
        np.maximum(np.minimum(first, index - 1), self._low[rows], out=first)
        np.minimum(np.maximum(last, index + 2), self._high[rows], out=last)
        # Both windows hold the fix itself.
        back, ahead = (width.astype(np.float64) for width in (index + 1 - first, last - index))
        ends = []
        for column, total in zip(self._columns, self._sums, strict=True):
            before, after = total.take(first), total.take(last)
            np.subtract(total[rows.start + 1 : rows.stop + 1], before, out=before)
            np.subtract(after, total[rows], out=after)
            before /= back
            after /= ahead
            ends.append((before + column[0], after + column[0]))
        (time_a, time_b), (lat_a, lat_b), (lon_a, lon_b) = ends
        length_m = distances_m(lat_a, lon_a, lat_b, lon_b)
        time_b -= time_a
        speed = np.zeros_like(length_m)
        np.divide(length_m, time_b, out=speed, where=time_b > 0)
        return speed

    def _reach(self, rows: slice, half_s: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the first index of each window and the index after its last."""
        first, last = neighbours(self._path.time_s, rows, half_s)
        np.maximum(first, self._low[rows], out=first)
        np.minimum(last, self._high[rows], out=last)
        return first, last


def blocks(count: int) -> Iterator[slice]:
    """Yield ``count`` rows in blocks: what is held between stays in the cache, and small."""
    for start in range(0, count, _BLOCK):
        yield slice(start, min(start + _BLOCK, count))


def _running(column: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros(len(column) + 1)
    np.subtract(column, column[0], out=total[1:])
    np.cumsum(total[1:], out=total[1:])
    return total


def speeds_mps(path: Path, *, half_s: float) -> NDArray[np.float64]:
    """Return the speed at each fix of a path, metres per second; see `Windows.speeds_mps`."""
    return Windows(path).speeds_mps(half_s)


def median(column: NDArray[np.float64]) -> float:
    """Return the median of at least one value, none of them NaN."""
    # What numpy asks beforehand takes longer than most stays have fixes for; and to part
    # values of which many are the same, as steps of a clock are, takes longer than to sort.
    ordered = np.sort(column)
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the ``(first, last)`` index of every run of set values, both included."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    pairs = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True)
    return [(int(first), int(last)) for first, last in pairs]
