from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.phone.apple_health import AppleHealthConnector
from geowallet.connectors.registry import connector_for
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.model.errors import UnreadableSourceError
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

TYPE = b"""<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ATTLIST Workout
  workoutActivityType CDATA #REQUIRED
  duration            CDATA #IMPLIED
>
]>
"""
BODY = b"""<HealthData locale="fr_FR">
 <Me HKCharacteristicTypeIdentifierDateOfBirth="1990-02-02"/>
 <Record type="HKQuantityTypeIdentifierHeartRate" value="72" sourceName="Jane's watch"/>
 <Workout workoutActivityType="HKWorkoutActivityTypeRunning" sourceName="Jane's watch"
  startDate="2026-03-02 08:30:00 +0100" endDate="2026-03-02 08:40:00 +0100">
  <WorkoutRoute><Location date="2026-03-02 08:30:00 +0100" latitude="48.6921" longitude="6.1844"
   altitude="212.5" horizontalAccuracy="8.25" course="90" speed="-1"/>
  <FileReference path="/workout-routes/route_2026-03-02_8.30am.gpx"/></WorkoutRoute>
 </Workout>
</HealthData>
"""
SAMPLE = b'<?xml version="1.0" encoding="UTF-8"?>\n' + TYPE + BODY


def read(data: bytes) -> ReadResult:
    return AppleHealthConnector().read(io.BytesIO(data), ReadOptions())


def test_a_genuine_document_type_is_taken_and_workouts_become_labels() -> None:
    result = read(SAMPLE)
    assert result.labels == (SourceLabel(FIRST_US, FIRST_US + 600_000_000, "mode", "Running"),)
    assert str(result.note) == "its routes are GPX files beside it, in workout-routes"
    assert result.problems == ()


def test_places_inside_an_old_export_are_read() -> None:
    (trace,) = read(SAMPLE).traces
    assert trace.fixes.time_us.tolist() == [FIRST_US]
    assert (trace.fixes.lat_deg[0], trace.fixes.accuracy_m[0]) == (48.6921, 8.25)


def test_nothing_of_the_person_is_left() -> None:
    kept = repr(read(SAMPLE))
    assert not any(word in kept for word in ("Jane", "1990", "HeartRate"))


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE HealthData [<!ENTITY x "y">]>',
        b'<!DOCTYPE HealthData [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE HealthData [<!ENTITY % x "y">]>',
        b'<!DOCTYPE HealthData SYSTEM "health.dtd">',
        b'<!DOCTYPE HealthData PUBLIC "a" "b" []>',
        b"<!DOCTYPE HealthData [" + b" " * 70_000 + b"]>",
        b'<!DOCTYPE HealthData [<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "y" NDATA n>]>',
    ],
)
def test_an_entity_or_anything_from_outside_is_refused(declared: bytes) -> None:
    with pytest.raises(UnreadableSourceError, match="attack"):
        read(declared + BODY)


def test_a_type_that_is_itself_broken_is_taken_and_gives_no_default_values() -> None:
    # As iOS 16 writes it: an attribute list that is not closed.
    broken = TYPE.replace(b"]>", b"<!ATTLIST VisionPrescription\n<!ELEMENT Eye EMPTY>\n]>")
    assert read(broken + BODY).labels == read(SAMPLE).labels
    given = b'<!DOCTYPE HealthData [<!ATTLIST Workout startDate CDATA "2026-03-02 08:30:00 Z">]>'
    assert read(given + BODY.replace(b"startDate", b"begin")).labels == ()


def test_lines_keep_their_numbers() -> None:
    cut = SAMPLE[: -len(BODY)] + BODY[: BODY.index(b"</Workout>")]
    (problem,) = read(cut).problems
    assert problem.where == f"line {cut.count(10) + 1}"


def test_no_other_format_may_declare_a_type() -> None:
    gpx = b"<!DOCTYPE gpx [<!ELEMENT gpx ANY>]><gpx></gpx>"
    with pytest.raises(UnreadableSourceError, match="attack"):
        GpxConnector().read(io.BytesIO(gpx), ReadOptions())


def test_what_is_broken_is_named() -> None:
    bad = BODY.replace(b'latitude="48.6921"', b'latitude="x"').replace(b"08:40:00", b"late")
    bad = bad.replace(b'altitude="212.5"', b'altitude="high"')
    result = read(bad)
    assert [(p.where, str(p.what)) for p in result.problems] == [
        ("location 1", "latitude or longitude is not a number")
    ]
    assert result.labels == ()
    timeless = read(BODY.replace(b' date="2026-03-02 08:30:00 +0100"', b""))
    assert [str(p.what) for p in timeless.problems] == ["the time cannot be read"]


def test_another_document_and_no_document_are_refused() -> None:
    for data in (b"<ClinicalDocument/>", b"<HealthDat"):
        with pytest.raises(UnreadableSourceError):
            read(data)


def test_reads_a_real_export_and_its_route_is_gpx(shared_data: Path) -> None:
    folder = shared_data / "corpus" / "apple_health"
    result = read((folder / "dogsheep-healthkit-to-sqlite__export.xml").read_bytes())
    assert [label.value for label in result.labels] == ["Running"]
    route = folder / "dogsheep-healthkit-to-sqlite__route_2019-06-11_3.00pm.gpx"
    found = GpxConnector().read(io.BytesIO(route.read_bytes()), ReadOptions())
    assert found.traces[0].fixes.accuracy_m.tolist() == [8.063116, 8.292910, 8.453521]


def test_is_claimed_by_its_type_or_its_root() -> None:
    assert connector_for("export.xml", SAMPLE[:4096]).name == "apple_health"
    assert connector_for("export.xml", BODY).name == "apple_health"


def test_passes_the_kit() -> None:
    assert check_connector(AppleHealthConnector(), SAMPLE, mutations=300) == ()


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=100)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
        assert sound(outcome, most=1)
