"""Promise: another engine changes nothing before the owner saw what, and what was said stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from geowallet.app import doctor, settings
from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing, tracing
from geowallet.app.travel import (
    corrections,
    derive,
    engine,
    recompute,
    reshaping,
    slices,
    trip_rules,
    trips,
)
from geowallet.app.travel.corrections import Correction
from geowallet.model.errors import VaultBusyError
from geowallet.model.mobility import Mode, Trip
from geowallet.model.provenance import StatementKind
from geowallet.track.modes.hints import Hints
from geowallet.track.pipeline import Analysis, analyse
from geowallet.vault.check import check_vault
from geowallet.vault.pages import encode_page
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.other_engine import Change, install, slower
from tests.app.test_trip_rules import TUESDAY_CARPOOL, rule


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Return what puts another engine in the place of ours."""
    return partial(install, monkeypatch)


def same(found: Sequence[Trip]) -> Sequence[Trip]:
    return found


class TestOutdated:
    def test_trips_of_this_engine_are_not(self, vault: Vault, empty: Locations) -> None:
        assert not engine.is_outdated(vault)
        planned = recompute.plan(vault)
        assert (planned.differences, planned.exports) == ((), ())
        assert planned.old == planned.new
        with scene.opened(empty) as nothing:
            assert not engine.is_outdated(nothing)

    def test_trips_of_another_are_and_the_doctor_says_so(
        self, vault: Vault, another: Callable[[Change], None]
    ) -> None:
        another(same)
        assert engine.is_outdated(vault)
        notes = [f.subject for f in doctor._open_wallet(vault) if "another engine" in str(f.note)]
        assert notes == ["trips"]

    def test_a_wallet_that_never_kept_its_engine_is(self, vault: Vault) -> None:
        with vault.transaction(now_us=scene.NOON_US) as tx:
            tx.delete("setting", "engine")
            tx.log(scene.statement())
        assert engine.is_outdated(vault)
        assert engine.stored_engine(vault) == engine.UNKNOWN

    def test_other_vehicles_are_another_engine(self, vault: Vault) -> None:
        assert settings.owned_modes(vault) is None
        settings.set_owned_modes(vault, [Mode.CAR, Mode.CAR], now_us=scene.NOON_US)
        assert settings.owned_modes(vault) == frozenset({Mode.CAR})
        assert engine.is_outdated(vault)

    def test_vehicles_reach_every_analysis(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[frozenset[Mode] | None] = []

        def listening(*arguments: object, hints: Hints, **named: object) -> Analysis:
            heard.append(hints.owned)
            return analyse(*arguments, hints=hints, **named)  # type: ignore[arg-type]  # handed on

        monkeypatch.setattr(slices, "analyse", listening)
        monkeypatch.setattr(derive, "analyse", listening)
        settings.set_owned_modes(vault, [Mode.CAR], now_us=scene.NOON_US)
        recompute.plan(vault)
        times = len(heard)
        trip = trips.stored_trips(vault)[0]
        derive.recomputed(vault, (trip.start_us, trip.end_us))
        assert times >= 1
        assert heard == [frozenset({Mode.CAR})] * (times + 1)

    def test_an_import_beside_old_trips_leaves_them_old(
        self, here: Locations, tmp_path: Path, another: Callable[[Change], None]
    ) -> None:
        another(same)
        scene.ingest_files(here, scene.write_days(tmp_path / "more", scene.days_of_may(18)))
        with scene.opened(here) as vault:
            assert engine.is_outdated(vault)


class TestPlan:
    def test_every_difference_is_told_and_nothing_is_written(
        self, vault: Vault, another: Callable[[Change], None]
    ) -> None:
        another(slower)
        mark = vault.mark()
        planned = recompute.plan(vault)
        assert vault.mark() == mark
        monday = [one for one in planned.differences if one.day == "2026-05-04"]
        kinds = [(d.other_mode, d.other_length, d.after is None) for d in monday]
        assert kinds == [(True, False, False), (False, True, False), (False, False, True)]
        assert len(planned.differences) == 6
        assert (len(planned.before), len(planned.after)) == (8, 6)

    def test_a_trip_that_appears_is_told(
        self, vault: Vault, another: Callable[[Change], None]
    ) -> None:
        another(slower)
        recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)
        another(same)
        new = [d for d in recompute.plan(vault).differences if d.before is None]
        assert len(new) == 2


class TestCarryOut:
    def test_all_trips_are_of_the_new_engine(
        self, vault: Vault, another: Callable[[Change], None]
    ) -> None:
        old = engine.stored_engine(vault)
        another(slower)
        planned = recompute.plan(vault)
        recompute.carry_out(vault, planned, now_us=scene.NOON_US)
        assert not engine.is_outdated(vault)
        assert trips.described_trips(vault) == planned.after
        assert recompute.plan(vault).differences == ()
        assert check_vault(vault).problems == ()
        *_, last = (s for _, s, _ in vault.log_entries() if s.kind is StatementKind.RECOMPUTE)
        assert last.predicate["old_engine"] == old
        assert last.predicate["new_engine"] == engine.present_engine(vault)
        assert last.predicate["changed"] == 6

    def test_what_the_owner_said_stays(
        self, vault: Vault, another: Callable[[Change], None]
    ) -> None:
        first, second, third, *_ = (t.trip for t in trips.described_trips(vault))
        words = [Correction(first.start_us, first.end_us, Mode.TRAM, None, scene.NOON_US)]
        corrections.correct(vault, words)
        trip_rules.add_rule(vault, TUESDAY_CARPOOL)
        reshaping.merge(vault, [second, third], now_us=scene.NOON_US)
        middle_us = (first.start_us + first.end_us) // 2
        reshaping.split(vault, first, middle_us, now_us=scene.NOON_US)
        another(slower)
        planned = recompute.plan(vault)
        recompute.carry_out(vault, planned, now_us=scene.NOON_US)
        found = trips.described_trips(vault)
        assert found == planned.after
        assert [t.trip.main_leg.mode for t in found[:2]] == [Mode.TRAM, Mode.TRAM]
        assert (found[0].trip.end_us, found[1].trip.start_us) == (middle_us, middle_us)
        assert (found[2].trip.start_us, found[2].trip.end_us) == (second.start_us, third.end_us)
        assert [t.tags for t in found if t.day == "2026-05-05"] == [("carpool",), (), ()]
        assert all(t.by_owner for t in found[:3])

    def test_what_was_written_meanwhile_is_not_lost(
        self, vault: Vault, another: Callable[[Change], None]
    ) -> None:
        another(slower)
        planned = recompute.plan(vault)
        settings.set_owner_name(vault, "Meanwhile", now_us=scene.NOON_US)
        pages = scene.stored_pages(vault)
        with pytest.raises(VaultBusyError):
            recompute.carry_out(vault, planned, now_us=scene.NOON_US)
        assert scene.stored_pages(vault) == pages

    def test_a_month_without_trips_any_more_is_empty(
        self, vault: Vault, another: Callable[[Change], None]
    ) -> None:
        another(lambda _: ())
        recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)
        assert trips.described_trips(vault) == ()
        assert trips.stops(vault) != ()

    def test_a_page_that_no_fix_explains_is_emptied(self, vault: Vault) -> None:
        """A trip of 1970, as if its file had been taken out by hand."""
        trip = replace(trips.stored_trips(vault)[0], id="t" + "0" * 12, start_us=0, end_us=10**9)
        with vault.transaction(now_us=scene.NOON_US) as tx:
            tx.put("trips", "1970-01", encode_page([trip], []))
            tx.log(scene.statement())
        planned = recompute.plan(vault)
        assert [d.after for d in planned.differences] == [None]
        recompute.carry_out(vault, planned, now_us=scene.NOON_US)
        assert len(trips.stored_trips(vault)) == 8


class TestExports:
    def test_a_sent_figure_that_would_differ_is_told(
        self,
        vault: Vault,
        employer: Desk,
        tmp_path: Path,
        another: Callable[[Change], None],
    ) -> None:
        trip_rules.add_rule(vault, rule(to_mode=Mode.CAR))
        contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
        prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
        sent = export.export(
            vault, contract, prepared, now_us=scene.NOON_US, target=tmp_path, words=scene.words
        )
        another(same)
        assert recompute.plan(vault).exports == ()
        another(slower)
        (one,) = recompute.plan(vault).exports
        assert one.receipt == sent.receipt
        assert one.sent == prepared.result
        now_m, sent_m = (shown.totals["distance_m"] for shown in (one.now, one.sent))
        assert isinstance(now_m, int)
        assert isinstance(sent_m, int)
        assert now_m - sent_m == 2_000
        recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)
        *_, last = (s for _, s, _ in vault.log_entries() if s.kind is StatementKind.RECOMPUTE)
        assert last.predicate["exports"] == [sent.receipt.jti]
        broken = next(link for link in tracing.trace(vault, sent.receipt) if not link.holds)
        assert str(broken.subject) == "all trips were computed again after this export"
        again = preparing.prepare(vault, contract.terms, scene.MONTH)
        assert (again.result.totals, again.result.groups) == (one.now.totals, one.now.groups)
