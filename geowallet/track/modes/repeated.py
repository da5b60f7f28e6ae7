"""The same way on another day: legs of one owner between the same two places.

The numbers here are stated: no labelled set at hand holds enough repeated ways to fit them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import distances_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST_M = 250.0
"""From one end to the other: shorter ways are walked to many places."""

NEAR_SHARE = 0.2
NEAR_M = (100.0, 500.0)
"""Ends are the same place if they lie within this share of the way, and within these bounds: a
receiver needs some time to find itself, and whoever parks does so here or there."""

NEAR_DEG = 0.006
"""Of latitude, more than the largest of `NEAR_M`."""


def same_ways(ends_deg: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return for each leg the places of the others that lead between its ends, either way.

    Args:
        ends_deg: ``(k, 4)`` latitude and longitude of the first fix and of the last.
    """
    found = ways_among(ends_deg, ends_deg)
    return [some[some != leg] for leg, some in enumerate(found)]


def ways_among(
    ends_deg: NDArray[np.float64], known_deg: NDArray[np.float64]
) -> list[NDArray[np.intp]]:
    """Return for each leg which known ones lead between its ends, either way, ascending.

    Args:
        ends_deg: ``(k, 4)`` as for `same_ways`.
        known_deg: ``(n, 4)`` of the known legs.
    """
    own, own_near_m = _long(ends_deg)
    there, near_m = _long(known_deg)
    start, end = known_deg[:, :2].T, known_deg[:, 2:].T
    from_deg, to_deg = ends_deg[:, :2].T, ends_deg[:, 2:].T
    ordered = [there[np.argsort(one[0, there], kind="stable")] for one in (start, end)]
    windows = [
        np.searchsorted(one[0, order], from_deg[0] + [[-NEAR_DEG], [NEAR_DEG]])
        for one, order in zip((start, end), ordered, strict=True)
    ]
    found = [np.zeros(0, dtype=np.intp) for _ in range(len(ends_deg))]
    for leg in own:
        some = []
        for order, window, one, other in zip(
            ordered, windows, (start, end), (end, start), strict=True
        ):
            # Latitudes alone leave few, of which distances are asked.
            few = order[slice(*window[:, leg])]
            few = few[np.abs(other[0, few] - to_deg[0, leg]) < NEAR_DEG]
            from_m = distances_m(*from_deg[:, leg, None], *one[:, few])
            to_m = distances_m(*to_deg[:, leg, None], *other[:, few])
            near = np.minimum(own_near_m[leg], near_m[few])
            some.append(few[np.maximum(from_m, to_m) <= near])
        found[leg] = np.union1d(*some)
    return found


def _long(ends_deg: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return which legs lead far enough, and how near the ends of others must be to theirs."""
    way_m = distances_m(*ends_deg.T)
    return np.flatnonzero(way_m >= SHORTEST_M), np.clip(NEAR_SHARE * way_m, *NEAR_M)
