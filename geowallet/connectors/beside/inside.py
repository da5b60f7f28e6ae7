"""Runs in the confined child: reads one source after the other, until no more come."""

from __future__ import annotations

import io
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.guests import wire
from geowallet.connectors.guests.frames import END, FAILURE, PART, TRACE, answered
from geowallet.connectors.guests.inside import Frames
from geowallet.connectors.guests.offered import ALWAYS
from geowallet.connectors.registry import by_name
from geowallet.connectors.streams import BLOCK_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[[int], bytes]
    Send = Callable[[bytes], None]

READS = frozenset({"gpx", "tcx", "kml", "nmea", "igc", "plt", "fit"})
"""What is read beside: files of devices, that need nothing but their bytes."""

_LATE = (
    "fitdecode",
    *(f"encodings.iso8859_{number}" for number in range(1, 17) if number != 12),
    *(f"encodings.cp125{number}" for number in range(9)),
)
"""What our connectors import when they meet a file that needs it."""


class Order(msgspec.Struct, frozen=True):
    """How to read the source that follows."""

    connector: str
    zone: str | None = None
    date_order: str | None = None
    columns: tuple[str, ...] = ()


def prepare(setting: dict[str, Any]) -> None:
    """Load what a connector could want later: nothing can be opened then.

    Args:
        setting: With the ``zone`` of the options, or None.
    """
    for name in (*ALWAYS, *_LATE):
        with suppress(ImportError):
            import_module(name)
    if setting["zone"]:
        with suppress(ZoneInfoNotFoundError, ValueError):
            ZoneInfo(setting["zone"])  # which remembers it


def serve(read: Read, send: Send) -> None:
    """Answer every order, in the order in which they come."""
    while True:
        frames = Frames(read)
        try:
            order = msgspec.msgpack.decode(frames.next(), type=Order)
        except EOFError:
            return
        source = cast("BinaryIO", io.BufferedReader(frames, BLOCK_BYTES))
        for kind, data in answers(order, source):
            send(answered(kind, data))
        while source.read(BLOCK_BYTES):
            pass


def answers(order: Order, source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of every frame that answers ``order``."""
    options = ReadOptions(order.zone, order.date_order, order.columns)
    try:
        result = by_name(order.connector).read(source, options)
    except Exception:  # noqa: BLE001  whatever it is: the host reads the source again, and says it
        yield FAILURE, b""
        return
    for trace in result.traces:
        for data in wire.trace_bytes(trace):
            yield TRACE, data
    yield PART, msgspec.msgpack.encode(wire.part_end(result))
    yield END, b""
