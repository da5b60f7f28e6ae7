"""The fixes of several chunks end to end, so that legs of all of them are described at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M
from geowallet.track.between import Axis
from geowallet.track.modes.ragged import Rows, rows_of, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.track.legs import Span
    from geowallet.track.motion import Path

FIXES_TOGETHER = 32_000
"""Chunks up to this many fixes are described together."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """``n`` fixes of some chunks; seconds and metres are counted from the first of each.

    Attributes:
        rows: The fixes of each chunk.
        time_s: float64 ``(n,)``.
        axis: The same, for finding instants.
        lat_deg: float64 ``(n,)``.
        lon_deg: float64 ``(n,)``, unwrapped.
        x_m: float64 ``(n,)``, metres east, unrolled along the path: true for steps, not
            for far ends.
        y_m: float64 ``(n,)``, metres north.
        step_m: float64 ``(n,)``, metres to the next fix, 0 for the last of a chunk.
        accuracy_m: float64 ``(n,)``, NaN where unknown.
        speed_mps: float64 ``(n,)``, as the receiver measured it, NaN where unknown.
    """

    rows: Rows
    time_s: NDArray[np.float64]
    axis: Axis
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    step_m: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    speed_mps: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """``k`` legs on a ground.

    Attributes:
        chunk: intp ``(k,)``, in which chunk each lies.
        first: intp ``(k,)``, its first fix.
        last: intp ``(k,)``, its last fix.
    """

    chunk: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]

    def taken(self, mask: NDArray[np.bool_]) -> Stretches:
        """Return those where ``mask`` is set."""
        return Stretches(self.chunk[mask], self.first[mask], self.last[mask])


def together(
    legs: Sequence[tuple[Path, Sequence[Span]]],
) -> Iterator[list[tuple[Path, Sequence[Span]]]]:
    """Yield chunks with their legs in groups of some fixes, or a long one alone.

    What is held for a group between two steps then stays in the cache.
    """
    some: list[tuple[Path, Sequence[Span]]] = []
    fixes = 0
    for path, spans in legs:
        if some and fixes + len(path) > FIXES_TOGETHER:
            yield some
            some, fixes = [], 0
        some.append((path, spans))
        fixes += len(path)
    if some:
        yield some


def ground_of(paths: Sequence[Path]) -> Ground:
    """Return the ground of at least one path, each of at least one fix."""
    rows = rows_of(np.array([len(path) for path in paths]))

    def joined(name: str) -> NDArray[np.float64]:
        parts = [getattr(path, name) for path in paths]
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    time_s, lat_deg, lon_deg = (joined(name) for name in ("time_s", "lat_deg", "lon_deg"))
    step_m = np.zeros(len(rows))
    step_m[np.delete(np.arange(len(rows)), rows.end - 1)] = joined("step_m")
    scale_m = np.radians(1.0) * EARTH_RADIUS_M
    east_m = np.zeros(len(rows))
    middle = np.cos(np.radians((lat_deg[1:] + lat_deg[:-1]) / 2))
    east_m[1:] = np.diff(lon_deg) * middle * scale_m
    east_m[rows.start] = 0.0
    north_m = (lat_deg - rows.spread(lat_deg[rows.start])) * scale_m
    return Ground(
        rows=rows,
        time_s=time_s,
        axis=Axis(rows, time_s),
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        x_m=running(rows, east_m),
        y_m=north_m,
        step_m=step_m,
        accuracy_m=joined("accuracy_m"),
        speed_mps=joined("speed_mps"),
    )


def stretches_on(ground: Ground, spans: Sequence[Sequence[Span]]) -> Stretches:
    """Return the legs of each chunk, chunk after chunk."""
    count = np.array([len(some) for some in spans])
    chunk = np.repeat(np.arange(len(spans)), count)
    ends = [(span.first, span.last) for some in spans for span in some]
    first, last = np.array(ends, dtype=np.intp).reshape(-1, 2).T
    return Stretches(chunk, first + ground.rows.start[chunk], last + ground.rows.start[chunk])
