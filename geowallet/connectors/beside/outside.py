"""What is said to a child that reads beside, and what is made of its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from geowallet.connectors.api import HEAD_BYTES, ReadResult, Trace
from geowallet.connectors.beside.inside import READS, Order
from geowallet.connectors.guests import wire
from geowallet.connectors.guests.frames import END, FAILURE, PART, TRACE, framed, frames
from geowallet.connectors.registry import connector_for
from geowallet.connectors.streams import BLOCK_BYTES
from geowallet.model.errors import GeowalletError
from geowallet.model.fixes import Fixes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions

INSIDE = "geowallet.connectors.beside.inside"


def reader_of(name: str, head: bytes) -> str:
    """Return the connector that reads a source and may do so beside, "" if there is none."""
    try:
        found = connector_for(name, head[:HEAD_BYTES]).name
    except GeowalletError:
        return ""
    return found if found in READS else ""


def said(connector: str, options: ReadOptions, data: bytes) -> Iterator[bytes]:
    """Yield the frames of one order and its source."""
    order = Order(connector, options.zone, options.date_order, options.columns)
    yield framed(msgspec.msgpack.encode(order))
    for start in range(0, len(data), BLOCK_BYTES):
        yield framed(data[start : start + BLOCK_BYTES])
    yield framed(b"")


def results(heard: Iterator[bytes]) -> Iterator[ReadResult | None]:
    """Yield what each source held, in the order in which they were sent.

    It is None where the child refused it or says what cannot be believed: then the
    source is to be read again, here, to say why.

    Raises:
        ValueError: What comes is no sequence of frames.
    """
    frames_of_one: list[tuple[bytes, bytes]] = []
    for kind, data in frames(heard):
        if kind not in {END, FAILURE}:
            frames_of_one.append((kind, data))
            continue
        yield _result(frames_of_one) if kind == END else None
        frames_of_one = []


def _result(told: list[tuple[bytes, bytes]]) -> ReadResult | None:
    traces: list[Trace] = []
    pieces: list[Fixes] = []
    *columns, (kind, end) = told or [(FAILURE, b"")]
    if kind != PART or any(kind != TRACE for kind, _ in columns):
        return None
    try:
        for _, data in columns:
            trace, goes_on = wire.trace_of(data)
            pieces.append(trace.fixes)
            if not goes_on:
                traces.append(Trace(trace.device, _joined(pieces), trace.time_kind))
                pieces = []
        return msgspec.msgpack.decode(end, type=wire.PartEnd).result(tuple(traces))
    except ValueError:
        return None


def _joined(pieces: list[Fixes]) -> Fixes:
    if len(pieces) == 1:
        return pieces[0]
    return Fixes(*(np.concatenate(c) for c in zip(*(p.columns() for p in pieces), strict=True)))
