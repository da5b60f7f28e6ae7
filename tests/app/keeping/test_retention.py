from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geowallet.app import backups
from geowallet.app.desk.desk import Desk
from geowallet.app.intake.sources import sources
from geowallet.app.keeping import copies, retention, scope
from geowallet.app.keeping.durations import Duration
from geowallet.app.keeping.erasing import carry_out, plan
from geowallet.app.keeping.retention import DAY_US, Rules
from geowallet.app.locations import Locations
from geowallet.app.sharing.receipts import receipts
from geowallet.app.sharing.tracing import trace
from geowallet.app.travel import recompute, reshaping
from geowallet.app.travel.corrections import Correction, correct, corrections
from geowallet.app.travel.derive import derive
from geowallet.app.travel.trips import described_trips, pages
from geowallet.app.travel.unkept import BEFORE_ALL_US, kept_from_us
from geowallet.app.travel.waiting import add_pending, pending
from geowallet.model.calendar import Period
from geowallet.model.errors import KeptTooShortError, PositionsGoneError
from geowallet.model.mobility import Mode
from geowallet.model.provenance import StatementKind
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.keeping.test_erasing import exported

FIFTH = dt.date(2026, 5, 5)


def rule(**kept: str) -> Rules:
    return Rules(**{matter: Duration.parse(text) for matter, text in kept.items()})


def noon_us(day: dt.date) -> int:
    return scene.minute_us(day, 12)


def run(vault: Vault, said: Rules, day: dt.date) -> None:
    planned = retention.due(vault, said, now_us=noon_us(day))
    assert planned is not None
    retention.apply(vault, planned, now_us=noon_us(day))
    assert check_vault(vault).problems == ()
    assert retention.due(vault, said, now_us=noon_us(day)) is None


def left(vault: Vault) -> list[int]:
    return [one.fixes for one in sources(vault)]


class TestPositions:
    """Promise: "the trips that were found from them stay"."""

    def test_the_old_go_and_every_trip_stays_as_it_was(self, vault: Vault) -> None:
        before = (scene.stored_pages(vault), described_trips(vault))
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=1))
        names = {one.name: one.fixes for one in sources(vault)}
        assert set(names) == {"", "2026-05-05.csv"}
        assert names[""] == 0
        assert (scene.stored_pages(vault), described_trips(vault)) == before

    def test_a_stretch_that_reaches_the_day_is_kept_whole(self, vault: Vault) -> None:
        """The cut is at midnight in Paris; the office day of the 4th ends before it."""
        (first_us, last_us) = next(run for one in sources(vault) for run in one.runs())
        middle = (first_us + last_us) // 2
        assert retention._horizon_us(vault, middle) == first_us
        assert retention._horizon_us(vault, 2**60) == 2**60

    def test_they_stay_gone_and_the_trips_stay_after_a_new_analysis(self, vault: Vault) -> None:
        pages_before = scene.stored_pages(vault)
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        assert left(vault) == [0, 0]
        planned = recompute.plan(vault)
        assert planned.differences == ()
        recompute.carry_out(vault, planned, now_us=scene.NOON_US)
        assert scene.stored_pages(vault) == pages_before

    def test_a_split_of_such_a_trip_stays_too(self, vault: Vault) -> None:
        first = described_trips(vault)[0].trip
        middle_us = (first.start_us + first.end_us) // 2
        reshaping.split(vault, first, middle_us, now_us=scene.NOON_US)
        before = described_trips(vault)
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        assert recompute.plan(vault).differences == ()
        assert described_trips(vault) == before

    def test_such_a_trip_is_no_longer_split_but_merged_and_labelled(self, vault: Vault) -> None:
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        first, second = (one.trip for one in described_trips(vault)[:2])
        middle_us = (first.start_us + first.end_us) // 2
        with pytest.raises(PositionsGoneError):
            reshaping.split(vault, first, middle_us, now_us=scene.NOON_US)
        (merged,) = reshaping.merge(vault, [first, second], now_us=scene.NOON_US)
        assert (merged.start_us, merged.end_us) == (first.start_us, second.end_us)

    def test_a_file_read_late_counts_only_where_nothing_was_found(
        self, here: Locations, tmp_path: Path
    ) -> None:
        with scene.opened(here) as vault:
            run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
            before = described_trips(vault)
        late = scene.write_days(tmp_path / "late", scene.days_of_may(3, 4, 5))
        late[1].write_bytes(late[1].read_bytes() + b"\n")  # the 4th, as another file
        scene.ingest_files(here, late)
        with scene.opened(here) as vault:
            after = described_trips(vault)
            assert {trip.day for trip in after} == {"2026-05-03", "2026-05-04", "2026-05-05"}
            assert [trip.trip for trip in after if trip.day > "2026-05-03"] == [
                trip.trip for trip in before
            ]

    def test_new_days_go_on_beside_the_old(self, here: Locations, tmp_path: Path) -> None:
        with scene.opened(here) as vault:
            run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
            before = described_trips(vault)
        scene.ingest_files(here, scene.write_days(tmp_path / "new", scene.days_of_may(6)))
        with scene.opened(here) as vault:
            after = described_trips(vault)
        assert after[: len(before)] == before
        assert {trip.day for trip in after[len(before) :]} == {"2026-05-06"}

    def test_a_day_without_positions_can_still_be_erased(self, vault: Vault) -> None:
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        day = scope.of_period(vault, Period.parse("2026-05-04"))
        carry_out(vault, plan(vault, day), now_us=scene.NOON_US)
        assert {trip.day for trip in described_trips(vault)} == {"2026-05-05"}

    def test_a_figure_is_walked_back_as_far_as_it_goes(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        receipt = exported(vault, employer, tmp_path)
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=1))
        links = trace(vault, receipt)
        assert all(link.holds for link in links)
        assert any("no longer kept" in link.subject.text for link in links)
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        assert all(link.holds for link in trace(vault, receipt))

    def test_what_waits_for_analysis_is_analysed_first(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = scene.stored_pages(vault)
        with vault.transaction(now_us=scene.NOON_US) as tx:
            for month in whole:
                tx.delete("trips", month)
            add_pending(tx, [run for one in sources(vault) for run in one.runs()])
            tx.log(scene.statement())
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        assert (scene.stored_pages(vault), pending(vault)) == (whole, [])


class TestFigures:
    """Promise: "those trips, what was said of them, and the receipts of exports"."""

    def test_all_three_go(self, vault: Vault, employer: Desk, tmp_path: Path) -> None:
        exported(vault, employer, tmp_path)
        for trip in (described_trips(vault)[0].trip, described_trips(vault)[-1].trip):
            word = Correction(trip.start_us, trip.end_us, Mode.BUS, None, scene.NOON_US)
            correct(vault, [word])
        run(vault, rule(figures="1-day"), FIFTH + dt.timedelta(days=1))
        assert {trip.day for trip in described_trips(vault)} == {"2026-05-05"}
        assert len(corrections(vault)) == len(receipts(vault)) == 1
        run(vault, rule(figures="1-day"), scene.TODAY + dt.timedelta(days=30))
        assert [page for page in pages(vault) if page.trips or page.stops] == []
        assert (corrections(vault), receipts(vault), left(vault)) == ((), (), [0, 0])

    def test_they_never_go_before_their_positions(self) -> None:
        both = retention.with_rule(rule(fixes="3-months"), "figures", None, today=FIFTH)
        assert both == rule(fixes="3-months")
        for before, matter, text in (
            (rule(figures="90-days"), "fixes", "1-year"),
            (rule(fixes="3-months"), "figures", "20-days"),
        ):
            duration = Duration.parse(text)
            with pytest.raises(KeptTooShortError):
                retention.with_rule(before, matter, duration, today=FIFTH)


class TestLog:
    def test_it_says_what_was_done_and_of_which_files(self, vault: Vault) -> None:
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        found = [s for _, s, _ in vault.log_entries() if s.kind is StatementKind.ERASE]
        assert found[0].predicate["what"] == "retention"
        assert found[0].inputs == tuple(sorted(one.sha256 for one in sources(vault)))

    def test_backups_of_before_are_due(self, vault: Vault, tmp_path: Path) -> None:
        backups.back_up(vault, tmp_path / "stick")
        run(vault, rule(fixes="1-day"), FIFTH + dt.timedelta(days=30))
        assert copies.is_due(vault, tmp_path / "stick")


class TestRunning:
    """Promise: "No clock alone may empty a wallet"."""

    @pytest.fixture
    def memory(self, tmp_path: Path) -> Path:
        return tmp_path / "state" / "looked"

    @pytest.fixture
    def ruled(self, vault: Vault, memory: Path) -> Vault:
        retention.set_rules(vault, rule(fixes="10-days"), now_us=noon_us(FIFTH))
        retention.looked(vault, memory, now_us=noon_us(FIFTH))
        return vault

    def test_without_a_rule_nothing_is_ever_due(self, vault: Vault, memory: Path) -> None:
        before = vault.mark()
        assert retention.run_due(vault, memory, now_us=scene.NOON_US) is None
        assert (vault.mark(), kept_from_us(vault)) == (before, BEFORE_ALL_US)

    def test_day_by_day_each_goes_on_its_day(self, ruled: Vault, memory: Path) -> None:
        whole = sum(left(ruled))
        gone = {}
        for later in range(20):
            day = FIFTH + dt.timedelta(days=later)
            done = retention.run_due(ruled, memory, now_us=noon_us(day))
            if done is not None and done.erased is not None:
                gone[day.day] = done.erased.fixes
        assert list(gone) == [15, 16]
        assert sum(gone.values()) == whole

    def test_once_a_day_is_enough(self, ruled: Vault, memory: Path) -> None:
        later_us = noon_us(FIFTH + dt.timedelta(days=40))
        assert retention.run_due(ruled, memory, now_us=later_us) is not None
        before = ruled.mark()
        assert retention.run_due(ruled, memory, now_us=later_us + 1) is None
        assert ruled.mark() == before

    @pytest.mark.parametrize("years", [1, 10])
    def test_a_clock_that_leapt_erases_nothing(
        self, ruled: Vault, memory: Path, years: int
    ) -> None:
        before = left(ruled)
        late_us = noon_us(FIFTH) + years * 365 * DAY_US
        for _ in range(2):
            done = retention.run_due(ruled, memory, now_us=late_us)
            assert done is not None
            assert (done.erased, left(ruled)) == (None, before)
        soon_us = noon_us(FIFTH) + DAY_US
        assert retention.run_due(ruled, memory, now_us=soon_us) is None
        assert left(ruled) == before

    def test_a_leap_while_nothing_is_due_is_not_trusted_later(
        self, vault: Vault, memory: Path
    ) -> None:
        retention.set_rules(vault, rule(fixes="100-years"), now_us=noon_us(FIFTH))
        retention.looked(vault, memory, now_us=noon_us(FIFTH))
        leapt_us = noon_us(FIFTH) + 3_650 * DAY_US
        assert retention.run_due(vault, memory, now_us=leapt_us) is None
        retention.set_rules(vault, rule(fixes="1-day"), now_us=leapt_us)
        done = retention.run_due(vault, memory, now_us=leapt_us + DAY_US)
        assert done is not None
        assert done.erased is None

    @pytest.mark.parametrize("text", [None, "", "yesterday", "2026-13-01", "\udcff"])
    def test_without_a_memory_it_waits_for_the_owner(
        self, ruled: Vault, memory: Path, text: str | None
    ) -> None:
        memory.unlink()
        if text is not None:
            memory.write_bytes(text.encode(errors="surrogateescape"))
        late_us = noon_us(FIFTH + dt.timedelta(days=40))
        done = retention.run_due(ruled, memory, now_us=late_us)
        assert done is not None
        assert done.erased is None

    def test_a_clock_that_goes_back_erases_nothing(self, ruled: Vault, memory: Path) -> None:
        before = left(ruled)
        early_us = noon_us(FIFTH) - 3_650 * DAY_US
        assert retention.run_due(ruled, memory, now_us=early_us) is None
        assert left(ruled) == before


def test_rules_come_back_as_they_were_said(vault: Vault) -> None:
    said = rule(fixes="3-months", figures="6-years")
    retention.set_rules(vault, said, now_us=scene.NOON_US)
    assert retention.rules(vault) == said
    assert derive(vault, now_us=scene.NOON_US).new == 0
