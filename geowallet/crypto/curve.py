"""The group in which commitments live: the prime-order points of edwards25519.

Points are 32 bytes (RFC 8032 section 5.1.2), scalars are Python integers modulo
`ORDER`. libsodium does the arithmetic; what it refuses to do with zero is done
here. A point from outside must pass `check_point` before anything else: one of
small order, or with a part of small order, could open to two values.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from nacl import bindings

if TYPE_CHECKING:
    from collections.abc import Iterable

ORDER = 2**252 + 27742317777372353535851937790883648493
"""Number of points of the group, a prime (RFC 8032 section 5.1, "L")."""

POINT_BYTES = 32
SCALAR_BYTES = 32

IDENTITY = (1).to_bytes(POINT_BYTES, "little")
"""The point that adds nothing."""

_FIELD_PRIME = 2**255 - 19
_TRIES = 256


def check_point(data: bytes) -> bytes:
    """Return ``data`` if it is a point of the group, in its only spelling, not the identity.

    Raises:
        ValueError: Anything else: another length, a number above the field, off
            the curve, or with a part of small order.
    """
    if len(data) != POINT_BYTES or data == IDENTITY:
        raise ValueError("not a point of the group")
    if not bindings.crypto_core_ed25519_is_valid_point(data):
        raise ValueError("not a point of the group")
    return data


def read_scalar(data: bytes) -> int:
    """Return the number that 32 bytes write, lowest byte first.

    Raises:
        ValueError: Another length, or not below `ORDER`: a number has one spelling.
    """
    number = int.from_bytes(data, "little")
    if len(data) != SCALAR_BYTES or number >= ORDER:
        raise ValueError("not a scalar of the group")
    return number


def scalar_bytes(number: int) -> bytes:
    """Return ``number`` modulo `ORDER` in 32 bytes, lowest first."""
    return (number % ORDER).to_bytes(SCALAR_BYTES, "little")


def scalar_of(*parts: bytes) -> int:
    """Return a scalar that no one can choose: SHA-512 of the parts, each with its length.

    64 bytes are reduced, so that no scalar is likelier than another by more than 2^-259.
    """
    return int.from_bytes(hashlib.sha512(joined(parts)).digest(), "little") % ORDER


def joined(parts: Iterable[bytes]) -> bytes:
    """Return the parts one after the other, each behind its length: one reading only."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def base_times(number: int) -> bytes:
    """Return ``number`` times the base point of RFC 8032."""
    number %= ORDER
    if number == 0:
        return IDENTITY
    return bindings.crypto_scalarmult_ed25519_base_noclamp(scalar_bytes(number))


def times(number: int, point: bytes) -> bytes:
    """Return ``number`` times a point that passed `check_point`, or the identity."""
    number %= ORDER
    if number == 0 or point == IDENTITY:
        return IDENTITY
    return bindings.crypto_scalarmult_ed25519_noclamp(scalar_bytes(number), point)


def plus(one: bytes, other: bytes) -> bytes:
    """Return the sum of two points of the curve."""
    return bindings.crypto_core_ed25519_add(one, other)


def minus(one: bytes, other: bytes) -> bytes:
    """Return the difference of two points of the curve."""
    return bindings.crypto_core_ed25519_sub(one, other)


def sum_of(points: Iterable[bytes]) -> bytes:
    """Return the sum of points of the curve; `IDENTITY` where there are none."""
    total = IDENTITY
    for point in points:
        total = plus(total, point)
    return total


def point_from(label: bytes) -> bytes:
    """Return the point of the group that a public label stands for.

    Nobody knows its multiple of the base point, because nobody could choose it:
    the candidates are the first 32 bytes of SHA-512 over ``label`` and a counter
    byte from 0, and the first that is a point of the curve is taken, times 8.

    Raises:
        ValueError: None of 256 candidates is one; for a random label the chance is 2^-256.
    """
    for counter in range(_TRIES):
        candidate = hashlib.sha512(label + bytes([counter])).digest()[:POINT_BYTES]
        point = _cleared(candidate)
        if point is not None:
            return point
    raise ValueError("no point follows from this label")


def _cleared(candidate: bytes) -> bytes | None:
    """Return 8 times ``candidate``, or None where that is no point of the group."""
    number = int.from_bytes(candidate, "little") & ((1 << 255) - 1)
    if number >= _FIELD_PRIME:
        return None
    point = candidate
    try:
        for _ in range(3):
            point = plus(point, point)
        return check_point(point)
    except (RuntimeError, ValueError):
        return None
