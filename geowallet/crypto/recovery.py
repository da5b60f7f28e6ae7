"""A recovery key on paper: eight groups, each with its own check symbol.

    280 bits = 256 of the secret, then 24 that name the vault
             = 8 groups x 7 symbols, each group followed by 1 check symbol

The check is a weighted sum over the field of 32 elements: within a group it
finds every wrong symbol and every swap of two; between groups it finds every
group that stands in another's place.
"""

from __future__ import annotations

import re

from geowallet.crypto.encoding import BITS_PER_SYMBOL, crockford, uncrockford
from geowallet.model.errors import RecoveryTypoError

GROUPS = 8
SYMBOLS = 8
"""Symbols in a group, the check symbol being the last."""

SECRET_BYTES = 32
TAG_BYTES = 3

_DATA_BITS = BITS_PER_SYMBOL * (SYMBOLS - 1)
_MODULUS = 0b10_0101
"""x^5 + x^2 + 1, primitive: the powers of x are 31 different weights."""

_BLANKS = re.compile(r"[\s\u2010-\u2015-]+")
"""White space and any dash that a printer or a phone makes of ours."""


def recovery_text(secret32: bytes, vault_tag3: bytes) -> str:
    """Return the key as eight groups ``XXXX-XXXX``, separated by blanks.

    Args:
        secret32: 32 random bytes.
        vault_tag3: 3 bytes of the vault's id: another wallet's key is told
            apart from a typing error.

    Raises:
        ValueError: Another length.
    """
    if len(secret32) != SECRET_BYTES or len(vault_tag3) != TAG_BYTES:
        raise ValueError("a recovery key has 32 bytes and a tag of 3")
    number = int.from_bytes(secret32 + vault_tag3, "big")
    groups = []
    for group in range(1, GROUPS + 1):
        data = number >> _DATA_BITS * (GROUPS - group) & (1 << _DATA_BITS) - 1
        text = crockford(data << BITS_PER_SYMBOL | _check_symbol(data, group), SYMBOLS)
        groups.append(f"{text[:4]}-{text[4:]}")
    return " ".join(groups)


def parse_recovery(text: str) -> tuple[bytes, bytes]:
    """Return the secret (32 bytes) and the vault's tag (3 bytes).

    Capitals, blanks and dashes do not matter; O reads as 0, I and L as 1.

    Raises:
        RecoveryTypoError: A group is mistyped, missing or misplaced; it names
            the first such group, 1 to 8.
    """
    groups = _split(text)
    number = 0
    for group in range(1, GROUPS + 1):
        written = groups[group - 1] if group <= len(groups) else ""
        number = number << _DATA_BITS | _group_data(written, group)
    if len(groups) > GROUPS:
        raise RecoveryTypoError(group=GROUPS)
    data = number.to_bytes(SECRET_BYTES + TAG_BYTES, "big")
    return data[:SECRET_BYTES], data[SECRET_BYTES:]


def _split(text: str) -> list[str]:
    words = _BLANKS.sub(" ", text).split()
    whole = "".join(words)
    if 0 < abs(len(whole) - GROUPS * SYMBOLS) < SYMBOLS:
        # Symbols are lost or doubled: blanks as we print them show in which group.
        if len(words) == 2 * GROUPS:
            return [left + right for left, right in zip(words[::2], words[1::2], strict=True)]
        if len(words) == GROUPS:
            return words
    return [whole[at : at + SYMBOLS] for at in range(0, len(whole), SYMBOLS)]


def _group_data(written: str, group: int) -> int:
    try:
        value = uncrockford(written)
    except ValueError:
        raise RecoveryTypoError(group=group) from None
    data = value >> BITS_PER_SYMBOL
    if len(written) != SYMBOLS or value & 31 != _check_symbol(data, group):
        raise RecoveryTypoError(group=group)
    return data


def _check_symbol(data: int, group: int) -> int:
    # Horner's rule: the seven symbols weigh x^7 to x^1, the check symbol x^0.
    check = 0
    for at in range(SYMBOLS - 2, -1, -1):
        check = (check ^ data >> BITS_PER_SYMBOL * at & 31) << 1
        if check > 31:
            check ^= _MODULUS
    return check ^ group
