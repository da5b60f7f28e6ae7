"""Two copies of one wallet that went on separately become one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from geowallet.app import settings, wallet
from geowallet.app.evidence.devices import add_device, registered
from geowallet.app.intake.sources import sources
from geowallet.app.keeping import copies, erasing, merge_plan, merging, retention, scope
from geowallet.app.keeping.comparing import Other, Relation, opened_other
from geowallet.app.keeping.durations import Duration
from geowallet.app.keeping.matters import ALL, Matter
from geowallet.app.keeping.merge_plan import Plan, Prefer
from geowallet.app.locations import Locations
from geowallet.app.travel import corrections, reshaping, trip_rules
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles import odometer
from geowallet.model.calendar import Period
from geowallet.model.mobility import Mode, NamedPlace, PlaceKind, Vehicle
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.check import check_vault
from geowallet.vault.highwater import Mark
from geowallet.vault.slots import read_vault_id
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.test_devices import Van
from tests.app.evidence.test_devices import read as take_in
from tests.app.test_trip_rules import TUESDAY_CARPOOL

CLIO = Vehicle("clio", Mode.CAR)
Two = tuple[Locations, Locations]


@pytest.fixture
def two(lived_in: Locations, tmp_path: Path) -> Two:
    """The same wallet of two days on two machines."""
    return scene.copied(lived_in, tmp_path / "a"), scene.copied(lived_in, tmp_path / "b")


@contextmanager
def both(here: Locations, there: Locations) -> Iterator[tuple[Vault, Other]]:
    vault_id = read_vault_id(here.wallet)
    with (
        opened_other(vault_id, there.wallet, scene.ask) as other,
        wallet.opened(here, scene.ask, beside=other.vault) as vault,
    ):
        yield vault, other


def merge(
    here: Locations,
    there: Locations,
    take: frozenset[Matter] = ALL,
    prefer: Prefer | None = None,
) -> Plan:
    with both(here, there) as (vault, other):
        planned = merge_plan.plan(vault, other, take=take, prefer=prefer)
        merging.merge(vault, other, planned, now_us=scene.NOON_US)
    return planned


def read(here: Locations, folder: Path, *days: int) -> None:
    if days:
        scene.ingest_files(here, scene.write_days(folder, scene.days_of_may(*days)))


def mark(here: Locations) -> Mark:
    with scene.opened(here) as vault:
        return vault.mark()


def pages(here: Locations) -> dict[str, bytes]:
    with scene.opened(here) as vault:
        assert check_vault(vault).problems == ()
        return scene.stored_pages(vault)


def say(here: Locations, trip: int, mode: Mode, *, but_us: int = 0) -> None:
    """Say by what a trip was made, but for its last moments."""
    with scene.opened(here) as vault:
        found = described_trips(vault)[trip].trip
        word = corrections.Correction(
            found.start_us, found.end_us - but_us, mode, None, scene.NOON_US
        )
        corrections.correct(vault, [word])


def said(here: Locations) -> set[Mode | None]:
    with scene.opened(here) as vault:
        return {word.mode for word in corrections.corrections(vault)}


class TestSources:
    """Promise: trips are found "as if all sources had been imported here"."""

    @pytest.mark.parametrize("which", [{5: "ab", 6: "a", 7: "b"}])
    def test_two_halves_are_what_one_wallet_would_hold(
        self, two: Two, lived_in: Locations, tmp_path: Path, which: dict[int, str]
    ) -> None:
        check_halves(two, lived_in, tmp_path, which)

    @pytest.mark.slow
    @drawn(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.dictionaries(st.integers(6, 12), st.sampled_from(["a", "b", "ab"]), min_size=2))
    def test_however_the_days_are_shared_out(
        self, lived_in: Locations, tmp_path_factory: pytest.TempPathFactory, which: dict[int, str]
    ) -> None:
        folder = tmp_path_factory.mktemp("shared-out")
        two = scene.copied(lived_in, folder / "a"), scene.copied(lived_in, folder / "b")
        for one, name in zip(two, "cd", strict=True):  # they part, whoever reads nothing
            with scene.opened(one) as vault:
                settings.set_owner_name(vault, name, now_us=scene.NOON_US)
        check_halves(two, lived_in, folder, which)

    def test_what_a_device_signed_there_is_signed_here(self, two: Two, tmp_path: Path) -> None:
        one, other = two
        van = Van(tmp_path)
        for here in two:
            with scene.opened(here) as vault:
                add_device(vault, van.key, now_us=scene.NOON_US)
        with scene.opened(other) as vault:
            take_in(vault, van.day(6))
        merge(one, other)
        with scene.opened(one) as vault:
            (found,) = registered(vault)
            assert (found.batches, found.files) == (1, 1)
            entries = batch_entries(vault)
        with scene.opened(other) as vault:
            assert batch_entries(vault) == entries != []

    def test_what_was_erased_there_is_asked_and_what_was_erased_here_stays_so(
        self, two: Two
    ) -> None:
        one, other = two
        with scene.opened(other) as vault:  # a part of what the other side erases whole
            trip = scope.of_trip(vault, described_trips(vault)[0].trip.id)
            erasing.carry_out(vault, erasing.plan(vault, trip), now_us=scene.NOON_US)
        for here, day in ((one, "2026-05-04"), (other, "2026-05-05")):
            with scene.opened(here) as vault:
                period = scope.of_period(vault, Period.parse(day))
                erasing.carry_out(vault, erasing.plan(vault, period), now_us=scene.NOON_US)
        planned = merge(one, other)
        assert (planned.taken_files, [word.kind for word in planned.open]) == ((), ["source"])
        assert days(one) == {"2026-05-05"}
        merge(one, other, prefer=Prefer.THEIRS)
        assert days(one) == set()
        with scene.opened(one) as vault:
            assert {one.fixes for one in sources(vault)} == {0}
            assert copies.copies(vault) == ()
            assert vault.get(*copies.ERASED) is not None

    @pytest.mark.parametrize("longer", [0, 1])
    def test_backups_of_before_hold_what_is_erased_by_a_merge(self, two: Two, longer: int) -> None:
        """Whichever log is the longer one: a backup of either may hold it."""
        one, other = two
        with scene.opened(two[longer]) as vault:
            for number in range(9):
                settings.set_owner_name(vault, f"Anna {number}", now_us=scene.NOON_US)
        with scene.opened(one) as vault:
            settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)
        with scene.opened(other) as vault:
            period = scope.of_period(vault, Period.parse("2026-05-04"))
            erasing.carry_out(vault, erasing.plan(vault, period), now_us=scene.NOON_US)
            there = int(vault.get(*copies.ERASED) or 0)
        here = mark(one).size
        assert (here < there) is bool(longer)
        merge(one, other, prefer=Prefer.THEIRS)
        assert days(one) == {"2026-05-05"}
        with scene.opened(one) as vault:
            assert int(vault.get(*copies.ERASED) or 0) == max(here, there)


def batch_entries(vault: Vault) -> list[Statement]:
    found = (statement for _, statement, _ in vault.log_entries())
    return [one for one in found if one.predicate.get("what") == "batch"]


def days(here: Locations) -> set[str]:
    pages(here)
    with scene.opened(here) as vault:
        return {trip.day for trip in described_trips(vault)}


def check_halves(two: Two, lived_in: Locations, folder: Path, which: dict[int, str]) -> None:
    """Compare both ways of merging with a wallet that read all files, last ones first."""
    one, other = two
    whole = scene.copied(lived_in, folder / "whole")
    for here, name in ((one, "a"), (other, "b")):
        read(here, folder / name, *(day for day, where in which.items() if name in where))
    read(whole, folder / "all", *sorted(which, reverse=True))
    again = scene.copied(one, folder / "again")
    planned = merge(one, other)
    assert planned.comparison.relation is Relation.FORKED
    assert len(planned.taken_files) == [*which.values()].count("b")
    merge(other, again)
    assert pages(one) == pages(other) == pages(whole)


class TestWords:
    """Promise: "what the other branch has that this one lacks as new records of this branch"."""

    def test_everything_comes_over_once_and_the_log_names_the_other_head(self, two: Two) -> None:
        one, other = two
        with scene.opened(one) as vault:
            settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)
            odometer.add_reading(vault, "clio", reading(1, 100), now_us=scene.NOON_US)
        say(one, 0, Mode.BUS)
        say(other, 1, Mode.TRAM)
        with scene.opened(other) as vault:
            settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)
            odometer.add_reading(vault, "clio", reading(9, 300), now_us=scene.NOON_US)
            trip_rules.add_rule(vault, TUESDAY_CARPOOL)
            place = NamedPlace("Dupont", PlaceKind.CLIENT, scene.CLIENT)
            settings.name_place(vault, place, now_us=scene.NOON_US)
            settings.set_owner_name(vault, "Camille", now_us=scene.NOON_US)
            whole = described_trips(vault)[2].trip
            reshaping.split(
                vault, whole, (whole.start_us + whole.end_us) // 2, now_us=scene.NOON_US
            )
            head, note = vault.mark(), vault.checkpoint()
        planned = merge(one, other)
        assert planned.open == ()
        with scene.opened(one) as vault:
            assert odometer.readings(vault, "clio") == (reading(1, 100), reading(9, 300))
            assert trip_rules.trip_rules(vault) == (TUESDAY_CARPOOL,)
            assert "Dupont" in {place.name for place in settings.named_places(vault)}
            assert settings.owner_name(vault) == "Camille"
            assert len(described_trips(vault)) == 9
            (merged,) = (s for _, s, _ in vault.log_entries() if s.kind is StatementKind.MERGE)
            facts = merged.predicate
            assert (facts["size"], facts["root"]) == (head.size, head.root.hex())
            assert (facts["checkpoint"], facts["common"]) == (note, planned.comparison.common)
            said_there = [
                s.predicate["entry"]
                for _, s, _ in vault.log_entries()
                if s.kind is StatementKind.CORRECT and "branch" in s.predicate
            ]
            assert said_there == sorted(said_there)
            assert len(said_there) == 3
        assert said(one) == {Mode.BUS, Mode.TRAM}
        before = mark(one)
        assert not merge(one, other).changes
        assert mark(one) == before
        with both(other, one) as (vault, copy):
            assert merge_plan.plan(vault, copy).taken_in_there
            settings.set_owner_name(vault, "Anna", now_us=scene.NOON_US)
            assert not merge_plan.plan(vault, copy).taken_in_there

    def test_where_both_said_something_the_owner_decides(self, two: Two) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        say(one, 1, Mode.TRAM)
        say(other, 0, Mode.BIKE)
        say(other, 1, Mode.TRAIN, but_us=60_000_000)
        third = scene.copied(one, one.wallet.parent / "third")
        assert len(merge(one, other).open) == 2
        assert said(one) == {Mode.BUS, Mode.TRAM}
        before = mark(one)
        assert len(merge(one, other).open) == 2
        assert mark(one) == before
        merge(one, other, prefer=Prefer.THEIRS)
        assert said(one) == {Mode.BIKE, Mode.TRAIN}
        assert not merge(one, other).open
        merge(third, other, prefer=Prefer.OURS)
        assert said(third) == {Mode.BUS, Mode.TRAM}
        assert not merge(third, other).open

    def test_what_was_taken_back_there_is_taken_back_here(self, two: Two, tmp_path: Path) -> None:
        origin, _ = two
        say(origin, 0, Mode.BUS)
        with scene.opened(origin) as vault:
            trip_rules.add_rule(vault, TUESDAY_CARPOOL)
        one = scene.copied(origin, tmp_path / "one")
        other = scene.copied(origin, tmp_path / "other")
        with scene.opened(other) as vault:
            corrections.withdraw(vault, described_trips(vault)[0].trip, now_us=scene.NOON_US)
            trip_rules.remove_rule(vault, TUESDAY_CARPOOL.id, now_us=scene.NOON_US)
        with scene.opened(one) as vault:
            settings.forget_place(vault, "Home", now_us=scene.NOON_US)
        merge(one, other)
        assert said(one) == set()
        with scene.opened(one) as vault:
            assert trip_rules.trip_rules(vault) == ()
            assert [place.name for place in settings.named_places(vault)] == ["Office"]

    def test_only_what_is_asked_for_comes_over_and_the_rest_can_later(
        self, two: Two, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        say(other, 1, Mode.TRAM)
        read(other, tmp_path / "days", 6)
        planned = merge(one, other, frozenset({Matter.SOURCES}))
        assert (len(planned.taken_files), planned.taken_words) == (1, ())
        with both(other, one) as (vault, copy):
            assert not merge_plan.plan(vault, copy).taken_in_there
        assert said(one) == {Mode.BUS}
        assert len(merge(one, other).taken_words) == 1
        assert said(one) == {Mode.BUS, Mode.TRAM}

    def test_what_the_other_said_later_is_all_that_a_later_merge_takes(self, two: Two) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        say(other, 1, Mode.TRAM)
        merge(one, other)
        say(one, 1, Mode.BIKE)
        say(other, 2, Mode.TRAIN)
        planned = merge(one, other)
        assert (len(planned.taken_words), planned.open) == (1, ())
        assert said(one) == {Mode.BUS, Mode.BIKE, Mode.TRAIN}


def test_a_third_copy_is_asked_for_all_that_it_said(
    two: Two, lived_in: Locations, tmp_path: Path
) -> None:
    """Up to where the second was looked at says nothing of the third."""
    one, second = two
    third = scene.copied(lived_in, tmp_path / "c")
    read(one, tmp_path, 6)
    for here, times in ((second, 9), (third, 1)):
        with scene.opened(here) as vault:
            for number in range(times):
                car = Vehicle(f"car-{times}-{number}", Mode.CAR)
                settings.add_vehicle(vault, car, now_us=scene.NOON_US)
    merge(one, second)
    merge(one, third)
    with scene.opened(one) as vault:
        assert len([car for car in settings.vehicles(vault) if car.id.startswith("car-")]) == 10


def test_other_rules_of_retention_stay_there_and_are_said(two: Two) -> None:
    one, other = two
    with scene.opened(one) as vault:
        settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)
    assert not merge(one, other).other_rules
    with scene.opened(other) as vault:
        ten_years = retention.Rules(fixes=Duration.parse("10-years"))
        retention.set_rules(vault, ten_years, now_us=scene.NOON_US)
    assert merge(one, other).other_rules
    with scene.opened(one) as vault:
        assert retention.rules(vault) == retention.Rules()


def reading(day: int, km: int) -> odometer.Reading:
    return odometer.Reading(scene.days_of_may(day)[0], km)
