"""Signed batches: a device says that a file is the next that it wrote.

    geowallet batch v1
    7                       counter, from 1 without a gap
    <64 hex digits>         SHA-256 of the file's bytes
    <64 hex digits>         SHA-256 of the text of the batch before it; zeros for the first
                            (empty line)
    — van <base64 of 4 bytes of key id and the signature>

The text is a signed note, so that any tool for notes verifies it.

Source:
    C2SP signed-note, v1.0.0; Ed25519 of RFC 8032.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from geowallet.crypto.canonical import sha256_hex
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

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTHING_BEFORE = "0" * 64
"""What the first batch of a device names as the one before it."""

MOST = 2**53 - 1
"""The highest counter: what every JSON reader keeps whole."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a device says of one file.

    Attributes:
        counter: 1 for its first file, one more for each.
        sha256: Of the file's bytes, 64 hexadecimal digits.
        previous: `digest` of the batch before it, or `NOTHING_BEFORE`.

    Raises:
        ValueError: None of these.
    """

    counter: int
    sha256: str
    previous: str

    def __post_init__(self) -> None:
        if not 1 <= self.counter <= MOST:
            raise ValueError("the counter of a batch is out of range")
        if not (_DIGEST.fullmatch(self.sha256) and _DIGEST.fullmatch(self.previous)):
            raise ValueError("a digest in a batch is none")
        if (self.counter == 1) != (self.previous == NOTHING_BEFORE):
            raise ValueError("a batch is the first, or names the one before it")

    def __str__(self) -> str:
        return f"{_HEAD}\n{self.counter}\n{self.sha256}\n{self.previous}\n"

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of its text, without the signature."""
        return sha256_hex(str(self).encode("ascii"))


def sign_batch(batch: Batch, *, name: str, seed32: bytes) -> str:
    """Return the signed note of a batch, the same every time.

    Raises:
        ValueError: The name or the seed could not stand in a note.
    """
    check_name(name)
    blob = sign_log(str(batch).encode("ascii"), seed32)
    line = NoteSignature(name, key_id(name, log_public(seed32), ED25519), blob)
    return f"{batch}\n{line}"


def open_batch(note: str, key: str) -> Batch:
    """Return what a device signed; the one line must be its own.

    Args:
        note: As `sign_batch` writes it.
        key: As `device_key` writes it.

    Raises:
        ValueError: The note is malformed or not signed by this key alone.
    """
    name, public32 = parse_device_key(key)
    text, lines = split_note(note)
    match lines:
        case [NoteSignature(name=who, key_id=which, blob=blob)] if (who, which) == (
            name,
            key_id(name, public32, ED25519),
        ):
            verify_log(text.encode(), blob, public32)
        case _:
            raise ValueError("not signed by this device alone")
    return _read(text)


def signer(note: str) -> tuple[str, str]:
    """Return the name and key id (hex) that a note says it is signed by; nothing is checked.

    Raises:
        ValueError: The note is malformed.
    """
    _, lines = split_note(note)
    return lines[0].name, lines[0].key_id.hex()


def device_key(name: str, public32: bytes) -> str:
    """Return the public key of a device as the line that note tools take.

    Raises:
        ValueError: As `key_line`.
    """
    return key_line(name, public32, ED25519)


def parse_device_key(text: str) -> tuple[str, bytes]:
    """Return name and 32-byte key of what `device_key` wrote.

    Raises:
        ValueError: It writes no such text.
    """
    return parse_key_line(text, ED25519)


@dataclass(frozen=True, slots=True)
class Chain:
    """What the batches of one device say together, in whatever order they came.

    Attributes:
        unbroken: So many from the first are there, each once, each naming the
            one before it.
        missing: First and last counter of each gap below the highest.
        forked: Counters under which the device said two things, or that do not
            continue the one before.
        replayed: Counters of files that were signed before under a lower one.
    """

    unbroken: int
    missing: tuple[tuple[int, int], ...]
    forked: tuple[int, ...]
    replayed: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing, forked or replayed."""
        return not (self.missing or self.forked or self.replayed)


def follow(batches: Iterable[Batch]) -> Chain:
    """Return what the batches of one device say together; their order does not matter."""
    known = sorted(set(batches), key=lambda batch: (batch.counter, batch.digest))
    counters = sorted({batch.counter for batch in known})
    missing = tuple(
        (before + 1, after - 1) for before, after in pairwise([0, *counters]) if after > before + 1
    )
    forked = _forked(known)
    first = min((*forked, *(gap[0] for gap in missing)), default=len(counters) + 1)
    return Chain(first - 1, missing, forked, _replayed(known))


def _forked(known: list[Batch]) -> tuple[int, ...]:
    times = Counter(batch.counter for batch in known)
    digests = {(batch.counter, batch.digest) for batch in known}
    strange = {
        batch.counter
        for batch in known
        if times[batch.counter - 1] and (batch.counter - 1, batch.previous) not in digests
    }
    return tuple(sorted(strange | {counter for counter in times if times[counter] > 1}))


def _replayed(known: list[Batch]) -> tuple[int, ...]:
    first: dict[str, int] = {}
    again = {
        batch.counter
        for batch in known
        if first.setdefault(batch.sha256, batch.counter) != batch.counter
    }
    return tuple(sorted(again))


def _read(text: str) -> Batch:
    match text.split("\n"):
        case [_, counter, sha256, previous, ""] if _NUMBER.fullmatch(counter):
            batch = Batch(int(counter), sha256, previous)
        case _:
            raise ValueError("not the text of a batch")
    if str(batch) != text:
        raise ValueError("not the text of a batch")
    return batch


_HEAD = "geowallet batch v1"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,15}")
