"""Members of a claim, read strictly: every value of a stranger's file passes one of these."""

from __future__ import annotations

import re
from typing import Any

from geowallet.crypto.encoding import unb64
from geowallet.crypto.merkle import HASH_BYTES

MOST_STEPS = 64
"""Of a proof in a tree: more than any log has levels."""

MOST_KEY_CHARS = 256
"""Of the line that names a key."""


def members_of(value: Any, names: set[str]) -> dict[str, Any]:
    """Return an object that has exactly these members.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, dict) or set(value) != names:
        raise ValueError("not an object of these members")
    return value


def list_of(value: Any, most: int) -> list[Any]:
    """Return a list of at most so many values.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("not a list, or a longer one than any")
    return value


def exactly(value: Any, count: int) -> list[Any]:
    """Return a list of exactly so many values.

    Raises:
        ValueError: It is none.
    """
    if len(list_of(value, count)) != count:
        raise ValueError("not a list of so many values")
    return list(value)


def number(value: Any, most: int, *, least: int = 0) -> int:
    """Return a whole number in range; true and false are none.

    Raises:
        ValueError: It is none.
    """
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a whole number in range")
    return value


def text(value: Any, pattern: str) -> str:
    """Return a text that fits a pattern as a whole.

    Raises:
        ValueError: It does not.
    """
    if not isinstance(value, str) or not re.fullmatch(pattern, value, flags=re.ASCII):
        raise ValueError("not a text of this shape")
    return value


def bytes_of(value: Any, most: int) -> bytes:
    """Return what a base64 text writes, at most so many bytes.

    Raises:
        ValueError: It is none, or writes more.
    """
    if not isinstance(value, str) or len(value) > (most + 2) // 3 * 4:
        raise ValueError("not bytes, or more than any")
    return unb64(value)


def hash_of(value: Any) -> bytes:
    """Return the 32 bytes of a hash.

    Raises:
        ValueError: It is none.
    """
    data = bytes_of(value, HASH_BYTES)
    if len(data) != HASH_BYTES:
        raise ValueError("a hash is not 32 bytes long")
    return data
