"""Numbers and positions as people and spreadsheets write them."""

from __future__ import annotations

import re

_PARTS = re.compile(r"\d+(?:[.,]\d+)?")
_LETTERS = re.compile(r"[NSEW]", re.IGNORECASE)
"""No O: it is west in French and east in German."""
_ANGLE = re.compile(
    r"\s*[NSEW]?\s*[-+]?\s*\d+(?:[.,]\d+)?(?:(?:\s*deg\s*|[\s°º:]+)\d+(?:[.,]\d+)?)?"
    r"(?:[\s'\u2032\u2019:]+\d+(?:[.,]\d+)?)?[\s°º'\u2032\u2019\"\u2033\u201d]*[NSEW]?\s*",
    re.IGNORECASE,
)
_WKT = re.compile(
    r"\s*(?:SRID=4326;)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*(\S+)\s+([^\s)]+)[^)]*\)\s*", re.IGNORECASE
)
_MEASURE = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)\s*([a-zA-Z/]+)\s*")

_GROUPED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3}){2,}")
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE][+]?(?:0?[89]|1\d)")


def number(text: str) -> float:
    """Return a number; a comma is the decimal sign where there is no point.

    Raises:
        ValueError: Not one number.
    """
    try:
        value = float(text)
    except ValueError:
        if "." in text:
            raise
        value = float(text.replace(",", "."))
    if "_" in text:
        raise ValueError("not a number")
    return value


def measure(text: str) -> tuple[float, str]:
    """Return a number and the unit written behind it, lower case, or empty.

    Raises:
        ValueError: Not one number with or without a unit.
    """
    try:
        return number(text), ""
    except ValueError:
        match = _MEASURE.fullmatch(text)
        if match is None:
            raise
        return number(match[1]), match[2].lower()


def angle_deg(text: str) -> float:
    """Return degrees from a plain number, or degrees, minutes, seconds and a letter.

    Raises:
        ValueError: Not an angle.
    """
    try:
        return number(text)
    except ValueError:
        pass
    if len(text) > 64 or not _ANGLE.fullmatch(text):
        raise ValueError("not an angle")
    parts = [number(part) for part in _PARTS.findall(text)]
    if not parts or any(part >= 60 for part in parts[1:]):
        raise ValueError("not an angle")
    value = sum(part / 60.0**power for power, part in enumerate(parts))
    letters = _LETTERS.findall(text.replace("deg", ""))
    if len(letters) > 1:
        raise ValueError("not an angle")
    south_or_west = bool(letters) and letters[0].upper() in "SW"
    return -value if south_or_west or "-" in text else value


def wkt_point(text: str) -> tuple[float, float]:
    """Return ``(lon_deg, lat_deg)`` of a WKT ``POINT``.

    Raises:
        ValueError: Not a WKT point.
    """
    match = _WKT.fullmatch(text)
    if match is None:
        raise ValueError("not a WKT point")
    return float(match[1]), float(match[2])


def spreadsheet_damage(text: str) -> bool:
    """Say whether a spreadsheet rewrote the cell: digits grouped by points, or cut to an exponent.

    ``-58.321.307`` was a coordinate whose decimal point is lost; ``1,51336E+12``
    an epoch whose last digits are gone.
    """
    text = text.strip()
    return bool(_GROUPED.fullmatch(text) or _SCIENTIFIC.fullmatch(text))
