"""The owner's keys: one signs exports, one opens the owner's copies, one marks periods."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.signing import KeyUse, new_private_jwk, thumbprint
from geowallet.model.errors import VaultBusyError, VaultDamagedError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_KIND, _ROTATED = "identity", "rotations"
_USES: tuple[KeyUse, ...] = ("sig", "enc")


class Rotated(msgspec.Struct, frozen=True):
    """What the wallet keeps of the changes of its own keys.

    Attributes:
        changes: Each as both keys signed it, oldest first.
        keys: Thumbprint of the key that each of them gave up.
        first: Of every contract that was signed anew, by the digest of its terms, the
            thumbprint of the key that it was signed with at first.
        exports: Likewise, SHA-256 (hex) of every sealed file made under it before the
            last change.
    """

    changes: tuple[bytes, ...] = ()
    keys: tuple[str, ...] = ()
    first: dict[str, str] = {}
    exports: dict[str, tuple[str, ...]] = {}


def create_identity(vault: Vault, *, now_us: int) -> None:
    """Make both key pairs and store them in the wallet."""
    with vault.transaction(now_us=now_us) as tx:
        for use in _USES:
            key = new_private_jwk(use, os.urandom(32))
            tx.put(_KIND, use, canonical_bytes(key))
        tx.put(_KIND, "null", os.urandom(32))
        tx.log(Statement(StatementKind.SETTING, (), (), {"what": "identity keys created"}))


def replace_identity(
    tx: Transaction, signing: dict[str, Any], sealing: dict[str, Any], rotated: Rotated
) -> None:
    """Write new private keys over the old ones, which nobody can read again."""
    for use, key in (("sig", signing), ("enc", sealing)):
        tx.put(_KIND, use, canonical_bytes(key))
    tx.put(_KIND, _ROTATED, msgspec.msgpack.encode(rotated))


def rotated_of(vault: Vault) -> Rotated:
    """Return what is kept of the changes of the owner's keys."""
    stored = vault.get(_KIND, _ROTATED)
    return msgspec.msgpack.decode(stored, type=Rotated) if stored else Rotated()


def is_own_key(vault: Vault, key: str) -> bool:
    """Say whether ``key``, a thumbprint, is or was that of this wallet, by linked changes."""
    return key in (thumbprint(signing_key(vault)), *rotated_of(vault).keys)


def check_signs_still(vault: Vault, key: str) -> None:
    """Refuse what was signed with a key that another process replaced since.

    Raises:
        VaultBusyError: ``key``, a thumbprint, is not that of the signing key.
    """
    if thumbprint(signing_key(vault)) != key:
        raise VaultBusyError


def signing_key(vault: Vault) -> dict[str, Any]:
    """Return the private P-256 key (JWK) that signs grants and exports."""
    return _key(vault, "sig")


def sealing_key(vault: Vault) -> dict[str, Any]:
    """Return the private P-256 key (JWK) that opens the owner's copies."""
    return _key(vault, "enc")


def nullifier(vault: Vault, terms_sha256: str, period: str) -> str:
    """Return the mark of one contract and period: the same for every export of them.

    HMAC-SHA-256 under a key of this wallet, so that a recipient sees a second
    claim for the same period and nobody else can link the two.
    """
    message = f"{terms_sha256}|{period}".encode()
    return hmac.new(_stored(vault, "null"), message, hashlib.sha256).hexdigest()


def keyed_mark(vault: Vault, what: str) -> str:
    """Return a mark that tells the same thing again, and to nobody else what it is.

    HMAC-SHA-256 under a key of this wallet, cut to 16 hex digits.
    """
    message = f"mark|{what}".encode()
    return hmac.new(_stored(vault, "null"), message, hashlib.sha256).hexdigest()[:16]


def _key(vault: Vault, use: str) -> dict[str, Any]:
    key: dict[str, Any] = json.loads(_stored(vault, use))
    return key


def _stored(vault: Vault, use: str) -> bytes:
    stored = vault.get(_KIND, use)
    if stored is None:
        raise VaultDamagedError(what=N_("the identity"))
    return stored
