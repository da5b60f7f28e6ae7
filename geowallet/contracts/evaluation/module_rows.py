"""How the selected rows lie in the memory of a recipient's module.

Every row is `ROW_BYTES` long: the numbers of `FIELDS` in their order, each an
unsigned number of 32 bits, the lowest byte first. What the terms do not give
is 0. Codes never change their meaning; a new mode or field gets a new number.
docs/reference/modules.md is written from this module.
"""

from __future__ import annotations

import datetime as dt
import struct
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.rows import EVENTS, SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.contracts.evaluation.rows import Row

MODE_CODES: Mapping[str, int] = MappingProxyType(
    {
        "walk": 1,
        "run": 2,
        "bike": 3,
        "e_bike": 4,
        "e_scooter": 5,
        "car": 6,
        "motorcycle": 7,
        "bus": 8,
        "tram": 9,
        "subway": 10,
        "train": 11,
        "ferry": 12,
        "airplane": 13,
        "other": 14,
    }
)
PURPOSE_CODES: Mapping[str, int] = MappingProxyType({"commute": 1, "business": 2, "private": 3})

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "day": "local day, counted from 1970-01-01",
        "mode": "number of the mode of travel",
        "purpose": "number of the purpose",
        "vehicle": "1, 2, ... for each vehicle that occurs; 0 where it is not known",
        "trip": "1, 2, ... for each trip",
        "metres": "whole metres",
        "level": "assurance level, 0 to 3",
        "seconds": "whole seconds from start to end",
        "night_m": "of the metres, those after dark",
        "measured": "1 where the numbers after this one were measured, otherwise 0",
    }
    | {
        "driven_m": "metres driven",
        "dense_m": "of these, metres with a position each second",
        "along_m": "of these, metres with the receiver's own speed",
    }
    | {f"{kind}_{strength}": f"events: {kind}, {strength}" for kind, strength in EVENTS}
)
"""Name of each number to what it says."""

ROW_BYTES = 4 * len(FIELDS)
LARGEST = 0xFFFF_FFFF
EPOCH = dt.date(1970, 1, 1)

_LAYOUT = struct.Struct(f"<{len(FIELDS)}I")


def records(rows: Sequence[Row]) -> tuple[bytes, ...]:
    """Return ``rows`` as the module reads them, in their order.

    A number beyond 32 bits is cut to the largest, which no journey reaches.
    """
    vehicles = sorted({row.vehicle for row in rows} - {""})
    numbers = {name: number for number, name in enumerate(vehicles, start=1)}
    return tuple(_record(row, numbers.get(row.vehicle, 0)) for row in rows)


def packed(numbers: Mapping[str, int]) -> bytes:
    """Return one row, the numbers by their names in `FIELDS`; what is missing is 0."""
    return _LAYOUT.pack(*(min(numbers.get(name, 0), LARGEST) for name in FIELDS))


def _record(row: Row, vehicle: int) -> bytes:
    seen = row.driven or (0,) * (len(SEEN) + len(EVENTS))
    numbers = (
        _ordinal(row.day),
        MODE_CODES.get(row.mode, 0),
        PURPOSE_CODES.get(row.purpose, 0),
        vehicle,
        row.trip,
        row.metres,
        row.level,
        row.seconds,
        row.night_m,
        int(bool(row.driven)),
        *seen,
    )
    return packed(dict(zip(FIELDS, numbers, strict=True)))


def _ordinal(day: str) -> int:
    """Return how many days ``day`` is after `EPOCH`; 0 for a month or for no day."""
    if len(day) < len("2026-10-01"):
        return 0
    return (dt.date.fromisoformat(day) - EPOCH).days
