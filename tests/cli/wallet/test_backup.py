from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.vault import session
from tests.cli.conftest import Terminal


@pytest.fixture
def own(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A new wallet without a session, a key file, and two backups of it."""
    monkeypatch.setattr(session, "_ring", lambda: None)
    for words in (
        ["init", "--recovery-file", "recovery"],
        ["key", "add", "--file", "stick"],
        ["vault", "backup", "backups"],
        ["vehicle", "add", "clio", "--power", "5"],
        ["vault", "backup", "backups"],
    ):
        assert terminal(*words).status == 0, words
    return terminal


def damage(folder: Path) -> None:
    for path in (folder / "backups" / "objects").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            path.write_bytes(bytes([data[0] ^ 1]) + data[1:])


class TestBackup:
    def test_a_second_one_without_news_writes_nothing(self, own: Terminal) -> None:
        (record,) = own("vault", "backup", "backups", "--json").records
        assert (record["backup"], record["new"], record["written"]) == (2, False, 0)

    def test_the_check_needs_no_key(self, own: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("GEOWALLET_PASSPHRASE_FILE")
        (record,) = own("vault", "backup", "backups", "--check", "--json").records
        assert (record["backups"], record["problems"]) == (2, [])
        damage(own.folder)
        done = own("vault", "backup", "backups", "--check")
        assert (done.status, "problem" in done.out) == (26, True)

    @pytest.mark.parametrize(
        "proof", [[], ["--recovery-file", "recovery"], ["--key-file", "stick"]]
    )
    def test_each_way_in_restores(self, own: Terminal, proof: list[str]) -> None:
        assert own("vault", "restore", "backups", "back.gwv", *proof, "--dry-run").status == 0
        assert not (own.folder / "back.gwv").exists()
        assert own("vault", "restore", "backups", "back.gwv", *proof).status == 0
        wallet = (own.folder / "wallet.gwv").read_bytes()
        assert (own.folder / "back.gwv").read_bytes() == wallet
        assert own("vault", "check", "--wallet", "back.gwv").status == 0

    def test_an_older_one_is_said_to_be_older(self, own: Terminal) -> None:
        """And is not opened here before its owner accepts it."""
        (record,) = own(
            "vault", "restore", "backups", "back.gwv", "--number", "1", "--json"
        ).records
        assert record["remembered"] == record["entries"] + 1
        done = own("vault", "check", "--wallet", "back.gwv")
        assert (done.status, "[vault.rolled_back]" in done.err) == (26, True)
        assert (
            "older than"
            in own("vault", "restore", "backups", "again.gwv", "--number", "1", "--dry-run").out
        )

    def test_a_damaged_one_restores_nothing(self, own: Terminal) -> None:
        damage(own.folder)
        for number in ("1", "2"):
            done = own("vault", "restore", "backups", "back.gwv", "--number", number)
            assert (done.status, "[backup.damaged]" in done.err) == (26, True)
        assert not (own.folder / "back.gwv").exists()

    @pytest.mark.parametrize(
        ("words", "status", "code"),
        [
            (["backups", "wallet.gwv"], 8, "vault.exists"),
            (["backups", "x", "--number", "7"], 4, "backup.none"),
            (["nowhere", "x"], 4, "backup.none"),
            (["backups", "x", "--key-file", "recovery"], 3, "source.too_large"),
            (["backups", "x", "--key-file", "stick", "--recovery"], 2, "usage.option"),
            (["backups", "x", "--passphrase-file", "recovery"], 5, "vault.wrong_passphrase"),
            (["backups", "x", "--recovery"], 5, "vault.locked"),
            (["backups", "x", "--recovery-file", "other"], 5, "vault.wrong_recovery"),
        ],
    )
    def test_each_mistake_has_its_code(
        self, own: Terminal, words: list[str], status: int, code: str
    ) -> None:
        own("init", "--wallet", "other.gwv", "--recovery-file", "other")
        done = own("vault", "restore", *words, "--json")
        assert (done.status, f'"code": "{code}"' in done.err) == (status, True), done.err
        assert not (own.folder / "x").exists()
