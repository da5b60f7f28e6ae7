from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.evidence.changes import Since, changed_since, changes_since_export
from geowallet.app.evidence.stamps import want
from geowallet.app.evidence.timeline import timeline
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing
from geowallet.app.travel import trip_rules
from geowallet.app.travel.corrections import Correction, correct, corrections, withdraw
from geowallet.app.travel.errands import Errand, remember_at, say_for_trip
from geowallet.app.travel.trips import described_trips, stored_trips
from geowallet.contracts.life.grant import Contract
from geowallet.model.calendar import Period
from geowallet.model.mobility import NamedPlace, PlaceKind, Purpose
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.seen import at, seen

DAY_US = 86_400_000_000
LATER_US = scene.NOON_US + DAY_US


@pytest.fixture
def contract(vault: Vault, employer: Desk, tmp_path: Path) -> Contract:
    return scene.agree(vault, employer, scene.mileage(employer), tmp_path)


def send(vault: Vault, contract: Contract, folder: Path) -> int:
    """Export May, and return how many changes the export names."""
    prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
    done = export.export(
        vault, contract, prepared, now_us=scene.NOON_US, target=folder, words=scene.words
    )
    return done.figures.changes


def say(vault: Vault, start_us: int, end_us: int) -> Correction:
    word = Correction(start_us, end_us, None, Purpose.PRIVATE, LATER_US)
    correct(vault, [word])
    return word


class TestChanges:
    """Promise: what is changed in a period after it left is counted, and what is not is not."""

    def test_a_second_export_counts_what_came_between(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        assert send(vault, contract, tmp_path) == 0
        trip = stored_trips(vault)[0]
        say(vault, trip.start_us, trip.end_us)
        assert send(vault, contract, tmp_path) == 1
        assert send(vault, contract, tmp_path) == 1

    def test_a_word_on_another_period_does_not_count(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        send(vault, contract, tmp_path)
        july_us = scene.minute_us(dt.date(2026, 7, 1), 12)
        say(vault, july_us, july_us + 1)
        assert changes_since_export(vault, "mileage", "2026-05") == 0
        assert changes_since_export(vault, "mileage", "2026-04") == 0

    def test_a_word_before_the_export_does_not_count(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        trip = stored_trips(vault)[0]
        say(vault, trip.start_us, trip.end_us)
        assert send(vault, contract, tmp_path) == 0
        assert changes_since_export(vault, "mileage", "2026-05") == 0

    def test_a_word_that_was_taken_back_still_counts(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        """Nobody can tell any more what it spoke of: it counts for every period."""
        send(vault, contract, tmp_path)
        trip = stored_trips(vault)[0]
        say(vault, trip.start_us, trip.end_us)
        withdraw(vault, trip, now_us=LATER_US)
        assert corrections(vault) == ()
        assert changes_since_export(vault, "mileage", "2026-05") == 2

    def test_late_files_count_where_they_touch_the_period(
        self, here: Locations, employer: Desk, tmp_path: Path
    ) -> None:
        with scene.opened(here) as vault:
            contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
            send(vault, contract, tmp_path)
        files = scene.write_days(tmp_path / "new", [dt.date(2026, 5, 6), dt.date(2026, 7, 6)])
        scene.ingest_files(here, files[1:])
        with scene.opened(here) as vault:
            assert changes_since_export(vault, "mileage", "2026-05") == 0
        scene.ingest_files(here, files[:1])
        with scene.opened(here) as vault:
            assert changes_since_export(vault, "mileage", "2026-05") == 1

    def test_reasons_and_rules_count_by_what_they_speak_of(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        send(vault, contract, tmp_path)
        say_for_trip(vault, described_trips(vault)[0], Errand("x"), now_us=LATER_US)
        for period in ("2026-05", "2026-07"):
            rule = trip_rules.TripRule((), (), None, period, None, None, "carpool", LATER_US)
            trip_rules.add_rule(vault, rule)
        assert changes_since_export(vault, "mileage", "2026-05") == 2
        place = NamedPlace("Client", PlaceKind.CLIENT, scene.CLIENT)
        remember_at(vault, place, Errand("y"), now_us=LATER_US)
        assert changes_since_export(vault, "mileage", "2026-05") == 3

    def test_a_recomputation_counts_for_the_exports_that_it_names(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        send(vault, contract, tmp_path)
        jti = next(name for name, _ in vault.items("export"))
        for named in ([], [jti], ["other"]):
            with vault.transaction(now_us=LATER_US) as tx:
                tx.log(Statement(StatementKind.RECOMPUTE, (), (), {"exports": named}))
        assert changes_since_export(vault, "mileage", "2026-05") == 1


class TestChangedSince:
    """Promise: a log book that was handed over cannot be rewritten unseen."""

    def test_a_report_over_a_closed_period_says_how_often_it_was_changed(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        send(vault, contract, tmp_path)
        year = Period.parse("2026")
        assert changed_since(vault, year) == ()
        trip = stored_trips(vault)[0]
        say(vault, trip.start_us, trip.end_us)
        assert changed_since(vault, year) == (Since("mileage", "2026-05", scene.TODAY, 1),)
        assert changed_since(vault, Period.parse("2026-07")) == ()


class TestTimeline:
    """Promise: by day, what came in, what was said, what left, who saw it."""

    def test_a_day_says_what_was_done_on_it(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        send(vault, contract, tmp_path)
        trip = stored_trips(vault)[0]
        say(vault, trip.start_us, trip.end_us)
        seen(vault, at(5, 20))
        want(vault, ["test"], now_us=LATER_US)
        found = timeline(vault)
        days = {day.date: day for day in found.days}
        assert days["2026-06-02"].counts == {
            StatementKind.IMPORT: 2,
            StatementKind.CONSENT: 1,
            StatementKind.EXPORT: 1,
        }
        assert days["2026-06-02"].closed == (("mileage", "2026-05"),)
        assert days["2026-06-02"].late == 2
        assert days["2026-06-03"].after_close == (("mileage", "2026-05", 1),)
        assert days["2026-05-05"].counts == {StatementKind.WITNESS: 1}
        assert found.since_close == (("mileage", "2026-05", 1),)
        assert [wish.authority for wish in found.wanted] == ["test"]

    def test_a_clock_that_was_off_is_shown(self, vault: Vault) -> None:
        with vault.transaction(now_us=LATER_US) as tx:
            for skew_s in (300, -301, 400):
                tx.log(Statement(StatementKind.STAMP, (), (), {"skew_s": skew_s}))
        assert timeline(vault).days[-1].clocks == (-301, 400)

    def test_a_file_that_was_read_in_time_is_not_late(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        files = scene.write_days(tmp_path / "days", [dt.date(2026, 5, 30)])
        scene.ingest_files(empty, files)
        with scene.opened(empty) as vault:
            (day,) = timeline(vault).days
        assert (day.counts, day.late) == ({StatementKind.IMPORT: 1}, 0)

    def test_an_empty_wallet_has_no_days(self, empty: Locations) -> None:
        with scene.opened(empty) as vault:
            assert timeline(vault).days == ()
