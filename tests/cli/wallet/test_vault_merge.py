"""``vault merge``: another copy of the wallet is taken in, and everything of it is said."""

from __future__ import annotations

import shutil

import pytest

from geowallet.app.keeping.disclosed import Disclosed
from geowallet.app.sharing.receipts import Receipt
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.wallet import vault_merge
from tests.cli.conftest import Done, Terminal


@pytest.fixture
def two(terminal: Terminal) -> Terminal:
    """A wallet with a vehicle, and a copy of it that knows another one."""
    own = terminal.folder
    assert terminal("init", "--recovery-file", "recovery").status == 0
    shutil.copy(own / "wallet.gwv", own / "copy.gwv")
    shutil.copytree(own / "state", own / "elsewhere")
    away(terminal, "vehicle", "add", "clio", "--power", "5")
    assert terminal("vehicle", "add", "zoe", "--power", "4").status == 0
    return terminal


def away(terminal: Terminal, *words: str) -> Done:
    """Run a command on the other machine, which has the copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOWALLET_WALLET", str(terminal.folder / "copy.gwv"))
        patch.setenv("GEOWALLET_STATE", str(terminal.folder / "elsewhere"))
        done = terminal(*words)
    assert done.status == 0, done.err
    return done


def vehicles(terminal: Terminal) -> set[str]:
    return {record["vehicle"] for record in terminal("vehicle", "list", "--json").records}


class TestForked:
    """Promise: "Nothing of it is silent, and doing it twice changes nothing"."""

    def test_nothing_is_taken_before_somebody_says_what(self, two: Terminal) -> None:
        done = two("vault", "merge", "copy.gwv", "--yes")
        assert (done.status, "[merge.choose]" in done.err) == (8, True)
        assert "They went on separately" in done.out
        done = two("vault", "merge", "copy.gwv", "--take", "all", "--dry-run")
        assert (done.status, "Nothing was changed" in done.out) == (0, True)
        assert vehicles(two) == {"zoe"}

    def test_what_is_asked_for_comes_over_once(self, two: Terminal) -> None:
        done = two("vault", "merge", "copy.gwv", "--take", "all", "--yes")
        assert (done.status, "0 files, 1 other record" in done.out) == (0, True)
        assert vehicles(two) == {"clio", "zoe"}
        done = two("vault", "merge", "copy.gwv", "--take", "all", "--yes")
        assert (done.status, "merged already" in done.out) == (0, True)
        assert two("vault", "check").status == 0

    def test_what_both_said_is_listed_and_stays_until_it_is_decided(self, two: Terminal) -> None:
        away(two, "vehicle", "add", "zoe", "--power", "7")
        done = two("vault", "merge", "copy.gwv", "--take", "all", "--yes")
        assert (done.status, "[merge.disputed]" in done.err) == (8, True)
        assert "vehicle  zoe" in done.out
        done = two("vault", "merge", "copy.gwv", "--take", "all", "--yes", "--theirs", "--json")
        assert (done.status, done.records[0]["records"]) == (0, 1)
        done = two("vault", "merge", "copy.gwv", "--take", "all", "--yes", "--json")
        assert (done.status, done.records[0]["merged"]) == (0, False)

    @pytest.mark.parametrize(
        "words", [["--take", "trips"], ["--take", ","], ["--ours", "--theirs"]]
    )
    def test_what_cannot_be_meant_is_refused(self, two: Terminal, words: list[str]) -> None:
        assert two("vault", "merge", "copy.gwv", *words).status == 2


class TestNewer:
    def test_a_newer_copy_takes_its_place_with_its_passphrase(self, terminal: Terminal) -> None:
        own = terminal.folder
        assert terminal("init", "--recovery-file", "recovery").status == 0
        shutil.copy(own / "wallet.gwv", own / "copy.gwv")
        shutil.copytree(own / "state", own / "elsewhere")
        away(terminal, "vehicle", "add", "clio", "--power", "5")
        done = terminal("vault", "compare", "copy.gwv")
        assert "The other copy is newer" in done.out
        done = terminal("vault", "merge", "copy.gwv", "--yes")
        assert (done.status, "This wallet is what the other copy is" in done.out) == (0, True)
        assert vehicles(terminal) == {"clio"}
        done = terminal("vault", "merge", "copy.gwv", "--yes")
        assert (done.status, "Both are the same" in done.out) == (0, True)

    def test_another_wallet_is_refused(self, terminal: Terminal) -> None:
        own = terminal.folder
        assert terminal("init", "--recovery-file", "recovery").status == 0
        shutil.move(own / "wallet.gwv", own / "copy.gwv")
        assert terminal("init", "--recovery-file", "second").status == 0
        done = terminal("vault", "merge", "copy.gwv", "--take", "all", "--yes")
        assert (done.status, "[vault.other]" in done.err) == (23, True)


def test_what_left_by_the_other_copy_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    receipt = Receipt("e41c-77b0", "e4" * 16, "mileage", "ab" * 32, "2026-05", 0, "cd" * 32, (), "")
    left = Disclosed(
        records=(),
        exports=(receipt,),
        answers=2,
        withdrawn=("commute",),
        accepted=("insurer",),
        signs_otherwise=True,
    )
    vault_merge._show_disclosed(Shell(), left)
    said = capsys.readouterr().out
    for words in (
        "exported figures 1 time (mileage 2026-05): that counts here",
        "answered 2 questions of recipients",
        "ended here too: commute",
        "accept the offer here to go on: insurer",
        "another key",
    ):
        assert words in said
