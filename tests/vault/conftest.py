"""One small wallet, made once; every test works on a copy of its own."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from geowallet.crypto.keys import KdfCost
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.create import create_vault
from geowallet.vault.slots import master_from_passphrase
from geowallet.vault.store import Vault, open_vault

PASSPHRASE = b"five words are better here"
RECOVERY = bytes(range(32))
NOW_US = 1_760_000_000_000_000


def statement(kind: StatementKind = StatementKind.IMPORT, **facts: int | str) -> Statement:
    return Statement(kind, ("ab" * 32,), ("cd" * 32,), facts)


@dataclass(frozen=True)
class Made:
    """A wallet's file before and after its second transaction, and its master key."""

    old: bytes
    new: bytes
    master: bytes


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("made") / "wallet.db"
    seeded = random.Random(20_261_122).randbytes  # noqa: S311  the same wallet every time
    with create_vault(
        path,
        slots_secret=PASSPHRASE,
        recovery_secret=RECOVERY,
        cost=KdfCost.LEAST,
        now_us=NOW_US,
        random=seeded,
    ) as vault:
        with vault.transaction(now_us=NOW_US + 1) as tx:
            tx.put("place", "home", b"first home")
            tx.put("fixes", "a", b"some fixes")
            tx.log(statement())
        old = path.read_bytes()
        with vault.transaction(now_us=NOW_US + 2) as tx:
            tx.put("place", "home", b"second home")
            tx.delete("fixes", "a")
            tx.put("fixes", "b", b"other fixes")
            tx.log(statement(StatementKind.CLEAN))
            tx.log(statement(StatementKind.SEGMENT))
    return Made(old, path.read_bytes(), master_from_passphrase(path, PASSPHRASE))


@pytest.fixture
def path(made: Made, tmp_path: Path) -> Path:
    """A copy of the wallet: two records, four entries, two slots."""
    copy = tmp_path / "wallet.db"
    copy.write_bytes(made.new)
    return copy


@pytest.fixture
def vault(path: Path, made: Made) -> Iterator[Vault]:
    with open_vault(path, made.master, random=os.urandom, busy_s=0.05) as opened:
        yield opened
