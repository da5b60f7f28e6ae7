"""What the lines of a map make of a leg: how much of its way follows rails, roads, cycleways.

The model of modes has never seen a map. So each share enters as what it makes of the odds
of each mode, measured on ways over real maps, and none of it is believed wholly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M
from geowallet.model.words import N_, phrase
from geowallet.track.modes.decide import ALL_MODES
from geowallet.track.modes.mapped_shares import POWER, shares_of
from geowallet.track.modes.surroundings import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.model.mobility import Mode
    from geowallet.model.words import Phrase
    from geowallet.track.legs import Span
    from geowallet.track.modes.surroundings import Surroundings
    from geowallet.track.motion import Path

NEAR_M: dict[Kind, float] = {
    **dict.fromkeys((Kind.RAIL, Kind.TRAM, Kind.SUBWAY, Kind.ROAD, Kind.MOTORWAY), 25.0),
    Kind.CYCLEWAY: 15.0,
    Kind.STOP: 40.0,
}
"""Follows: nearer than this. Receivers in towns are 7 to 13 m off (Merry and Bettinger 2019,
"Smartphone GPS accuracy study in an urban environment"), lines are drawn in the middle of a
road; a bus is as long as 18 m and halts behind another."""

TRUSTED_M = 50.0
"""Positions that say they are less accurate than this follow nothing."""

APART_M = 25.0
MOST_PLACES = 400
"""The way is looked at each so many metres, at no more places than this."""

FEWEST_PLACES = 8
KNOWN_SHARE = 0.7
"""Of the places, on the map: below these, a share is not known."""

HALTED_MPS = 1.0
HALTED_S = 8.0
FEWEST_HALTS = 3
"""A halt is slower than the first for as long as the second; of fewer halts no share is told."""

EDGES = (0.2, 0.5, 0.8)
"""Shares below the first, between, and from the last."""

MOVED = 0.35
"""By how much a share must part the best mode from the next, in logits, to be named."""

FOLLOWS: dict[Kind, str] = {
    Kind.RAIL: N_("follows rails for {percent} % of its way"),
    Kind.TRAM: N_("follows tram lines for {percent} % of its way"),
    Kind.SUBWAY: N_("follows underground lines for {percent} % of its way"),
    Kind.ROAD: N_("follows roads for {percent} % of its way"),
    Kind.MOTORWAY: N_("follows motorways for {percent} % of its way"),
    Kind.CYCLEWAY: N_("follows cycleways for {percent} % of its way"),
    Kind.STOP: N_("{percent} % of its halts are at bus stops"),
}
"""What a share is called, for people."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """How much of each leg lies along what a map draws.

    Attributes:
        shares: ``(k, kinds)`` in the order of `Kind`: of the way, for bus stops of the
            halts; NaN where it is not known.
    """

    shares: NDArray[np.float64]

    def odds(self) -> NDArray[np.float64]:
        """Return the logarithm of what they make of each of `ALL_MODES`, ``(k, 13)``."""
        odds: NDArray[np.float64] = POWER * np.nansum(self._each(), axis=1)
        return odds

    def why(self, leg: int, best: Mode, second: Mode) -> tuple[Phrase, ...]:
        """Return what speaks most for ``best`` against ``second``; nothing if little does."""
        each = POWER * np.nan_to_num(self._each()[leg])
        lead = each[:, ALL_MODES.index(best)] - each[:, ALL_MODES.index(second)]
        top = int(np.argmax(lead))
        if lead[top] < MOVED:
            return ()
        percent = round(100 * float(self.shares[leg, top]))
        return (phrase(FOLLOWS[tuple(Kind)[top]], percent=percent),)

    def _each(self) -> NDArray[np.float64]:
        """Return ``(k, kinds, 13)``; NaN where a share is not known."""
        rank = np.searchsorted(EDGES, np.nan_to_num(self.shares), side="right")
        table = np.log([[shares_of(kind, mode) for mode in ALL_MODES] for kind in Kind])
        each = table[np.arange(len(table)), :, rank]
        unknown = np.isnan(self.shares)[:, :, None]
        result: NDArray[np.float64] = np.where(unknown, np.nan, each)
        return result


def followed(path: Path, spans: Sequence[Span], around: Surroundings) -> Followed:
    """Return what the legs of one chunk follow.

    Args:
        path: The fixes of the chunk.
        spans: Its legs.
        around: The map.
    """
    places = _Places.of([_places(path, span) for span in spans])
    halts = _Places.of([_halts(path, span) for span in spans])
    columns = [
        halts.shares(around, kind, FEWEST_HALTS)
        if kind is Kind.STOP
        else places.shares(around, kind, FEWEST_PLACES)
        for kind in Kind
    ]
    return Followed(np.column_stack(columns))


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Positions of ``k`` legs, ``n`` in all.

    Attributes:
        leg: intp ``(n,)``.
        k: How many legs.
        lat_deg: float64 ``(n,)``.
        lon_deg: float64 ``(n,)``.
    """

    leg: NDArray[np.intp]
    k: int
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]

    @classmethod
    def of(cls, legs: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> _Places:
        """Take latitudes and longitudes of each leg."""
        leg = np.repeat(np.arange(len(legs)), [len(lat) for lat, _ in legs])
        nothing = [np.empty(0)]
        lat, lon = (np.concatenate([*(pair[at] for pair in legs), *nothing]) for at in (0, 1))
        return cls(leg, len(legs), lat, lon)

    def shares(self, around: Surroundings, kind: Kind, fewest: int) -> NDArray[np.float64]:
        """Return the share of the positions of each leg near ``kind``, or NaN, ``(k,)``."""
        apart_m = around.distances_m(kind, self.lat_deg, self.lon_deg)
        known = ~np.isnan(apart_m)
        total, seen, near = (
            np.bincount(self.leg, weights=what, minlength=self.k)
            for what in (np.ones(len(known)), known, known & (apart_m <= NEAR_M[kind]))
        )
        told = (seen >= fewest) & (seen >= KNOWN_SHARE * total)
        return np.where(told, near / np.maximum(seen, 1.0), np.nan)


def _places(path: Path, span: Span) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions that lie evenly along the way of a leg."""
    rows = np.arange(span.first, span.last + 1)
    rows = rows[~(path.accuracy_m[rows] > TRUSTED_M)]
    if not len(rows):
        return np.empty(0), np.empty(0)
    north = np.radians(path.lat_deg[rows]) * EARTH_RADIUS_M
    scale = EARTH_RADIUS_M * np.cos(np.radians(path.lat_deg[rows[0]]))
    east = np.radians(path.lon_deg[rows]) * scale
    # Positions wander while one stands: each square counts once.
    squares = np.floor(np.column_stack((north, east)) / APART_M)
    kept = np.sort(np.unique(squares, axis=0, return_index=True)[1])
    along_m = np.cumsum(np.hypot(np.diff(north[kept]), np.diff(east[kept])))
    along_m = np.concatenate(([0.0], along_m))
    count = int(np.clip(along_m[-1] / APART_M, 1, MOST_PLACES))
    wanted = (np.arange(count) + 0.5) * along_m[-1] / count
    chosen = rows[kept[np.unique(np.searchsorted(along_m, wanted))]]
    return path.lat_deg[chosen], path.lon_deg[chosen]


def _halts(path: Path, span: Span) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean position of each halt between the ends of a leg."""
    steps = slice(span.first, span.last)
    lasting_s = np.diff(path.time_s[span.first : span.last + 1])
    slow = (path.step_m[steps] < HALTED_MPS * lasting_s) & ~path.gap[steps]
    edge = np.flatnonzero(np.diff(np.concatenate(([False], slow, [False])).astype(np.int8)))
    first, after = edge[::2], edge[1::2]
    inner = (first > 0) & (after < len(slow))
    inner &= path.time_s[span.first + after] - path.time_s[span.first + first] >= HALTED_S
    first, after = span.first + first[inner], span.first + after[inner]
    halts = zip(first.tolist(), after.tolist(), strict=True)
    means = [
        (np.mean(path.lat_deg[begin : end + 1]), np.mean(path.lon_deg[begin : end + 1]))
        for begin, end in halts
    ]
    lat, lon = np.array(means).reshape(-1, 2).T
    return lat, lon
