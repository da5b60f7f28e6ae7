"""A merge that is killed has taken the other copy in or has not; the next one finishes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geowallet.app.intake.sources import sources
from geowallet.app.travel import corrections
from geowallet.app.travel.trips import described_trips
from geowallet.app.travel.waiting import pending
from geowallet.model.mobility import Mode
from geowallet.vault.check import check_vault
from tests.app import scene
from tests.faults import dying
from tests.faults.conftest import Death, Sweep
from tests.faults.dying import KILLED

pytestmark = pytest.mark.slow

DISK_FULL = 8


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, no_keyring_at_all: None) -> Path:
    """A wallet of a day, and a copy of it on another machine that read one more."""
    folder = tmp_path_factory.mktemp("stage")
    here = scene.new_wallet(folder / "wallet")
    scene.ingest_files(here, scene.write_days(folder / "days", scene.days_of_may(4)))
    away = scene.copied(here, folder / "away")
    scene.ingest_files(away, scene.write_days(folder / "more", scene.days_of_may(5)))
    say(away.wallet.parent, Mode.TRAM)
    shutil.copy(away.wallet, folder / "wallet" / "other.gwv")
    return folder / "wallet"


@pytest.fixture
def forked(stage: Path, tmp_path: Path) -> Path:
    """The same, when the first went on too."""
    shutil.copytree(stage, tmp_path / "forked")
    say(tmp_path / "forked", Mode.BUS)
    return tmp_path / "forked"


def say(folder: Path, mode: Mode) -> None:
    with scene.opened(scene.places_at(folder)) as vault:
        trip = described_trips(vault)[0].trip
        word = corrections.Correction(trip.start_us, trip.end_us, mode, None, scene.NOON_US)
        corrections.correct(vault, [word])


def stands(death: Death) -> str:
    """Return how the wallet stands, after checking that it is whole."""
    with scene.opened(scene.places_at(death.folder)) as vault:
        assert check_vault(vault).problems == ()
        files = len(sources(vault))
        modes = {word.mode for word in corrections.corrections(vault)}
        waits = bool(pending(vault))
    assert (files, modes) in [(1, {Mode.BUS}), (1, set()), (2, {Mode.TRAM})]
    return "before" if files == 1 else "waits" if waits else "after"


def finished(death: Death) -> tuple[set[str], set[Mode | None]]:
    """Merge again, and return the days and the words of the wallet then."""
    dying.do_join(death.folder, [])
    with scene.opened(scene.places_at(death.folder)) as vault:
        assert check_vault(vault).problems == ()
        days = {trip.day for trip in described_trips(vault)}
        return days, {word.mode for word in corrections.corrections(vault)}


def ways(deaths: list[Death]) -> set[str]:
    """Return every way in which the wallets stand; one of each can be finished."""
    by = {stands(death): death for death in deaths}
    for death in by.values():
        assert finished(death) == ({"2026-05-04", "2026-05-05"}, {Mode.TRAM})
    return set(by)


class TestMerge:
    """Promise: "a process killed after it leaves the analysis to the next merge or import"."""

    def test_killed_at_every_statement(self, forked: Path, sweep: Sweep) -> None:
        other = (forked / "other.gwv").read_bytes()
        deaths = sweep("join", "kill", "1:300:1", forked)
        assert (deaths[-1].status, len(deaths) > 15) == (0, True)
        assert {death.status for death in deaths[:-1]} == {KILLED}
        assert ways(deaths) == {"before", "waits", "after"}
        assert {(death.folder / "other.gwv").read_bytes() for death in deaths} == {other}

    def test_a_newer_copy_killed_at_every_statement(self, stage: Path, sweep: Sweep) -> None:
        deaths = sweep("join", "kill", "1:300:1", stage)
        assert (deaths[-1].status, len(deaths) > 15) == (0, True)
        assert ways(deaths) == {"before", "after"}

    def test_a_full_disk_takes_nothing_in_or_all(self, forked: Path, sweep: Sweep) -> None:
        deaths = sweep("join", "full", "512:81920:16384", forked)
        full = [death for death in deaths if death.status]
        assert len(full) > 2
        assert {(death.status, death.code) for death in full} == {(DISK_FULL, "vault.disk")}
        assert "before" in ways(full)
