"""Frames between a confined connector and its host, and what the host says in them.

The host sends a length of four bytes, big-endian, and as many bytes; the child
puts one more byte before, which says what it is. First goes a `Program`, then an
`Order`, then the source in pieces, and an empty frame at its end.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Literal

import msgspec

from geowallet.connectors.streams import BLOCK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

HEADER_BYTES = 5
MAX_FRAME_BYTES = 32 << 20

TRACE, PART, ANSWER, FAILURE, END = b"T", b"P", b"A", b"F", b"E"


class Program(msgspec.Struct, frozen=True):
    """The code of a connector: its files, and ``module:class``."""

    target: str
    files: dict[str, bytes]


class Order(msgspec.Struct, frozen=True):
    """What a connector is to do with the source that follows."""

    task: Literal["describe", "sniff", "read", "check"]
    zone: str | None = None
    date_order: str | None = None
    columns: tuple[str, ...] = ()


def said(program: Program, order: Order, source: BinaryIO) -> Iterator[bytes]:
    """Yield the frames of a whole conversation, the source as it is taken."""
    yield framed(msgspec.msgpack.encode(program))
    yield framed(msgspec.msgpack.encode(order))
    while block := source.read(BLOCK_BYTES):
        yield framed(block)
    yield framed(b"")


def framed(data: bytes) -> bytes:
    """Return a frame of the host."""
    return struct.pack(">I", len(data)) + data


def answered(kind: bytes, data: bytes) -> bytes:
    """Return a frame of the child."""
    return kind + framed(data)


def frames(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of the child's frames.

    Raises:
        ValueError: A frame is larger than allowed, or ends early.
    """
    heard = bytearray()
    for piece in pieces:
        heard += piece
        while len(heard) >= HEADER_BYTES:
            end = HEADER_BYTES + struct.unpack(">I", heard[1:HEADER_BYTES])[0]
            if end > MAX_FRAME_BYTES:
                raise ValueError("a frame larger than allowed")
            if len(heard) < end:
                break
            yield bytes(heard[:1]), bytes(heard[HEADER_BYTES:end])
            del heard[:end]
    if heard:
        raise ValueError("a frame that ends early")
