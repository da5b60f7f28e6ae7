"""What lies around positions, as a map draws it: rails, roads, cycleways, bus stops.

A map that does not reach a place says nothing there: a trace beyond an extract is not
"far from rails".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

from geowallet.model.geodesy import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

FAR_M = 60.0
"""Nothing further away is looked for: receivers are rarely that wrong for long."""

CELL_M = 320.0
"""Side of a cell of the index at the equator; it shrinks with the cosine of the latitude."""

HIGHEST_DEG = 75.0
"""Where the nine cells around a position still hold all within `FAR_M`: pieces are half a
cell at most, so that their middles lie within a quarter of a cell and `FAR_M`."""

KNOWN_CELLS = 4
"""Cells along the side of a square that a map knows if it draws anything there: some 900 m in
Europe, where hardly a square kilometre is without a road."""

PAIRS_TOGETHER = 1 << 18
"""Positions and pieces compared at a time, some 20 MB."""


class Kind(StrEnum):
    """What a map may draw."""

    RAIL = "rail"
    TRAM = "tram"
    SUBWAY = "subway"
    ROAD = "road"
    MOTORWAY = "motorway"
    CYCLEWAY = "cycleway"
    STOP = "stop"


class Surroundings(Protocol):
    """Answers what lies how near."""

    def distances_m(
        self, kind: Kind, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return metres to the nearest of ``kind``, `FAR_M` for all beyond, ``(n,)``.

        NaN where it is not known.
        """


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Straight pieces of one kind, sorted by the cell of their middle.

    Attributes:
        cells: int64 ``(c,)``, ascending.
        starts: intp ``(c + 1,)``, where the pieces of each cell begin.
        ends: float64 ``(p, 4)``, x and y of both ends on the Mercator plane, in radians.
    """

    cells: NDArray[np.int64]
    starts: NDArray[np.intp]
    ends: NDArray[np.float64]


class DrawnMap:
    """Lines and points of a map, found by a grid of cells."""

    __slots__ = ("_known", "_pieces")

    def __init__(self, lines: Mapping[Kind, NDArray[np.float64]]) -> None:
        """Take what is drawn.

        A kind of which nothing is drawn at all is not known anywhere: the extract may
        have been cut to others.

        Args:
            lines: Of each kind ``(n, 4)``: longitude and latitude of both ends of
                straight lines, degrees; both ends are one for a point. Those beyond
                `HIGHEST_DEG`, or across the antimeridian, are left out.
        """
        drawn = {kind: _usable(ends) for kind, ends in lines.items()}
        self._pieces = {kind: _sorted(_cut(ends)) for kind, ends in drawn.items() if len(ends)}
        squares = [_squares(pieces.cells) for pieces in self._pieces.values()]
        self._known = np.unique(np.concatenate([np.empty(0, np.int64), *squares]))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self._pieces

    def distances_m(
        self, kind: Kind, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what `Surroundings` promises."""
        pieces = self._pieces.get(kind)
        found = np.full(len(lat_deg), np.nan)
        if pieces is None:
            return found
        low = np.flatnonzero(np.abs(lat_deg) <= HIGHEST_DEG)
        x, y = _plane(lon_deg[low], lat_deg[low])
        column, row = _cell(x), _cell(y)
        known = np.isin(_squares(_number(column, row)), self._known)
        low, column, row = low[known], column[known], row[known]
        x, y = x[known], y[known]
        nearest = np.full(len(low), np.inf)
        for right in (-1, 0, 1):
            for up in (-1, 0, 1):
                cells = _number(column + right, row + up)
                for some, rows in _pairs(pieces, cells):
                    apart = _apart(pieces.ends[rows], x[some], y[some])
                    np.minimum.at(nearest, some, apart)
        # A radian of the plane is this many metres of the ground there.
        metres = nearest * EARTH_RADIUS_M * np.cos(np.radians(lat_deg[low]))
        found[low] = np.minimum(metres, FAR_M)
        return found


def _usable(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = ends[:, 0::2], ends[:, 1::2]
    fits = np.all(np.abs(lat) <= HIGHEST_DEG, axis=1) & np.all(np.abs(lon) <= 180.0, axis=1)
    kept: NDArray[np.float64] = ends[fits & (np.abs(lon[:, 1] - lon[:, 0]) < 180.0)]
    return kept


def _plane(
    lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y on the Mercator plane, in radians; longitudes may be unwrapped."""
    wrapped = (lon_deg + 180.0) % 360.0 - 180.0
    return np.radians(wrapped), np.arcsinh(np.tan(np.radians(lat_deg)))


def _cell(at: NDArray[np.float64]) -> NDArray[np.int64]:
    cells: NDArray[np.int64] = np.floor(at * (EARTH_RADIUS_M / CELL_M)).astype(np.int64)
    return cells


def _number(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    return (column << 32) + row


def _squares(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of the squares in which cells lie."""
    row = (cells + (1 << 31)) % (1 << 32) - (1 << 31)
    column = (cells - row) >> 32
    return _number(column // KNOWN_CELLS, row // KNOWN_CELLS)


def _cut(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return lines as pieces on the plane, none longer than half a cell."""
    first, last = (np.column_stack(_plane(ends[:, at], ends[:, at + 1])) for at in (0, 2))
    step = last - first
    half = CELL_M / 2 / EARTH_RADIUS_M
    count = np.maximum(np.ceil(np.hypot(step[:, 0], step[:, 1]) / half), 1).astype(np.intp)
    line = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    share = (place / count[line])[:, None], ((place + 1) / count[line])[:, None]
    pieces: NDArray[np.float64] = np.hstack([first[line] + part * step[line] for part in share])
    return pieces


def _sorted(pieces: NDArray[np.float64]) -> _Pieces:
    middle = (pieces[:, :2] + pieces[:, 2:]) / 2
    cell = _number(_cell(middle[:, 0]), _cell(middle[:, 1]))
    order = np.argsort(cell, kind="stable")
    cells, starts = np.unique(cell[order], return_index=True)
    return _Pieces(cells, np.append(starts, len(order)), pieces[order])


def _pairs(
    pieces: _Pieces, cells: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield positions, by their cells, beside the pieces in these cells, some at a time."""
    place = np.minimum(np.searchsorted(pieces.cells, cells), len(pieces.cells) - 1)
    hit = np.flatnonzero(pieces.cells[place] == cells)
    start = pieces.starts[place[hit]]
    count = pieces.starts[place[hit] + 1] - start
    group = np.cumsum(count) // PAIRS_TOGETHER
    for number in np.unique(group):
        some = group == number
        many = count[some]
        inner = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
        yield np.repeat(hit[some], many), np.repeat(start[some], many) + inner


def _apart(
    ends: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far each position is from the piece beside it, on the plane."""
    east, north = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    from_x, from_y = x - ends[:, 0], y - ends[:, 1]
    square = east * east + north * north
    along = (from_x * east + from_y * north) / np.where(square > 0, square, 1.0)
    along = np.clip(along, 0.0, 1.0)
    apart: NDArray[np.float64] = np.hypot(from_x - along * east, from_y - along * north)
    return apart
