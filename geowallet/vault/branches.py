"""Copies of this wallet that went on separately and were merged into it: their logs, by hashes.

The log of a wallet only grows, so the entries of another branch cannot enter it. Their
hashes are kept beside it: a memory that saw the other branch is then known to have seen
what this wallet has taken in, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from geowallet.crypto.merkle import HASH_BYTES, frontier_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.vault.highwater import Mark
    from geowallet.vault.store import Vault

KIND = "setting"
PREFIX = "merged/"


class Branch(msgspec.Struct, frozen=True):
    """A log that begins as this wallet's does, and was merged into it.

    Attributes:
        common: First entries that both share.
        own: Hashes of its entries beyond them, 32 bytes each.
        looked: For each matter that was taken: how many entries that log had, and how
            many this one had after it.
    """

    common: int
    own: bytes
    looked: dict[str, tuple[int, int]]

    @property
    def size(self) -> int:
        """Entries of it, the shared ones included."""
        return self.common + len(self.own) // HASH_BYTES

    def hashes(self, here: list[bytes]) -> list[bytes]:
        """Return the hashes of all its entries; ``here`` are those of this wallet."""
        own = [self.own[at : at + HASH_BYTES] for at in range(0, len(self.own), HASH_BYTES)]
        return [*here[: self.common], *own]


def branches(vault: Vault) -> dict[str, Branch]:
    """Return every branch that was merged, by the name of its record.

    Raises:
        VaultDamagedError: A setting is not what was written.
    """
    return dict(_read(vault.items(KIND)))


def is_merged(vault: Vault, mark: Mark) -> bool:
    """Say whether ``mark`` is a state of a branch that was merged into this wallet.

    A record that cannot be read is no branch: the alarm stands then.
    """
    kept = (branch for _, branch in _read(vault.readable_items(KIND)))
    found = [one for one in kept if one.common < mark.size <= one.size]
    here = vault.leaf_hashes() if found else []
    return any(is_state_of(one.hashes(here), mark) for one in found)


def _read(items: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, Branch]]:
    for name, body in items:
        if name.startswith(PREFIX):
            yield name, msgspec.msgpack.decode(body, type=Branch)


def is_state_of(hashes: Sequence[bytes], mark: Mark) -> bool:
    """Say whether a log with these hashes once was as ``mark`` says."""
    if mark.size > len(hashes):
        return False
    return frontier_of(hashes[: mark.size]).root() == mark.root
