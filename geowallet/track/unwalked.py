"""Changes of vehicle without a walk: where, within a ride, the network hears another one.

Whoever locks a bicycle at a stop walks for less than a minute. What is heard is held against
all that is known of both pieces before it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.course import ROW_S
from geowallet.track.modes.decide import FAMILIES, MOTORISED
from geowallet.track.walking import MOST_ODDS, UNHEARD, WORTH, course

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.model.mobility import Mode
    from geowallet.track.modes.listener import Listener
    from geowallet.track.motion import Path

UNWALKED_COST = 8.0
"""Price of such a change, as logarithm of odds: both vehicles must show for a minute and a half."""

SHORTEST_SIDE_S = 120.0
"""On both sides of a change."""

SEARCH_S = 90.0
"""How far from where it is heard the slowest fix is sought: nobody changes at full speed."""

SURE = 0.95
"""How probable the bike must be by all that is known: of the changes that are heard in simulated
days most are none, of those that are so sure three in four are true."""

CYCLED = FAMILIES[1]


def rows_between(path: Path, ends: tuple[int, int]) -> tuple[int, int]:
    """Return the row in which the first fix lies, and the one after that of the last."""
    return int(path.time_s[ends[0]] // ROW_S), int(path.time_s[ends[1]] // ROW_S) + 1


def heard_changes(
    path: Path, ride: tuple[int, int], listener: Listener, slow_mps: NDArray[np.float64]
) -> list[int]:
    """Return the fixes at which a ride seems to go on by motor instead of by bike, or back.

    Args:
        path: The fixes of the chunk.
        ride: First and last fix.
        listener: What a network says of the path.
        slow_mps: ``(n,)`` speeds of the path over some seconds.
    """
    first, last = ride
    begin, after = rows_between(path, ride)
    if (after - begin) * ROW_S < 2 * SHORTEST_SIDE_S:
        return []
    shares = listener.shares(begin, after)
    cycled = np.sum(shares[:, listener.cycled], axis=1)
    driven = 1.0 - shares[:, -1] - np.sum(shares[:, listener.on_foot], axis=1) - cycled
    rather = cycled > np.maximum(driven, 0.0)
    if rather.all() or not rather.any():
        return []
    odds = np.log(cycled + UNHEARD) - np.log(np.maximum(driven, 0.0) + UNHEARD)
    said = (cycled + driven) * np.clip(odds, -MOST_ODDS, MOST_ODDS) * WORTH
    heard = course(said, UNWALKED_COST)
    found: list[int] = []
    for row in np.flatnonzero(heard[1:] != heard[:-1]) + 1 + begin:
        around = path.time_s.searchsorted((row * ROW_S - SEARCH_S, row * ROW_S + SEARCH_S))
        low, high = max(int(around[0]), first + 1), min(int(around[1]), last)
        if low < high:
            at = low + int(np.argmin(slow_mps[low:high]))
            since = path.time_s[at] - path.time_s[found[-1] if found else first]
            if min(since, path.time_s[last] - path.time_s[at]) >= SHORTEST_SIDE_S:
                found.append(at)
    return found


def is_change(before: tuple[Mode, float], after: tuple[Mode, float]) -> bool:
    """Say whether two rides that were heard apart are by two vehicles, one of them a bike.

    Args:
        before: What the first is taken for, and how probable the family of that is.
        after: The same of the second.
    """
    return _cycled(*before, after[0]) or _cycled(*after, before[0])


def _cycled(mode: Mode, probability: float, other: Mode) -> bool:
    return mode in CYCLED and probability >= SURE and other in MOTORISED
