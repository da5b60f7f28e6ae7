"""What became of a set of terms: declined, withdrawn, or replaced by a later version."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from geowallet.model.errors import ContractWithdrawnError

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.contracts.life.grant import Contract
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

KIND = "offer"


class State(StrEnum):
    """Where a set of terms stands with the owner. The order is that of a life."""

    DECLINED = "declined"
    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Standing(msgspec.Struct, frozen=True):
    """What the owner did with one set of terms, beyond accepting them.

    Attributes:
        contract: Name in the terms.
        state: ``declined``, ``superseded`` or ``withdrawn``.
        day: Local day, ``YYYY-MM-DD``.
        answer: The signed file for the recipient, or empty.
    """

    contract: str
    state: State
    day: str
    answer: bytes = b""


def standing_of(vault: Vault, terms_sha256: str) -> Standing | None:
    """Return what the owner did with these terms, or None."""
    stored = vault.get(KIND, terms_sha256)
    return msgspec.msgpack.decode(stored, type=Standing) if stored else None


def keep(tx: Transaction, terms_sha256: str, standing: Standing) -> None:
    """Write what the owner did with these terms."""
    tx.put(KIND, terms_sha256, msgspec.msgpack.encode(standing))


def forget(tx: Transaction, terms_sha256: str) -> None:
    """Remove what was written: a no that became a yes."""
    tx.delete(KIND, terms_sha256)


def state_of(vault: Vault, contract: Contract, today: dt.date) -> State:
    """Return where an accepted contract stands on ``today``."""
    standing = standing_of(vault, contract.sha256)
    if standing is not None:
        return standing.state
    if today > contract.terms.expires:
        return State.EXPIRED
    return State.NOT_YET if today < contract.grant.accepted else State.IN_FORCE


def check_not_withdrawn(vault: Vault, contract: Contract) -> None:
    """Refuse what its owner ended.

    Raises:
        ContractWithdrawnError: It was withdrawn.
    """
    standing = standing_of(vault, contract.sha256)
    if standing is not None and standing.state is State.WITHDRAWN:
        raise ContractWithdrawnError(name=standing.contract, date=standing.day)
