from __future__ import annotations

import os
import random
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path, PosixPath

import pytest

from geowallet.crypto.keys import KdfCost
from geowallet.model.errors import DiskFullError, NoVaultError, VaultExistsError
from geowallet.model.provenance import StatementKind
from geowallet.vault.check import check_vault
from geowallet.vault.create import create_vault
from geowallet.vault.slots import master_from_passphrase
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, RECOVERY


def _create(path: Path, source: Callable[[int], bytes] = os.urandom) -> Vault:
    return create_vault(
        path,
        slots_secret=PASSPHRASE,
        recovery_secret=RECOVERY,
        cost=KdfCost.LEAST,
        now_us=NOW_US,
        random=source,
    )


def test_a_new_wallet_is_whole_and_says_when_it_was_made(tmp_path: Path) -> None:
    with _create(tmp_path / "new" / "wallet.db") as vault:
        assert check_vault(vault).problems == ()
        (leaf,) = vault.leaves()
        assert leaf.statement.kind is StatementKind.CREATE
        assert leaf.at_us == NOW_US
        assert leaf.statement.predicate["format"] == 1
        assert len(vault.id) == 32
        assert vault.id.startswith(vault.tag.hex())


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "wallet.db"
    before = os.umask(0)
    try:
        _create(path).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    path.write_text("something else")
    with pytest.raises(VaultExistsError, match=r"wallet\.db"):
        _create(path)
    assert path.read_text() == "something else"


def test_of_two_inits_at_once_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    raced = False

    def slow(n: int) -> bytes:
        nonlocal raced
        if not raced:
            raced = True
            _create(path).close()
        return os.urandom(n)

    with pytest.raises(VaultExistsError):
        _create(path, slow)
    master = master_from_passphrase(path, PASSPHRASE)
    with open_vault(path, master, random=os.urandom) as vault:
        assert check_vault(vault).problems == ()
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_randomness_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        seeded = random.Random(4).randbytes  # noqa: S311  the same bytes twice
        _create(tmp_path / name, seeded).close()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


STEPS = {
    "write": (os, "fdopen"),
    "flush": (os, "fsync"),
    "link": (os, "link"),
    "clean up": (PosixPath, "unlink"),
}


@pytest.mark.parametrize("call", STEPS)
def test_an_init_killed_at_any_call_leaves_a_whole_wallet_or_none(
    tmp_path: Path, call: str
) -> None:
    """A real exit at each step of putting the file in its place."""
    path = tmp_path / "wallet.db"
    child = os.fork()
    if child == 0:  # no finally, no atexit: as if killed
        target, name = STEPS[call]
        setattr(target, name, lambda *_, **__: os._exit(9))
        _create(path)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    if call == "clean up":
        assert master_from_passphrase(path, PASSPHRASE)
    else:
        with pytest.raises(NoVaultError):
            master_from_passphrase(path, PASSPHRASE)
        _create(path).close()


@pytest.mark.parametrize(
    ("number", "reason"),
    [(28, "no space left"), (30, "read-only disk"), (13, "access is denied"), (5, "does not")],
)
def test_a_disk_that_refuses_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DiskFullError, match=reason):
        _create(tmp_path / "wallet.db")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskFullError):
        _create(tmp_path / "file" / "wallet.db")


def test_the_settings_of_the_file_are_those_that_survive_a_power_cut(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    with _create(path) as vault:
        settings = {
            name: vault._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "journal_mode",
                "synchronous",
                "secure_delete",
                "trusted_schema",
                "cell_size_check",
            )
        }
    assert settings == {
        "journal_mode": b"delete",
        "synchronous": 3,
        "secure_delete": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
    }
    assert sqlite3.connect(path).execute("PRAGMA application_id").fetchone()[0] == 0x47575631
