"""From a witness's signature to the figure that a recipient accepts, by commands alone."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import pytest

from geowallet.app import wallet
from geowallet.app.locations import Locations
from tests.app import scene
from tests.app.evidence.seen import at
from tests.cli.conftest import PASSPHRASE, Terminal


def secret() -> bytes:
    return PASSPHRASE.encode()


def plain(text: str) -> str:
    """Return text with single blanks: screens are wrapped."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def agreed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A wallet of one day in May, seen by a witness that evening, and a contract that asks so."""
    (terminal.folder / "day.csv").write_bytes(scene.car_day(dt.date(2026, 5, 4)))
    assert terminal("init", "--recovery-file", "recovery").status == 0
    with wallet.opened(Locations.of(wallet=terminal.folder / "wallet.gwv"), secret) as vault:
        scene.introduce(vault)
    offer = ["desk", "offer", "pay-as-you-drive", "--name", "km", "--covers", "2026"]
    for words in (
        ["ingest", "day.csv"],
        ["witness", "init", "exemple.fr/w", "--folder", "witness"],
        ["desk", "init", "Exemple SAS"],
        [*offer, "--stamped", "80"],
        ["contract", "accept", "km.offer", "--as", "Camille Martin", "--yes"],
        ["desk", "open", "km.contract"],
    ):
        done = terminal(*words)
        assert done.status == 0, (words, done.err)
    return terminal


def seen(owner: Terminal, monkeypatch: pytest.MonkeyPatch, at_s: int) -> str:
    """Have the log signed at a moment, and return the witness's key."""
    key = (owner.folder / "witness" / "witness.json").read_text().split('"key": "')[1].split('"')[0]
    asked = owner("evidence", "witness-request", "a.request", "--key", key, "--json").records[0]
    with monkeypatch.context() as clock:
        clock.setattr(time, "time", lambda: at_s)
        words = ("--folder", "witness", "--key", asked["log_key"])
        assert owner("witness", "sign", "a.request", *words).status == 0
    assert owner("evidence", "witness-add", "a.cosigned").status == 0
    return key


def test_what_was_seen_in_time_is_shown_sent_and_accepted(
    agreed: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = agreed("contract", "show", "km")
    assert "when others saw your log" in plain(shown.out)
    refused = agreed("export", "km", "--period", "2026-05", "--confirm", "km")
    assert (refused.status, "[contract.assurance]" in refused.err) == (6, True)
    key = seen(agreed, monkeypatch, at(4, 20))
    preview = agreed("contract", "preview", "km", "--period", "2026-05")
    assert "L1 time-stamped 100 %" in plain(preview.out)
    assert "It carries 1 time stamp and the hash of 1 import" in plain(preview.out)
    assert agreed("export", "km", "--period", "2026-05", "--confirm", "km").status == 0
    file = next(Path(agreed.folder).glob("km-*.jwe"))
    stranger = agreed("verify", file)
    assert (stranger.status, "[verify.unknown_anchor]" in stranger.err) == (23, True)
    assert "L1" not in stranger.out
    assert agreed("desk", "anchor", "add", "council", "--witness", key).status == 0
    accepted = agreed("verify", file, "--checks")
    assert accepted.status == 0
    assert "seen 1 time on 1 day by council" in plain(accepted.out)
    assert "stamps" in plain(accepted.out)
    record = agreed("verify", file, "--json").records[0]
    assert (record["seen_s"], record["seen_by"]) == ([at(4, 20)], ["council"])


def test_what_was_seen_too_late_does_not_leave(
    agreed: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen(agreed, monkeypatch, at(9, 20))
    refused = agreed("export", "km", "--period", "2026-05", "--confirm", "km")
    assert (refused.status, "[contract.assurance]" in refused.err) == (6, True)


def test_a_percentage_is_one(agreed: Terminal) -> None:
    words = ("desk", "offer", "pay-as-you-drive", "--name", "other", "--covers", "2026")
    assert agreed(*words, "--stamped", "101").status == 2
