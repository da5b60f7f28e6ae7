"""Which engine computed the trips: methods, settings, model and habits, as one digest."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from geowallet.app.settings import owned_modes
from geowallet.app.travel.models import in_use
from geowallet.crypto.canonical import canonical_bytes, digest_of
from geowallet.model.errors import BadModelError
from geowallet.track.pipeline import algorithms

if TYPE_CHECKING:
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_ADDRESS = ("setting", "engine")

UNKNOWN = ""
"""The engine of wallets that did not keep it yet."""


def present_engine(vault: Vault) -> str:
    """Return the digest (hex) of how trips would be found now.

    Raises:
        BadModelError: The model in use is of another version of the program.
    """
    owned = owned_modes(vault)
    said = None if owned is None else sorted(str(mode) for mode in owned)
    model = in_use(vault)
    usual = {} if model.habits is None else {"habits": model.habits.id}
    methods = [asdict(a) for a in algorithms(model.forest)]
    return digest_of({"methods": methods, "owned": said, **usual})


def stored_engine(vault: Vault) -> str:
    """Return the digest of the engine that found all trips, or the oldest of several."""
    stored = vault.get(*_ADDRESS)
    return str(json.loads(stored)) if stored else UNKNOWN


def is_outdated(vault: Vault) -> bool:
    """Say whether there are trips that another engine found.

    They are where the model in use is of another version of the program: trips can be
    looked at, and nothing more is found until another is chosen.
    """
    if not _has_trips(vault):
        return False
    try:
        return stored_engine(vault) != present_engine(vault)
    except BadModelError:
        return True


def note_engine(vault: Vault, tx: Transaction, *, everything: bool = False) -> None:
    """Note the present engine, in the transaction that stores its trips.

    Args:
        vault: The open wallet.
        tx: The transaction.
        everything: Whether it replaces all trips there are. Otherwise it is noted
            with the first ones only: trips of an older engine may lie beside them.
    """
    if everything or not _has_trips(vault):
        tx.put(*_ADDRESS, canonical_bytes(present_engine(vault)))


def _has_trips(vault: Vault) -> bool:
    return next(iter(vault.items("trips")), None) is not None
