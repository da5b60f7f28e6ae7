"""CoachCO2, Arc and Polarsteps: three diaries in JSON."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import Connector, ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.archives import open_members
from geowallet.connectors.phone.arc import PLACELESS_NOTE, ArcConnector
from geowallet.connectors.phone.coachco2 import CoachCo2Connector
from geowallet.connectors.phone.polarsteps import PolarstepsConnector
from geowallet.connectors.registry import connector_for
from geowallet.connectors.source import read_source
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound
from tests.connectors.samples_json import ARC, COACHCO2, POLARSTEPS

SAMPLES: dict[str, tuple[Connector, bytes]] = {
    "coachco2": (CoachCo2Connector(), COACHCO2),
    "arc": (ArcConnector(), ARC),
    "polarsteps": (PolarstepsConnector(), POLARSTEPS),
}


def read(name: str, value: Any = None) -> ReadResult:
    connector, sample = SAMPLES[name]
    data = sample if value is None else value
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return connector.read(io.BytesIO(data), ReadOptions())


@pytest.mark.parametrize("name", SAMPLES)
def test_passes_the_kit(name: str) -> None:
    connector, sample = SAMPLES[name]
    assert check_connector(connector, sample, mutations=400) == ()
    assert connector_for("x.json", sample[:4096]).name == name


class TestCoachCo2:
    def test_sections_are_fixes_and_places_are_not(self) -> None:
        (trace,) = read("coachco2").traces
        assert trace.fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]
        assert trace.fixes.lat_deg.tolist() == [48.6921, 48.693]
        assert trace.fixes.lon_deg.tolist() == [6.1844, 6.185]
        assert trace.fixes.speed_mps.tolist() == [0, 4.5]

    def test_the_mode_is_a_label_and_what_the_person_said_comes_first(self) -> None:
        label = SourceLabel(FIRST_US, FIRST_US + 10_000_000, "mode", "BICYCLING")
        assert read("coachco2").labels == (label,)
        corrected = COACHCO2.replace(b'"speeds"', b'"manual_mode": "SCOOTER_ELECTRIC", "speeds"')
        (said,) = read("coachco2", corrected).labels
        assert said.value == "SCOOTER_ELECTRIC"
        assert "Anne" not in repr(read("coachco2"))

    def test_a_list_of_documents_keeps_the_devices_apart(self) -> None:
        one = json.loads(COACHCO2)
        result = read("coachco2", [one, one | {"captureDevice": "watch"}, {"series": [5]}, 7])
        assert [trace.device for trace in result.traces] == ["phone", "watch"]
        assert [problem.where for problem in result.problems] == ["record 4"]

    def test_a_bad_section_costs_one_section(self) -> None:
        line = {"type": "LineString", "coordinates": [[6.2, 48.7], 5, [6.2, 98.0]]}
        times = {"timestamps": [1772436600000, 1772436601000, 1772436602000]}
        section = {"geometry": line, "properties": times}
        uneven = {"geometry": line, "properties": {"times": [1]}}
        series = [{"features": [{"features": [section, uneven]}]}]
        result = read("coachco2", {"series": series})
        assert (result.fix_count, result.problem_count) == (1, 3)


class TestArc:
    def test_samples_are_fixes_and_items_are_labels(self) -> None:
        result = read("arc")
        (trace,) = result.traces
        assert trace.fixes.time_us.tolist() == [FIRST_US + 1_000_000, FIRST_US + 10_000_000]
        columns = trace.fixes.columns()[1:7]
        assert [float(c[0]) for c in columns] == [48.6921, 6.1844, 212.5, 8.25, 4.5, 90]
        assert np.isnan([float(c[1]) for c in columns[2:]]).all()
        assert [(label.kind, label.value) for label in result.labels] == [
            ("mode", "cycling"),
            ("visit", "visit"),
        ]
        assert (result.note, "Anne" in repr(result)) == (PLACELESS_NOTE, False)

    def test_a_list_of_samples_is_read_too(self) -> None:
        samples = json.loads(ARC)["timelineItems"][0]["samples"]
        assert read("arc", samples).fix_count == 2
        assert ArcConnector().sniff(json.dumps(samples).encode())

    def test_is_read_through_gzip(self) -> None:
        (member,) = open_members("2026-03.json.gz", io.BytesIO(gzip.compress(ARC)))
        found, result = read_source(member.name, member.stream, options=ReadOptions())
        assert (found, result.fix_count) == ("arc", 2)

    def test_a_bad_item_costs_one_item(self) -> None:
        items = [7, {"samples": [{"location": {"latitude": 1}}, {"location": {"x": 1}}, 5]}]
        result = read("arc", {"timelineItems": items, "exportVersion": 2})
        assert [problem.where for problem in result.problems] == [
            "timelineItems 1",
            "timelineItems 2, sample 1",
            "timelineItems 2, sample 2",
        ]


class TestPolarsteps:
    def test_times_are_numbers_or_text(self) -> None:
        (trace,) = read("polarsteps").traces
        assert trace.fixes.time_us.tolist() == [FIRST_US + 500_000, FIRST_US + 10_000_000]
        assert trace.fixes.lon_deg.tolist() == [6.1844, 6.185]

    def test_a_bad_position_costs_one_position(self) -> None:
        places = [{"lat": 1, "lon": 2, "time": 1772436600}, 7, {"lat": 1}, {"lat": 1, "lon": 2}]
        result = read("polarsteps", {"locations": places, "x": [1]})
        assert (result.fix_count, result.problem_count) == (1, 3)


class TestDamage:
    """Promise: nothing but `GeowalletError`, and no coordinate in it."""

    @settings(max_examples=120)
    @given(
        name=st.sampled_from(sorted(SAMPLES)),
        at=st.floats(0, 1, exclude_max=True),
        junk=st.binary(min_size=1, max_size=8),
    )
    def test_damaged_bytes_are_never_a_crash(self, name: str, at: float, junk: bytes) -> None:
        sample = SAMPLES[name][1]
        cut = int(at * len(sample))
        outcome = fixes_or_refusal(
            lambda: read(name, sample[:cut] + junk + sample[cut + len(junk) :])
        )
        assert sound(outcome, most=2)
