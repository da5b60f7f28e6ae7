"""The head of the evidence log: its signed checkpoint, sealed, with what append needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.envelope import open_sealed, pad, seal, unpad
from geowallet.crypto.merkle import Frontier
from geowallet.crypto.notes import Checkpoint, open_checkpoint, sign_checkpoint
from geowallet.model.errors import (
    EvidenceCutShortError,
    EvidenceError,
    EvidenceSignatureError,
    VaultDamagedError,
)
from geowallet.model.words import N_
from geowallet.vault.keys import NONCE_BYTES
from geowallet.vault.slots import SLOT, slots_digest

if TYPE_CHECKING:
    import sqlite3

    from geowallet.vault.keys import Keys, Random

HEAD = N_("the head of the evidence log")

_MAX_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Head:
    """State of the log and of the key slots at the last commit.

    Attributes:
        note: Signed checkpoint (C2SP).
        frontier: What the next append needs; its size is that of the log.
        slots_sha256: `slots_digest` at that commit.
    """

    note: str
    frontier: Frontier
    slots_sha256: str

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.frontier.size


def write_head(db: sqlite3.Connection, keys: Keys, random: Random, frontier: Frontier) -> None:
    """Sign and write the head over ``frontier`` and the slots as they now are."""
    checkpoint = Checkpoint(keys.origin, frontier.size, frontier.root())
    value = {
        "note": sign_checkpoint(checkpoint, keys.log_seed),
        "nodes": [node.hex() for node in frontier.nodes],
        "slots": slots_digest(db),
    }
    aad = keys.about("head", frontier.size)
    sealed = seal(keys.head, pad(canonical_bytes(value)), aad=aad, nonce24=random(NONCE_BYTES))
    db.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (frontier.size, sealed))


def read_head(db: sqlite3.Connection, keys: Keys) -> Head:
    """Return the head, after checking it against log and slots.

    Raises:
        VaultDamagedError: The head or a key slot is not what was written.
        EvidenceSignatureError: The checkpoint is not signed by this wallet.
        EvidenceCutShortError: Entries are missing at the end of the log.
        EvidenceError: The log has more entries than were written.
    """
    row = db.execute("SELECT size, sealed FROM head").fetchone()
    if row is None:
        raise VaultDamagedError(what=HEAD)
    try:
        head = _opened(keys, *row)
    except (ValueError, KeyError, TypeError) as error:
        raise VaultDamagedError(what=HEAD) from error
    _check_signature(head, keys)
    _check_length(db, head)
    if head.slots_sha256 != slots_digest(db):
        raise VaultDamagedError(what=SLOT)
    return head


def _opened(keys: Keys, size: Any, sealed: Any) -> Head:
    text = unpad(open_sealed(keys.head, sealed, aad=keys.about("head", size)))
    value = strict_json(text, max_bytes=_MAX_HEAD_BYTES)
    nodes = tuple(bytes.fromhex(node) for node in value["nodes"])
    return Head(value["note"], Frontier(size, nodes), value["slots"])


def _check_signature(head: Head, keys: Keys) -> None:
    expected = Checkpoint(keys.origin, head.size, head.frontier.root())
    try:
        found = open_checkpoint(head.note, keys.log_public)
    except ValueError as error:
        raise EvidenceSignatureError from error
    if found != expected:
        raise EvidenceSignatureError


def _check_length(db: sqlite3.Connection, head: Head) -> None:
    last = db.execute("SELECT max(position) FROM log").fetchone()[0]
    entries = 0 if last is None else last + 1
    if entries < head.size:
        raise EvidenceCutShortError(entry=entries - 1)
    if entries > head.size:
        raise EvidenceError(entry=head.size)
