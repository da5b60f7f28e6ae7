"""Checkpoints of the evidence log as signed notes: text that any log tool reads.

    geowallet/4f1c...       origin, which also names the key
    42                      number of entries
    <base64>                root hash
                            (empty line)
    — geowallet/4f1c... <base64 of 4 bytes of key id and the signature>

Source:
    C2SP signed-note and tlog-checkpoint, v1.0.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geowallet.crypto.encoding import b64, unb64
from geowallet.crypto.merkle import EMPTY_ROOT, HASH_BYTES
from geowallet.crypto.note_lines import (
    ED25519,
    NoteSignature,
    check_name,
    key_id,
    key_line,
    parse_key_line,
    split_note,
)
from geowallet.crypto.signing import log_public, sign_log, verify_log

MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log at one moment.

    Attributes:
        origin: Name of the log and of its key: 1 to 128 visible ASCII
            characters without ``+``.
        size: Number of entries, 0 to 2^63 - 1.
        root: 32 bytes.

    Raises:
        ValueError: None of these, or an empty log with another root than
            `EMPTY_ROOT`.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_name(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise ValueError("the size of the log is out of range")
        if len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            raise ValueError("the root does not fit the size of the log")

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


def sign_checkpoint(checkpoint: Checkpoint, seed32: bytes) -> str:
    """Return the signed note; the same checkpoint and seed give the same text.

    Raises:
        ValueError: The seed is not 32 bytes long.
    """
    text = str(checkpoint)
    own = key_id(checkpoint.origin, log_public(seed32), ED25519)
    signature = sign_log(text.encode("ascii"), seed32)
    return f"{text}\n{NoteSignature(checkpoint.origin, own, signature)}"


def open_checkpoint(note: str, public32: bytes) -> Checkpoint:
    """Return the checkpoint of a note that carries one signature of this key.

    Signatures of other keys (witnesses) are read but not checked.

    Raises:
        ValueError: The note is malformed in any line, is not signed by this
            key under the name of its origin, or is signed so twice.
    """
    text, signatures = split_note(note)
    checkpoint = parse_checkpoint(text)
    own = (checkpoint.origin, key_id(checkpoint.origin, public32, ED25519))
    blobs = [one.blob for one in signatures if (one.name, one.key_id) == own]
    if len(blobs) != 1:
        raise ValueError("the note does not carry one signature of this key")
    verify_log(text.encode("ascii"), blobs[0], public32)
    return checkpoint


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint of three lines, as `str` writes it.

    Raises:
        ValueError: They are no checkpoint.
    """
    match text.split("\n"):
        case [origin, size, root, ""] if _SIZE.fullmatch(size):
            return Checkpoint(origin, int(size), unb64(root))
        case _:
            raise ValueError("the note is not a checkpoint")


def verifier_key(origin: str, public32: bytes) -> str:
    """Return the public key of a log as the line that log tools take: ``name+id+key``.

    Raises:
        ValueError: The name could not stand in a note, or the key is not 32
            bytes long.
    """
    return key_line(origin, public32, ED25519)


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """Return the origin and the 32-byte key of what `verifier_key` wrote.

    Raises:
        ValueError: It writes no such text.
    """
    return parse_key_line(text, ED25519)


_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
