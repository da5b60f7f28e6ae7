from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Iterator

import pytest

from geowallet.cli.terminal.shell import Shell
from geowallet.vault import session
from tests import rings
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
            (["key", "add", "--keyring", "--file", "x", "--label", "a"], 2, "usage.option"),
            (["key", "add", "--keyring"], 2, "usage.option"),
            (["key", "add", "--label", "laptop"], 2, "usage.option"),
            (["unlock", "--keyring"], 5, "key.keyring"),
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


class TestKeyring:
    """Promise: what is named goes first, then the keyring, then the passphrase."""

    @pytest.fixture
    def ring(self, own: Terminal) -> Iterator[rings.Ring]:
        with rings.in_use(rings.Ring()) as ring:
            assert own("key", "add", "--keyring", "--label", "laptop").status == 0
            yield ring

    def test_it_is_listed_by_its_label(self, own: Terminal, ring: rings.Ring) -> None:
        del ring
        last = own("key", "list", "--json").records[-1]
        assert (last["kind"], last["label"]) == ("keyring", "laptop")
        assert "3\tsystem keyring (laptop)\tcannot be guessed" in own("key", "list", "--plain").out

    def test_unlock_needs_no_passphrase_unless_one_is_named(
        self, own: Terminal, ring: rings.Ring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ring.refuses = rings.LOCKED
        assert own("unlock").status == 0  # by the named file
        done = own("unlock", "--keyring")
        assert (done.status, "[key.keyring]" in done.err) == (5, True)
        monkeypatch.delenv("GEOWALLET_PASSPHRASE_FILE")
        done = own("unlock")
        assert (done.status, "it is locked, or it refuses" in done.err) == (5, True)
        assert "[vault.locked]" in done.err
        ring.refuses = None
        assert own("unlock").status == 0
        assert own("vehicle", "list").status == 0

    def test_rotate_renews_it_and_drops_it_where_it_is_locked(
        self, own: Terminal, ring: rings.Ring
    ) -> None:
        done = own("key", "rotate", "--recovery-file", "paper", "--json")
        assert done.records[0]["dropped"] == 0
        assert own("unlock", "--keyring").status == 0
        ring.refuses = rings.LOCKED
        done = own("key", "rotate", "--recovery-file", "paper2", "--yes", "--json")
        assert done.records[0]["dropped"] == 1


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
