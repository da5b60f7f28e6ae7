"""Promise: splits and merges are kept beside the guess, and hold after any import."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing, tracing
from geowallet.app.travel import derive, reshaping, shapes, trip_rules, trips
from geowallet.model.errors import CannotMergeError, CannotSplitError
from geowallet.model.mobility import DescribedTrip, Mode, Trip
from geowallet.model.provenance import StatementKind
from geowallet.track.reshape import measured
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.test_trip_rules import rule

MINUTE = 60_000_000
MONDAY = dt.date(2026, 5, 4)


def all_trips(vault: Vault) -> list[Trip]:
    return [t.trip for t in trips.described_trips(vault)]


def middle(trip: Trip) -> int:
    return (trip.start_us + trip.end_us) // 2


def metres(vault: Vault) -> float:
    return sum(trip.distance_m for trip in all_trips(vault))


class TestSplit:
    def test_both_parts_have_the_metres_that_were_travelled(self, vault: Vault) -> None:
        whole = all_trips(vault)[0]
        before_m = metres(vault)
        first, second = reshaping.split(vault, whole, middle(whole), now_us=scene.NOON_US)
        assert first.distance_m == pytest.approx(whole.distance_m / 2, rel=0.03)
        assert metres(vault) == pytest.approx(before_m, abs=1e-6)
        assert (first.start_us, second.end_us) == (whole.start_us, whole.end_us)

    def test_the_guess_is_kept_and_stands_again_once_taken_back(self, vault: Vault) -> None:
        pages = scene.stored_pages(vault)
        before = trips.described_trips(vault)
        whole = before[0].trip
        (_, second) = reshaping.split(vault, whole, middle(whole), now_us=scene.NOON_US)
        assert scene.stored_pages(vault) == pages
        assert reshaping.take_back(vault, second, now_us=scene.NOON_US) == (whole,)
        assert trips.described_trips(vault) == before

    def test_the_parts_are_marked_as_said_by_the_owner(self, vault: Vault) -> None:
        whole = all_trips(vault)[0]
        parts = reshaping.split(vault, whole, middle(whole), now_us=scene.NOON_US)
        marks = {t.trip.id: t.by_owner for t in trips.described_trips(vault)}
        assert [marks[part.id] for part in parts] == [True, True]
        assert sum(marks.values()) == 2

    def test_the_log_knows_what_was_said_and_what_was_taken_back(self, vault: Vault) -> None:
        whole = all_trips(vault)[0]
        (first, _) = reshaping.split(vault, whole, middle(whole), now_us=scene.NOON_US)
        (word,) = shapes.splits(vault)
        reshaping.take_back(vault, first, now_us=scene.NOON_US)
        said, undone = [s for _, s, _ in vault.log_entries()][-2:]
        assert (said.kind, said.subjects) == (StatementKind.CORRECT, (shapes.digest(word),))
        assert (undone.kind, undone.predicate) == (StatementKind.CORRECT, {"withdrawn": 1})

    def test_an_edge_is_refused(self, vault: Vault) -> None:
        whole = all_trips(vault)[0]
        for at_us in (whole.start_us, whole.start_us + 59_000_000, whole.end_us + 1):
            with pytest.raises(CannotSplitError):
                reshaping.split(vault, whole, at_us, now_us=scene.NOON_US)

    def test_a_part_is_split_again(self, vault: Vault) -> None:
        whole = all_trips(vault)[0]
        (_, second) = reshaping.split(vault, whole, middle(whole), now_us=scene.NOON_US)
        reshaping.split(vault, second, middle(second), now_us=scene.NOON_US)
        parts = all_trips(vault)[:3]
        shares = [part.distance_m / whole.distance_m for part in parts]
        # A quarter of the time, with a corner more or less in it.
        assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.03)


class TestMerge:
    def test_neighbours_are_one_and_no_metre_is_added(self, vault: Vault) -> None:
        before_m = metres(vault)
        two = all_trips(vault)[:2]
        (one,) = reshaping.merge(vault, two, now_us=scene.NOON_US)
        assert len(all_trips(vault)) == 7
        assert one.legs == two[0].legs + two[1].legs
        assert metres(vault) == pytest.approx(before_m, abs=1e-6)

    def test_it_is_taken_back(self, vault: Vault) -> None:
        before = trips.described_trips(vault)
        (one,) = reshaping.merge(vault, all_trips(vault)[:3], now_us=scene.NOON_US)
        back = reshaping.take_back(vault, one, now_us=scene.NOON_US)
        assert [t.id for t in back] == [t.trip.id for t in before[:3]]
        assert trips.described_trips(vault) == before

    def test_merging_the_parts_of_a_split_takes_it_back(self, vault: Vault) -> None:
        before = trips.described_trips(vault)
        whole = before[0].trip
        parts = reshaping.split(vault, whole, middle(whole), now_us=scene.NOON_US)
        assert reshaping.merge(vault, parts, now_us=scene.NOON_US) == (whole,)
        assert trips.described_trips(vault) == before
        assert shapes.merges(vault) == ()

    def test_splitting_in_the_pause_of_a_merge_takes_it_back(self, vault: Vault) -> None:
        two = all_trips(vault)[:2]
        (one,) = reshaping.merge(vault, two, now_us=scene.NOON_US)
        at_us = (two[0].end_us + two[1].start_us) // 2
        assert reshaping.split(vault, one, at_us, now_us=scene.NOON_US) == tuple(two)

    def test_with_another_between_or_a_night_they_stay_apart(self, vault: Vault) -> None:
        every = all_trips(vault)
        for pair in ((every[0], every[2]), (every[3], every[4])):
            with pytest.raises(CannotMergeError):
                reshaping.merge(vault, pair, now_us=scene.NOON_US)

    def test_a_commute_with_a_pause_is_one_commute(self, vault: Vault) -> None:
        """Home to office, and office to the client, in one: business from home."""
        (one,) = reshaping.merge(vault, all_trips(vault)[:2], now_us=scene.NOON_US)
        found = trips.find_trip(vault, one.id)
        assert found.origin is not None
        assert (found.origin.name, found.destination) == ("Home", None)


class TestLater:
    def late_file(self, folder: Path) -> Path:
        """Three fixes more in the evening of the first day, at home: it is analysed anew."""
        spots = [scene.Spot(at, scene.HOME) for at in (70_000, 70_300, 70_600)]
        path = folder / "late.csv"
        path.write_bytes(scene.csv_of(MONDAY, spots))
        return path

    def test_both_hold_after_a_new_import_of_the_same_day(
        self, here: Locations, tmp_path: Path
    ) -> None:
        with scene.opened(here) as vault:
            every = all_trips(vault)
            reshaping.split(vault, every[0], middle(every[0]), now_us=scene.NOON_US)
            reshaping.merge(vault, every[1:3], now_us=scene.NOON_US)
            before = [(t.trip.id, t.by_owner) for t in trips.described_trips(vault)]
        scene.ingest_files(here, [self.late_file(tmp_path)])
        with scene.opened(here) as vault:
            assert [(t.trip.id, t.by_owner) for t in trips.described_trips(vault)] == before
            assert check_vault(vault).problems == ()

    def test_a_split_is_measured_again_with_better_fixes(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        """First a phone that slept on the way, then a receiver that did not."""
        whole = scene.car_day(MONDAY).splitlines(keepends=True)
        sparse = tmp_path / "sparse.csv"
        kept = [line for n, line in enumerate(whole[1:]) if n % 4 == 0 or b"T07" not in line]
        sparse.write_bytes(whole[0] + b"".join(kept))
        (tmp_path / "whole.csv").write_bytes(b"".join(whole))
        scene.ingest_files(empty, [sparse])
        with scene.opened(empty) as vault:
            first = all_trips(vault)[0]
            at_us = first.start_us + 3 * MINUTE + 1
            reshaping.split(vault, first, at_us, now_us=scene.NOON_US)
            (word,) = shapes.splits(vault)
        scene.ingest_files(empty, [tmp_path / "whole.csv"])
        with scene.opened(empty) as vault:
            (again,) = shapes.splits(vault)
            assert again.said_us == word.said_us
            assert again.cut.shares != word.cut.shares
            again_by_hand = measured(
                at_us,
                trips.stored_trips(vault)[0],
                derive.fixes_around(vault, trips.stored_trips(vault)[0]),
            )
            assert again.cut == again_by_hand


class TestExport:
    def test_figures_and_their_trace_know_the_parts(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        trip_rules.add_rule(vault, rule(to_mode=Mode.CAR))
        contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
        before = preparing.prepare(vault, contract.terms, scene.MONTH)
        ride = _business(vault)
        (first, second) = reshaping.split(vault, ride, middle(ride), now_us=scene.NOON_US)
        prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
        used = dict(prepared.selected.used)
        assert {first.id, second.id} <= used.keys()
        assert ride.id not in used
        assert abs(sum(used.values()) - sum(dict(before.selected.used).values())) <= 1
        sent = export.export(
            vault, contract, prepared, now_us=scene.NOON_US, target=tmp_path, words=scene.words
        )
        links = tracing.trace(vault, sent.receipt)
        assert all(link.holds for link in links)
        assert any("corrections of these trips: 1" in str(link.subject) for link in links)

    def test_a_split_that_nobody_logged_breaks_the_trace(
        self, vault: Vault, employer: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trip_rules.add_rule(vault, rule(to_mode=Mode.CAR))
        contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
        ride = _business(vault)
        with monkeypatch.context() as patch:
            patch.setattr(reshaping, "digest_of", lambda _: "0" * 64)
            reshaping.split(vault, ride, middle(ride), now_us=scene.NOON_US)
        prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
        sent = export.export(
            vault, contract, prepared, now_us=scene.NOON_US, target=tmp_path, words=scene.words
        )
        assert not all(link.holds for link in tracing.trace(vault, sent.receipt))


def _business(vault: Vault) -> Trip:
    found: list[DescribedTrip] = list(trips.described_trips(vault))
    return next(t.trip for t in found if t.purpose == "business")


def test_points_of_a_trip_are_told(vault: Vault) -> None:
    two = all_trips(vault)[:2]
    assert reshaping.split_points(vault, two[0]) == ()
    (one,) = reshaping.merge(vault, two, now_us=scene.NOON_US)
    assert reshaping.split_points(vault, one) == (
        ((two[0].end_us + two[1].start_us) // 2, "merge"),
    )
