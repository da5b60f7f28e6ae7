"""The invented country of the simulated month: places, roads, and a railway.

Every line is drawn here by arithmetic; none follows a real street. The home
stands on the runway of the former Châteaudun air base, where nobody lives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate, pairwise
from random import Random
from typing import TYPE_CHECKING, Literal

import numpy as np

from geowallet.model.geodesy import degree_lengths_m
from geowallet.model.mobility import PlaceKind, Point

if TYPE_CHECKING:
    from collections.abc import Callable

Plane = tuple[float, float]
"""Metres east and north of the home."""

HOME = Point(48.0581, 1.3764)
"""Middle of the runway of the former Châteaudun air base, France."""

PLACES: dict[str, tuple[PlaceKind, Plane]] = {
    "home": (PlaceKind.HOME, (0.0, 0.0)),
    "office": (PlaceKind.WORK, (4300.0, 2500.0)),
    "client-north": (PlaceKind.CLIENT, (7100.0, 17400.0)),
    "client-east": (PlaceKind.CLIENT, (31500.0, 9800.0)),
    "client-mill": (PlaceKind.CLIENT, (28800.0, -900.0)),
    "client-far": (PlaceKind.CLIENT, (-14700.0, 50600.0)),
    "client-quarry": (PlaceKind.CLIENT, (-21500.0, 24800.0)),
    "canteen": (PlaceKind.OTHER, (4890.0, 2910.0)),
    "shop": (PlaceKind.OTHER, (-2700.0, -2600.0)),
    "cinema": (PlaceKind.OTHER, (6100.0, -7900.0)),
    "nursery": (PlaceKind.OTHER, (-11900.0, -5600.0)),
    "friend": (PlaceKind.OTHER, (-8800.0, 17600.0)),
    "lake": (PlaceKind.OTHER, (-16200.0, -77500.0)),
    "station-home": (PlaceKind.OTHER, (-180.0, 505.0)),
    "station-office": (PlaceKind.OTHER, (4510.0, 2080.0)),
}
"""What each place is to the employee, and where it stands."""

RoadKind = Literal["path", "street", "road", "fast road", "loop", "railway"]


@dataclass(frozen=True, slots=True)
class Road:
    """A line between two places.

    Attributes:
        start: Name of the place it begins at.
        end: Name of the place it ends at; the same for a loop.
        kind: What it looks like and how fast it may be driven.
        length_m: Its length on the ellipsoid, held within a millimetre.
    """

    start: str
    end: str
    kind: RoadKind
    length_m: float


ROADS: dict[str, Road] = {
    "bike path to the office": Road("home", "office", "path", 6200.0),
    "street to the office": Road("home", "office", "street", 6850.0),
    "footpath to the station": Road("home", "station-home", "path", 600.0),
    "railway": Road("station-home", "station-office", "railway", 14000.0),
    "footpath from the station": Road("station-office", "office", "path", 500.0),
    "office to north": Road("office", "client-north", "road", 17900.0),
    "office to east": Road("office", "client-east", "road", 33600.0),
    "east to mill": Road("client-east", "client-mill", "road", 12400.0),
    "office to mill": Road("office", "client-mill", "road", 29300.0),
    "home to mill": Road("home", "client-mill", "road", 34100.0),
    "home to far": Road("home", "client-far", "fast road", 60300.0),
    "office to far": Road("office", "client-far", "fast road", 59200.0),
    "far to quarry": Road("client-far", "client-quarry", "road", 31200.0),
    "home to quarry": Road("home", "client-quarry", "road", 38400.0),
    "street to the shop": Road("home", "shop", "street", 4600.0),
    "home to cinema": Road("home", "cinema", "road", 11700.0),
    "home to nursery": Road("home", "nursery", "road", 15200.0),
    "home to friend": Road("home", "friend", "road", 22800.0),
    "home to lake": Road("home", "lake", "fast road", 92500.0),
    "footpath to the canteen": Road("office", "canteen", "path", 830.0),
    "lunch loop": Road("office", "office", "loop", 2100.0),
    "evening loop": Road("home", "home", "loop", 3300.0),
    "lake loop": Road("lake", "lake", "loop", 5400.0),
    "ride west": Road("home", "home", "loop", 24600.0),
    "ride south": Road("home", "home", "loop", 28300.0),
}
"""Every line that can be travelled, in either direction."""

STEP_M = 10.0
"""Spacing of the points of a line."""

_CORNER_M = {"path": 8.0, "street": 18.0, "road": 60.0, "fast road": 250.0, "loop": 25.0}
"""How far before a corner the turn begins, by kind of road."""

_BLOCK_M = {"path": 260.0, "street": 420.0, "road": 1300.0, "fast road": 4200.0}
"""Distance between the corners, by kind of road."""


@dataclass(frozen=True, slots=True)
class Line:
    """A road as dense points.

    Attributes:
        points: At least two.
        at_m: Length on the ellipsoid from the first point to each of them.
    """

    points: tuple[Point, ...]
    at_m: tuple[float, ...]

    @property
    def length_m(self) -> float:
        """Length from end to end."""
        return self.at_m[-1]

    def reversed(self) -> Line:
        """Return the same line, travelled the other way."""
        return _line(self.points[::-1])


def point_of(place: str) -> Point:
    """Return where ``place`` stands, in degrees."""
    return _on_earth(PLACES[place][1])


def survey(name: str, *, seed: int) -> Line:
    """Return the road ``name`` as dense points; its bends depend on ``seed``."""
    road = ROADS[name]
    rng = Random(f"{seed} road {name}")  # noqa: S311  a drawing, not a secret
    start, end = PLACES[road.start][1], PLACES[road.end][1]
    bends = [rng.uniform(-1.0, 1.0) for _ in range(64)]
    return _fitted(lambda size: _drawn(road.kind, start, end, bends, size), road.length_m)


def _fitted(draw: Callable[[float], Line], length_m: float) -> Line:
    size, next_size = 0.5, 1.0
    before_m, line = draw(size).length_m, draw(next_size)
    while abs(line.length_m - length_m) > 1e-4:
        slope = (line.length_m - before_m) / (next_size - size)
        size, before_m = next_size, line.length_m
        next_size = max(next_size + (length_m - line.length_m) / slope, next_size / 4)
        line = draw(next_size)
    return line


def _drawn(kind: RoadKind, start: Plane, end: Plane, bends: list[float], size: float) -> Line:
    if kind == "loop":
        corners = _ring(start, bends, size)
    elif kind == "railway":
        corners = _bow(start, end, size)
    else:
        corners = _zigzag(start, end, bends, size, block_m=_BLOCK_M[kind])
    rounded = _rounded(corners, _CORNER_M[kind]) if kind in _CORNER_M else corners
    return _line(tuple(_on_earth(point) for point in _dense(rounded)))


def _zigzag(
    start: Plane, end: Plane, bends: list[float], size: float, *, block_m: float
) -> list[Plane]:
    east, north = end[0] - start[0], end[1] - start[1]
    blocks = max(3, min(60, round(math.hypot(east, north) / block_m)))
    side = size / blocks
    corners = [start]
    for n in range(1, blocks):
        along = n / blocks
        aside = side * bends[n]
        corners.append(
            (start[0] + along * east - aside * north, start[1] + along * north + aside * east)
        )
    return [*corners, end]


def _ring(start: Plane, bends: list[float], size: float) -> list[Plane]:
    radius = 1000.0 * size
    heading = math.pi * bends[0]
    centre = (start[0] + radius * math.cos(heading), start[1] + radius * math.sin(heading))
    corners = [start]
    for n in range(1, 16):
        angle = heading + math.pi + math.tau * n / 16
        reach = radius * (1.0 + 0.16 * bends[n])
        corners.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    return [*corners, start]


def _bow(start: Plane, end: Plane, size: float) -> list[Plane]:
    east, north = end[0] - start[0], end[1] - start[1]
    bow = []
    for n in range(181):
        angle = math.pi * n / 180
        along, aside = (1.0 - math.cos(angle)) / 2, size * math.sin(angle)
        bow.append(
            (start[0] + along * east - aside * north, start[1] + along * north + aside * east)
        )
    return bow


def _rounded(corners: list[Plane], reach_m: float) -> list[Plane]:
    smooth = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        near = _towards(corner, before, min(reach_m, 0.45 * math.dist(corner, before)))
        far = _towards(corner, after, min(reach_m, 0.45 * math.dist(corner, after)))
        for n in range(7):
            u = n / 6
            smooth.append(_mix(_mix(near, corner, u), _mix(corner, far, u), u))
    return [*smooth, corners[-1]]


def _dense(corners: list[Plane]) -> list[Plane]:
    points = [corners[0]]
    for a, b in pairwise(corners):
        pieces = max(1, math.ceil(math.dist(a, b) / STEP_M))
        points.extend(_mix(a, b, n / pieces) for n in range(1, pieces + 1))
    return points


def _towards(a: Plane, b: Plane, reach_m: float) -> Plane:
    return _mix(a, b, reach_m / max(math.dist(a, b), 1e-9))


def _mix(a: Plane, b: Plane, u: float) -> Plane:
    return (a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1]))


def _line(points: tuple[Point, ...]) -> Line:
    lat_deg = np.array([point.lat_deg for point in points])
    lon_deg = np.array([point.lon_deg for point in points])
    a_north_m, a_east_m = degree_lengths_m((lat_deg[1:] + lat_deg[:-1]) / 2)
    steps = np.hypot(a_east_m * np.diff(lon_deg), a_north_m * np.diff(lat_deg))
    return Line(points, tuple(accumulate(steps.tolist(), initial=0.0)))


def _on_earth(place: Plane) -> Point:
    a_north_m, a_east_m = degree_lengths_m(np.array(HOME.lat_deg))
    return Point(
        HOME.lat_deg + place[1] / float(a_north_m), HOME.lon_deg + place[0] / float(a_east_m)
    )
