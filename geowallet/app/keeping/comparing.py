"""Use case: how another copy of this wallet stands to it, by their logs.

Two copies that went on separately are shown side by side. Nothing joins them by itself: whose
word counts where both changed the same trip is their owner's to say.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.crypto.merkle import root
from geowallet.model.errors import EvidenceError, OtherWalletError
from geowallet.vault.slots import master_from_passphrase, read_vault_id
from geowallet.vault.still import held_still
from geowallet.vault.store import open_vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geowallet.vault.log import Leaf
    from geowallet.vault.still import Still
    from geowallet.vault.store import Vault


class Relation(StrEnum):
    """How the other copy stands to this wallet."""

    SAME = "same"
    OLDER = "older"
    NEWER = "newer"
    FORKED = "forked"


@dataclass(frozen=True, slots=True)
class Branch:
    """What one copy has beyond what both have.

    Attributes:
        root: Of its log, hex.
        own: Entries that only it has, oldest first.
    """

    root: str
    own: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two copies of one wallet.

    Attributes:
        common: First entries that both logs share.
        here: This wallet beyond them.
        there: The other copy beyond them.
    """

    common: int
    here: Branch
    there: Branch

    @property
    def there_size(self) -> int:
        """Entries of the other log."""
        return self.common + len(self.there.own)

    @property
    def relation(self) -> Relation:
        """How the other copy stands to this wallet."""
        if self.here.own and self.there.own:
            return Relation.FORKED
        if self.here.own:
            return Relation.OLDER
        return Relation.NEWER if self.there.own else Relation.SAME


@dataclass(frozen=True, slots=True)
class Other:
    """Another copy of this wallet, open and held still."""

    vault: Vault
    still: Still


def compare_with(vault: Vault, path: Path, ask: Callable[[], bytes]) -> Comparison:
    """Return how the copy at ``path`` stands to this wallet; neither is changed.

    Raises:
        GeowalletError: As `opened_other` and `compare`.
    """
    with opened_other(vault.id, path, ask) as other:
        return compare(vault, other.vault)


@contextmanager
def opened_other(vault_id: str, path: Path, ask: Callable[[], bytes]) -> Iterator[Other]:
    """Open another copy of a wallet; nobody writes to it until the end of the block.

    Args:
        vault_id: Of this wallet.
        path: The other copy's file.
        ask: Gives the passphrase that opens it.

    Raises:
        NoVaultError: There is no wallet.
        OtherWalletError: It is another wallet, not a copy of this one.
        WrongPassphraseError: The passphrase does not open it.
        VaultDamagedError: It is not what was written.
    """
    if read_vault_id(path) != vault_id:
        raise OtherWalletError
    with (
        open_vault(path, master_from_passphrase(path, ask()), random=os.urandom) as other,
        held_still(other) as still,
    ):
        yield Other(other, still)


def compare(vault: Vault, other: Vault) -> Comparison:
    """Return how an open copy stands to this wallet.

    Every entry of both logs is opened and held against its signed head.

    Raises:
        EvidenceError: A log contradicts its head.
    """
    here, there = _checked(vault), _checked(other)
    common = 0
    for mine, theirs in zip(here, there, strict=False):
        if mine.leaf_hash != theirs.leaf_hash:
            break
        common += 1
    return Comparison(common, _branch(here, common), _branch(there, common))


def _checked(vault: Vault) -> list[Leaf]:
    mark, leaves = vault.mark(), list(vault.leaves())
    if root([leaf.leaf_hash for leaf in leaves[: mark.size]]) != mark.root:
        raise EvidenceError(entry=mark.size - 1)
    return leaves[: mark.size]


def _branch(leaves: list[Leaf], common: int) -> Branch:
    whole = root([leaf.leaf_hash for leaf in leaves]).hex()
    return Branch(whole, tuple(leaves[common:]))
