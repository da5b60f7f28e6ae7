from __future__ import annotations

import getpass
import re
import sys

import pytest

from geowallet.cli.terminal.shell import Shell
from geowallet.vault import session
from tests.cli.conftest import PASSPHRASE, Terminal

SECOND = "a second passphrase of mine"


@pytest.fixture
def own(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with a new wallet and no session."""
    monkeypatch.setattr(session, "_ring", lambda: None)
    (terminal.folder / "second").write_text(SECOND + "\n")
    assert terminal("init", "--recovery-file", "recovery").status == 0
    return terminal


def kinds(own: Terminal) -> list[str]:
    return [record["kind"] for record in own("key", "list", "--json").records]


class TestKeys:
    def test_the_list_needs_no_passphrase(
        self, own: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("GEOWALLET_PASSPHRASE_FILE")
        done = own("key", "list", "--plain")
        assert done.status == 0
        assert [line.split("\t")[:2] for line in done.out.splitlines()] == [
            ["1", "passphrase"],
            ["2", "recovery key"],
        ]

    def test_each_way_in_is_added_and_removed(self, own: Terminal) -> None:
        assert own("key", "add", "--new-file", "second").status == 0
        assert own("key", "add", "--file", "stick").status == 0
        assert kinds(own) == ["passphrase", "recovery", "passphrase", "file"]
        assert own("unlock", "--key-file", "stick").status == 0
        assert own("key", "remove", "4", "--yes").status == 0
        done = own("unlock", "--key-file", "stick")
        assert (done.status, "[vault.wrong_key_file]" in done.err) == (5, True)

    def test_removing_asks_first(self, own: Terminal) -> None:
        own("key", "add", "--file", "stick")
        done = own("key", "remove", "3")
        assert (done.status, "--yes" in done.err) == (2, True)
        assert len(kinds(own)) == 3

    def test_a_new_recovery_key_is_proved(self, own: Terminal) -> None:
        assert own("key", "add", "--recovery", "--recovery-file", "paper").status == 0
        assert own("key", "test-recovery", "--recovery-file", "paper").status == 0
        done = own("key", "test-recovery", "--recovery-file", "recovery")
        assert (done.status, "[vault.wrong_recovery]" in done.err) == (5, True)

    def test_a_rotation_drops_what_was_not_proved(self, own: Terminal) -> None:
        own("key", "add", "--new-file", "second")
        own("key", "add", "--file", "stick")
        words = ["key", "rotate", "--deep", "--recovery-file", "paper", "--key-file", "stick"]
        assert own(*words).status == 2
        assert not (own.folder / "paper").exists()
        done = own(*words, "--yes", "--json")
        assert done.records[0]["dropped"] == 1
        assert kinds(own) == ["passphrase", "recovery", "file"]
        assert own("vault", "check").status == 0
        assert own("key", "test-recovery", "--recovery-file", "paper").status == 0

    def test_a_rotation_keeps_what_was_proved(self, own: Terminal) -> None:
        own("key", "add", "--new-file", "second")
        words = ["key", "rotate", "--recovery-file", "paper", "--other-file", "second"]
        assert own(*words).status == 0
        assert kinds(own) == ["passphrase", "passphrase", "recovery"]

    @pytest.mark.parametrize(
        ("words", "status", "code"),
        [
            (["key", "remove", "1", "--yes"], 8, "vault.last_slot"),
            (["key", "remove", "2", "--yes"], 8, "vault.last_slot"),
            (["key", "remove", "9", "--yes"], 4, "wallet.not_found"),
            (["key", "add", "--file", "recovery"], 8, "usage.file_exists"),
            (["key", "add", "--file", "x", "--recovery"], 2, "usage.option"),
            (["key", "add", "--recovery"], 2, "usage.needs_terminal"),
            (["key", "rotate"], 2, "usage.needs_terminal"),
            (["key", "rotate", "--recovery-file", "recovery"], 8, "usage.file_exists"),
            (
                ["key", "rotate", "--recovery-file", "x", "--other-file", "second"],
                2,
                "usage.option",
            ),
            (["key", "rotate", "--recovery-file", "x", "--key-file", "second"], 5, "vault.wrong"),
            (["key", "test-recovery"], 5, "vault.locked"),
        ],
    )
    def test_each_mistake_has_its_code_and_changes_nothing(
        self, own: Terminal, words: list[str], status: int, code: str
    ) -> None:
        before = (own.folder / "wallet.gwv").read_bytes()
        done = own(*words, "--json")
        assert (done.status, f'"code": "{code}' in done.err) == (status, True), done.err
        assert (own.folder / "wallet.gwv").read_bytes() == before


class TestAtATerminal:
    """Promise: a new recovery key counts only after its groups were typed back."""

    @pytest.fixture
    def answers(self, own: Terminal, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        monkeypatch.setattr(Shell, "can_ask", property(lambda _: True))
        monkeypatch.setattr(getpass, "getpass", lambda _: SECOND)
        said: list[str] = []

        class Person:
            """Reads the screen, and types what it asks for."""

            def isatty(self) -> bool:
                return True

            def readline(self) -> str:
                return said.pop(0) + "\n" if said else self.groups()

            def groups(self) -> str:
                text = own.capture.readouterr().err
                shown: dict[str, str] = dict(re.findall(r"(\d) ([0-9A-Z]{4}-[0-9A-Z]{4})", text))
                first, second = re.findall(r"groups (\d) and (\d)", text)[-1]
                return shown[first] + " " + shown[second] + "\n"

        monkeypatch.setattr(sys, "stdin", Person())
        return said

    def test_typed_back_it_counts(self, own: Terminal, answers: list[str]) -> None:
        assert answers == []
        assert own("key", "add", "--recovery").status == 0
        done = own("key", "test-recovery", "--recovery-file", "recovery")
        assert done.status == 5

    def test_never_typed_back_it_does_not(self, own: Terminal, answers: list[str]) -> None:
        answers += ["no", "no", "no"]
        before = (own.folder / "wallet.gwv").read_bytes()
        done = own("key", "add", "--recovery")
        assert (done.status, "[vault.recovery_unconfirmed]" in done.err) == (2, True)
        assert (own.folder / "wallet.gwv").read_bytes() == before

    def test_a_rotation_asks_for_the_other_passphrase(
        self, own: Terminal, answers: list[str]
    ) -> None:
        assert answers == []
        own("key", "add", "--new-file", "second")
        assert own("key", "rotate").status == 0
        assert kinds(own) == ["passphrase", "passphrase", "recovery"]
        (own.folder / "passphrase").write_text(PASSPHRASE + "\n")
        assert own("vault", "check").status == 0
