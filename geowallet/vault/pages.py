"""Trips and stops of one month as one compressed page.

The wire structs are arrays without names: they are this room's own, so that a
field added to the model does not change the meaning of a page already written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from geowallet.model.mobility import Gap, GapKind, Leg, Mode, Point, Stop, Trip
from geowallet.model.words import Phrase
from geowallet.vault.blobs import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PAGE_BYTES = 64 << 20
"""Of one page before compression: some 100,000 trips a month."""

_FORMAT = b"\x01"


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


def encode_page(trips: Sequence[Trip], stops: Sequence[Stop]) -> bytes:
    """Return one page; every number comes back exactly.

    Raises:
        ValueError: Larger than `MAX_PAGE_BYTES`.
    """
    page = _Page([_trip_out(trip) for trip in trips], [_stop_out(stop) for stop in stops])
    data = msgspec.msgpack.encode(page)
    if len(data) > MAX_PAGE_BYTES:
        msg = f"a page of {len(data)} bytes, {MAX_PAGE_BYTES} are allowed"
        raise ValueError(msg)
    return _FORMAT + pack(data)


def decode_page(blob: bytes) -> tuple[tuple[Trip, ...], tuple[Stop, ...]]:
    """Return the trips and stops of one page, in the order they were given.

    Raises:
        ValueError: Not such a page, or larger than one may be.
    """
    if blob[:1] != _FORMAT:
        msg = "unknown format of a page of trips"
        raise ValueError(msg)
    data = unpack(blob[1:], max_bytes=MAX_PAGE_BYTES)
    try:
        page = msgspec.msgpack.decode(data, type=_Page)
    except msgspec.DecodeError as error:
        msg = "not a page of trips"
        raise ValueError(msg) from error
    return tuple(_trip_in(trip) for trip in page.trips), tuple(_stop_in(s) for s in page.stops)


def _trip_out(trip: Trip) -> _Trip:
    start, end = (trip.start.lat_deg, trip.start.lon_deg), (trip.end.lat_deg, trip.end.lon_deg)
    legs = [_leg_out(leg) for leg in trip.legs]
    return _Trip(trip.id, trip.start_us, trip.end_us, legs, start, end, list(trip.sources))


def _trip_in(wire: _Trip) -> Trip:
    legs = tuple(_leg_in(leg) for leg in wire.legs)
    start, end = Point(*wire.start), Point(*wire.end)
    return Trip(wire.id, wire.start_us, wire.end_us, legs, start, end, tuple(wire.sources))


def _leg_out(leg: Leg) -> _Leg:
    return _Leg(
        start_us=leg.start_us,
        end_us=leg.end_us,
        mode=leg.mode.value,
        confidence=leg.confidence,
        alternatives=[(mode.value, probability) for mode, probability in leg.alternatives],
        distance_m=leg.distance_m,
        distance_sd_m=leg.distance_sd_m,
        gap_m=leg.gap_m,
        gap_s=leg.gap_s,
        n_fixes=leg.n_fixes,
        reasons=[(reason.text, list(reason.values)) for reason in leg.reasons],
        gaps=[(gap.start_us, gap.end_us, gap.metres, gap.kind.value) for gap in leg.gaps],
        set_aside=list(leg.set_aside),
    )


def _leg_in(wire: _Leg) -> Leg:
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


def _stop_out(stop: Stop) -> _Stop:
    centre = (stop.centre.lat_deg, stop.centre.lon_deg)
    return _Stop(stop.start_us, stop.end_us, centre, stop.n_fixes, stop.is_activity)


def _stop_in(wire: _Stop) -> Stop:
    return Stop(wire.start_us, wire.end_us, Point(*wire.centre), wire.n_fixes, wire.is_activity)
