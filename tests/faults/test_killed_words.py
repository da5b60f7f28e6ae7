"""What the owner says, and all trips found again: killed in between, it is said or not said."""

from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app.locations import Locations
from geowallet.app.travel import engine, shapes, trip_rules, trips
from geowallet.model.mobility import DescribedTrip
from geowallet.vault.check import check_vault
from tests.app import scene
from tests.app.other_engine import install, slower
from tests.faults import dying
from tests.faults.conftest import Sweep
from tests.faults.test_killed import killed

pytestmark = pytest.mark.slow

Trips = tuple[DescribedTrip, ...]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, no_keyring_at_all: None) -> Locations:
    folder = tmp_path_factory.mktemp("words")
    here = scene.new_wallet(folder / "wallet")
    scene.ingest_files(here, scene.write_days(folder / "days", scene.days_of_may(4, 5)))
    with scene.opened(here) as vault:
        scene.introduce(vault)
    return here


def seen(here: Locations) -> Trips:
    with scene.opened(here) as vault:
        return trips.described_trips(vault)


@pytest.mark.parametrize("action", ["split", "merge", "rule"])
def test_a_word_is_said_whole_or_not_at_all(
    whole: Locations, tmp_path: Path, sweep: Sweep, action: str
) -> None:
    old = seen(whole)
    other = scene.copied(whole, tmp_path / "other")
    dying.ACTIONS[action](other.wallet.parent, [])
    new = seen(other)
    assert old != new
    for death in killed(sweep(action, "kill", "1:200:1", whole.wallet.parent), least=5):
        here = scene.places_at(death.folder)
        with scene.opened(here) as vault:
            assert check_vault(vault).problems == ()
            said = [*shapes.splits(vault), *shapes.merges(vault), *trip_rules.trip_rules(vault)]
        assert seen(here) == (new if said else old)


class TestRecompute:
    """Promise: all trips are of one engine or of the other, and the wallet knows of which."""

    def test_killed_at_every_step(
        self, whole: Locations, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = seen(whole)
        deaths = sweep("recompute", "kill", "1:200:1", whole.wallet.parent)
        install(monkeypatch, slower)
        finished = seen(scene.places_at(deaths[-1].folder))
        assert len(finished) == len(old) - 2
        for death in killed(deaths, least=8):
            here = scene.places_at(death.folder)
            with scene.opened(here) as vault:
                assert check_vault(vault).problems == ()
                outdated = engine.is_outdated(vault)
            assert seen(here) == (old if outdated else finished)

    def test_a_full_disk_is_told_and_leaves_the_old_trips(
        self, whole: Locations, sweep: Sweep
    ) -> None:
        old = seen(whole)
        size = whole.wallet.stat().st_size
        deaths = sweep("recompute", "full", f"1024:{size}:16384", whole.wallet.parent)
        full = [death for death in deaths if death.status]
        assert full
        for death in full:
            assert (death.status, death.code) == (8, "vault.disk")
            assert seen(scene.places_at(death.folder)) == old
