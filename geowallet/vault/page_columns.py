"""The columns of a page of trips as bytes: this room's own order of fields, exactly.

A field added to the model does not change the meaning of a page already written.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from geowallet.model.mobility import Mode
from geowallet.model.trip_columns import MODE_NUMBERS, MODES, TripColumns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MODES = (
    *("walk", "run", "bike", "e_bike", "e_scooter", "car", "motorcycle", "bus", "tram"),
    *("subway", "train", "ferry", "airplane", "other", "unknown"),
)
"""Modes by the byte that stands for them here: a new one comes after them."""

_NO_MODE = 255
_TO_WIRE = bytes(_MODES.index(mode.value) for mode in MODES)
_FROM_WIRE = bytes(MODE_NUMBERS[Mode(word)] for word in _MODES).ljust(256, bytes([_NO_MODE]))


class Wire(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """Columns as they lie in a page: whole numbers of eight bytes, floats, bytes of modes."""

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


def wire_of(trips: TripColumns) -> Wire:
    """Return columns as they are written."""
    return Wire(
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


def trips_of(wires: Sequence[Wire]) -> TripColumns:
    """Return the trips of all pages, in order.

    Raises:
        ValueError: Columns of one page do not belong together.
    """

    def whole(name: str) -> NDArray[np.int64]:
        return np.frombuffer(b"".join([getattr(wire, name) for wire in wires]), dtype="<i8")

    def real(name: str) -> NDArray[np.float64]:
        return np.frombuffer(b"".join([getattr(wire, name) for wire in wires]), dtype="<f8")

    legs = np.frombuffer(b"".join([wire.legs for wire in wires]), dtype="<u4").astype(np.int64)
    after = np.cumsum([len(wire.ids) for wire in wires], dtype=np.int64)
    of_pages = np.diff(np.concatenate(([0], np.cumsum(legs)))[after], prepend=0)
    if of_pages.tolist() != [len(wire.leg_mode) for wire in wires]:
        msg = "columns of different length"
        raise ValueError(msg)
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
        legs=legs,
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


def read_wire(data: bytes) -> Wire:
    """Return the columns in unpacked bytes.

    Raises:
        ValueError: Not such columns.
    """
    try:
        wire = msgspec.msgpack.decode(data, type=Wire)
    except msgspec.DecodeError as error:
        msg = "not a page of trips"
        raise ValueError(msg) from error
    _check(wire)
    return wire


def _check(wire: Wire) -> None:
    """Refuse columns of different length, within one page: joined they would not show it."""
    trips = 8 * len(wire.ids)
    by_trip = trips == len(wire.start_us) == len(wire.lasts_us) == 2 * len(wire.legs)
    starts = trips == len(wire.start_lat_deg) == len(wire.start_lon_deg)
    ends = trips == len(wire.end_lat_deg) == len(wire.end_lon_deg)
    legs = 8 * len(wire.leg_mode)
    by_leg = legs == len(wire.leg_start_us) == len(wire.leg_lasts_us)
    by_leg = by_leg and legs == len(wire.leg_confidence) == len(wire.leg_distance_m)
    if not (by_trip and starts and ends and by_leg):
        msg = "columns of different length"
        raise ValueError(msg)
