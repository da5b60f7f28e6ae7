"""How much longer a way is than the chords between its fixes.

A chord cuts the corners between two fixes. How many it cut shows in how far the
direction changes at its ends, and in how long it is against the tightest turn that the
speed allows: 500 m that turn by 60 degrees hide many streets from a bicycle, and one
bend from a car at 100 km/h. The shares below say how much, on average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


def shortfall(x_m: NDArray[np.float64], y_m: NDArray[np.float64], *, usual_mps: float) -> float:
    """Return metres lost a metre of chord, on average over the chords.

    Args:
        x_m: ``(n,)`` metres east of any point.
        y_m: ``(n,)`` metres north of it.
        usual_mps: Speed of the journey, halts left out.

    Returns:
        0 or more; 0 for fewer than two chords.
    """
    shares, usual_m = turning(x_m, y_m)
    if not usual_m:
        return 0.0
    radii = usual_m * ASIDE_MPS2 / max(usual_mps, SLOWEST_MPS) ** 2
    at = float(np.clip(np.log(radii), _LENGTHS[0], _LENGTHS[-1]))
    after = min(max(int(np.searchsorted(_LENGTHS, at)), 1), len(_LENGTHS) - 1)
    share = (at - _LENGTHS[after - 1]) / (_LENGTHS[after] - _LENGTHS[after - 1])
    return float(shares @ ((1 - share) * _TABLE[after - 1] + share * _TABLE[after]))


def turning(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return the share of length in each class of turning, and the usual chord in metres.

    A chord turns by the mean of the changes of direction at its two ends. The
    usual chord is the mean over metres, 0 for fewer than two chords.
    """
    east_m, north_m = np.diff(x_m), np.diff(y_m)
    chord_m = np.hypot(east_m, north_m)
    seen = chord_m > SHORTEST_CHORD_M
    east_m, north_m, chord_m = east_m[seen], north_m[seen], chord_m[seen]
    if len(chord_m) < 2:
        return np.zeros(len(_EDGES) + 1), 0.0
    change = np.diff(np.arctan2(east_m, north_m))
    change = np.abs((change + np.pi) % (2 * np.pi) - np.pi)
    turned = (np.concatenate((change[:1], change)) + np.concatenate((change, change[-1:]))) / 2
    total_m = float(np.sum(chord_m))
    kinds = np.searchsorted(_EDGES, turned)
    shares = np.bincount(kinds, weights=chord_m, minlength=len(_EDGES) + 1) / total_m
    return shares, float(np.sum(chord_m**2)) / total_m
