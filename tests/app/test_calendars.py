"""Promise: of a calendar only hours, days off and keyed marks are kept, and a bad file ends."""

from __future__ import annotations

import datetime as dt
import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import preparing
from geowallet.app.travel import calendars, trip_rules, trips
from geowallet.app.travel.calendars import Taking
from geowallet.model.calendar import Period
from geowallet.model.errors import (
    BadCalendarError,
    BadNameError,
    MissingExtraError,
    NotFoundError,
    TooLargeError,
)
from geowallet.model.mobility import Mode, NamedPlace, PlaceKind, Purpose
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.test_trip_rules import rule
from tests.connectors.test_calendars import event, ics

pytest.importorskip("icalendar")
pytest.importorskip("recurring_ical_events")

TAKING = Taking(name="office", period=Period.parse("2026"), zone=scene.PARIS)

AUDIT = event(
    "DTSTART:20260504T094500Z", "DURATION:PT1H", "SUMMARY:Secret audit", "LOCATION:Nowhere 5"
)
"""The drive to the client ends at 09:39 UTC on that day (see `scene.car_day`)."""

LEAVE = event("DTSTART;VALUE=DATE:20260505", "SUMMARY:RTT", uid="2")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "office.ics"
    path.write_bytes(ics(AUDIT, LEAVE))
    return path


class TestKept:
    def test_no_title_and_no_place_is_in_the_record(self, vault: Vault, office: Path) -> None:
        calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
        stored = vault.get("work", "calendar/office") or b""
        assert stored
        for secret in (b"Secret", b"audit", b"Nowhere", b"RTT"):
            assert secret not in stored

    def test_which_client_an_entry_names_is_kept_and_no_other_word_of_it(
        self, vault: Vault, office: Path
    ) -> None:
        for name, kind in (("Nöwhere", PlaceKind.CLIENT), ("Audit", PlaceKind.OTHER)):
            place = NamedPlace(name, kind, scene.CLIENT)
            settings.name_place(vault, place, now_us=scene.NOON_US)
        kept = calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
        assert [entry.clients for entry in kept.busy] == [("Nöwhere",)]
        stored = (vault.get("work", "calendar/office") or b"").lower()
        assert "nöwhere".encode() in stored
        for secret in (b"secret", b"audit", b"nowhere"):
            assert secret not in stored

    def test_titles_are_kept_where_the_owner_says_so(self, vault: Vault, office: Path) -> None:
        taking = replace(TAKING, keep_titles=True)
        kept = calendars.add_calendar(vault, office, taking, now_us=scene.NOON_US)
        assert [entry.title for entry in kept.busy] == ["Secret audit"]

    def test_marks_are_the_same_again_and_others_in_another_wallet(
        self, vault: Vault, office: Path, tmp_path: Path
    ) -> None:
        first = calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
        again = calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
        assert first == again
        assert len(first.busy[0].label) == 16
        with scene.opened(scene.new_wallet(tmp_path / "other")) as other:
            theirs = calendars.add_calendar(other, office, TAKING, now_us=scene.NOON_US)
        assert theirs.busy[0].label != first.busy[0].label

    def test_only_picked_entries_are_kept_and_days_off_always(
        self, vault: Vault, office: Path
    ) -> None:
        for words, count in ((("AUDIT",), 1), (("lunch",), 0)):
            taking = replace(TAKING, words=words)
            kept = calendars.add_calendar(vault, office, taking, now_us=scene.NOON_US)
            assert (len(kept.busy), kept.days_off) == (count, ("2026-05-05",))
        assert calendars.calendars(vault) == (kept,)

    def test_it_is_forgotten(self, vault: Vault, office: Path) -> None:
        before = trips.described_trips(vault)
        calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
        assert trips.described_trips(vault) != before
        calendars.remove_calendar(vault, "off", now_us=scene.NOON_US)
        assert trips.described_trips(vault) == before
        with pytest.raises(NotFoundError):
            calendars.remove_calendar(vault, "office", now_us=scene.NOON_US)

    def test_the_work_week_stays_what_it_was(self, vault: Vault, office: Path) -> None:
        calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
        assert trips.own_zone(vault) == scene.PARIS


class TestPurpose:
    def test_a_trip_to_an_entry_says_so(self, vault: Vault, office: Path) -> None:
        taking = replace(TAKING, keep_titles=True)
        calendars.add_calendar(vault, office, taking, now_us=scene.NOON_US)
        to_client = trips.described_trips(vault)[1]
        assert to_client.purpose is Purpose.BUSINESS
        reasons = [str(reason) for reason in to_client.purpose_reasons]
        assert reasons == ["your calendar has 'Secret audit' at that time"]

    def test_a_day_of_leave_has_no_business_and_leaves_the_export(
        self, vault: Vault, office: Path, employer: Desk, tmp_path: Path
    ) -> None:
        trip_rules.add_rule(vault, rule(to_mode=Mode.CAR))
        contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
        before = dict(preparing.prepare(vault, contract.terms, scene.MONTH).selected.used)
        calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
        tuesday = [t for t in trips.described_trips(vault) if t.day == "2026-05-05"]
        assert Purpose.BUSINESS not in {t.purpose for t in tuesday}
        after = dict(preparing.prepare(vault, contract.terms, scene.MONTH).selected.used)
        assert (len(before), len(after)) == (4, 2)
        trip_rules.add_rule(vault, rule(weekdays=(1,), to_purpose=Purpose.BUSINESS))
        said = dict(preparing.prepare(vault, contract.terms, scene.MONTH).selected.used)
        assert said == after, "leave counts, whatever the owner calls the trip"


class TestHostile:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"not a calendar",
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20_000,
            ics("BEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nEND:STANDARD\n"),
        ],
        ids=["empty", "text", "deep", "unclosed"],
    )
    def test_what_is_no_calendar_says_so_and_changes_nothing(
        self, vault: Vault, tmp_path: Path, data: bytes
    ) -> None:
        path = tmp_path / "x.ics"
        path.write_bytes(data)
        mark = vault.mark()
        with pytest.raises(BadCalendarError):
            calendars.add_calendar(vault, path, TAKING, now_us=scene.NOON_US)
        assert vault.mark() == mark

    def test_one_that_takes_too_long_is_stopped(
        self, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The thirtieth of February is looked for until the year 9999, in each of them."""
        monkeypatch.setattr(calendars, "CPU_S", 1)
        monkeypatch.setattr(calendars, "_SLACK", 1)
        rule = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
        never = [event("DTSTART:20200101T080000Z", rule, uid=str(n)) for n in range(200)]
        path = tmp_path / "x.ics"
        path.write_bytes(ics(*never))
        with pytest.raises(BadCalendarError) as caught:
            calendars.add_calendar(vault, path, TAKING, now_us=scene.NOON_US)
        assert caught.value.details["reason"] == "it takes too long"

    def test_a_large_one_is_not_read(
        self, vault: Vault, office: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calendars, "MOST_BYTES", 100)
        with pytest.raises(TooLargeError):
            calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)

    def test_too_many_entries_are_told(self, vault: Vault, tmp_path: Path) -> None:
        daily = "RRULE:FREQ=DAILY"
        many = [event("DTSTART:20260101T080000Z", daily, uid=str(n)) for n in range(60)]
        path = tmp_path / "x.ics"
        path.write_bytes(ics(*many))
        with pytest.raises(BadCalendarError) as caught:
            calendars.add_calendar(vault, path, TAKING, now_us=scene.NOON_US)
        assert caught.value.details["reason"] == "it has too many entries"

    def test_a_name_that_cannot_be_shown_is_refused(self, vault: Vault, office: Path) -> None:
        taking = replace(TAKING, name="\x1b[2J")
        with pytest.raises(BadNameError):
            calendars.add_calendar(vault, office, taking, now_us=scene.NOON_US)


def test_without_the_libraries_it_says_what_to_install(
    vault: Vault, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError) as caught:
        calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
    assert caught.value.details == {"extra": "calendar"}


def test_days_off_are_dates(vault: Vault, office: Path) -> None:
    kept = calendars.add_calendar(vault, office, TAKING, now_us=scene.NOON_US)
    assert calendars.calendar_days_off([kept]) == {dt.date(2026, 5, 5)}
