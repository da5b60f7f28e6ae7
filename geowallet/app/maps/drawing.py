"""What an OpenStreetMap extract draws, read by libosmium; only the confined child loads this."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

import numpy as np
import osmium
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory
from osmium.osm import NODE, WAY, Node, Way

from geowallet.app.maps.tags import KEYS, kinds_of_node, kinds_of_way
from geowallet.track.modes.surroundings import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.app.maps.tags import Tags

KINDS = tuple(Kind)

OBJECTS_TOGETHER = 2048
"""Ways of a kind that are handed on at a time; each has at most 2,000 nodes."""

HEADER_BYTES = 9
"""Of a line in WKB: byte order, type, number of points. Source: OGC 06-103r4, 8.2.8."""


def lines(
    written: str, box: tuple[float, float, float, float], name: str = "-"
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield the place of a kind in `Kind`, and lines of it as `DrawnMap` takes them.

    Args:
        written: ``pbf``, ``osm``, ``osm.gz`` or ``osm.bz2``.
        box: West, south, east and north, degrees; lines wholly beyond one side are left out.
        name: Of the file, ``-`` for standard input.

    Raises:
        RuntimeError: Damaged.
        ValueError: A position that is none.
        MemoryError: More nodes than the memory holds.
    """
    held: dict[Kind, list[NDArray[np.float64]]] = defaultdict(list)
    try:
        for kinds, ends in _drawn(osmium.io.File(name, written)):
            for kind in kinds:
                held[kind].append(ends)
                if len(held[kind]) >= OBJECTS_TOGETHER:
                    yield KINDS.index(kind), _within(held.pop(kind), box)
    except osmium.InvalidLocationError as error:
        raise ValueError("a position that is none") from error
    for kind, parts in held.items():
        yield KINDS.index(kind), _within(parts, box)


def _drawn(source: osmium.io.File) -> Iterator[tuple[frozenset[Kind], NDArray[np.float64]]]:
    """Yield what each object is drawn as, and its straight lines ``(n, 4)``."""
    binary = WKBFactory()
    objects = osmium.FileProcessor(source, NODE | WAY)
    for item in objects.with_locations("flex_mem").with_filter(KeyFilter(*KEYS)):
        if isinstance(item, Node):
            kinds = kinds_of_node(cast("Tags", item.tags))
            if kinds and item.location.valid():
                yield kinds, np.array([[item.lon, item.lat, item.lon, item.lat]])
        elif isinstance(item, Way):
            kinds = kinds_of_way(cast("Tags", item.tags))
            if kinds:
                corners = _corners(binary, item)
                yield kinds, np.hstack((corners[:-1], corners[1:]))


def _corners(binary: WKBFactory, way: Way) -> NDArray[np.float64]:
    """Return the nodes of a way, ``(n, 2)``; none where the extract lacks some of them."""
    try:
        data = bytes.fromhex(binary.create_linestring(way))
    except (osmium.InvalidLocationError, RuntimeError):  # beyond the extract, or a single point
        return np.empty((0, 2))
    return np.frombuffer(data, "<f8", offset=HEADER_BYTES).reshape(-1, 2)


def _within(
    parts: Sequence[NDArray[np.float64]], box: tuple[float, float, float, float]
) -> NDArray[np.float64]:
    """Return the lines that do not lie wholly beyond one side of ``box``."""
    ends = np.concatenate(parts)
    west, south, east, north = box
    lon, lat = ends[:, 0::2], ends[:, 1::2]
    beyond = np.all(lon < west, axis=1) | np.all(lon > east, axis=1)
    beyond |= np.all(lat < south, axis=1) | np.all(lat > north, axis=1)
    within: NDArray[np.float64] = ends[~beyond]
    return within
