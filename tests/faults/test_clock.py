"""A clock that is years off, goes back, or jumps loses nothing."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest

from geowallet.app import settings, wallet
from geowallet.app.evidence.timeline import timeline
from geowallet.app.intake import ingest
from geowallet.app.intake.sources import sources
from geowallet.app.keeping import merge_plan, merging
from geowallet.app.keeping.comparing import opened_other
from geowallet.app.keeping.matters import ALL
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing
from geowallet.app.sharing.receipts import receipts
from geowallet.app.travel.trips import described_trips
from geowallet.model.errors import ContractExpiredError, ContractNotYetError, GeowalletError
from geowallet.vault.check import check_vault
from geowallet.vault.slots import read_vault_id
from geowallet.vault.store import Vault
from tests.app import scene

YEAR_US = 365 * 86_400_000_000
HOUR_US = 3_600_000_000

SPRING_US = int(dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000
"""Clocks in Paris go from 02:00 to 03:00: half past two is not a time of that day."""

AUTUMN_US = int(dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000
"""They go from 03:00 back to 02:00: half past two is there twice."""


@pytest.fixture
def here(tmp_path: Path) -> Locations:
    return scene.new_wallet(tmp_path / "wallet")


def read(vault: Vault, path: Path, now_us: int) -> None:
    ingest.ingest(
        vault, [str(path)], scene.manner(clock=lambda: now_us), progress=scene.no_progress
    )


def whole(vault: Vault, *, files: int) -> None:
    assert check_vault(vault).problems == ()
    assert len(sources(vault)) == files


class TestIngest:
    """Promise: the order of the log is that of its entries, whatever the clock says."""

    @pytest.mark.parametrize(
        "clocks",
        [
            (0, 10 * YEAR_US, 0),
            (10 * YEAR_US, 0, -10 * YEAR_US),
            (0, -1, -HOUR_US),
        ],
        ids=["ten years on and back", "back by ten years, twice", "back by an hour"],
    )
    def test_nothing_is_lost(
        self, here: Locations, tmp_path: Path, clocks: tuple[int, ...]
    ) -> None:
        days = scene.write_days(tmp_path / "days", scene.days_of_may(4, 5, 6))
        with scene.opened(here) as vault:
            for path, off_us in zip(days, clocks, strict=True):
                read(vault, path, scene.NOON_US + off_us)
            whole(vault, files=3)
            assert {trip.day for trip in described_trips(vault)} == {
                f"2026-05-0{day}" for day in (4, 5, 6)
            }
            assert [leaf.index for leaf in vault.leaves()] == list(range(vault.mark().size))
            assert timeline(vault).days

    @pytest.mark.parametrize("change_us", [SPRING_US, AUTUMN_US])
    def test_the_hour_that_clocks_leave_out_or_repeat(
        self, here: Locations, tmp_path: Path, change_us: int
    ) -> None:
        day = dt.datetime.fromtimestamp(change_us // 1_000_000, tz=dt.UTC).date()
        (path,) = scene.write_days(tmp_path / "days", [day])
        with scene.opened(here) as vault:
            scene.introduce(vault)
            for number, step_us in enumerate(range(-HOUR_US, 2 * HOUR_US, HOUR_US // 2)):
                settings.set_owner_name(vault, f"Camille {number}", now_us=change_us + step_us)
            read(vault, path, change_us + HOUR_US // 2)
            whole(vault, files=1)
            assert {trip.day for trip in described_trips(vault)} == {day.isoformat()}
            seen = [trip.trip for trip in described_trips(vault)]
            assert all(a.end_us <= b.start_us for a, b in pairwise(seen))


class TestExport:
    """Promise: outside the days of its contract nothing leaves, by the clock there is."""

    @pytest.mark.parametrize(
        ("off_us", "refused"),
        [(0, None), (10 * YEAR_US, ContractExpiredError), (-10 * YEAR_US, ContractNotYetError)],
    )
    def test_a_clock_that_is_years_off_lets_nothing_wrong_out(
        self,
        here: Locations,
        tmp_path: Path,
        off_us: int,
        refused: type[GeowalletError] | None,
    ) -> None:
        (path,) = scene.write_days(tmp_path / "days", scene.days_of_may(4))
        employer = scene.new_desk(tmp_path / "desk")
        with scene.opened(here) as vault:
            scene.introduce(vault)
            read(vault, path, scene.NOON_US + off_us)
            contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
            prepared = preparing.prepare(vault, contract.terms, scene.MONTH)

            def leave(now_us: int) -> None:
                export.export(
                    vault,
                    contract,
                    prepared,
                    now_us=now_us,
                    target=tmp_path / "out",
                    words=scene.words,
                )

            if refused is not None:
                with pytest.raises(refused):
                    leave(scene.NOON_US + off_us)
                assert receipts(vault) == ()
                assert not (tmp_path / "out").exists()
            leave(scene.NOON_US)
            whole(vault, files=1)
            assert len(receipts(vault)) == 1


class TestMerge:
    """Promise: two copies are joined by their logs, whatever their clocks said."""

    @pytest.mark.parametrize("off_us", [10 * YEAR_US, -10 * YEAR_US])
    def test_nothing_is_lost_and_a_second_time_changes_nothing(
        self, here: Locations, tmp_path: Path, off_us: int
    ) -> None:
        days = scene.write_days(tmp_path / "days", scene.days_of_may(4, 5, 6))
        with scene.opened(here) as vault:
            read(vault, days[0], scene.NOON_US)
        there = scene.copied(here, tmp_path / "there")
        for one, path, clock_us in ((here, days[1], 0), (there, days[2], off_us)):
            with scene.opened(one) as vault:
                read(vault, path, scene.NOON_US + clock_us)
        entries = [self.join(here, there, scene.NOON_US - off_us) for _ in range(2)]
        assert entries[0] == entries[1]
        with scene.opened(here) as vault:
            whole(vault, files=3)
            assert [leaf.index for leaf in vault.leaves()] == list(range(entries[0]))
            assert len({trip.day for trip in described_trips(vault)}) == 3
            assert timeline(vault).days

    def join(self, here: Locations, there: Locations, now_us: int) -> int:
        with (
            opened_other(read_vault_id(here.wallet), there.wallet, scene.ask) as other,
            wallet.opened(here, scene.ask, beside=other.vault) as vault,
        ):
            planned = merge_plan.plan(vault, other, take=ALL, prefer=None)
            merging.merge(vault, other, planned, now_us=now_us)
            return vault.mark().size
