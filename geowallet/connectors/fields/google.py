"""Positions as Google writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEGREES = re.compile(
    r"\s*([-+]?\d{1,3}(?:[.,]\d+)?)\s*\u00c2?[°º]\s*,\s*([-+]?\d{1,3}(?:[.,]\d+)?)\s*\u00c2?[°º]\s*"
)
_PLAIN = re.compile(
    r"\s*(?:geo:)?\s*([-+]?\d{1,3}(?:\.\d+)?)\s*,\s*([-+]?\d{1,3}(?:\.\d+)?)\s*(?:[,;?].*)?"
)

_LARGEST_E7 = 1_800_000_000
_WRAP = 1 << 32


def degrees_e7(value: Any) -> float:
    """Return degrees from a whole number of 1e-7 degrees.

    What is past 180 degrees was written as if it had no sign: 2**32 is taken off.

    Raises:
        TypeError: Not a whole number.
    """
    if type(value) is not int:
        raise TypeError("not a whole number")
    if abs(value) > _LARGEST_E7:
        value += _WRAP if value < 0 else -_WRAP
    return float(value / 1e7)


def all_degrees_e7(values: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return `degrees_e7` of each value."""
    wrap = np.where(values < 0, _WRAP, -_WRAP)
    degrees: NDArray[np.float64] = (
        np.where(np.abs(values) > _LARGEST_E7, values + wrap, values) / 1e7
    )
    return degrees


def lat_lon(value: Any) -> tuple[float, float]:
    """Return latitude and longitude from ``48.1°, 2.3°`` or ``geo:48.1,2.3``.

    The text may stand in an object, under ``latLng`` or ``LatLng``.

    Raises:
        TypeError: Not a text.
        ValueError: Not a position.
    """
    if isinstance(value, dict):
        value = value.get("latLng", value.get("LatLng"))
    if not isinstance(value, str):
        raise TypeError("not a text")
    found = _DEGREES.fullmatch(value) or _PLAIN.fullmatch(value)
    if found is None:
        raise ValueError("not a position")
    lat, lon = (float(part.replace(",", ".")) for part in found.groups())
    return lat, lon
