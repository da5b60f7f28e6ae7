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

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from geowallet.crypto.merkle import EMPTY_ROOT, HASH_BYTES
from geowallet.crypto.signing import SEED_BYTES, log_public, sign_log, verify_log

ED25519 = b"\x01"
"""Signature type of plain Ed25519 (signed-note, "Signature types")."""

KEY_ID_BYTES = 4
MAX_SIZE = 2**63 - 1
MAX_NOTE_CHARS = 16_384
MAX_SIGNATURES = 16
"""Our own, and those of witnesses."""


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
        _check_name(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise ValueError("the size of the log is out of range")
        if len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            raise ValueError("the root does not fit the size of the log")

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


def sign_checkpoint(checkpoint: Checkpoint, seed32: bytes) -> str:
    """Return the signed note; the same checkpoint and seed give the same text.

    Raises:
        ValueError: The seed is not 32 bytes long.
    """
    text = str(checkpoint)
    key_id = _key_id(checkpoint.origin, log_public(seed32))
    signature = sign_log(text.encode("ascii"), seed32)
    return f"{text}\n{_DASH}{checkpoint.origin} {_b64(key_id + signature)}\n"


def open_checkpoint(note: str, public32: bytes) -> Checkpoint:
    """Return the checkpoint of a note that carries one signature of this key.

    Signatures of other keys (witnesses) are read but not checked.

    Raises:
        ValueError: The note is malformed in any line, is not signed by this
            key under the name of its origin, or is signed so twice.
    """
    if len(note) > MAX_NOTE_CHARS:
        raise ValueError("the note is longer than any")
    text, separator, tail = note.partition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise ValueError("not a signed note")
    checkpoint = _checkpoint(text)
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise ValueError("the note has too many signatures")
    ours = (checkpoint.origin, _key_id(checkpoint.origin, public32))
    signatures = [blob for name, key_id, blob in map(_signature, lines) if (name, key_id) == ours]
    if len(signatures) != 1:
        raise ValueError("the note does not carry one signature of this key")
    verify_log(f"{text}\n".encode("ascii"), signatures[0], public32)
    return checkpoint


def verifier_key(origin: str, public32: bytes) -> str:
    """Return the public key as the line that log tools take: ``name+id+key``.

    Raises:
        ValueError: The name could not stand in a note, or the key is not 32
            bytes long.
    """
    _check_name(origin)
    return f"{origin}+{_key_id(origin, public32).hex()}+{_b64(ED25519 + public32)}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """Return the origin and the 32-byte key of what `verifier_key` wrote.

    Raises:
        ValueError: It writes no such text.
    """
    match text.split("+", 2):
        case [origin, _, key]:
            public32 = _unb64(key)[1:]
        case _:
            raise ValueError("not a verifier key")
    if verifier_key(origin, public32) != text:
        raise ValueError("the verifier key contradicts itself")
    return origin, public32


_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[!-*,-~]{1,128}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def _checkpoint(text: str) -> Checkpoint:
    match text.split("\n"):
        case [origin, size, root] if _SIZE.fullmatch(size):
            return Checkpoint(origin, int(size), _unb64(root))
        case _:
            raise ValueError("the note is not a checkpoint")


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, text = line.removeprefix(_DASH).partition(" ")
    _check_name(name)
    blob = _unb64(text)
    if not line.startswith(_DASH) or len(blob) <= KEY_ID_BYTES:
        raise ValueError("a line of the note is not a signature")
    return name, blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError("not a name that can stand in a note")


def _key_id(name: str, public32: bytes) -> bytes:
    if len(public32) != SEED_BYTES:
        raise ValueError("the public key is not 32 bytes long")
    data = name.encode("ascii") + b"\n" + ED25519 + public32
    return hashlib.sha256(data).digest()[:KEY_ID_BYTES]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    # The unused bits of the last symbol must be zero, or two notes would say the same.
    if _b64(data) != text:
        raise ValueError("base64 is not canonical")
    return data
