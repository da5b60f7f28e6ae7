from __future__ import annotations

import pytest

from geowallet.app.maps.tags import kinds_of_node, kinds_of_way
from geowallet.track.modes.surroundings import Kind


@pytest.mark.parametrize(
    ("tags", "kinds"),
    [
        ({"railway": "rail"}, {Kind.RAIL}),
        ({"railway": "rail", "service": "yard"}, set()),
        ({"railway": "abandoned"}, set()),
        ({"railway": "tram", "highway": "residential"}, {Kind.TRAM, Kind.ROAD}),
        ({"railway": "light_rail"}, {Kind.TRAM}),
        ({"railway": "subway"}, {Kind.SUBWAY}),
        ({"highway": "motorway_link"}, {Kind.ROAD, Kind.MOTORWAY}),
        ({"highway": "trunk", "motorroad": "yes"}, {Kind.ROAD, Kind.MOTORWAY}),
        ({"highway": "path", "motorroad": "yes"}, set()),
        ({"highway": "cycleway"}, {Kind.CYCLEWAY}),
        ({"highway": "footway", "bicycle": "designated"}, {Kind.CYCLEWAY}),
        ({"highway": "footway"}, set()),
        ({"building": "yes"}, set()),
    ],
)
def test_a_way_is_drawn_as_what_runs_on_it(tags: dict[str, str], kinds: set[Kind]) -> None:
    assert kinds_of_way(tags) == kinds


def test_a_node_is_a_bus_stop_or_nothing() -> None:
    for tags in (
        {"highway": "bus_stop"},
        {"amenity": "bus_station"},
        {"public_transport": "platform", "bus": "yes"},
    ):
        assert kinds_of_node(tags) == {Kind.STOP}
    for tags in ({"public_transport": "platform", "tram": "yes"}, {"highway": "crossing"}, {}):
        assert kinds_of_node(tags) == set()
