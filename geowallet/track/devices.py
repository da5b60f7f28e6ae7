"""The devices of a chunk of time: where each was, and when two of them were apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distances_m
from geowallet.track.motion import PARKED_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

BIN_US = 300_000_000
"""Devices are compared in pieces of five minutes, aligned to the epoch, so that no
result depends on where a file begins."""

APART_M = 300.0
"""Two devices on one person, or left in the car at the door, are nearer, even where
both find themselves by cell or wifi."""

BEND = 0.3
"""A way between two fixes is longer than the straight line by about this share
(circuity of road networks: 1.2 to 1.4, Giacomin and Levinson 2015, Environment and
Planning B 42)."""

FASTEST_MPS = 40.0
"""After the last fix of a device it may have moved on at this speed, for one bin."""

MOVED_M = 150.0
"""Between two bins a device that lies still seems to move less."""

SILENT_BINS = 6
"""A silence up to half an hour with a displacement is movement that was not seen."""

KEPT_BINS = 144
"""For half a day the last place of a silent device is remembered."""

MOST_COMPARED = 12
"""Devices of one chunk that are compared, those with most fixes first: nobody has
more, and a hostile file must not make the work grow with the square."""

MOST_LANES = 48
"""Devices looked at to find those: each new one is compared with all before."""


@dataclass(frozen=True, slots=True, eq=False)
class Device:
    """One device within a chunk: its fixes, and what each bin of the chunk shows."""

    stream: NDArray[np.int32]
    rows: NDArray[np.intp]
    time_us: NDArray[np.int64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    moving: NDArray[np.bool_]
    present: NDArray[np.bool_]
    begun: NDArray[np.bool_]


def devices_of(
    fixes: Fixes, stream: NDArray[np.int32], rows: NDArray[np.intp], start_us: int
) -> tuple[Device, ...]:
    """Return the devices whose fixes ``rows`` (ascending, not empty) of a chunk are.

    Empty where there is one only: nothing is to be compared.

    Args:
        fixes: All fixes in time order.
        stream: The stream of each.
        rows: Those of the chunk that count.
        start_us: Where its first bin begins.
    """
    bins = (int(fixes.time_us[rows[-1]]) - start_us) // BIN_US + 1
    lanes = sorted(_lanes(fixes, stream, rows), key=len, reverse=True)[:MOST_COMPARED]
    if len(lanes) == 1:
        return ()
    return tuple(_device(fixes, stream, lane, start_us, bins) for lane in lanes)


def _lanes(
    fixes: Fixes, stream: NDArray[np.int32], rows: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """Join streams that go on where another ended: one device in several files."""
    order = rows[np.argsort(stream[rows], kind="stable")]
    parts = np.split(order, np.flatnonzero(np.diff(stream[order])) + 1)
    lanes: list[list[NDArray[np.intp]]] = []
    for part in sorted(parts, key=lambda part: (part[0], stream[part[0]])):
        ends = np.array([lane[-1][-1] for lane in lanes], dtype=np.intp)
        since_us = fixes.time_us[part[0]] - fixes.time_us[ends]
        away_m = distances_m(
            fixes.lat_deg[ends],
            fixes.lon_deg[ends],
            fixes.lat_deg[part[0]],
            fixes.lon_deg[part[0]],
        )
        moved_on_m = FASTEST_MPS * np.minimum(since_us / 1e6, BIN_US / 1e6)
        fits = (since_us > 0) & (away_m < APART_M + moved_on_m)
        fits |= since_us > KEPT_BINS * BIN_US
        if np.any(fits):
            lanes[int(np.argmin(np.where(fits, away_m, np.inf)))].append(part)
        elif len(lanes) < MOST_LANES:
            lanes.append([part])
    return [np.concatenate(lane) for lane in lanes]


def _device(
    fixes: Fixes, stream: NDArray[np.int32], rows: NDArray[np.intp], start_us: int, bins: int
) -> Device:
    time_us, lat, lon = fixes.time_us[rows], fixes.lat_deg[rows], fixes.lon_deg[rows]
    which = (time_us - start_us) // BIN_US
    firsts = np.flatnonzero(np.diff(which, prepend=-1))
    count = np.diff(np.append(firsts, len(which)))
    own = which[firsts]
    east = np.unwrap(lon, period=360.0)
    mean_lat, mean_lon = (np.add.reduceat(column, firsts) / count for column in (lat, east))
    step_m = distances_m(mean_lat[:-1], mean_lon[:-1], mean_lat[1:], mean_lon[1:])
    moved = step_m > MOVED_M
    if len(own) > 2:
        over_m = distances_m(mean_lat[:-2], mean_lon[:-2], mean_lat[2:], mean_lon[2:])
        hop = over_m < 0.5 * np.minimum(step_m[:-1], step_m[1:])
        moved[:-1] &= ~hop
        moved[1:] &= ~hop
    moving, present = np.zeros(bins, dtype=np.bool_), np.zeros(bins, dtype=np.bool_)
    present[own] = True
    silent = np.diff(own)
    for step in np.flatnonzero((silent > 1) | moved):
        span = slice(own[step] + 1, own[step + 1] + 1)
        if moved[step] and silent[step] <= SILENT_BINS:
            moving[span] = present[span] = True
            moving[own[step]] = True
        elif step_m[step] <= PARKED_M:
            present[span] = True
    begun = np.arange(bins) >= own[0]
    return Device(stream[rows], rows, time_us, lat, lon, moving, present, begun)


def all_apart(
    devices: Sequence[Device], start_us: int, bins: int
) -> dict[tuple[int, int], NDArray[np.bool_]]:
    """Return, per pair of positions in ``devices``, in which bins they are apart."""
    found = {}
    for x, y in combinations(range(len(devices)), 2):
        told = np.full(bins, 2, dtype=np.int8)
        for one, other in ((devices[x], devices[y]), (devices[y], devices[x])):
            which, far = _tests(one, other, start_us)
            np.minimum.at(told, which, far.astype(np.int8))
        found[x, y] = _held(told)
    return found


def _tests(
    one: Device, other: Device, start_us: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Compare each fix of ``one`` with the way of ``other`` about its instant.

    A fix fits if going by way of it is no detour between the fix of the other
    before it and the one after it. A long silence of the other with a
    displacement can tell that they are apart, never that they are together.
    """
    after = np.searchsorted(other.time_us, one.time_us, side="left")
    ended = after == len(other.time_us)
    since_us = one.time_us - other.time_us[-1]
    known = (one.time_us >= other.time_us[0]) & (~ended | (since_us < KEPT_BINS * BIN_US))
    row, after, ended = np.flatnonzero(known), after[known], ended[known]
    b = np.minimum(after, len(other.time_us) - 1)
    a = np.where(ended, b, np.maximum(b - 1, 0))
    here = one.lat_deg[row], one.lon_deg[row]
    before, behind = (other.lat_deg[a], other.lon_deg[a]), (other.lat_deg[b], other.lon_deg[b])
    direct_m = distances_m(*before, *behind)
    detour_m = distances_m(*before, *here) + distances_m(*here, *behind) - direct_m
    slack_m = 2 * APART_M + BEND * direct_m
    moved_on_s = np.clip((one.time_us[row] - other.time_us[b]) / 1e6, 0, BIN_US / 1e6)
    slack_m += 2 * FASTEST_MPS * np.where(ended, moved_on_s, 0.0)
    far = detour_m > slack_m
    seen = (other.time_us[b] - other.time_us[a] <= 2 * BIN_US) | (direct_m <= 2 * APART_M)
    told = far | seen
    return (one.time_us[row][told] - start_us) // BIN_US, far[told]


def _held(told: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return 0 and 1 as told; in bins without a test what the last bin told holds."""
    where = np.where(told < 2, np.arange(len(told)), -1)
    last = np.maximum.accumulate(where)
    held: NDArray[np.bool_] = (last >= 0) & (told[np.maximum(last, 0)] == 1)
    return held
