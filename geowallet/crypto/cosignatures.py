"""Cosignatures: a witness says that it saw a log grow, and when.

Source:
    C2SP tlog-cosignature, Ed25519 (type 0x04). It recommends ML-DSA-44 (type
    0x06) for new deployments, which no library here offers; the type is part
    of every key and line, so that one can be added beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.note_lines import (
    COSIGNATURE,
    NoteSignature,
    check_name,
    key_id,
    key_line,
    parse_key_line,
)
from geowallet.crypto.signing import SIGNATURE_BYTES, log_public, sign_log, verify_log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.crypto.notes import Checkpoint

LATEST_S = 253_402_300_799
"""The end of the year 9999, beyond which there are no dates; the format allows more."""

_TIME_BYTES = 8


def cosign(checkpoint: Checkpoint, *, name: str, seed32: bytes, at_s: int) -> str:
    """Return the witness's line below a checkpoint that it found consistent.

    Args:
        checkpoint: The largest that it has seen of this log.
        name: Of the witness.
        seed32: Its Ed25519 seed, used for nothing else: what is signed does not
            name the witness.
        at_s: Now, seconds since the epoch.

    Raises:
        ValueError: The name, the seed or the time could not stand in a note.
    """
    check_name(name)
    signature = sign_log(_message(checkpoint, at_s), seed32)
    blob = at_s.to_bytes(_TIME_BYTES, "big") + signature
    return str(NoteSignature(name, key_id(name, log_public(seed32), COSIGNATURE), blob))


@dataclass(frozen=True, slots=True)
class Cosignature:
    """When a witness signed, seconds since the epoch, and its 64 bytes."""

    at_s: int
    signature: bytes


def find_cosignature(
    checkpoint: Checkpoint, lines: Iterable[NoteSignature], *, name: str, public32: bytes
) -> Cosignature:
    """Return what a witness said of the checkpoint.

    Lines of other names and keys are passed over, as the format asks.

    Args:
        checkpoint: What was signed.
        lines: Signatures below it.
        name: Of the witness.
        public32: Its key.

    Raises:
        ValueError: It signed none of the lines, or more than one, or one of
            them is not its signature.
    """
    own = (name, key_id(name, public32, COSIGNATURE))
    blobs = [line.blob for line in lines if (line.name, line.key_id) == own]
    if len(blobs) != 1:
        raise ValueError("the note does not carry one signature of this witness")
    found = split_cosignature(blobs[0])
    verify_cosignature(checkpoint, found, public32)
    return found


def split_cosignature(blob: bytes) -> Cosignature:
    """Return the parts of a cosignature's bytes; nothing is checked.

    Raises:
        ValueError: They have another length.
    """
    if len(blob) != _TIME_BYTES + SIGNATURE_BYTES:
        raise ValueError("a cosignature has another length")
    return Cosignature(int.from_bytes(blob[:_TIME_BYTES], "big"), blob[_TIME_BYTES:])


def verify_cosignature(checkpoint: Checkpoint, said: Cosignature, public32: bytes) -> None:
    """Return if the key signed this checkpoint at this time.

    Raises:
        ValueError: It did not, or the time is none.
    """
    verify_log(_message(checkpoint, said.at_s), said.signature, public32)


def witness_key(name: str, public32: bytes) -> str:
    """Return the public key of a witness as the line that log tools take.

    Raises:
        ValueError: As `key_line`.
    """
    return key_line(name, public32, COSIGNATURE)


def parse_witness_key(text: str) -> tuple[str, bytes]:
    """Return name and 32-byte key of what `witness_key` wrote.

    Raises:
        ValueError: It writes no such text.
    """
    return parse_key_line(text, COSIGNATURE)


def _message(checkpoint: Checkpoint, at_s: int) -> bytes:
    if not 0 <= at_s <= LATEST_S:
        raise ValueError("the time of a cosignature is out of range")
    return f"cosignature/v1\ntime {at_s}\n{checkpoint}".encode("ascii")
