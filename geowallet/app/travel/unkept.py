"""Trips whose positions a rule erased: they stay as they were found, and are not found again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from geowallet.crypto.canonical import canonical_bytes
from geowallet.model.mobility import Stop, Trip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_ADDRESS = ("setting", "kept-from")

_Item = TypeVar("_Item", Trip, Stop)

BEFORE_ALL_US = -(2**62)
"""An instant before every position that a wallet can hold."""


def kept_from_us(vault: Vault) -> int:
    """Return the instant before which no positions are kept, only what was found from them.

    Without a rule that erased positions it lies before all time.
    """
    stored = vault.get(*_ADDRESS)
    return int(json.loads(stored)) if stored else BEFORE_ALL_US


def keep_from(tx: Transaction, first_us: int) -> None:
    """Note the instant of `kept_from_us`, in the transaction that erases the positions."""
    tx.put(*_ADDRESS, canonical_bytes(first_us))


def settled(items: Iterable[_Item], kept_us: int) -> list[_Item]:
    """Return the trips or stops that begin before ``kept_us``: they stay as they are."""
    return [item for item in items if item.start_us < kept_us]


def beside(items: Iterable[_Item], stay: Iterable[_Item]) -> list[_Item]:
    """Return the ``items`` that share no time with those that ``stay``.

    A file that is read late may hold positions of a time that a rule had cleared: what
    is found from them counts only where nothing was found before.
    """
    taken = [(item.start_us, item.end_us) for item in stay]
    return [
        item
        for item in items
        if not any(item.start_us < last and item.end_us > first for first, last in taken)
    ]
