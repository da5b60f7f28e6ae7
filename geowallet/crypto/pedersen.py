"""Pedersen commitments: a number that is fixed now and shown later, or never.

``C = value * B + opening * H`` on edwards25519. With a random opening, ``C`` says
nothing of the value, whatever anybody can compute. To open it to another value
one would have to know the multiple of B that H is. Commitments add up: the sum
of the points commits to the sum of the values under the sum of the openings.

Source:
    T. P. Pedersen, "Non-interactive and information-theoretic secure verifiable
    secret sharing", CRYPTO 1991, section 3.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from geowallet.crypto.curve import (
    ORDER,
    base_times,
    check_point,
    plus,
    point_from,
    sum_of,
    times,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

SECOND_BASE_LABEL = b"geowallet/pedersen/second-base/v1"
"""What H is derived from, see `point_from`."""

SECOND_BASE = point_from(SECOND_BASE_LABEL)
"""The point H: nobody knows its multiple of the base point."""

MOST_VALUE = 1 << 40
"""Above any value that is committed to: metres of a year, and more."""

SEED_BYTES = 32


def commit(value: int, opening: int) -> bytes:
    """Return the commitment to ``value``, a point of 32 bytes.

    Raises:
        ValueError: The value is not a whole number from 0, below `MOST_VALUE`.
    """
    if not 0 <= value < MOST_VALUE:
        raise ValueError("a value out of range cannot be committed to")
    return _commitment(value, opening)


def check_opening(commitment: bytes, value: int, opening: int) -> None:
    """Return if ``commitment`` opens to ``value``.

    Raises:
        ValueError: It does not, it is no point of the group, or the value is out of range.
    """
    if commit(value, opening) != check_point(commitment):
        raise ValueError("the commitment does not open to this value")


def check_sum(commitments: Sequence[bytes], total: int, opening: int) -> None:
    """Return if the values of all ``commitments`` add up to ``total``.

    No commitments add up to 0 under 0. It does not show that every value is 0 or
    more: a day of minus 500 km passes. That is for a range proof.

    Raises:
        ValueError: They do not, or one is no point of the group.
    """
    points = [check_point(commitment) for commitment in commitments]
    if not 0 <= total < MOST_VALUE or sum_of(points) != _commitment(total, opening):
        raise ValueError("the commitments do not add up to the total")


def opening_at(seed: bytes, index: int) -> int:
    """Return the opening with number ``index`` that a secret seed of 32 bytes stands for.

    Raises:
        ValueError: The seed has another length.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError("the seed is not 32 bytes long")
    hashed = hashlib.blake2b(index.to_bytes(8, "big"), key=seed, person=b"gw1-opening")
    return int.from_bytes(hashed.digest(), "little") % ORDER


def _commitment(value: int, opening: int) -> bytes:
    return plus(base_times(value), times(opening, SECOND_BASE))
