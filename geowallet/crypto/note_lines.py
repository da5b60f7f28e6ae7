"""The lines below a signed note: who signed, under which key, what.

    — name base64(4 bytes of key id and the signature)

Source:
    C2SP signed-note, v1.0.0.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from geowallet.crypto.encoding import b64, unb64
from geowallet.crypto.signing import SEED_BYTES

ED25519 = b"\x01"
"""Signature type of plain Ed25519 (signed-note, "Signature types")."""

COSIGNATURE = b"\x04"
"""Signature type of a witness: Ed25519 with a time (tlog-cosignature)."""

KEY_ID_BYTES = 4
MAX_NOTE_CHARS = 16_384
MAX_SIGNATURES = 16
"""Our own, and those of witnesses."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line: the signer's name, the id of its key, and what the type makes of the rest."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {b64(self.key_id + self.blob)}\n"


def split_note(note: str) -> tuple[str, tuple[NoteSignature, ...]]:
    """Return the signed text, line end included, and the signatures; none is checked.

    Raises:
        ValueError: The note is malformed in any line, or too long.
    """
    if len(note) > MAX_NOTE_CHARS:
        raise ValueError("the note is longer than any")
    text, separator, tail = note.partition("\n\n")
    if not separator:
        raise ValueError("not a signed note")
    return f"{text}\n", signature_lines(tail)


def signature_lines(tail: str) -> tuple[NoteSignature, ...]:
    """Return what lines of signatures say, one at least.

    Raises:
        ValueError: One of them is malformed, or there are too many.
    """
    if len(tail) > MAX_NOTE_CHARS or not tail.endswith("\n"):
        raise ValueError("not a signed note")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise ValueError("the note has too many signatures")
    return tuple(_signature(line) for line in lines)


def key_id(name: str, public32: bytes, kind: bytes) -> bytes:
    """Return the four bytes by which a note tells keys apart.

    Args:
        name: Of the key.
        public32: Ed25519 public key.
        kind: `ED25519` or `COSIGNATURE`.

    Raises:
        ValueError: The key is not 32 bytes long.
    """
    if len(public32) != SEED_BYTES:
        raise ValueError("the public key is not 32 bytes long")
    data = name.encode("ascii") + b"\n" + kind + public32
    return hashlib.sha256(data).digest()[:KEY_ID_BYTES]


def key_line(name: str, public32: bytes, kind: bytes) -> str:
    """Return a public key as the line that log tools take: ``name+id+key``.

    Raises:
        ValueError: The name could not stand in a note, or the key is not 32
            bytes long.
    """
    check_name(name)
    return f"{name}+{key_id(name, public32, kind).hex()}+{b64(kind + public32)}"


def parse_key_line(text: str, kind: bytes) -> tuple[str, bytes]:
    """Return the name and the 32-byte key of what `key_line` wrote.

    Raises:
        ValueError: It writes no such text.
    """
    match text.split("+", 2):
        case [name, _, key]:
            public32 = unb64(key)[1:]
        case _:
            raise ValueError("not a verifier key")
    if key_line(name, public32, kind) != text:
        raise ValueError("the verifier key contradicts itself")
    return name, public32


def check_name(name: str) -> None:
    """Return if ``name`` can stand in a note: 1 to 128 visible ASCII characters without ``+``.

    Raises:
        ValueError: It cannot.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("not a name that can stand in a note")


_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[!-*,-~]{1,128}")


def _signature(line: str) -> NoteSignature:
    name, _, text = line.removeprefix(_DASH).partition(" ")
    check_name(name)
    blob = unb64(text)
    if not line.startswith(_DASH) or len(blob) <= KEY_ID_BYTES:
        raise ValueError("a line of the note is not a signature")
    return NoteSignature(name, blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])
