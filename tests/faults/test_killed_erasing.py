"""An erasure that is killed has erased or has not; it never leaves half of a day."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geowallet.app import backups
from geowallet.app.intake.sources import sources
from geowallet.app.keeping import checking, copies, erasing, repairing, scope
from geowallet.app.travel import derive
from geowallet.app.travel.trips import described_trips
from geowallet.model.calendar import Period
from geowallet.model.errors import NothingToEraseError
from geowallet.vault.backup import backup
from geowallet.vault.check import check_vault
from geowallet.vault.restore import check_backup
from geowallet.vault.store import Vault
from tests.app import scene
from tests.faults.conftest import Death, Sweep
from tests.faults.dying import KILLED

pytestmark = pytest.mark.slow

DISK_FULL = 8
FOURTH = Period.parse("2026-05-04")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, no_keyring_at_all: None) -> Path:
    """A wallet of two days."""
    folder = tmp_path_factory.mktemp("stage")
    here = scene.new_wallet(folder / "wallet")
    scene.ingest_files(here, scene.write_days(folder / "days", scene.days_of_may(4, 5)))
    return folder / "wallet"


def fixes(vault: Vault) -> int:
    return sum(one.fixes for one in sources(vault))


def stands(death: Death, *, all_fixes: int) -> str:
    """Return how the wallet stands, after checking that it is one of two ways."""
    with scene.opened(scene.places_at(death.folder)) as vault:
        assert check_vault(vault).problems == ()
        days = {trip.day for trip in described_trips(vault)}
        if fixes(vault) == all_fixes:
            assert days == {"2026-05-04", "2026-05-05"}
            return "before"
        with pytest.raises(NothingToEraseError):
            erasing.plan(vault, scope.of_period(vault, FOURTH))
        assert "2026-05-04" not in days
        derive.derive(vault, now_us=scene.NOON_US)
        assert {trip.day for trip in described_trips(vault)} == {"2026-05-05"}
        return "after"


class TestErase:
    """Promise: "a process killed between the two leaves the wallet without the trips"."""

    def test_killed_at_every_statement(self, stage: Path, sweep: Sweep) -> None:
        with scene.opened(scene.places_at(stage)) as vault:
            whole = fixes(vault)
        deaths = sweep("erase", "kill", "1:200:1", stage)
        assert (deaths[-1].status, len(deaths) > 15) == (0, True)
        assert {death.status for death in deaths[:-1]} == {KILLED}
        assert {stands(death, all_fixes=whole) for death in deaths} == {"before", "after"}

    def test_a_full_disk_erases_nothing_or_all(self, stage: Path, sweep: Sweep) -> None:
        with scene.opened(scene.places_at(stage)) as vault:
            whole = fixes(vault)
        deaths = sweep("erase", "full", "512:81920:8192", stage)
        full = [death for death in deaths if death.status]
        assert len(full) > 2
        for death in full:
            assert (death.status, death.code) == (DISK_FULL, "vault.disk")
            stands(death, all_fixes=whole)


class TestKeep:
    """Promise: "the trips that were found from them stay", whenever it is killed."""

    def test_killed_at_every_statement(self, stage: Path, sweep: Sweep) -> None:
        with scene.opened(scene.places_at(stage)) as vault:
            whole, trips = fixes(vault), described_trips(vault)
        deaths = sweep("keep", "kill", "1:200:1", stage)
        assert (deaths[-1].status, len(deaths) > 10) == (0, True)
        left = set()
        for death in deaths:
            with scene.opened(scene.places_at(death.folder)) as vault:
                assert check_vault(vault).problems == ()
                assert described_trips(vault) == trips
                left.add(fixes(vault))
        assert left == {whole, 0}


class TestRepair:
    """Promise: a repair that is killed has lost nothing; the next one finishes it."""

    def test_killed_at_every_statement(self, stage: Path, sweep: Sweep, tmp_path: Path) -> None:
        here = scene.copied(scene.places_at(stage), tmp_path / "origin")
        with scene.opened(here) as vault:
            pages = scene.stored_pages(vault)
            row_id = vault.row_id("trips", "2026-05")
            vault._db.execute("UPDATE record SET sealed = x'00' WHERE id = ?", (row_id,))
        deaths = sweep("repair", "kill", "1:200:1", here.wallet.parent)
        assert (deaths[-1].status, len(deaths) > 10) == (0, True)
        for death in deaths:
            with scene.opened(scene.places_at(death.folder)) as vault:
                found = checking.examine(vault)
                if found.report.problems:
                    repairing.repair(vault, found.repairable, now_us=scene.NOON_US)
                derive.derive(vault, now_us=scene.NOON_US)
                assert check_vault(vault).problems == ()
                assert scene.stored_pages(vault) == pages


class TestBackups:
    """Promise: a killed renewal is finished by the next; the folder checks as whole before."""

    def test_killed_at_every_step(self, stage: Path, sweep: Sweep, tmp_path: Path) -> None:
        here = scene.copied(scene.places_at(stage), tmp_path / "origin")
        folder = here.wallet.parent / "backups"
        with scene.opened(here) as vault:
            for _ in range(2):
                backup(vault, folder, now_us=scene.NOON_US, random=os.urandom)
                scene.introduce(vault)
            planned = erasing.plan(vault, scope.of_period(vault, FOURTH))
            erasing.carry_out(vault, planned, now_us=scene.NOON_US)
        deaths = sweep("renew", "kill", "1:200:1", here.wallet.parent)
        assert (deaths[-1].status, len(deaths) > 20) == (0, True)
        assert {death.status for death in deaths[:-1]} == {KILLED}
        assert {renewed(death) for death in deaths} == {True, False}


def renewed(death: Death) -> bool:
    """Return whether the folder still held what was erased; renewed, it holds one backup."""
    folder = death.folder / "backups"
    assert check_backup(folder).problems == ()
    with scene.opened(scene.places_at(death.folder)) as vault:
        due = copies.is_due(vault, folder)
        backups.back_up(vault, folder)
    report = check_backup(folder)
    assert (report.backups <= 2, report.unused, report.problems) == (True, 0, ())
    return due
