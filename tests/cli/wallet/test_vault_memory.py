from __future__ import annotations

import shutil
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring

from tests.cli.conftest import Done, Terminal


@pytest.fixture
def own(terminal: Terminal) -> Terminal:
    assert terminal("init", "--recovery-file", "recovery").status == 0
    return terminal


def memory(own: Terminal, *words: str) -> Done:
    return own("vault", "memory", *words)


class TestMemory:
    """Promise: "where else the newest state of the wallet is remembered"."""

    def test_a_stick_remembers(self, own: Terminal) -> None:
        assert "holds no secret" in memory(own, "add", "stick.head").out
        (record,) = memory(own, "list", "--json").records
        assert record["standing"] == "same"
        own("vehicle", "add", "clio", "--power", "5")
        shown = memory(own, "list", "--plain").out.splitlines()
        assert [line.split("\t")[2] for line in shown] == ["the wallet as it is"] * 2

    def test_an_older_copy_is_refused_with_its_code(self, own: Terminal) -> None:
        memory(own, "add", "stick.head")
        shutil.copy(own.folder / "wallet.gwv", own.folder / "old.gwv")
        own("vehicle", "add", "clio", "--power", "5")
        shutil.rmtree(own.folder / "state")
        done = own("vault", "check", "--wallet", "old.gwv")
        assert (done.status, "[vault.rolled_back]" in done.err) == (26, True)
        done = own("vault", "check", "--wallet", "old.gwv", "--accept-rollback", "--yes")
        assert done.status == 0
        shutil.rmtree(own.folder / "state")
        done = own("vault", "check")
        assert (done.status, "[vault.forked]" in done.err) == (26, True)
        assert "went on separately" in done.err

    def test_the_keyring_of_a_system_without_one(self, own: Terminal) -> None:
        before = keyring.get_keyring()
        keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]  # the library is untyped
        try:
            done = memory(own, "add", "keyring")
        finally:
            keyring.set_keyring(before)
        assert (done.status, "[memory.unusable]" in done.err) == (8, True)

    def test_it_is_removed(self, own: Terminal) -> None:
        memory(own, "add", "stick.head")
        assert memory(own, "remove", "stick.head").status == 0
        done = memory(own, "remove", "stick.head")
        assert (done.status, "[usage.option]" in done.err) == (2, True)
        assert memory(own, "list", "--json").records == []


class TestAgainst:
    """Promise: a checkpoint kept anywhere says whether this log continues it."""

    @pytest.fixture
    def note(self, own: Terminal) -> Path:
        memory(own, "add", "stick.head")
        shutil.copy(own.folder / "stick.head", own.folder / "note")
        memory(own, "remove", "stick.head")
        return own.folder / "note"

    def test_it_does(self, own: Terminal, note: Path) -> None:
        done = own("vault", "check", "--against", note)
        assert (done.status, "It continues" in done.out) == (0, True)

    @pytest.mark.parametrize("text", [None, "nothing"])
    def test_what_is_no_checkpoint_is_refused(
        self, own: Terminal, note: Path, text: str | None
    ) -> None:
        note.unlink()
        if text is not None:
            note.write_text(text)
        done = own("vault", "check", "--against", note)
        assert (done.status, "[usage.option]" in done.err) == (2, True)
