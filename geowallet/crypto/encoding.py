"""Bytes and numbers as text: base64 for machines, Crockford base32 for people."""

from __future__ import annotations

import base64
import binascii
import re

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The 32 symbols, without I, L, O and U (Crockford, "Base 32")."""

BITS_PER_SYMBOL = 5


def b64u(data: bytes) -> str:
    """Return ``data`` in base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Return the bytes that ``text`` writes, if it is their only spelling.

    Raises:
        ValueError: Padding, a character outside the alphabet, an impossible
            length, or unused bits that are not zero: with any of these, two
            texts would stand for the same bytes.
    """
    if not _B64U.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise ValueError("base64url is not canonical")
    return data


def b64(data: bytes) -> str:
    """Return ``data`` in base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def unb64(text: str) -> bytes:
    """Return the bytes that ``text`` writes, if it is their only spelling.

    Raises:
        ValueError: Not base64 with padding, or unused bits that are not zero.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    # The unused bits of the last symbol must be zero, or two texts would say the same.
    if b64(data) != text:
        raise ValueError("base64 is not canonical")
    return data


def crockford(number: int, symbols: int) -> str:
    """Return ``number`` in exactly ``symbols`` Crockford symbols, highest first.

    Raises:
        ValueError: It is negative or does not fit.
    """
    if number < 0 or number >> (BITS_PER_SYMBOL * symbols):
        raise ValueError("the number does not fit in so many symbols")
    shifts = range(BITS_PER_SYMBOL * (symbols - 1), -1, -BITS_PER_SYMBOL)
    return "".join(CROCKFORD[number >> shift & 31] for shift in shifts)


def uncrockford(text: str) -> int:
    """Return the number that ``text`` writes; the empty text is 0.

    Capitals do not matter; O reads as 0, I and L as 1.

    Raises:
        ValueError: Another character.
    """
    number = 0
    for symbol in text:
        value = _VALUES.get(symbol)
        if value is None:
            raise ValueError("not a Crockford symbol")
        number = number << BITS_PER_SYMBOL | value
    return number


_B64U = re.compile(r"[A-Za-z0-9_-]*")

_VALUES = (
    {symbol: value for value, symbol in enumerate(CROCKFORD)}
    | {symbol.lower(): value for value, symbol in enumerate(CROCKFORD)}
    | dict.fromkeys("Oo", 0)
    | dict.fromkeys("IiLl", 1)
)
