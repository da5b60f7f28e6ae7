"""Forward-only byte streams: put back what was looked at, bound what is read, split lines."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING, BinaryIO, cast

from geowallet.model.errors import TooLargeError, UnreadableSourceError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_BYTES = 1 << 16
STEP_BYTES = 1 << 20
MAX_LINE_CHARACTERS = 1 << 20
"""A longer line is no row of a table, but memory spent on nothing."""
MAX_WHOLE_BYTES = 512 << 20
"""For formats that must be held whole; the largest GeoJSON met had 0.5 MB."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF16_LE_TEXT = re.compile(rb"(?:[\t\r\n -~]\x00){4}")


class _Rewound(io.RawIOBase):
    """First ``head``, then the rest of ``stream``; does not close it."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        if self._head:
            data, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


def rewound(head: bytes, stream: BinaryIO) -> BinaryIO:
    """Return a stream that gives ``head`` again before the rest of ``stream``."""
    return io.BufferedReader(_Rewound(head, stream), BLOCK_BYTES)


def take(stream: BinaryIO, count: int) -> bytes:
    """Return ``count`` bytes, fewer only at the end of the stream."""
    parts = []
    # In steps, as a buffered stream takes memory for all that it is asked for.
    while count > 0 and (part := stream.read(min(count, STEP_BYTES))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def whole(stream: BinaryIO, *, most_bytes: int = MAX_WHOLE_BYTES) -> bytes:
    """Return all of ``stream``.

    Raises:
        TooLargeError: More than ``most_bytes``.
    """
    data = take(stream, most_bytes + 1)
    if len(data) > most_bytes:
        raise TooLargeError(limit=f"{most_bytes >> 20} MiB")
    return data


def encoding_of(head: bytes) -> str:
    """Return the codec that a byte order mark or blank high bytes show; UTF-8 otherwise."""
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec
    return "utf-16-le" if _UTF16_LE_TEXT.match(head) else "utf-8"


def text_of(head: bytes) -> str:
    """Return the start of a source as text, without mark and leading blanks.

    What is not text becomes U+FFFD: fit for `Connector.sniff`, not for reading.
    """
    return head.decode(encoding_of(head), errors="replace").lstrip("\ufeff \t\r\n")


def lines(stream: BinaryIO, form: str) -> Iterator[str]:
    """Yield the lines of a text in UTF-8 or UTF-16; undecodable bytes become U+FFFD.

    Args:
        stream: The text; any of the three line ends.
        form: Name of the format, for errors.

    Raises:
        TooLargeError: A line passes `MAX_LINE_CHARACTERS`.
        UnreadableSourceError: The codec gives up.
    """
    head = take(stream, 64)
    text = io.TextIOWrapper(
        cast("io.BufferedReader", rewound(head, stream)),
        encoding=encoding_of(head),
        errors="replace",
    )
    try:
        while line := text.readline(MAX_LINE_CHARACTERS):
            if len(line) == MAX_LINE_CHARACTERS:
                raise TooLargeError(limit=N_("1 MiB in one line"))
            yield line
    except UnicodeError as error:
        raise UnreadableSourceError(format=form, reason=N_("its text cannot be decoded")) from error
