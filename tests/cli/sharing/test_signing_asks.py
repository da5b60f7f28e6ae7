"""What signs in the owner's name asks for the passphrase, whatever else is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app import wallet
from geowallet.app.locations import Locations
from geowallet.vault import session
from tests import rings
from tests.cli.conftest import PASSPHRASE, Terminal

SIGNING = [
    ("export", "km", "--period", "2026-05", "--confirm", "km"),
    ("key", "rotate-identity", "--yes"),
]


@pytest.mark.parametrize("words", SIGNING, ids=["export", "rotate-identity"])
def test_neither_an_open_session_nor_the_keyring_signs(
    lived: Terminal, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    master = wallet.master_of(Locations.of(wallet=Path("wallet.gwv")), PASSPHRASE.encode())
    with rings.in_use(rings.Ring()):
        assert lived("key", "add", "--keyring", "--label", "laptop").status == 0
        monkeypatch.setattr(session, "recall", lambda _: master)
        monkeypatch.delenv("GEOWALLET_PASSPHRASE_FILE")
        assert lived("trip", "list").status == 0  # the wallet is open
        before = (lived.folder / "wallet.gwv").read_bytes()
        done = lived(*words)
        assert (done.status, "[vault.locked]" in done.err) == (5, True)
        assert not list(lived.folder.glob("*.jwe"))
        assert lived("--help").status == 0
    if words[0] == "key":
        assert (lived.folder / "wallet.gwv").read_bytes() == before
