"""Pages of the first format: whole trips in one frame. Read for ever, written no more.

The wire structs are arrays without names: they are this room's own, so that a
field added to the model does not change the meaning of a page already written.
"""

from __future__ import annotations

import msgspec

from geowallet.model.mobility import Gap, GapKind, Leg, Mode, Point, Stop, Trip
from geowallet.model.words import Phrase


class _Leg(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    start_us: int
    end_us: int
    mode: str
    confidence: float
    alternatives: list[tuple[str, float]]
    distance_m: float
    distance_sd_m: float
    gap_m: float
    gap_s: float
    n_fixes: int
    reasons: list[tuple[str, list[tuple[str, str | int | float]]]]
    gaps: list[tuple[int, int, float, str]] = []
    set_aside: list[tuple[str, int]] = []


class _Trip(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    id: str
    start_us: int
    end_us: int
    legs: list[_Leg]
    start: tuple[float, float]
    end: tuple[float, float]
    sources: list[str]


class _Stop(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    start_us: int
    end_us: int
    centre: tuple[float, float]
    n_fixes: int
    is_activity: bool


class _Page(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    trips: list[_Trip]
    stops: list[_Stop]


def read_first_page(data: bytes) -> tuple[tuple[Trip, ...], tuple[Stop, ...]]:
    """Return the trips and stops of the unpacked page, in the order they were given.

    Raises:
        ValueError: Not such a page.
    """
    page = msgspec.msgpack.decode(data, type=_Page)
    return tuple(_trip(wire) for wire in page.trips), tuple(_stop(wire) for wire in page.stops)


def _trip(wire: _Trip) -> Trip:
    legs = tuple(_leg(leg) for leg in wire.legs)
    start, end = Point(*wire.start), Point(*wire.end)
    return Trip(wire.id, wire.start_us, wire.end_us, legs, start, end, tuple(wire.sources))


def _leg(wire: _Leg) -> Leg:
    return Leg(
        start_us=wire.start_us,
        end_us=wire.end_us,
        mode=Mode(wire.mode),
        confidence=wire.confidence,
        alternatives=tuple((Mode(mode), probability) for mode, probability in wire.alternatives),
        distance_m=wire.distance_m,
        distance_sd_m=wire.distance_sd_m,
        gap_m=wire.gap_m,
        gap_s=wire.gap_s,
        n_fixes=wire.n_fixes,
        reasons=tuple(Phrase(text, tuple(values)) for text, values in wire.reasons),
        gaps=tuple(Gap(a, b, metres, GapKind(kind)) for a, b, metres, kind in wire.gaps),
        set_aside=tuple(wire.set_aside),
    )


def _stop(wire: _Stop) -> Stop:
    return Stop(wire.start_us, wire.end_us, Point(*wire.centre), wire.n_fixes, wire.is_activity)
