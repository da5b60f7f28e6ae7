"""Use case: how another copy of this wallet stands to it, by their logs.

Two copies that went on separately are shown side by side. Nothing joins them by itself: whose
word counts where both changed the same trip is their owner's to say.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.crypto.merkle import root
from geowallet.model.errors import EvidenceError, OtherWalletError
from geowallet.vault.slots import master_from_passphrase, read_vault_id
from geowallet.vault.store import open_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geowallet.vault.log import Leaf
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
    def relation(self) -> Relation:
        """How the other copy stands to this wallet."""
        if self.here.own and self.there.own:
            return Relation.FORKED
        if self.here.own:
            return Relation.OLDER
        return Relation.NEWER if self.there.own else Relation.SAME


def compare_with(vault: Vault, path: Path, ask: Callable[[], bytes]) -> Comparison:
    """Return how the copy at ``path`` stands to this wallet; neither is changed.

    Every entry of both logs is opened and held against its signed head.

    Args:
        vault: This wallet.
        path: The other copy's file.
        ask: Gives the passphrase that opens it.

    Raises:
        NoVaultError: There is no wallet.
        OtherWalletError: It is another wallet, not a copy of this one.
        WrongPassphraseError: The passphrase does not open it.
        VaultDamagedError: It is not what was written.
        EvidenceError: A log contradicts its head.
    """
    if read_vault_id(path) != vault.id:
        raise OtherWalletError
    with open_vault(path, master_from_passphrase(path, ask()), random=os.urandom) as other:
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
