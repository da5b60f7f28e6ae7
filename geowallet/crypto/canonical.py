"""One byte string per JSON value, and a JSON reader that refuses what is ambiguous."""

from __future__ import annotations

import hashlib
import json
import math
import re
from itertools import chain
from typing import Any

import rfc8785

MAX_INT = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly (RFC 7493 section 2.2)."""

MAX_DEPTH = 32
"""Deepest nesting of lists and objects; ours are at most six deep."""


class TooDeepJsonError(ValueError):
    """JSON nested more deeply than was allowed; found before anything was built."""


def canonical_bytes(value: Any) -> bytes:
    """Return the canonical JSON of ``value``: sorted names, no blanks, UTF-8.

    Raises:
        ValueError: It holds a float, a name that is not a string, an integer
            beyond `MAX_INT`, a lone surrogate, a type that JSON lacks, or is
            nested deeper than `MAX_DEPTH`.

    Source:
        RFC 8785. Floats are left out on purpose: metres, seconds and cents are
        integers here, and float printing is where implementations disagree.
    """
    _check_exact(value, MAX_DEPTH)
    try:
        return rfc8785.dumps(value)
    except ValueError:
        # Its messages may quote the value, so the cause is not chained.
        raise ValueError("a string is not valid Unicode") from None


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of ``value``.

    Raises:
        ValueError: As `canonical_bytes`.
    """
    return sha256_hex(canonical_bytes(value))


def strict_json(
    data: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH, allow_floats: bool = False
) -> Any:
    """Return the value that ``data`` writes as JSON, the only way it can be read.

    Args:
        data: UTF-8 without byte order mark, from anywhere.
        max_bytes: Longest ``data`` that is looked at.
        max_depth: Deepest nesting; checked before anything is built.
        allow_floats: Accept finite numbers with a fraction or an exponent.

    Raises:
        TooDeepJsonError: Nested more deeply than ``max_depth``; a `ValueError`.
        ValueError: Not such JSON, a name twice in one object, an integer
            beyond `MAX_INT`, a lone surrogate, or past a limit. The text never
            quotes the input.

    Source:
        RFC 7493 (I-JSON), sections 2.1 to 2.3.
    """
    if len(data) > max_bytes:
        raise ValueError("JSON is longer than allowed")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("JSON is not UTF-8") from None
    _check_depth(text, max_depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float if allow_floats else _refused,
            parse_constant=_refused,
        )
    except json.JSONDecodeError:
        raise ValueError("not JSON") from None
    if _SURROGATE.search(text):
        _check_unicode(value)
    return value


def _check_exact(value: Any, depth: int) -> None:
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INT:
            raise ValueError("an integer is too large for canonical JSON")
        return
    if not isinstance(value, dict | list | tuple):
        raise ValueError(f"{type(value).__name__} has no canonical JSON")  # noqa: TRY004  one class for bad values
    if depth == 0:
        raise ValueError("nested too deeply for canonical JSON")
    if isinstance(value, dict) and not all(isinstance(name, str) for name in value):
        raise ValueError("a name is not a string")
    for item in value.values() if isinstance(value, dict) else value:
        _check_exact(item, depth - 1)


def _check_depth(text: str, max_depth: int) -> None:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
                if depth > max_depth:
                    raise TooDeepJsonError("JSON is nested too deeply")
            case "]" | "}":
                depth -= 1


def _check_unicode(value: Any) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("a JSON string holds half a surrogate pair")
    elif isinstance(value, dict):
        for item in chain(value, value.values()):
            _check_unicode(item)
    elif isinstance(value, list):
        for item in value:
            _check_unicode(item)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a JSON object holds one name twice")
    return value


def _integer(digits: str) -> int:
    if len(digits) > len(f"-{MAX_INT}") or abs(int(digits)) > MAX_INT:
        raise ValueError("a JSON integer is too large")
    return int(digits)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a JSON number is too large")
    return number


def _refused(_text: str) -> Any:
    raise ValueError("a JSON number is not an integer")


_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[][{}]', re.DOTALL)
# A string without end runs to the end of the text: one pass, whatever is given.

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
