"""Ways over real maps: how much of a ride by each mode lies along rails, roads, cycleways.

    python -m training.map_ways EXTRACT... [--out SHARES.npz]

draws ways over the networks of OpenStreetMap extracts, as receivers would have recorded them,
and prints the tables of `geowallet.track.modes.mapped_shares`. The extracts are whatever their
user has; nothing of them but these shares is kept. The same seed gives the same tables.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium
from osmium.osm import Node, NodeRef, Way
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geowallet.app.maps.tags import kinds_of_node, kinds_of_way
from geowallet.model.fixes import fixes_from
from geowallet.track.legs import Span
from geowallet.track.modes.mapped import EDGES, followed
from geowallet.track.modes.surroundings import DrawnMap, Kind
from geowallet.track.motion import path_of
from training.simulation.chance import Range, around, generator, often, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RIDE_M: Mapping[str, Range] = {
    "walk": (300, 3000),
    "bike": (900, 9000),
    "car": (1500, 20000),
    "bus": (1500, 12000),
    "tram": (800, 8000),
    "subway": (1500, 14000),
    "train": (3000, 30000),
}
"""As long as an extract allows. Source: as `training.simulation.stitched.RIDE_M`."""
PACE_MPS: Mapping[str, Range] = {
    "walk": (1.1, 1.6),
    "bike": (3.5, 6.5),
    "car": (7.0, 16.0),
    "bus": (6.0, 12.0),
    "tram": (6.0, 11.0),
    "subway": (9.0, 16.0),
    "train": (12.0, 30.0),
}
ERROR_M: Range = (2.0, 14.0)
"""Of one axis, between houses. Source: Merry and Bettinger, 2019; Zandbergen and Barbeau, 2011."""
CORRELATION_S: Range = (20, 300)
DRAWN_M = 3.0
"""How far a line lies beside the lane that is used. Source: Haklay, 2010, "How good is volunteered
geographical information?" (6 m on average from surveyed roads)."""
HELD = 0.5
"""Chance of a halt at lights. Source: HCM 2010, progression of arrivals at random."""
JAMMED = 0.02
"""Chance of a halt at any other corner of a line: jams, left turns, people crossing. Assumed."""
CALLED = 0.7
"""Share of its stops that a bus calls at. Source: TCRP Report 165, exhibit 6-3 (60 to 90 %)."""
AT_STOP_M = 30.0
RIDES = 120
"""Of each mode on each map."""
FEWEST_RIDES = 5
AWAY = 0.5
"""Share of ways that are far from trams and undergrounds where a map has them: the maps that
were at hand show the middle of such towns alone. Assumed."""
LEAST = 0.02
"""No share is taken for rarer than this: maps have gaps, and drivers park at stations."""


@dataclass(slots=True)
class Extract:
    """One map: its nodes, what it draws, and the edges that each mode may use."""

    name: str
    place: dict[int, tuple[float, float]] = field(default_factory=dict)
    lines: dict[Kind, list[tuple[float, ...]]] = field(default_factory=lambda: defaultdict(list))
    edges: dict[str, list[tuple[int, int, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    lights: set[int] = field(default_factory=set)
    stops: list[tuple[float, float]] = field(default_factory=list)
    stations: list[tuple[float, float]] = field(default_factory=list)


def read_extract(path: Path) -> Extract:
    """Return what is drawn, and who may use it at which cost a metre."""
    found = Extract(path.name.split(".")[0])
    wanted = osmium.filter.KeyFilter("highway", "railway", "amenity", "public_transport")
    for item in osmium.FileProcessor(str(path)).with_locations("flex_mem").with_filter(wanted):
        tags = dict(item.tags)
        if isinstance(item, Node):
            at = (item.lon, item.lat)
            for kind in kinds_of_node(tags):
                found.lines[kind].append((*at, *at))
                found.stops.append(at)
            if "traffic_signals" in {tags.get("highway"), tags.get("crossing")}:
                found.lights.add(item.id)
            if tags.get("railway") in {"station", "halt", "tram_stop"}:
                found.stations.append(at)
        elif isinstance(item, Way):
            _add_way(found, tags, [n for n in item.nodes if n.location.valid()])
    return found


def _add_way(found: Extract, tags: dict[str, str], nodes: list[NodeRef]) -> None:
    for node in nodes:
        found.place[node.ref] = (node.lon, node.lat)
    pairs = [(a.ref, b.ref) for a, b in pairwise(nodes)]
    kinds = kinds_of_way(tags)
    for kind in kinds:
        found.lines[kind] += [(*found.place[a], *found.place[b]) for a, b in pairs]
    for mode, cost in _users(tags, kinds).items():
        found.edges[mode] += [(a, b, cost) for a, b in pairs]


def _users(tags: dict[str, str], kinds: frozenset[Kind]) -> dict[str, float]:
    """Return which modes use a way, and what a metre costs them."""
    rails = {Kind.RAIL: "train", Kind.TRAM: "tram", Kind.SUBWAY: "subway"}
    users = {mode: 1.0 for kind, mode in rails.items() if kind in kinds}
    road = tags.get("highway", "")
    main = road.removesuffix("_link") in {"primary", "secondary", "tertiary"}
    if road and Kind.MOTORWAY not in kinds and road not in {"trunk", "construction", "proposed"}:
        users["walk"] = 1.3 if main else 1.0
        if road not in {"steps", "footway", "pedestrian"} or Kind.CYCLEWAY in kinds:
            users["bike"] = 0.75 if Kind.CYCLEWAY in kinds else 1.4 if main else 1.0
    if Kind.ROAD in kinds:
        fast = Kind.MOTORWAY in kinds or road == "trunk"
        users["car"] = 0.4 if fast else 0.7 if main else 2.0 if road == "service" else 1.2
        users["bus"] = 2.0 if fast else 0.5 if main else 5.0 if road == "service" else 1.0
    return users


class Network:
    """What one mode may use of one map."""

    def __init__(self, extract: Extract, mode: str) -> None:
        edges = extract.edges[mode]
        self.ids = sorted({node for a, b, _ in edges for node in (a, b)})
        at = {node: number for number, node in enumerate(self.ids)}
        self.lonlat = np.array([extract.place[node] for node in self.ids]).reshape(-1, 2)
        first = np.array([at[a] for a, _, _ in edges], np.intp)
        last = np.array([at[b] for _, b, _ in edges], np.intp)
        metres = np.maximum(_metres(self.lonlat[first], self.lonlat[last]), 0.1)
        cost = metres * np.array([edge[2] for edge in edges])
        shape = (len(self.ids), len(self.ids))
        self.cost = csr_array((cost, (first, last)), shape=shape) if edges else None

    def way(self, chance: np.random.Generator, wanted_m: float) -> np.ndarray | None:
        """Return node numbers of a cheapest way of about ``wanted_m``; None where there is none."""
        if self.cost is None:
            return None
        source = int(chance.integers(len(self.ids)))
        cost, before = dijkstra(
            self.cost, directed=False, indices=source, return_predecessors=True, limit=wanted_m * 3
        )
        far = _metres(self.lonlat, self.lonlat[source])
        far[~np.isfinite(cost)] = -1.0
        target = int(np.argmin(np.abs(far - wanted_m / 1.3)))
        nodes = [target]
        while nodes[-1] != source and len(nodes) < len(self.ids):
            nodes.append(int(before[nodes[-1]]))
            if nodes[-1] < 0:
                return None
        return np.array(nodes[::-1]) if far[target] >= 250.0 else None


def _metres(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    apart = np.radians(one - other) * 6_371_008.8
    return np.asarray(np.hypot(apart[..., 0] * np.cos(np.radians(one[..., 1])), apart[..., 1]))


def _recorded(
    lonlat: np.ndarray, halts: np.ndarray, pace_mps: float, chance: np.random.Generator
) -> np.ndarray:
    """Return a position a second along a way, with halts at some of its corners."""
    along = np.concatenate([[0.0], np.cumsum(_metres(lonlat[1:], lonlat[:-1]))])
    wait = np.where(halts, chance.uniform(12, 45, len(halts)), 0.0)
    come = along / pace_mps + np.concatenate([[0.0], np.cumsum(wait)[:-1]])
    known_s, known = np.stack([come, come + wait], 1).ravel(), np.repeat(lonlat, 2, axis=0)
    second = np.arange(0.0, known_s[-1] + 1.0)
    at = np.stack([np.interp(second, known_s, known[:, axis]) for axis in (0, 1)], 1)
    kept = np.exp(-1.0 / within(chance, CORRELATION_S))
    sd = around(chance, ERROR_M)
    shake = chance.normal(0, sd * np.sqrt(1 - kept**2), (len(second), 2))
    error = np.empty_like(shake)
    error[0] = chance.normal(0, sd, 2)
    for row in range(1, len(shake)):
        error[row] = kept * error[row - 1] + shake[row]
    error += chance.normal(0, DRAWN_M, 2)
    east = np.cos(np.radians(at[:, 1:]))
    return np.asarray(at + np.degrees(error / 6_371_008.8) / np.hstack([east, np.ones_like(east)]))


def ride_shares(
    extract: Extract, mode: str, around_it: DrawnMap, chance: np.random.Generator
) -> np.ndarray:
    """Return what rides by ``mode`` follow, ``(rides, kinds)``; may be empty."""
    network = Network(extract, mode)
    calls = np.array(extract.stations if mode in {"train", "subway", "tram"} else extract.stops)
    rows = []
    for _ in range(RIDES):
        way = network.way(chance, around(chance, RIDE_M[mode]))
        if way is None:
            continue
        lonlat = network.lonlat[way]
        lights = np.array([network.ids[node] in extract.lights for node in way])
        halts = chance.random(len(way)) < np.where(lights, HELD, JAMMED)
        halts &= mode not in {"train", "subway"}
        if mode in {"bus", "tram", "subway", "train"} and len(calls):
            near = [_nearest(lonlat, call) for call in calls]
            there = [corner for corner, far in near if far < AT_STOP_M]
            halts[[corner for corner in there if often(chance, CALLED)]] = True
        at = _recorded(lonlat, halts, within(chance, PACE_MPS[mode]), chance)
        every = int(chance.choice([1, 1, 2, 5, 10]))
        at = at[::every]
        fixes = fixes_from(
            time_us=np.arange(len(at)) * every * 1_000_000, lat_deg=at[:, 1], lon_deg=at[:, 0]
        )
        span = Span(0, len(at) - 1, on_foot=False)
        rows.append(followed(path_of(fixes), [span], around_it).shares[0])
    return np.array(rows).reshape(len(rows), len(tuple(Kind)))


def _nearest(lonlat: np.ndarray, call: np.ndarray) -> tuple[int, float]:
    far = _metres(lonlat, call)
    return int(np.argmin(far)), float(np.min(far))


def measured(extracts: Sequence[Path], seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Return the shares of rides, by mode and extract."""
    found: dict[str, dict[str, np.ndarray]] = {mode: {} for mode in RIDE_M}
    for path in extracts:
        extract = read_extract(path)
        drawn = DrawnMap({kind: np.array(lines) for kind, lines in extract.lines.items()})
        for mode in RIDE_M:
            chance = generator(seed, "map", extract.name, mode)
            shares = ride_shares(extract, mode, drawn, chance)
            if len(shares):
                found[mode][extract.name] = shares
            print(f"{extract.name} {mode}: {len(shares)} rides", flush=True)
    return found


def table(found: Mapping[str, Mapping[str, np.ndarray]], kind: Kind, mode: str) -> np.ndarray:
    """Return how often a share falls below each of `EDGES` and above; each map weighs the same.

    A mode that no map had takes what trains have. What stands along lines of trams and
    undergrounds in few towns says nothing: of cycleways and bus stops they take what cars have.
    """
    if mode in {"tram", "subway"} and kind in {Kind.CYCLEWAY, Kind.STOP}:
        mode = "car"
    maps = []
    for shares in (found[mode] or found["train"]).values():
        column = shares[:, tuple(Kind).index(kind)]
        column = column[~np.isnan(column)]
        if len(column) >= FEWEST_RIDES:
            rank = np.searchsorted(EDGES, column, side="right")
            maps.append(np.bincount(rank, minlength=4) / len(column))
    usual = np.mean(maps, axis=0) if maps else np.eye(4)[0]
    if str(kind) in ("tram", "subway") and str(kind) != mode:
        usual = (1 - AWAY) * usual + AWAY * np.eye(4)[0]
    return np.asarray(LEAST + (1 - 4 * LEAST) * usual)


def print_tables(found: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Print what `geowallet.track.modes.mapped_shares` holds."""
    for kind in Kind:
        print(f"    Kind.{kind.name}: {{")
        for mode in RIDE_M:
            shares = ", ".join(f"{share:.2f}" for share in table(found, kind, mode))
            print(f"        Mode.{mode.upper()}: ({shares}),")
        print("    },")


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="training.map_ways", description=__doc__)
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found = measured(asked.extracts, asked.seed)
    print_tables(found)
    if asked.out:
        rows = {f"{mode}|{name}": s for mode, of in found.items() for name, s in of.items()}
        np.savez_compressed(asked.out, allow_pickle=False, **rows)


if __name__ == "__main__":
    main()
