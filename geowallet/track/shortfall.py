"""How much longer a way is than the chords between its fixes.

A chord cuts the corners between two fixes. How many it cut shows in how far the
direction changes at its ends, and in how long it is against the tightest turn that the
speed allows: 500 m that turn by 60 degrees hide many streets from a bicycle, and one
bend from a car at 100 km/h. The shares below say how much, on average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.ragged import lengths, rows_of, sums, turned_rad

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.ragged import Rows

TURNS_DEG = "10 25 45 70 100 140"
"""Edges between the classes of turning, degrees."""

ASIDE_MPS2 = 2.5
"""Acceleration in a turn that travellers accept: the tightest turn is the square of the
speed over it (2 to 3 m/s2: Bosetti et al. 2014, "On the human control of vehicles",
European Transport Research Review 6)."""

SLOWEST_MPS = 0.5
"""Slower speeds say nothing of turns."""

LOST: dict[float, tuple[float, ...]] = {
    2.0: (0.0, 0.0, 0.0251, 0.1162, 0.1162, 0.1162, 0.1162),
    6.0: (0.0, 0.0227, 0.0227, 0.1330, 0.1330, 0.1415, 0.6632),
    18.0: (0.0, 0.0023, 0.0546, 0.1404, 0.3192, 0.5485, 0.5485),
    55.0: (0.0, 0.0369, 0.1312, 0.2255, 0.4084, 0.4465, 0.6010),
    160.0: (0.0, 0.0121, 0.1098, 0.3012, 0.4531, 0.5662, 0.6262),
}
"""For chords of a length in radii of the tightest turn: metres lost a metre of chord, by
class of turning.

Fitted by least squares, rising with the turning and robust to outliers, to rides of
cycling computers, labelled legs with dense fixes (MobilityNet, SSI) and drawn streets,
thinned to a fix every 1 to 200 seconds. ``python -m benchmarks.accuracy.corners`` fits
it anew; with other drawn streets the lengths it gives differ by 0.1 to 0.5 %. Drives and
traffic that had no part in it come out within 0.6 % on average with a fix a minute,
where plain chords lose 1 to 3 % (docs/accuracy.md)."""

SHORTEST_CHORD_M = 1.0
"""Shorter chords have no direction."""

_EDGES = np.radians([float(edge) for edge in TURNS_DEG.split()])
_LENGTHS = np.log(list(LOST))
_TABLE = np.array(list(LOST.values()))


def shortfall(
    rows: Rows,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    *,
    usual_mps: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return metres lost a metre of chord for each of ``k`` ways, on average over its chords.

    Args:
        rows: The ``t`` points of the ways.
        x_m: ``(t,)`` metres east of any point.
        y_m: ``(t,)`` metres north of it.
        usual_mps: ``(k,)`` speed of the journey, halts left out.

    Returns:
        ``(k,)``, 0 or more; 0 for fewer than two chords.
    """
    shares, usual_m = turning(rows, x_m, y_m)
    radii = usual_m * ASIDE_MPS2 / np.maximum(usual_mps, SLOWEST_MPS) ** 2
    shortest = np.exp(_LENGTHS[0])
    at = np.clip(np.log(np.maximum(radii, shortest)), _LENGTHS[0], _LENGTHS[-1])
    after = np.clip(np.searchsorted(_LENGTHS, at), 1, len(_LENGTHS) - 1)
    share = (at - _LENGTHS[after - 1]) / (_LENGTHS[after] - _LENGTHS[after - 1])
    lost = (1 - share)[:, None] * _TABLE[after - 1] + share[:, None] * _TABLE[after]
    result: NDArray[np.float64] = np.sum(shares * lost, axis=1)
    return result


def turning(
    rows: Rows, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of length in each class of turning, and the usual chords in metres.

    A chord turns by the mean of the changes of direction at its two ends. The
    usual chord is the mean over metres. Both are 0 for fewer than two chords.
    """
    east_m, north_m = np.diff(x_m), np.diff(y_m)
    chord_m = lengths(east_m, north_m)
    seen = (rows.leg[1:] == rows.leg[:-1]) & (chord_m > SHORTEST_CHORD_M)
    count = np.bincount(rows.leg[1:][seen], minlength=len(rows.count))
    seen &= (count >= 2)[rows.leg[1:]]
    chords = rows_of(np.where(count >= 2, count, 0))
    chord_m = chord_m[seen]
    turned = _turned(chords, np.arctan2(east_m[seen], north_m[seen]))
    kinds, cells = np.searchsorted(_EDGES, turned), len(_EDGES) + 1
    filled = np.bincount(
        chords.leg * cells + kinds, weights=chord_m, minlength=len(count) * cells
    ).reshape(-1, cells)
    total_m = np.maximum(sums(chords, chord_m), SHORTEST_CHORD_M)
    return filled / total_m[:, None], sums(chords, chord_m**2) / total_m


def _turned(chords: Rows, heading: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much each chord turns, 0 to pi; each way has at least two, or none."""
    change = turned_rad(np.diff(heading))
    before, behind = np.concatenate(([0.0], change)), np.concatenate((change, [0.0]))
    some = chords.count > 0
    first, last = chords.start[some], chords.end[some] - 1
    before[first], behind[last] = behind[first], before[last]
    result: NDArray[np.float64] = (before + behind) / 2
    return result[: len(heading)]
