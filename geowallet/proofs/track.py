"""A track committed to in quarter hours, of which one can be opened alone.

One Merkle leaf for each quarter hour of the grid, whether anything happened in
it or not, so that the tree's size says nothing. A leaf lists salted hashes of
marks: the squares travelled through, the kind of place at a trip's end. Opened,
it shows how many marks there are (padded) and, of at most one of them, which.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.merkle import inclusion_proof, leaf_hash, root, verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PADDED_TO = 32
"""A quarter hour with travel lists a multiple of so many hashes."""

SALT_BYTES = 16

Track = dict[int, tuple[str, ...]]
"""Marks by quarter hour; without travel, the quarter hour is missing."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A quarter hour of the committed track, opened.

    Attributes:
        number: In the grid of the period.
        salt: Of the leaf.
        hashes: Of the marks and of the padding, in order of the hashes.
        proof: Merkle inclusion proof.
    """

    number: int
    salt: bytes
    hashes: tuple[bytes, ...]
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of an opened quarter hour, such as ``cell:2400:101``, with its salt."""

    text: str
    salt: bytes


def track_root(track: Track, *, seed: bytes, size: int) -> bytes:
    """Return the root over all quarter hours.

    Args:
        track: Marks by quarter hour, all below ``size``.
        seed: Secret of 32 bytes from which salts and padding follow.
        size: Number of quarter hours in the grid.
    """
    return root(_leaves(track, seed, size))


def open_slots(track: Track, numbers: Sequence[int], *, seed: bytes, size: int) -> tuple[Slot, ...]:
    """Return the quarter hours with these numbers, opened."""
    leaves = _leaves(track, seed, size)
    return tuple(
        Slot(
            number,
            _salt(seed, f"slot {number}"),
            _hashes(track, number, seed),
            inclusion_proof(number, leaves),
        )
        for number in numbers
    )


def open_mark(number: int, text: str, *, seed: bytes) -> Mark:
    """Return one mark of a quarter hour, opened."""
    return Mark(text, _salt(seed, f"mark {number} {text}"))


def check_slot(slot: Slot, *, root: bytes, size: int) -> None:
    """Return if a quarter hour is one of the committed track.

    Raises:
        ValueError: It is not.
    """
    leaf = leaf_hash(_leaf(slot.number, slot.salt, slot.hashes))
    verify_inclusion(leaf, slot.proof, index=slot.number, size=size, root=root)


def check_mark(mark: Mark, slot: Slot) -> None:
    """Return if a mark is one of a quarter hour that passed `check_slot`.

    Raises:
        ValueError: It is not.
    """
    if _mark_hash(mark.text, mark.salt) not in slot.hashes:
        raise ValueError("the mark is not in the quarter hour")


def _leaves(track: Mapping[int, Sequence[str]], seed: bytes, size: int) -> list[bytes]:
    return [
        leaf_hash(_leaf(number, _salt(seed, f"slot {number}"), _hashes(track, number, seed)))
        for number in range(size)
    ]


def _leaf(number: int, salt: bytes, hashes: Sequence[bytes]) -> bytes:
    return b"geowallet/track/v1" + number.to_bytes(4, "big") + salt + b"".join(hashes)


def _hashes(track: Mapping[int, Sequence[str]], number: int, seed: bytes) -> tuple[bytes, ...]:
    """Return the hashes of the marks, sorted among as many random ones as are lacking."""
    marks = sorted(set(track.get(number, ())))
    known = [_mark_hash(text, _salt(seed, f"mark {number} {text}")) for text in marks]
    lacking = -len(known) % PADDED_TO
    padding = [_secret(seed, f"padding {number} {n}", 32) for n in range(lacking)]
    return tuple(sorted(known + padding))


def _mark_hash(text: str, salt: bytes) -> bytes:
    return hashlib.sha256(b"geowallet/mark/v1" + salt + text.encode()).digest()


def _salt(seed: bytes, what: str) -> bytes:
    return _secret(seed, what, SALT_BYTES)


def _secret(seed: bytes, what: str, length: int) -> bytes:
    return hashlib.blake2b(
        what.encode(), key=seed, digest_size=length, person=b"gw1-track"
    ).digest()
