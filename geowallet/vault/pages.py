"""Trips and stops of one month as one page: columns first, words after them.

What contracts ask of trips lies in columns at the head, so that years can be read without
making a single trip; reasons, silences, sources and stops follow in a frame of their own.
One record holds both: they are written, erased and checked together, and cannot disagree.
The wire structs are arrays without names: they are this room's own, so that a field added
to the model does not change the meaning of a page already written.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from geowallet.model.mobility import Gap, GapKind, Leg, Mode, Point, Stop, Trip
from geowallet.model.trip_columns import MODES, TripColumns, columns_of
from geowallet.model.words import Phrase
from geowallet.vault.blobs import pack, unpack, unpack_each
from geowallet.vault.first_pages import read_first_page
from geowallet.vault.page_columns import read_wire, trips_of, wire_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_PAGE_BYTES = 64 << 20
"""Of each half of one page before compression: some 100,000 trips a month."""

_WHOLE, _FORMAT = b"\x01", b"\x02"
_LENGTH_BYTES = 4
_START = 1 + _LENGTH_BYTES
"""Where the packed columns begin, after the format and their length."""


class _Leg(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    alternatives: list[tuple[str, float]]
    distance_sd_m: float
    gap_m: float
    gap_s: float
    n_fixes: int
    reasons: list[tuple[str, list[tuple[str, str | int | float]]]]
    gaps: list[tuple[int, int, float, str]]
    set_aside: list[tuple[str, int]]


class _Stop(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    start_us: int
    end_us: int
    centre: tuple[float, float]
    n_fixes: int
    is_activity: bool


class _Words(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    sources: list[list[str]]
    legs: list[_Leg]
    stops: list[_Stop]


def encode_page(trips: Sequence[Trip], stops: Sequence[Stop]) -> bytes:
    """Return one page; every number comes back exactly.

    Raises:
        ValueError: Larger than `MAX_PAGE_BYTES`.
    """
    words = _Words(
        [list(trip.sources) for trip in trips],
        [_leg_out(leg) for trip in trips for leg in trip.legs],
        [_stop_out(stop) for stop in stops],
    )
    columns = _packed(wire_of(columns_of(trips)))
    return _FORMAT + len(columns).to_bytes(_LENGTH_BYTES, "big") + columns + _packed(words)


def decode_page(blob: bytes) -> tuple[tuple[Trip, ...], tuple[Stop, ...]]:
    """Return the trips and stops of one page, in the order they were given.

    Raises:
        ValueError: Not such a page, or larger than one may be.
    """
    try:
        if blob[:1] == _WHOLE:
            return read_first_page(unpack(blob[1:], max_bytes=MAX_PAGE_BYTES))
        columns = decode_columns((blob,))
        data = unpack(blob[_stop(blob) :], max_bytes=MAX_PAGE_BYTES)
        words = msgspec.msgpack.decode(data, type=_Words)
    except msgspec.DecodeError as error:
        msg = "not a page of trips"
        raise ValueError(msg) from error
    if len(words.legs) != len(columns.leg_mode):
        msg = "halves of a page that do not belong together"
        raise ValueError(msg)
    return tuple(_trips(columns, words)), tuple(_stop_in(stop) for stop in words.stops)


def decode_columns(blobs: Iterable[bytes]) -> TripColumns:
    """Return the trips of all pages as columns, in order; what is beside them is not looked at.

    Raises:
        ValueError: As `decode_page`.
    """
    heads = (
        _head(blob if blob[:1] != _WHOLE else encode_page(*decode_page(blob))) for blob in blobs
    )
    return trips_of([read_wire(data) for data in unpack_each(heads, max_bytes=MAX_PAGE_BYTES)])


def _head(blob: bytes) -> bytes:
    """Return the packed columns of a page."""
    if blob[:1] != _FORMAT:
        msg = "unknown format of a page of trips"
        raise ValueError(msg)
    return blob[_START : _stop(blob)]


def _stop(blob: bytes) -> int:
    return _START + int.from_bytes(blob[1:_START], "big")


def _packed(half: msgspec.Struct) -> bytes:
    data = msgspec.msgpack.encode(half)
    if len(data) > MAX_PAGE_BYTES:
        msg = f"half a page of {len(data)} bytes, {MAX_PAGE_BYTES} are allowed"
        raise ValueError(msg)
    return pack(data)


def _trips(columns: TripColumns, words: _Words) -> Iterator[Trip]:
    legs = iter(_legs(columns, words.legs))
    starts = zip(columns.start_lat_deg.tolist(), columns.start_lon_deg.tolist(), strict=True)
    ends = zip(columns.end_lat_deg.tolist(), columns.end_lon_deg.tolist(), strict=True)
    for name, start_us, end_us, count, start, end, sources in zip(
        columns.ids,
        columns.start_us.tolist(),
        columns.end_us.tolist(),
        columns.legs.tolist(),
        starts,
        ends,
        words.sources,
        strict=True,
    ):
        own = tuple(islice(legs, count))
        yield Trip(name, start_us, end_us, own, Point(*start), Point(*end), tuple(sources))


def _legs(columns: TripColumns, words: Sequence[_Leg]) -> list[Leg]:
    return [
        Leg(
            start_us=start_us,
            end_us=end_us,
            mode=MODES[mode],
            confidence=confidence,
            alternatives=tuple((Mode(other), share) for other, share in wire.alternatives),
            distance_m=distance_m,
            distance_sd_m=wire.distance_sd_m,
            gap_m=wire.gap_m,
            gap_s=wire.gap_s,
            n_fixes=wire.n_fixes,
            reasons=tuple(Phrase(text, tuple(values)) for text, values in wire.reasons),
            gaps=tuple(Gap(a, b, metres, GapKind(kind)) for a, b, metres, kind in wire.gaps),
            set_aside=tuple(wire.set_aside),
        )
        for start_us, end_us, mode, confidence, distance_m, wire in zip(
            columns.leg_start_us.tolist(),
            columns.leg_end_us.tolist(),
            columns.leg_mode.tolist(),
            columns.leg_confidence.tolist(),
            columns.leg_distance_m.tolist(),
            words,
            strict=True,
        )
    ]


def _leg_out(leg: Leg) -> _Leg:
    return _Leg(
        alternatives=[(mode.value, probability) for mode, probability in leg.alternatives],
        distance_sd_m=leg.distance_sd_m,
        gap_m=leg.gap_m,
        gap_s=leg.gap_s,
        n_fixes=leg.n_fixes,
        reasons=[(reason.text, list(reason.values)) for reason in leg.reasons],
        gaps=[(gap.start_us, gap.end_us, gap.metres, gap.kind.value) for gap in leg.gaps],
        set_aside=list(leg.set_aside),
    )


def _stop_out(stop: Stop) -> _Stop:
    centre = (stop.centre.lat_deg, stop.centre.lon_deg)
    return _Stop(stop.start_us, stop.end_us, centre, stop.n_fixes, stop.is_activity)


def _stop_in(wire: _Stop) -> Stop:
    return Stop(wire.start_us, wire.end_us, Point(*wire.centre), wire.n_fixes, wire.is_activity)
