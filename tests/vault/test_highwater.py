from __future__ import annotations

import os
from pathlib import Path

import pytest

from geowallet.model.errors import DiskFullError, VaultForkedError, VaultRolledBackError
from geowallet.vault.highwater import Mark, compare, remember, remembered
from geowallet.vault.store import open_vault
from tests.vault.conftest import NOW_US, Made, statement

ROOT = bytes(range(32))


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "state" / "mark.json"


def test_an_older_copy_of_the_file_is_found(path: Path, made: Made, memory: Path) -> None:
    with open_vault(path, made.master, random=os.urandom) as vault:
        remember(memory, vault.mark())
    path.write_bytes(made.old)
    with open_vault(path, made.master, random=os.urandom) as vault:
        with pytest.raises(VaultRolledBackError, match=r"2 entries, 4 remembered"):
            compare(memory, size=vault.mark().size, root_at=vault.root_at)
        remember(memory, vault.mark(), accept_rollback=True)
        compare(memory, size=vault.mark().size, root_at=vault.root_at)


def test_a_wallet_that_grew_is_accepted(path: Path, made: Made, memory: Path) -> None:
    with open_vault(path, made.master, random=os.urandom) as vault:
        remember(memory, vault.mark())
        with vault.transaction(now_us=NOW_US) as tx:
            tx.log(statement())
        compare(memory, size=vault.mark().size, root_at=vault.root_at)


def test_an_older_copy_that_grew_on_its_own_is_found(path: Path, made: Made, memory: Path) -> None:
    with open_vault(path, made.master, random=os.urandom) as vault:
        remember(memory, vault.mark())
    path.write_bytes(made.old)
    with open_vault(path, made.master, random=os.urandom) as vault:
        for _ in range(3):
            with vault.transaction(now_us=NOW_US) as tx:
                tx.log(statement())
        with pytest.raises(VaultForkedError, match="went on separately"):
            compare(memory, size=vault.mark().size, root_at=vault.root_at)


def test_without_a_memory_nothing_is_refused(memory: Path) -> None:
    compare(memory, size=0, root_at=lambda _: b"")


def test_a_shorter_log_does_not_overwrite_the_memory(memory: Path) -> None:
    remember(memory, Mark(5, ROOT))
    remember(memory, Mark(4, ROOT[::-1]))
    assert remembered(memory) == Mark(5, ROOT)
    remember(memory, Mark(6, ROOT[::-1]))
    assert remembered(memory) == Mark(6, ROOT[::-1])


def test_it_is_for_its_owner_only(memory: Path) -> None:
    remember(memory, Mark(5, ROOT))
    assert memory.stat().st_mode & 0o777 == 0o600
    assert memory.parent.stat().st_mode & 0o777 == 0o700
    assert list(memory.parent.iterdir()) == [memory]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[1]",
        "{}",
        '{"size": "x", "root": ""}',
        '{"size": 3, "root": "zz"}',
        '{"size": 3, "root": "ab"}',
        '{"size": 0, "root": "' + "00" * 32 + '"}',
        '{"size": 1e999, "root": "' + "00" * 32 + '"}',
        '{"size": 3, "root": 7}',
        "[" * 4096,
        "\ud83d",
    ],
)
def test_a_damaged_memory_is_no_memory(memory: Path, text: str) -> None:
    memory.parent.mkdir()
    memory.write_bytes(text.encode(errors="surrogatepass"))
    assert remembered(memory) is None


def test_a_full_disk_keeps_the_old_memory(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(memory, Mark(5, ROOT))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError, match="no space left"):
        remember(memory, Mark(6, ROOT))
    assert remembered(memory) == Mark(5, ROOT)
    assert list(memory.parent.iterdir()) == [memory]
