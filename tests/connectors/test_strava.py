from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.phone.strava import StravaConnector
from geowallet.connectors.registry import connector_for
from geowallet.model.errors import UnreadableSourceError
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal

ENGLISH = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,"
    "Distance,Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,"
    "Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance\n"
)
GERMAN = (
    "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,"
    "Verstrichene Zeit,Distanz,Max. Herzfrequenz,Relative Leistung,Pendeln,Hinweis,Ausrüstung,"
    "Dateiname,Sportlergewicht,Fahrradgewicht,Verstrichene Zeit,Bewegungszeit,Distanz\n"
)
TAIL = ",,,activities/1.fit.gz,,,600.0,590.0,3000.0\n"
SAMPLE = (
    ENGLISH
    + '1,"Mar 2, 2026, 7:30:00 AM",Home to Jane,Ride,"to work,\nthen ""home""",600,3.0,,,true'
    + TAIL
    + '2,"Mar 2, 2026, 5:30:00 PM",Evening,Walk,,60,0.1,,,false'
    + TAIL
).encode()
END_US = FIRST_US + 600_000_000
EVENING_US = FIRST_US + 10 * 3_600_000_000


def read(data: bytes) -> ReadResult:
    return StravaConnector().read(io.BytesIO(data), ReadOptions())


def test_kinds_and_commutes_become_labels_in_utc() -> None:
    assert read(SAMPLE).labels == (
        SourceLabel(FIRST_US, END_US, "mode", "Ride"),
        SourceLabel(FIRST_US, END_US, "purpose", "commute"),
        SourceLabel(EVENING_US, EVENING_US + 60_000_000, "mode", "Walk"),
    )


def test_it_holds_no_position_and_says_where_they_are() -> None:
    result = read(SAMPLE)
    assert (result.traces, result.problems) == ((), ())
    assert str(result.note) == "an index of activities: their tracks are files beside it"
    assert "Jane" not in repr(result)


@pytest.mark.parametrize(
    "date",
    [
        "02.03.2026, 07:30:00",
        "2. März 2026 um 07:30:00",
        "2 mars 2026 à 07:30:00",
        "2 de marzo de 2026, 7:30:00",
        "Mar 2, 2026, 7:30:00\u202fAM",
        "2026-03-02 07:30:00",
    ],
)
def test_other_languages_are_known_by_the_places_of_the_columns(date: str) -> None:
    data = f'{GERMAN}1,"{date}",Titel,Radfahrt,,600,"3,0",,,1.0{TAIL}'.encode()
    assert connector_for("activities.csv", data).name == "strava"
    assert read(data).labels == (
        SourceLabel(FIRST_US, END_US, "mode", "Radfahrt"),
        SourceLabel(FIRST_US, END_US, "purpose", "commute"),
    )


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ('1,"Mar 2, 2026",,Ride,,600,3,,,true', "the time cannot be read"),
        ('1,"Foo 2, 2026, 7:30:00 AM",,Ride,,600,3,,,true', "the time cannot be read"),
        ("1,02/03/2026 07:30:00,,Ride,,600,3,,,true", "the time cannot be read"),
        ('1,"Mar 2, 2026, 7:30:00 AM",,Ride,,,3,,,true', "the time cannot be read"),
        ("x,y", "not a record that can be read"),
        ("1," + "z" * 200_000, "not a record that can be read"),
    ],
)
def test_what_is_broken_is_named_and_costs_no_other(row: str, what: str) -> None:
    result = read(SAMPLE + row.encode() + b"\n\n")
    assert [str(p.what) for p in result.problems] == [what]
    assert len(result.labels) == 3


@pytest.mark.parametrize(
    "other",
    [b"", b"id,date,lat,lon\n", b"ID,Date" + b",x" * 20 + b"\n", b"id,date" + b"," * 30 + b"\n"],
)
def test_other_tables_are_left_alone(other: bytes) -> None:
    assert not StravaConnector().sniff(other)


def test_another_header_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="column"):
        read(b"a,b\n")


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    def test_every_truncation_is_a_clean_error_or_fewer_labels(self) -> None:
        for cut in range(len(SAMPLE)):
            fixes_or_refusal(lambda cut=cut: read(SAMPLE[:cut]))  # type: ignore[misc]  # no cell

    @settings(max_examples=150)
    @given(at=st.integers(0, len(SAMPLE) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        fixes_or_refusal(lambda: read(SAMPLE[:at] + junk + SAMPLE[at + len(junk) :]))
