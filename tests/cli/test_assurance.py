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


class TestDevicesAndOdometers:
    """Promise: L2 and L3 by commands alone, and a reader who pinned nobody is told so."""

    def story(self, terminal: Terminal, *, ask: list[str]) -> dict[str, str]:
        """A clio with a gateway that signs, two days, a contract; return the keys of both."""
        days = terminal.folder / "days"
        scene.write_days(days, scene.days_of_may(5, 6))
        assert terminal("init", "--recovery-file", "recovery").status == 0
        with wallet.opened(Locations.of(wallet=terminal.folder / "wallet.gwv"), secret) as vault:
            scene.introduce(vault)
        made = terminal("evidence", "device", "init", "van.key", "van-1", "--json").records[0]
        offer = ["desk", "offer", "pay-as-you-drive", "--name", "km", "--covers", "2026"]
        for words in (
            ["vehicle", "add", "clio", "--plate", "AB-123-CD"],
            ["evidence", "device", "sign", "van.key", *sorted(map(str, days.glob("*.csv")))],
            ["evidence", "device", "add", made["key"]],
            ["ingest", "days"],
            ["witness", "init", "exemple.fr/w", "--folder", "witness"],
            ["desk", "init", "Exemple SAS"],
            [*offer, *ask],
            ["contract", "accept", "km.offer", "--as", "Camille Martin", "--yes"],
            ["desk", "open", "km.contract"],
        ):
            done = terminal(*words)
            assert done.status == 0, (words, done.err)
        reading = {"key": ""}
        for day, km in ((4, 1_000), (7, 1_080)):
            when = f"2026-05-0{day}"
            signed = terminal("desk", "odometer", "ab 123 cd", str(km), "--day", when, "--json")
            reading = signed.records[0]
            taken = terminal("vehicle", "odometer", "clio", "--statement", reading["file"])
            assert taken.status == 0
        return {"van": made["key"], "garage": reading["key"]}

    def exported(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, evening: int) -> Path:
        key = seen(terminal, monkeypatch, at(evening, 20))
        assert terminal("desk", "anchor", "add", "council", "--witness", key).status == 0
        done = terminal("export", "km", "--period", "2026-05", "--confirm", "km")
        assert done.status == 0, done.err
        return next(Path(terminal.folder).glob("km-*.jwe"))

    def test_what_a_reader_is_told_before_and_after_pinning(
        self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seen on the evening of the 6th: of the two days only that one is above L0."""
        ask = ["--stamped", "30", "--level", "L3", "--readings"]
        keys = self.story(terminal, ask=ask)
        crossed = terminal("vehicle", "odometer", "clio")
        assert "80.0 km" in plain(crossed.out)
        assert "yes: L3" in plain(crossed.out)
        shown = plain(terminal("contract", "show", "km").out)
        assert "which of your devices signed the files" in shown
        assert "private driving too" in shown
        file = self.exported(terminal, monkeypatch, 6)
        preview = plain(terminal("contract", "preview", "km", "--period", "2026-05").out)
        assert "chain of what van-1 signed, with number 2 in it" in preview
        assert "It says of at most" in preview
        assert "what your odometer stood at on 4 May 2026 and 7 May 2026" in preview
        stranger = terminal("verify", file)
        assert (stranger.status, "[verify.unknown_signer]" in stranger.err) == (23, True)
        for name, option, key in (
            ("our-van", "--device", keys["van"]),
            ("garage", "--odometer", keys["garage"]),
        ):
            assert terminal("desk", "anchor", "add", name, option, key).status == 0
        said = plain(terminal("verify", file).out)
        assert (
            "our-van: batches number 1-2, all under its signature; none missing between them"
            in said
        )
        assert "read on 4 May 2026 and 7 May 2026 by garage; AB123CD moved 80 km" in said
        record = terminal("verify", file, "--json").records[0]
        assert record["devices"][0]["missing"] == []
        assert record["counts_percent"] == record["figures"]["share_percent"]
        assert record["counts_percent"]["L3"] == 50
        assert terminal("desk", "open", file).status == 0
        said = plain(terminal("verify", file).out)
        assert "DOUBTFUL" not in said
        ledger = terminal.folder / "desk" / "received.jsonl"
        ledger.write_text(re.sub(r'"jti":"[0-9a-f]{4}', '"jti":"0000', ledger.read_text()))
        kept = ledger.read_text()
        marks = re.search(r'"marks":\["0{16}","([0-9a-f]{16})"', kept)
        assert marks
        ledger.write_text(kept.replace(marks[1], "f" * 16))
        assert "another export has something else as number 1" in plain(
            terminal("verify", file).out
        )

    def test_unknown_where_no_share_is_asked_counts_below(
        self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.story(terminal, ask=["--stamped", "30", "--level", "L1"])
        file = self.exported(terminal, monkeypatch, 6)
        record = terminal("verify", file, "--json").records[0]
        assert (record["devices"], record["counts_percent"]["L1"]) == ([], 50)
        anchors = terminal("desk", "anchor", "list")
        assert "council" in anchors.out
        for option, key in (("--device", "van-1"), ("--odometer", "x"), ("--witness", "x")):
            assert terminal("desk", "anchor", "add", "a", option, key).status in (2, 3)
        assert terminal("desk", "anchor", "add", "a").status == 2

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--stamped", "30", "--level", "L4"],
            ["--stamped", "30", "--readings"],
            ["--readings"],
            ["--stamped", "30", "--only"],
        ],
    )
    def test_a_demand_that_fits_nothing_is_refused(
        self, terminal: Terminal, wrong: list[str]
    ) -> None:
        assert terminal("desk", "init", "Exemple SAS").status == 0
        words = ("desk", "offer", "pay-as-you-drive", "--name", "other", "--covers", "2026")
        assert terminal(*words, *wrong).status == 2
