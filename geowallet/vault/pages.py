"""Trips and stops of one month as one page: columns first, words after them.

What contracts ask of trips lies in columns at the head, so that years can be read without
making a single trip; reasons, silences, sources and stops follow in a frame of their own.
One record holds both: they are written, erased and checked together, and cannot disagree.
The wire structs are arrays without names: they are this room's own, so that a field added
to the model does not change the meaning of a page already written.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from geowallet.model.mobility import Gap, GapKind, Leg, Mode, Point, Stop, Trip
from geowallet.model.trip_columns import MODE_NUMBERS, MODES, TripColumns, columns_of
from geowallet.model.words import Phrase
from geowallet.vault.blobs import pack, unpack
from geowallet.vault.first_pages import read_first_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

MAX_PAGE_BYTES = 64 << 20
"""Of each half of one page before compression: some 100,000 trips a month."""

_WHOLE, _FORMAT = b"\x01", b"\x02"
_LENGTH_BYTES = 4

_MODES = (
    *("walk", "run", "bike", "e_bike", "e_scooter", "car", "motorcycle", "bus", "tram"),
    *("subway", "train", "ferry", "airplane", "other", "unknown"),
)
"""Modes by the byte that stands for them here: a new one comes after them."""

_NO_MODE = 255
_TO_WIRE = bytes(_MODES.index(mode.value) for mode in MODES)
_FROM_WIRE = bytes(MODE_NUMBERS[Mode(word)] for word in _MODES).ljust(256, bytes([_NO_MODE]))


class _Columns(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    ids: list[str]
    start_us: bytes
    lasts_us: bytes
    start_lat_deg: bytes
    start_lon_deg: bytes
    end_lat_deg: bytes
    end_lon_deg: bytes
    legs: bytes
    leg_start_us: bytes
    leg_lasts_us: bytes
    leg_mode: bytes
    leg_confidence: bytes
    leg_distance_m: bytes


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
    columns = _packed(_columns_out(columns_of(trips)))
    return _FORMAT + len(columns).to_bytes(_LENGTH_BYTES, "big") + columns + _packed(words)


def decode_page(blob: bytes) -> tuple[tuple[Trip, ...], tuple[Stop, ...]]:
    """Return the trips and stops of one page, in the order they were given.

    Raises:
        ValueError: Not such a page, or larger than one may be.
    """
    try:
        if blob[:1] == _WHOLE:
            return read_first_page(unpack(blob[1:], max_bytes=MAX_PAGE_BYTES))
        wire, rest = _head(blob)
        data = unpack(rest, max_bytes=MAX_PAGE_BYTES)
        words = msgspec.msgpack.decode(data, type=_Words)
    except msgspec.DecodeError as error:
        msg = "not a page of trips"
        raise ValueError(msg) from error
    columns = _columns_in([wire])
    if len(words.legs) != len(columns.leg_mode):
        msg = "halves of a page that do not belong together"
        raise ValueError(msg)
    return tuple(_trips(columns, words)), tuple(_stop_in(stop) for stop in words.stops)


def decode_columns(blobs: Iterable[bytes]) -> TripColumns:
    """Return the trips of all pages as columns, in order; what is beside them is not looked at.

    Raises:
        ValueError: As `decode_page`.
    """
    wires = [
        _columns_out(columns_of(decode_page(b)[0])) if b[:1] == _WHOLE else _head(b)[0]
        for b in blobs
    ]
    return _columns_in(wires)


def _head(blob: bytes) -> tuple[_Columns, bytes]:
    """Return the columns of a page, and its packed words."""
    if blob[:1] != _FORMAT:
        msg = "unknown format of a page of trips"
        raise ValueError(msg)
    start = 1 + _LENGTH_BYTES
    stop = start + int.from_bytes(blob[1:start], "big")
    data = unpack(blob[start:stop], max_bytes=MAX_PAGE_BYTES)
    try:
        wire = msgspec.msgpack.decode(data, type=_Columns)
    except msgspec.DecodeError as error:
        msg = "not a page of trips"
        raise ValueError(msg) from error
    _check(wire)
    return wire, blob[stop:]


def _check(wire: _Columns) -> None:
    """Refuse columns of different length, within one page: joined they would not show it."""
    trips, legs = len(wire.ids), len(wire.leg_mode)
    by_trip = (
        *(wire.start_us, wire.lasts_us, wire.start_lat_deg, wire.start_lon_deg),
        *(wire.end_lat_deg, wire.end_lon_deg),
    )
    by_leg = (wire.leg_start_us, wire.leg_lasts_us, wire.leg_confidence, wire.leg_distance_m)
    fitting = all(len(column) == 8 * trips for column in by_trip)
    fitting = fitting and all(len(column) == 8 * legs for column in by_leg)
    if not fitting or len(wire.legs) != 4 * trips or _count(wire.legs) != legs:
        msg = "columns of different length"
        raise ValueError(msg)


def _packed(half: msgspec.Struct) -> bytes:
    data = msgspec.msgpack.encode(half)
    if len(data) > MAX_PAGE_BYTES:
        msg = f"half a page of {len(data)} bytes, {MAX_PAGE_BYTES} are allowed"
        raise ValueError(msg)
    return pack(data)


def _columns_out(trips: TripColumns) -> _Columns:
    return _Columns(
        ids=list(trips.ids),
        start_us=_whole_out(trips.start_us),
        lasts_us=_whole_out(trips.end_us - trips.start_us),
        start_lat_deg=_real_out(trips.start_lat_deg),
        start_lon_deg=_real_out(trips.start_lon_deg),
        end_lat_deg=_real_out(trips.end_lat_deg),
        end_lon_deg=_real_out(trips.end_lon_deg),
        legs=trips.legs.astype("<u4").tobytes(),
        leg_start_us=_whole_out(trips.leg_start_us),
        leg_lasts_us=_whole_out(trips.leg_end_us - trips.leg_start_us),
        leg_mode=trips.leg_mode.tobytes().translate(_TO_WIRE.ljust(256)),
        leg_confidence=_real_out(trips.leg_confidence),
        leg_distance_m=_real_out(trips.leg_distance_m),
    )


def _columns_in(wires: Sequence[_Columns]) -> TripColumns:
    def whole(name: str) -> NDArray[np.int64]:
        return np.frombuffer(b"".join([getattr(wire, name) for wire in wires]), dtype="<i8")

    def real(name: str) -> NDArray[np.float64]:
        return np.frombuffer(b"".join([getattr(wire, name) for wire in wires]), dtype="<f8")

    legs = np.frombuffer(b"".join([wire.legs for wire in wires]), dtype="<u4")
    modes = b"".join([wire.leg_mode for wire in wires]).translate(_FROM_WIRE)
    start_us, leg_start_us = whole("start_us"), whole("leg_start_us")
    return TripColumns(
        ids=tuple(chain.from_iterable(wire.ids for wire in wires)),
        start_us=start_us,
        end_us=start_us + whole("lasts_us"),
        start_lat_deg=real("start_lat_deg"),
        start_lon_deg=real("start_lon_deg"),
        end_lat_deg=real("end_lat_deg"),
        end_lon_deg=real("end_lon_deg"),
        legs=legs.astype(np.int64),
        leg_start_us=leg_start_us,
        leg_end_us=leg_start_us + whole("leg_lasts_us"),
        leg_mode=np.frombuffer(modes, dtype=np.uint8),
        leg_confidence=real("leg_confidence"),
        leg_distance_m=real("leg_distance_m"),
    )


def _whole_out(column: NDArray[np.int64]) -> bytes:
    return column.astype("<i8").tobytes()


def _real_out(column: NDArray[np.float64]) -> bytes:
    return column.astype("<f8").tobytes()


def _count(legs: bytes) -> int:
    return int(np.frombuffer(legs, dtype="<u4").sum(dtype=np.int64))


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
