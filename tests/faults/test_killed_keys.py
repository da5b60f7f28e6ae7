"""A rotation, a backup or a restore that is killed leaves the old state or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app import backups, wallet
from geowallet.app.locations import Locations
from geowallet.app.sharing import identity
from geowallet.crypto.signing import thumbprint
from geowallet.vault.check import check_vault
from geowallet.vault.restore import check_backup
from tests.app import scene
from tests.faults.conftest import Death, Sweep
from tests.faults.dying import KILLED

pytestmark = pytest.mark.slow

DISK_FULL = 8


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, no_keyring_at_all: None) -> Path:
    """A wallet with an owner, a place and a work week, and one backup of it."""
    folder = tmp_path_factory.mktemp("stage") / "wallet"
    here = scene.new_wallet(folder)
    with scene.opened(here) as vault:
        backups.back_up(vault, folder / "backups")
        scene.introduce(vault)
    return folder


def records(here: Locations) -> dict[str, list[tuple[str, bytes]]]:
    """Everything the owner said, after a check of all of it."""
    with scene.opened(here) as vault:
        assert check_vault(vault).problems == ()
        return {kind: sorted(vault.items(kind)) for kind in ("place", "work", "identity")}


def all_but_last(deaths: list[Death], *, least: int) -> list[Death]:
    assert (deaths[-1].status, len(deaths) > least) == (0, True)
    assert {death.status for death in deaths[:-1]} == {KILLED}
    return deaths


class TestRotate:
    """Promise: the wallet has its old master key or its new one, and all of its records."""

    @pytest.mark.parametrize("action", ["rotate", "rotate-deep"])
    def test_killed_at_every_statement(self, stage: Path, sweep: Sweep, action: str) -> None:
        before = records(scene.places_at(stage))
        old = wallet.master_of(scene.places_at(stage), scene.PASSPHRASE)
        states = set()
        for death in all_but_last(sweep(action, "kill", "1:300:1", stage), least=20):
            here = scene.places_at(death.folder)
            assert records(here) == before, death.number
            states.add(wallet.master_of(here, scene.PASSPHRASE) == old)
        assert states == {True, False}

    @pytest.mark.parametrize("action", ["rotate", "rotate-deep"])
    def test_a_full_disk_leaves_the_old_key(self, stage: Path, sweep: Sweep, action: str) -> None:
        before = records(scene.places_at(stage))
        old = wallet.master_of(scene.places_at(stage), scene.PASSPHRASE)
        deaths = sweep(action, "full", "512:49152:4096", stage)
        full = [death for death in deaths if death.status]
        assert len(full) > 3
        for death in full:
            assert (death.status, death.code) == (DISK_FULL, "vault.disk")
            here = scene.places_at(death.folder)
            assert wallet.master_of(here, scene.PASSPHRASE) == old
            assert records(here) == before


class TestRotateIdentity:
    """Promise: the old key without a change, or the new one with it; never one of both."""

    def test_killed_at_every_third_statement(self, stage: Path, sweep: Sweep) -> None:
        old = signer(scene.places_at(stage))
        states = set()
        for death in all_but_last(sweep("rotate-identity", "kill", "1:120:3", stage), least=3):
            states.add(signer(scene.places_at(death.folder)))
        assert {changes for _, changes in states} == {0, 1}
        assert {key == old[0] for key, changes in states if changes == 0} == {True}
        assert old[0] not in {key for key, changes in states if changes == 1}


def signer(here: Locations) -> tuple[str, int]:
    """Return the key that signs, and how often it was changed, after a check of all records."""
    records(here)
    with scene.opened(here) as vault:
        key = thumbprint(identity.signing_key(vault))
        assert identity.is_own_key(vault, key)
        return key, len(identity.rotated_of(vault).changes)


class TestBackup:
    """Promise: a killed backup leaves the backups as they were, and the next one goes on."""

    def test_killed_at_every_step(self, stage: Path, sweep: Sweep) -> None:
        found = set()
        for death in all_but_last(sweep("backup", "kill", "1:200:1", stage), least=5):
            found.add(goes_on(death))
        assert found == {1, 2}

    def test_a_full_disk_is_told(self, stage: Path, sweep: Sweep) -> None:
        deaths = sweep("backup", "full", "0:65536:8192", stage)
        full = [death for death in deaths if death.status]
        assert len(full) > 3
        for death in full:
            assert (death.status, death.code) == (DISK_FULL, "vault.disk")
            assert goes_on(death) == 1


def goes_on(death: Death) -> int:
    """Return how many backups there were; after one more, each can be restored."""
    folder, here = death.folder / "backups", scene.places_at(death.folder)
    report = check_backup(folder)
    assert report.problems == ()
    with scene.opened(here) as vault:
        assert backups.back_up(vault, folder).number == 2
    prove = backups.by_passphrase(scene.PASSPHRASE)
    for number in (1, 2):
        backups.restore(here, folder, death.folder / "x", prove, number=number, dry_run=True)
    return report.backups


class TestRestore:
    """Promise: a restored wallet is there whole, or not there."""

    def test_killed_at_every_step(self, stage: Path, sweep: Sweep) -> None:
        found = set()
        for death in all_but_last(sweep("restore", "kill", "1:100:1", stage), least=2):
            found.add(whole_or_absent(death))
        assert found == {True, False}

    def test_a_full_disk_leaves_nothing(self, stage: Path, sweep: Sweep) -> None:
        deaths = sweep("restore", "full", "0:32768:4096", stage)
        full = [death for death in deaths if death.status]
        assert len(full) > 3
        for death in full:
            assert (death.status, death.code) == (DISK_FULL, "vault.disk")
            assert not whole_or_absent(death)


def whole_or_absent(death: Death) -> bool:
    back = death.folder / "back.gwv"
    if not back.exists():
        return False
    here = scene.places_at(death.folder)
    there = Locations(back, here.desk, death.folder / "other-state")
    with scene.opened(there) as vault:
        assert check_vault(vault).problems == ()
    return True
