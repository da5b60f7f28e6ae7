"""Which objects of OpenStreetMap are rails, roads, cycleways or bus stops.

Source:
    OpenStreetMap wiki, "Map features": keys ``railway``, ``highway``, ``service``,
    ``motorroad``, ``bicycle``, ``public_transport``, ``amenity``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from geowallet.track.modes.surroundings import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tags(Protocol):
    """The tags of one object, by their keys."""

    def get(self, key: str, default: str, /) -> str:
        """Return the value of ``key``."""


KEYS = ("highway", "railway", "public_transport", "amenity")
"""Objects without any of these are passed over."""

RAILS: Mapping[str, Kind] = {
    "rail": Kind.RAIL,
    "narrow_gauge": Kind.RAIL,
    "monorail": Kind.RAIL,
    "funicular": Kind.RAIL,
    "tram": Kind.TRAM,
    "light_rail": Kind.TRAM,
    "subway": Kind.SUBWAY,
}
ASIDE = frozenset({"yard", "siding", "spur", "crossover"})
"""Tracks on which no passenger rides: they lie along streets of works and harbours."""

ROADS = frozenset(
    {
        *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified"),
        *("residential", "living_street", "service", "road", "busway", "bus_guideway"),
    }
)
"""Where cars or buses drive; each but the minor ones with its ``_link``."""

PATHS = frozenset({"path", "footway", "track", "pedestrian", "bridleway"})


def kinds_of_way(tags: Tags) -> frozenset[Kind]:
    """Return what a way is drawn as; nothing for most."""
    found = set()
    rail = RAILS.get(tags.get("railway", ""))
    if rail is not None and tags.get("service", "") not in ASIDE:
        found.add(rail)
    road = tags.get("highway", "")
    plain = road.removesuffix("_link")
    if plain in ROADS:
        found.add(Kind.ROAD)
    if plain == "motorway" or (plain in ROADS and tags.get("motorroad", "") == "yes"):
        found.add(Kind.MOTORWAY)
    if road == "cycleway" or (road in PATHS and tags.get("bicycle", "") == "designated"):
        found.add(Kind.CYCLEWAY)
    return frozenset(found)


def kinds_of_node(tags: Tags) -> frozenset[Kind]:
    """Return what a node is drawn as; nothing for most."""
    platform = tags.get("public_transport", "") == "platform" and tags.get("bus", "") == "yes"
    if (
        platform
        or tags.get("highway", "") == "bus_stop"
        or tags.get("amenity", "") == "bus_station"
    ):
        return frozenset({Kind.STOP})
    return frozenset()
