"""One key for each use of the vault, and what every sealed byte is bound to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.envelope import KEY_BYTES, open_sealed, seal
from geowallet.crypto.keys import subkey
from geowallet.crypto.signing import log_public

if TYPE_CHECKING:
    from collections.abc import Callable

    Random = Callable[[int], bytes]

VAULT_ID_BYTES = 16
TAG_BYTES = 3
NONCE_BYTES = 24

_ROW_ID_BYTES = 16
_DOMAIN = "geowallet/vault/1"


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What an open vault knows.

    Attributes:
        vault_id: 16 bytes, public.
        wrap: Seals the key of every record.
        log: Seals the entries of the evidence log.
        head: Seals the head of the log.
        index: Turns kinds and names into row ids.
        log_seed: Ed25519 seed that signs the head.
        log_public: Ed25519 public key that checks it, 32 bytes.
    """

    vault_id: bytes
    wrap: bytes
    log: bytes
    head: bytes
    index: bytes
    log_seed: bytes
    log_public: bytes

    @property
    def origin(self) -> str:
        """Name of the evidence log in its checkpoints."""
        return f"geowallet/{self.vault_id.hex()}"

    def about(self, *what: str | int) -> bytes:
        """Return the associated data that binds a sealed byte string to its place."""
        return about(self.vault_id, *what)

    def kind_id(self, kind: str) -> bytes:
        """Return the 16 bytes that stand for ``kind`` in the file."""
        return self._hidden(kind.encode())

    def record_id(self, kind: str, name: str) -> bytes:
        """Return the 16 bytes that stand for the record ``name`` in the file."""
        # No kind holds a zero byte, so that no two addresses are one.
        return self._hidden(kind.encode() + b"\0" + name.encode())

    def _hidden(self, address: bytes) -> bytes:
        return hashlib.blake2b(address, key=self.index, digest_size=_ROW_ID_BYTES).digest()


def derived_keys(
    vault_id: bytes, master: bytes, log_seed: bytes, index: bytes | None = None
) -> Keys:
    """Return all keys of a vault.

    Args:
        vault_id: 16 bytes.
        master: 32-byte master key.
        log_seed: 32 bytes.
        index: The 32 bytes that row ids were made with, where an earlier master
            key gave them.

    Raises:
        ValueError: ``master``, ``log_seed`` or ``index`` is not 32 bytes long.
    """
    wrap, log, head, own = (subkey(master, use) for use in ("wrap", "log", "head", "index"))
    if index is not None and len(index) != KEY_BYTES:
        raise ValueError("the index key is not 32 bytes long")
    return Keys(vault_id, wrap, log, head, index or own, log_seed, log_public(log_seed))


def opened_keys(vault_id: bytes, master: bytes, sealed: bytes) -> Keys:
    """Return all keys of a vault by its master key and its sealed secrets.

    Raises:
        ValueError: Another vault, another master key, or altered.
    """
    secrets = open_log_seed(vault_id, master, sealed)
    return derived_keys(vault_id, master, secrets[:KEY_BYTES], secrets[KEY_BYTES:] or None)


def kept_secrets(keys: Keys, master: bytes) -> bytes:
    """Return what `seal_log_seed` is to seal: the seed, and an index key not of ``master``."""
    return keys.log_seed + (b"" if keys.index == subkey(master, "index") else keys.index)


def about(vault_id: bytes, *what: str | int) -> bytes:
    """Return associated data: the vault, then ``what`` (words, hex and numbers: no bar)."""
    return "|".join((_DOMAIN, vault_id.hex(), *map(str, what))).encode()


def seal_log_seed(vault_id: bytes, master: bytes, log_seed: bytes, nonce24: bytes) -> bytes:
    """Return the signing seed of the log, and what follows it, sealed under the master key."""
    key, aad = subkey(master, "seed"), about(vault_id, "log_seed")
    return seal(key, log_seed, aad=aad, nonce24=nonce24)


def open_log_seed(vault_id: bytes, master: bytes, sealed: bytes) -> bytes:
    """Return what `seal_log_seed` sealed.

    Raises:
        ValueError: Another vault, another master key, or altered.
    """
    return open_sealed(subkey(master, "seed"), sealed, aad=about(vault_id, "log_seed"))
