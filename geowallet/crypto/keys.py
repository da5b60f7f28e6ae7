"""From a passphrase to the master key, and from the master key to one key per use.

A *slot* holds the master key, sealed under what one secret derives. Changing a
passphrase rewrites a slot; the master key and all it protects stay.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import nacl.exceptions
from nacl.pwhash import argon2id

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.envelope import KEY_BYTES, open_sealed, seal

SALT_BYTES = 16
COMMITMENT_BYTES = 32
MAX_SECRET_BYTES = 1024

MIN_OPS, MAX_OPS = 1, 10
MIN_MEMORY_BYTES, MAX_MEMORY_BYTES = 8 * 2**20, 2 * 2**30
"""Limits of what a stored header may ask for: it is read before anything in it
is authenticated, so without them it could fill the memory or stop the clock."""

SlotKind = Literal["passphrase", "recovery", "file", "keyring"]
KINDS: tuple[SlotKind, ...] = ("passphrase", "recovery", "file", "keyring")
KDF = "argon2id"

LABELLED: SlotKind = "keyring"
"""The kind whose header says in its owner's words where the secret lies."""

LONGEST_LABEL = 40
"""Characters."""


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What one guess of a passphrase costs.

    Attributes:
        ops: Passes over the memory, 1 to 10.
        memory_bytes: 8 MiB to 2 GiB.

    Raises:
        ValueError: Outside these limits.
    """

    ops: int
    memory_bytes: int

    MODERATE: ClassVar[KdfCost]
    """About one second on a laptop: for passphrases (libsodium's MODERATE)."""
    INTERACTIVE: ClassVar[KdfCost]
    """About a tenth of that (libsodium's INTERACTIVE)."""
    LEAST: ClassVar[KdfCost]
    """For a secret of 256 random bits, which nobody can guess anyway."""

    def __post_init__(self) -> None:
        # A bool is an int to Python, and JSON can hold one.
        if type(self.ops) is not int or not MIN_OPS <= self.ops <= MAX_OPS:
            raise ValueError("key derivation passes are out of range")
        memory = self.memory_bytes
        if type(memory) is not int or not MIN_MEMORY_BYTES <= memory <= MAX_MEMORY_BYTES:
            raise ValueError("key derivation memory is out of range")


KdfCost.MODERATE = KdfCost(3, 256 * 2**20)
KdfCost.INTERACTIVE = KdfCost(2, 64 * 2**20)
KdfCost.LEAST = KdfCost(MIN_OPS, MIN_MEMORY_BYTES)


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to the master key.

    Attributes:
        header: JSON values, public: ``kind``, ``kdf``, ``ops``,
            ``memory_bytes``, ``salt`` (base64url), ``vault`` (the id); of a
            keyring also ``label``.
        wrapped: 32 bytes that commit to the key, then the sealed master key.
    """

    header: dict[str, Any]
    wrapped: bytes


def derive_key(secret: bytes, salt16: bytes, cost: KdfCost) -> bytes:
    """Return 32 bytes that take ``cost`` to compute from ``secret``.

    Raises:
        ValueError: An empty secret, one above `MAX_SECRET_BYTES`, a salt of
            another length, or more memory than the machine gives.

    Source:
        Argon2id, RFC 9106, one lane, by libsodium.
    """
    if not 0 < len(secret) <= MAX_SECRET_BYTES:
        raise ValueError("the secret is empty or too long")
    if len(salt16) != SALT_BYTES:
        raise ValueError("the salt is not 16 bytes long")
    try:
        return argon2id.kdf(
            KEY_BYTES, secret, salt16, opslimit=cost.ops, memlimit=cost.memory_bytes
        )
    except nacl.exceptions.RuntimeError:
        raise ValueError("not enough memory to derive the key") from None


def subkey(master32: bytes, use: str) -> bytes:
    """Return the 32-byte key for one ``use``; no two uses tell of each other.

    Args:
        master32: 32 bytes.
        use: 1 to 12 ASCII characters, such as ``wrap``.

    Raises:
        ValueError: The key or the use has another length, or is not ASCII.

    Source:
        Keyed BLAKE2b with a personalisation string, RFC 7693 section 2.5.
    """
    if len(master32) != KEY_BYTES:
        raise ValueError("the master key is not 32 bytes long")
    person = b"gw1-" + use.encode("ascii")
    if not use or len(person) > hashlib.blake2b.PERSON_SIZE:
        raise ValueError("a use is 1 to 12 characters")
    return hashlib.blake2b(key=master32, digest_size=KEY_BYTES, person=person).digest()


def make_slot(  # noqa: PLR0913  the wrapped key is bound to every one of them
    kind: SlotKind,
    secret: bytes,
    master: bytes,
    *,
    cost: KdfCost,
    salt: bytes,
    nonce: bytes,
    vault_id: str,
    label: str = "",
) -> Slot:
    """Return a slot that `open_slot` opens with ``secret``, in this vault only.

    Args:
        kind: What the secret is.
        secret: Passphrase in UTF-8 (NFC), or the 32 bytes of any other kind.
        master: The 32-byte master key.
        cost: Stored in the header.
        salt: 16 fresh random bytes.
        nonce: 24 fresh random bytes.
        vault_id: Ties the slot to its vault.
        label: Of a keyring: where it is, for people; anybody can read it. "" of others.

    Raises:
        ValueError: An unknown kind, a label that could not be shown, or a length as in
            `derive_key` and `seal`.
    """
    if len(master) != KEY_BYTES:
        raise ValueError("the master key is not 32 bytes long")
    header = {
        "kind": kind,
        "kdf": KDF,
        "ops": cost.ops,
        "memory_bytes": cost.memory_bytes,
        "salt": b64u(salt),
        "vault": vault_id,
    }
    if kind == LABELLED:
        header["label"] = label
    kek, aad = _slot_key(header, secret)
    return Slot(header, _commitment(kek, aad) + seal(kek, master, aad=aad, nonce24=nonce))


def open_slot(slot: Slot, secret: bytes) -> bytes:
    """Return the 32-byte master key.

    Raises:
        ValueError: The secret is wrong, or the slot is not as it was made. To
            tell a damaged slot from a wrong secret where that is possible, call
            `check_slot` first.
    """
    check_slot(slot)
    kek, aad = _slot_key(slot.header, secret)
    commitment, sealed = slot.wrapped[:COMMITMENT_BYTES], slot.wrapped[COMMITMENT_BYTES:]
    if not hmac.compare_digest(commitment, _commitment(kek, aad)):
        raise ValueError("the secret does not open this slot")
    return open_sealed(kek, sealed, aad=aad)


def check_slot(slot: Slot) -> KdfCost:
    """Return what opening the slot will cost, without deriving anything.

    Raises:
        ValueError: `make_slot` makes no such slot.
    """
    if len(slot.wrapped) != WRAPPED_BYTES:
        raise ValueError("the wrapped key has another length")
    cost, _ = _read_header(slot.header)
    return cost


WRAPPED_BYTES = COMMITMENT_BYTES + 24 + KEY_BYTES + 16
"""Commitment, nonce, master key, tag."""

_MEMBERS = {"kind", "kdf", "ops", "memory_bytes", "salt", "vault"}


def _read_header(header: Any) -> tuple[KdfCost, bytes]:
    if not isinstance(header, dict) or set(header) - {"label"} != _MEMBERS:
        raise ValueError("the slot header has other members")
    if header["kind"] not in KINDS or header["kdf"] != KDF:
        raise ValueError("the slot has an unknown kind or derivation")
    if header["kind"] == LABELLED:
        _check_label(header.get("label"))
    elif "label" in header:
        raise ValueError("the slot has a label that its kind has not")
    if not isinstance(header["salt"], str) or not isinstance(header["vault"], str):
        raise ValueError("the slot header has a member of another type")  # noqa: TRY004  hostile bytes, one class
    salt = unb64u(header["salt"])
    if len(salt) != SALT_BYTES:
        raise ValueError("the salt is not 16 bytes long")
    return KdfCost(header["ops"], header["memory_bytes"]), salt


def _check_label(label: Any) -> None:
    # It is shown before anything is authenticated: no line end, no sign that turns a line.
    if not isinstance(label, str) or len(label) > LONGEST_LABEL or not label.isprintable():
        raise ValueError("the label of the slot cannot be shown")


def _slot_key(header: dict[str, Any], secret: bytes) -> tuple[bytes, bytes]:
    cost, salt = _read_header(header)
    return derive_key(secret, salt, cost), canonical_bytes(header)


def _commitment(kek: bytes, aad: bytes) -> bytes:
    # Without it a crafted slot could open under two secrets, and tell by which
    # of them it opens (Len, Grubbs, Ristenpart 2021, "Partitioning Oracle Attacks").
    return hashlib.blake2b(
        aad, key=kek, digest_size=COMMITMENT_BYTES, person=b"gw1-commit"
    ).digest()
