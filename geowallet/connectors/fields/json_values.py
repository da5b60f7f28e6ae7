"""Numbers and instants as JSON holds them: plain, between quotes, or of another kind."""

from __future__ import annotations

import math
from typing import Any

from geowallet.connectors.fields.instants import epoch_us, parse_instant
from geowallet.connectors.fields.numbers import number
from geowallet.model.fixes import TimeKind


def real(value: Any) -> float:
    """Return a number, also one between quotes; ``true`` is not 1.

    Raises:
        TypeError: Of another kind, or more than 64 bits.
        ValueError: Quotes around something else.
    """
    kind = type(value)
    if kind is float or (kind is int and abs(value) < 1 << 64):
        return float(value)
    if isinstance(value, str):
        return number(value)
    raise TypeError("not a number")


def real_or_nan(value: Any) -> float:
    """Return a number as `real` does, NaN for anything else."""
    if value is None:
        return math.nan
    try:
        return real(value)
    except (TypeError, ValueError):
        return math.nan


def instant(value: Any) -> tuple[int, TimeKind]:
    """Return microseconds and the kind of time, from text or an epoch number.

    Raises:
        TypeError: Of another kind.
        ValueError: Not an instant.
    """
    if isinstance(value, str):
        text = value.strip()
        if not text[-3:].isdecimal() or len(text) > 24:
            return parse_instant(text)
        try:
            return epoch_us(int(text) if text.isdecimal() else float(text)), TimeKind.UTC
        except ValueError:
            return parse_instant(text)
    if type(value) is int or type(value) is float:
        return epoch_us(value), TimeKind.UTC
    raise TypeError("not an instant")


def members(value: Any, name: str) -> dict[str, Any]:
    """Return the object that is member ``name`` of ``value``, empty if there is none."""
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def items(value: Any, name: str) -> list[Any]:
    """Return the list that is member ``name`` of ``value``, empty if there is none."""
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, list) else []
