"""Flips bits of a wallet and of everything that leaves it, and says what was noticed.

``python -m tests.faults.flips [--step N] [--bits N]``: one bit of every Nth byte (of
every byte, by default) of a small wallet, and N bits (8 by default) of every byte of
what leaves (one bit in files of over 8 KiB). Ends with status 1 where something was
silent or crashed.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from geowallet.crypto.keys import KdfCost
from geowallet.model.errors import GeowalletError
from geowallet.vault import session
from geowallet.vault.check import check_vault
from geowallet.vault.create import create_vault
from geowallet.vault.faults import disk_faults
from geowallet.vault.records import KINDS
from geowallet.vault.schema import check_schema
from geowallet.vault.slots import master_from_passphrase
from geowallet.vault.store import Vault, keys_of, open_vault
from tests.app import scene
from tests.faults.papers import Paper, papers

HEADER_BYTES = 100
"""The head of an SQLite file: it tells how a file is opened, which only a real one shows."""

MANY_BYTES = 8192
"""Longer files get one flip a byte."""

Content = tuple[object, ...]


@dataclass
class Count:
    """What became of flips."""

    flips: int = 0
    detected: int = 0
    harmless: int = 0
    silent: list[int] = field(default_factory=list)
    crashed: list[tuple[int, str]] = field(default_factory=list)

    def took(self, at: int, *, same: bool) -> None:
        """Count a flip that was not refused."""
        if same:
            self.harmless += 1
        else:
            self.silent.append(at)

    def __str__(self) -> str:
        said = f"{self.flips} flips: {self.detected} detected, {self.harmless} harmless, "
        said += f"{len(self.silent)} silent, {len(self.crashed)} uncaught"
        return said + f" {self.silent[:9]} {self.crashed[:3]}" * bool(self.silent or self.crashed)


@dataclass(frozen=True)
class Small:
    """A wallet's file of three transactions, its master key and all that it holds."""

    data: bytes
    master: bytes
    content: Content


def small_wallet(folder: Path) -> Small:
    """Make the same wallet every time: records of three kinds, one replaced, one erased."""
    path = folder / "small.gwv"
    seeded = random.Random(20_261_122).randbytes  # noqa: S311  the same wallet every time
    with create_vault(
        path,
        slots_secret=scene.PASSPHRASE,
        recovery_secret=bytes(range(32)),
        cost=KdfCost.LEAST,
        now_us=scene.NOON_US,
        random=seeded,
    ) as vault:
        for number in range(2):
            with vault.transaction(now_us=scene.NOON_US + number) as tx:
                tx.put("place", "home", b"home %d" % number)
                tx.put("fixes", f"day {number}", bytes(600 + number))
                tx.put("setting", "gone", b"for a while")
                tx.log(scene.statement())
        with vault.transaction(now_us=scene.NOON_US + 2) as tx:
            tx.delete("setting", "gone")
            tx.log(scene.statement())
        content = content_of(vault)
    return Small(path.read_bytes(), master_from_passphrase(path, scene.PASSPHRASE), content)


def content_of(vault: Vault) -> Content:
    """Return everything that a wallet tells."""
    records = [(kind, *item) for kind in KINDS for item in sorted(vault.items(kind))]
    return (*records, *((leaf.at_us, leaf.leaf_hash) for leaf in vault.leaves()))


def flip_wallet(small: Small, offsets: Iterable[int], folder: Path) -> Count:
    """Flip one bit at each offset, another bit of each byte in turn."""
    count = Count()
    path = folder / "flipped.gwv"
    for at in offsets:
        forged = _flipped(small.data, at, at % 8)
        count.flips += 1
        try:
            read = _from_file if at < HEADER_BYTES else _from_memory
            found = read(forged, small.master, path)
        except GeowalletError:
            count.detected += 1
        except Exception as error:  # noqa: BLE001  a crash is what is counted
            count.crashed.append((at, repr(error)[:80]))
        else:
            count.took(at, same=found == small.content)
    return count


def flip_paper(paper: Paper, *, bits: int, step: int = 1) -> Count:
    """Flip ``bits`` bits of every ``step``th byte; harmless is what tells the same."""
    count = Count()
    whole = paper.read(paper.data)
    for at in range(0, len(paper.data), step):
        for bit in range(at, at + bits):
            count.flips += 1
            try:
                found = paper.read(_flipped(paper.data, at, bit % 8))
            except GeowalletError:
                count.detected += 1
            except Exception as error:  # noqa: BLE001  a crash is what is counted
                count.crashed.append((at, repr(error)[:80]))
            else:
                count.took(at, same=found == whole)
    return count


def _flipped(data: bytes, at: int, bit: int) -> bytes:
    forged = bytearray(data)
    forged[at] ^= 1 << bit
    return bytes(forged)


def _from_memory(data: bytes, master: bytes, path: Path) -> Content:
    del path
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.text_factory = bytes
        db.execute("PRAGMA cell_size_check = ON")
        with disk_faults():
            db.deserialize(data)
            check_schema(db)
            vault = Vault(db, keys_of(db, master), os.urandom)
            vault.checkpoint()
        return _checked(vault)


def _from_file(data: bytes, master: bytes, path: Path) -> Content:
    path.write_bytes(data)
    with open_vault(path, master, random=os.urandom) as vault:
        return _checked(vault)


def _checked(vault: Vault) -> Content:
    for _, problem in check_vault(vault).problems:
        raise problem
    return content_of(vault)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--bits", type=int, default=8)
    chosen = parser.parse_args()
    session._ring = lambda: None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = small_wallet(folder)
        counts = [flip_wallet(small, range(0, len(small.data), chosen.step), folder)]
        print(f"wallet of {len(small.data)} bytes:", counts[0], flush=True)  # noqa: T201
        for paper in papers(folder):
            bits = chosen.bits if len(paper.data) <= MANY_BYTES else 1
            counts.append(flip_paper(paper, bits=bits, step=chosen.step))
            print(f"{paper.name}, {len(paper.data)} bytes:", counts[-1], flush=True)  # noqa: T201
    return int(any(count.silent or count.crashed for count in counts))


if __name__ == "__main__":
    sys.exit(main())
