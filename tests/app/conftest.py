from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.vault import session
from geowallet.vault.store import Vault
from tests.app import scene


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered by the kernel of whoever runs the tests."""
    monkeypatch.setattr(session, "_ring", lambda: None)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Locations:
    """A wallet with two days by car, home, office, hours and the owner's name."""
    folder = tmp_path_factory.mktemp("lived-in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_ring", lambda: None)
        here = scene.new_wallet(folder)
        scene.ingest_files(here, scene.write_days(folder / "days", scene.days_of_may(4, 5)))
        with scene.opened(here) as vault:
            scene.introduce(vault)
    return here


@pytest.fixture
def here(lived_in: Locations, tmp_path: Path) -> Locations:
    """A copy of that wallet."""
    return scene.copied(lived_in, tmp_path / "own")


@pytest.fixture
def vault(here: Locations) -> Iterator[Vault]:
    with scene.opened(here) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Locations:
    return scene.new_wallet(tmp_path / "empty")


@pytest.fixture
def employer(tmp_path: Path) -> Desk:
    return scene.new_desk(tmp_path / "desk")
