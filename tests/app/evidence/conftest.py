from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app.evidence.witness import Witness, create_witness
from geowallet.crypto.keys import KdfCost
from tests.app import scene
from tests.authority import LocalAuthority, new_authority


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    """An authority, not served yet."""
    return new_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    folder = tmp_path / "witness"
    return create_witness(folder, "exemple.fr/witness", scene.DESK_PASSPHRASE, cost=KdfCost.LEAST)
