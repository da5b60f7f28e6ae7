"""Which of several devices the owner carried, and which lay elsewhere meanwhile.

Two devices that are far apart cannot both be with their owner. The timeline follows the
one that moves; it changes to another where both are together, or where the other moves
for longer than the change is improbable. What the other recorded is set aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.devices import BIN_US, all_apart, devices_of
from geowallet.track.motion import runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.track.devices import Device

CHANGE_S = 900.0
"""Another device must move for a quarter of an hour longer before the owner is thought to
have changed to it unseen, and as long again to change back: a short errand of somebody
else does not suffice."""

CHANGE_SILENT_S = 300.0
"""The same where the first device is silent: switched off, or empty."""

PRESENT_SHARE = 0.01
"""A device that lies still says a hundredth of what a moving one says."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A device that lay elsewhere, or was not with its owner.

    Attributes:
        stream: Index of the stream set aside.
        carried: Index of the stream followed instead.
        start_us: First instant set aside.
        end_us: Last instant set aside.
        fixes: How many of its fixes were set aside.
    """

    stream: int
    carried: int
    start_us: int
    end_us: int
    fixes: int


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What following the carried device sets aside.

    Attributes:
        left: bool ``(n,)``, fixes of devices that lay elsewhere.
        breaks_us: Instants at which the timeline changes device in another
            place: nothing was travelled between the two.
        lying: What was set aside, in time order.
    """

    left: NDArray[np.bool_]
    breaks_us: NDArray[np.int64]
    lying: tuple[Lying, ...]


def follow(
    fixes: Fixes, stream: NDArray[np.int32], use: NDArray[np.bool_], *, cut_us: int
) -> Carried:
    """Return which fixes lay elsewhere while another device was carried.

    Args:
        fixes: ``n`` fixes of all streams in time order.
        stream: ``(n,)`` the stream of each.
        use: bool ``(n,)``, fixes that count.
        cut_us: A silence of all streams this long ends a chunk; each chunk is
            decided alone.
    """
    left = np.zeros(len(fixes), dtype=np.bool_)
    breaks: list[int] = []
    lying: list[Lying] = []
    for rows in several(fixes, stream, use, cut_us=cut_us):
        found = _chunk(fixes, stream, rows)
        if found is not None:
            left[rows] = found.left
            breaks += found.breaks_us.tolist()
            lying += found.lying
    return Carried(left, np.array(sorted(breaks), dtype=np.int64), tuple(lying))


def several(
    fixes: Fixes, stream: NDArray[np.int32], use: NDArray[np.bool_], *, cut_us: int
) -> Iterator[NDArray[np.intp]]:
    """Yield the fixes that count of each chunk in which there is more than one stream."""
    edges = np.concatenate(
        ([0], np.flatnonzero(np.diff(fixes.time_us) >= cut_us) + 1, [len(fixes)])
    )
    changing = np.concatenate(([0], np.cumsum(np.diff(stream) != 0)))
    for first, last in pairwise(edges.tolist()):
        if last > first and changing[last - 1] != changing[first]:
            yield np.arange(first, last)[use[first:last]]


def _chunk(fixes: Fixes, stream: NDArray[np.int32], rows: NDArray[np.intp]) -> Carried | None:
    """Decide one chunk, ``None`` where no two devices are ever apart."""
    if not len(rows):
        return None
    start_us = int(fixes.time_us[rows[0]]) // BIN_US * BIN_US
    devices = devices_of(fixes, stream, rows, start_us)
    if not devices:
        return None
    apart = all_apart(devices, start_us, len(devices[0].moving))
    if not any(np.any(mask) for mask in apart.values()):
        return None
    return _decided(devices, apart, rows, start_us)


def _decided(
    devices: Sequence[Device],
    apart: dict[tuple[int, int], NDArray[np.bool_]],
    rows: NDArray[np.intp],
    start_us: int,
) -> Carried:
    bins = len(devices[0].moving)
    matrix = np.zeros((len(devices), len(devices), bins), dtype=np.bool_)
    for (x, y), mask in apart.items():
        matrix[x, y] = matrix[y, x] = mask
    chosen = np.full(bins, -1)
    breaks: list[int] = []
    for first, last in runs(np.any(matrix, axis=(0, 1))):
        part = slice(first, last + 1)
        path = _best_path(devices, matrix[:, :, part], part)
        chosen[part] = path
        steps = np.flatnonzero(np.diff(path))
        elsewhere = matrix[path[steps], path[steps + 1], first + steps + 1]
        breaks += (start_us + (first + steps[elsewhere] + 1) * BIN_US).tolist()
    lost = _lost(devices, matrix, chosen)
    left = np.zeros(len(rows), dtype=np.bool_)
    lying: list[Lying] = []
    for place, device in enumerate(devices):
        which = (device.time_us - start_us) // BIN_US
        aside = lost[place][which]
        left[np.searchsorted(rows, device.rows[aside])] = True
        lying += _told(devices, place, which, lost[place], chosen)
    lying.sort(key=lambda item: (item.start_us, item.stream))
    return Carried(left, np.array(breaks, dtype=np.int64), tuple(lying))


def _best_path(
    devices: Sequence[Device], apart: NDArray[np.bool_], part: slice
) -> NDArray[np.intp]:
    """Return the device followed in each bin: most movement, fewest changes (Viterbi)."""
    moving = np.array([device.moving[part] for device in devices])
    present = np.array([device.present[part] for device in devices])
    same = np.all(moving[:, 1:] == moving[:, :-1], axis=0)
    same &= np.all(present[:, 1:] == present[:, :-1], axis=0)
    same &= np.all(apart[:, :, 1:] == apart[:, :, :-1], axis=(0, 1))
    # Where nothing changes, no bin is a better moment than the first.
    starts = np.concatenate(([0], np.flatnonzero(~same) + 1))
    lasting_s = np.diff(np.append(starts, moving.shape[1])) * BIN_US / 1e6
    share = np.where(moving, 1.0, np.where(present, PRESENT_SHARE, 0.0))
    begun = np.array([device.begun[part] for device in devices])
    gain_s = np.where(begun, share, -1.0)[:, starts] * lasting_s
    leaving_s = np.where(present[:, starts], CHANGE_S, CHANGE_SILENT_S)
    cost_s = np.where(apart[:, :, starts], leaving_s[:, None, :], 0.0)
    path = _viterbi(gain_s, cost_s)
    return np.repeat(path, np.diff(np.append(starts, moving.shape[1])))


def _viterbi(gain_s: NDArray[np.float64], cost_s: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the states of the path with the highest gain less the costs of its changes."""
    states, steps = gain_s.shape
    own, score_s = np.arange(states), gain_s[:, 0].copy()
    came = np.zeros((steps, states), dtype=np.intp)
    for now in range(1, steps):
        ways_s = score_s[:, None] - cost_s[:, :, now]
        best = np.argmax(ways_s, axis=0)
        # Staying wins a tie.
        best = np.where(score_s >= ways_s[best, own], own, best)
        came[now] = best
        score_s = ways_s[best, own] + gain_s[:, now]
    path = np.zeros(steps, dtype=np.intp)
    path[-1] = int(np.argmax(score_s))
    for now in range(steps - 1, 0, -1):
        path[now - 1] = came[now, path[now]]
    return path


def _lost(
    devices: Sequence[Device], apart: NDArray[np.bool_], chosen: NDArray[np.intp]
) -> list[NDArray[np.bool_]]:
    """Return in which bins each device lay elsewhere.

    One that was left behind says nothing of its owner from where it was laid
    down to where it is taken up again, as long as another device speaks.
    """
    decided, bins = np.flatnonzero(chosen >= 0), np.arange(len(chosen))
    moving = np.array([device.moving for device in devices])
    lost = []
    for place in range(len(devices)):
        mask = np.zeros(len(chosen), dtype=np.bool_)
        mask[decided] = apart[chosen[decided], place, decided] & (chosen[decided] != place)
        lost.append(mask & devices[place].present)
    for place, device in enumerate(devices):
        others = [d.present & ~lost[p] for p, d in enumerate(devices) if p != place]
        spoken = np.any(others, axis=0)
        behind = lost[place] & moving[np.maximum(chosen, 0), bins] & (chosen >= 0)
        for first, last in runs(~device.moving):
            part = slice(first, last + 1)
            if np.any(behind[part]):
                lost[place][part] |= spoken[part]
    return lost


def _told(
    devices: Sequence[Device],
    place: int,
    which: NDArray[np.int64],
    lost: NDArray[np.bool_],
    chosen: NDArray[np.intp],
) -> list[Lying]:
    device = devices[place]
    found = []
    for first, last in runs(lost):
        a, b = np.searchsorted(which, first), np.searchsorted(which, last, side="right")
        decided = chosen[first : last + 1]
        decided = decided[(decided >= 0) & (decided != place)]
        if a == b or not len(decided):
            continue
        other = devices[int(np.bincount(decided).argmax())]
        until = np.searchsorted(other.time_us, device.time_us[b - 1])
        carried = int(other.stream[max(int(until) - 1, 0)])
        cuts = np.flatnonzero(np.diff(device.stream[a:b])) + a + 1
        for x, y in pairwise([int(a), *cuts.tolist(), int(b)]):
            span = int(device.time_us[x]), int(device.time_us[y - 1])
            found.append(Lying(int(device.stream[x]), carried, *span, y - x))
    return found
