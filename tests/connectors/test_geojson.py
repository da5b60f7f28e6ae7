from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.standard.geojson import GeoJsonConnector
from geowallet.model.errors import NaiveTimeError, UnreadableSourceError
from geowallet.model.fixes import TimeKind
from tests.connectors.samples_inline import FIRST_US, GEOJSON, fixes_or_refusal, refused, sound

TIME = "2026-03-02T07:30:00Z"


def read(value: Any, options: ReadOptions | None = None) -> ReadResult:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return GeoJsonConnector().read(io.BytesIO(data), options or ReadOptions())


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def spot(*coordinates: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


def gathered(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def test_reads_points_and_lines_with_times() -> None:
    (trace,) = read(GEOJSON).traces
    fixes = trace.fixes
    seconds = ((fixes.time_us - FIRST_US) / 1e6).tolist()
    assert seconds == [0, 10.25, 20, 30]
    assert (fixes.lat_deg[0], fixes.lon_deg[0], fixes.elevation_m[0]) == (48.6921, 6.1844, 212.5)
    assert (fixes.accuracy_m[0], fixes.speed_mps[0]) == (8.25, 4.5)
    assert np.isnan(fixes.accuracy_m[1:]).all()


def test_reads_the_fourth_coordinate_as_time() -> None:
    line = {"type": "LineString", "coordinates": [[6, 48, 0, 1772436600], [6, 49, 0, TIME]]}
    (trace,) = read(line).traces
    assert trace.fixes.time_us.tolist() == [FIRST_US, FIRST_US]


def test_reads_lists_of_times_beside_several_lines() -> None:
    lines = {"type": "MultiLineString", "coordinates": [[[6, 48]], [[6, 49], [6, 50]], 3]}
    times = {"times": [[TIME], [TIME, TIME]]}
    assert read(feature(lines, coordinateProperties=times)).fix_count == 3


def test_reads_collections_of_geometries() -> None:
    both = {"type": "GeometryCollection", "geometries": [spot(6, 48), spot(6, 49), None]}
    assert read(gathered(feature(both, time=TIME))).fix_count == 2


def test_positions_without_time_are_counted() -> None:
    result = read(gathered(feature(spot(6, 48)), feature(spot(6, 49), name="x", time="")))
    assert (result.traces, result.untimed) == ((), 2)


def test_devices_become_traces_of_their_own() -> None:
    result = read(
        gathered(
            feature(spot(6, 48), time=TIME, device_id="watch"),
            feature(spot(6, 49), time=TIME, device_id="phone"),
            feature(spot(6, 50), time=TIME, device_id="watch"),
        )
    )
    assert [(t.device, len(t.fixes)) for t in result.traces] == [("watch", 2), ("phone", 1)]


def test_a_bad_feature_costs_one_feature() -> None:
    bad = [
        None,
        7,
        feature(None),
        feature({"type": "Point"}),
        feature({"type": "Polygon", "coordinates": []}),
        feature(spot(6), time=TIME),
        feature(spot(True, 48), time=TIME),
        feature(spot(6, 148), time=TIME),
        feature(spot(6, 48), time="soon"),
        feature(spot(6, 48), time=True),
        feature(spot(6, 48), time=12),
        feature({"type": "LineString", "coordinates": [[6, 48]]}, times=[TIME, TIME]),
        feature({"type": "LineString", "coordinates": [5]}, times=[TIME]),
    ]
    result = read(gathered(feature(spot(6, 48), time=TIME), *bad))
    assert result.fix_count == 1
    assert [p.where.split(",")[0] for p in result.problems] == [
        f"feature {number}" for number in range(2, len(bad) + 2)
    ]


def test_numbers_between_quotes_are_numbers() -> None:
    result = read(gathered(feature(spot("6.5", "48.5"), timestamp="1772436600")))
    assert result.traces[0].fixes.time_us.tolist() == [FIRST_US]
    assert result.traces[0].fixes.lon_deg.tolist() == [6.5]


def test_local_times_need_a_zone() -> None:
    local = gathered(feature(spot(6, 48), time="2026-03-02T08:30:00"))
    with pytest.raises(NaiveTimeError):
        read(local)
    (trace,) = read(local, ReadOptions(zone="Europe/Paris")).traces
    assert (trace.fixes.time_us[0], trace.time_kind) == (FIRST_US, TimeKind.NAIVE)


def test_utf_16_and_a_mark_are_read() -> None:
    text = GEOJSON.decode()
    assert read(text.encode("utf-16")).fix_count == 4
    assert read(text.encode("utf-8-sig")).fix_count == 4


def test_broken_json_names_the_byte() -> None:
    with pytest.raises(UnreadableSourceError, match="byte 12"):
        read(b'{"type": "Fe\x01')
    with pytest.raises(UnreadableSourceError, match="cut short"):
        read(GEOJSON[:100])


@pytest.mark.parametrize(
    "data",
    [
        b'{"type":"GeometryCollection","geometries":[' * 20_000,
        b'{"type":"Point","coordinates":' + b"[" * 100_000,
        b"[1]",
        b'{"type":"Topology"}',
        b'{"type":"FeatureCollection","features":3}',
        b"\xff\xfe{\x00\x00\xd8",
    ],
)
def test_what_is_no_geojson_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        read(data)


def test_nested_collections_end_somewhere() -> None:
    geometry: dict[str, Any] = spot(6, 48)
    for _ in range(20):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    assert read(gathered(feature(geometry, time=TIME))).fix_count == 0


def test_leaves_other_json_to_other_connectors() -> None:
    sniff = GeoJsonConnector().sniff
    assert sniff(GEOJSON)
    assert not sniff(b'{"locations": [{"type": "Feature"}]}')
    assert not sniff(b'[{"type": "Feature"}]')
    assert not sniff(b'{"_type": "location"}')


class TestDamage:
    """Promise: "one bad feature costs one"; nothing but `GeowalletError`."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(GEOJSON) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(GEOJSON[:at] + junk + GEOJSON[at + len(junk) :]))
        assert sound(outcome, most=4)

    @settings(max_examples=100)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["type", "time", "times", "coordinates", "accuracy"]), inner
                )
            ),
            max_leaves=12,
        ),
        st.sampled_from(["Point", "LineString", "MultiLineString", "GeometryCollection"]),
    )
    def test_any_json_in_the_place_of_coordinates_is_survived(self, value: Any, kind: str) -> None:
        geometry = {"type": kind, "coordinates": value, "geometries": value}
        assert "48.69" not in (
            refused(
                lambda: read(
                    gathered({"type": "Feature", "geometry": geometry, "properties": value})
                )
            )
            or ""
        )
