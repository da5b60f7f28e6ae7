"""Large JSON, a run of list members at a time: the memory is bounded whatever the size.

Brackets, quotes and commas of a block are found with array arithmetic, so that a
gigabyte costs seconds; only whole members are ever given to the JSON decoder.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import msgspec
import numpy as np

from geowallet.connectors.streams import encoding_of, rewound, take
from geowallet.model.errors import TooLargeError, UnreadableSourceError
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK_BYTES = 1 << 18
"""Read at a time: with more, the columns of a block outweigh a million rows of a table."""

MAX_VALUE_BYTES = 64 << 20
"""Of one list member, or of a value that is no list; the largest met had 90 KB."""
MAX_NAME_BYTES = 1 << 16
"""Of the name of a top-level member, with the blanks before it."""
MAX_DEPTH = 64
"""Brackets inside each other within one member; real exports reach 9."""

BAD_RECORD = phrase(N_("not a record that can be read"))

_DAMAGE = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError)

_QUOTE, _OPEN, _CLOSE, _COMMA = 1, 2, 3, 4
_KINDS: NDArray[np.uint8] = np.zeros(256, dtype=np.uint8)
for _characters, _kind in ((b'"', _QUOTE), (b"{[", _OPEN), (b"}]", _CLOSE), (b",", _COMMA)):
    _KINDS[list(_characters)] = _kind
_STEPS: NDArray[np.int8] = np.array([0, 0, 1, -1, 0], dtype=np.int8)

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_START = re.compile(rb"[ \t\r\n]*([\[{])")
_BLANKS = re.compile(rb"[ \t\r\n]*")
_NAME = re.compile(rb'[ \t\r\n,]*"([^"\\]*(?:\\.[^"\\]*)*)"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring members of one list, or a value that stands alone.

    Attributes:
        name: Of the top-level member that holds them; "" if the source is a list.
        number: Of the first one in its list, from 1; 0 for a value that is no list.
        offset: Byte of the source where ``data`` begins.
        data: The members as they stand, with their commas.
        cuts: Where in ``data`` the commas between members are; not known of plain ones.
        values: Plain members as the decoder for them gave them, or None.
    """

    name: str
    number: int
    offset: int
    data: bytes
    cuts: tuple[int, ...] = ()
    values: list[Any] | None = None

    def records(self, decoder: msgspec.json.Decoder[Any]) -> Iterator[tuple[int, Any]]:
        """Yield number and value of each member; None for what cannot be decoded.

        Args:
            decoder: Of a list of the wanted type.
        """
        try:
            values = decoder.decode(b"[" + self.data + b"]")
        except _DAMAGE:
            yield from self._one_by_one(decoder)
        else:
            yield from enumerate(values, start=self.number)

    def _one_by_one(self, decoder: msgspec.json.Decoder[Any]) -> Iterator[tuple[int, Any]]:
        for number, (start, end) in enumerate(self._edges(), start=self.number):
            try:
                (value,) = decoder.decode(b"[" + self.data[start:end] + b"]")
            except _DAMAGE:
                yield number, None
            else:
                yield number, value

    def offset_of(self, number: int) -> int:
        """Return the byte of the source where member ``number`` begins."""
        start, end = self._edges()[number - self.number]
        piece = self.data[start:end]
        return self.offset + start + len(piece) - len(piece.lstrip())

    def _edges(self) -> list[tuple[int, int]]:
        starts = (0, *(cut + 1 for cut in self.cuts))
        return list(zip(starts, (*self.cuts, len(self.data)), strict=True))


def runs(
    stream: BinaryIO, form: str, *, plain: msgspec.json.Decoder[list[Any]] | None = None
) -> Iterator[Run]:
    """Yield the members of every top-level list, about `BLOCK_BYTES` at a time.

    Args:
        stream: One JSON object or list, in UTF-8 or UTF-16; with or without mark.
        form: Name of the format, for errors.
        plain: Of a list of what nearly all members are. A run that it decodes
            brings its values along and is not looked through for commas.

    Raises:
        UnreadableSourceError: Not JSON, cut short, or nested too deep; with the byte.
        TooLargeError: A member passes `MAX_VALUE_BYTES`.
    """
    text = _Text(stream, form)
    found = text.match(_START)
    if found is None:
        text.refuse(N_("it holds no JSON"))
    if found[1] == b"[":
        yield from _list(text, "", plain)
    else:
        yield from _object(text, plain)
    text.match(_BLANKS)
    if text.data:
        text.broken(0)


def _object(text: _Text, plain: msgspec.json.Decoder[list[Any]] | None) -> Iterator[Run]:
    while text.match(_BLANKS) is not None and not text.data.startswith(b"}"):
        found = text.match(_NAME)
        if found is None:
            text.broken(0)
        name = found[1].decode(errors="replace")
        if text.data.startswith(b"["):
            text.drop(1)
            yield from _list(text, name, plain)
        else:
            yield _alone(text, name)
    text.drop(1)


def _list(text: _Text, name: str, plain: msgspec.json.Decoder[list[Any]] | None) -> Iterator[Run]:
    number = 1
    while True:
        quick = None if plain is None else _quick(text, name, number, plain)
        if quick is not None:
            yield quick
            number += len(quick.values or ())
            continue
        cuts, end = _scanned(text)
        last = end if end >= 0 else int(cuts[-1]) if len(cuts) else -1
        if last >= 0:
            if end >= 0 and text.data[end : end + 1] != b"]":
                text.broken(end)
            inner = tuple(cuts[cuts < last].tolist())
            data = text.data[:last]
            if inner or data.strip():
                yield Run(name, number, text.offset, data, inner)
                number += len(inner) + 1
            text.drop(last + 1)
            if end >= 0:
                return
        if not text.more():
            text.cut_short()


def _quick(
    text: _Text, name: str, number: int, plain: msgspec.json.Decoder[list[Any]]
) -> Run | None:
    """Return the members before the last comma behind a brace, if they are all plain.

    That they can be decoded proves that the comma stands between two members.
    """
    if len(text.data) < BLOCK_BYTES:
        text.more()
    last = text.data.rfind(b"},") + 1
    try:
        values = plain.decode(b"[" + text.data[:last] + b"]") if last else []
    except _DAMAGE:
        return None
    if not values:
        return None
    run = Run(name, number, text.offset, text.data[:last], values=values)
    text.drop(last + 1)
    return run


def _alone(text: _Text, name: str) -> Run:
    """Return the value of a member that is no list."""
    while True:
        cuts, end = _scanned(text)
        last = min((int(at) for at in (*cuts[:1], end) if at >= 0), default=-1)
        if last >= 0:
            run = Run(name, 0, text.offset, text.data[:last])
            text.drop(last)
            return run
        if not text.more():
            text.cut_short()


def _scanned(text: _Text) -> tuple[NDArray[np.intp], int]:
    """Return where the commas between members are, and the bracket that ends them, or -1."""
    data = text.data
    if b"\\" in data:
        data = _ESCAPED.sub(b"..", data)
    kinds = _KINDS[np.frombuffer(data, dtype=np.uint8)]
    where = np.flatnonzero(kinds)
    kinds = kinds[where]
    quotes = kinds == _QUOTE
    outside = (np.cumsum(quotes) & 1 == 0) & ~quotes
    where, kinds = where[outside], kinds[outside]
    depth = np.cumsum(_STEPS[kinds], dtype=np.int32)
    ends = np.flatnonzero(depth < 0)
    known = int(ends[0]) if len(ends) else len(where)
    if known and int(depth[:known].max()) > MAX_DEPTH:
        text.refuse_at(int(where[np.argmax(depth > MAX_DEPTH)]), N_("nested too deep at byte {at}"))
    cuts = where[:known][(kinds[:known] == _COMMA) & (depth[:known] == 0)]
    return cuts, int(where[known]) if len(ends) else -1


class _Text:
    """What was read of the source and not used yet."""

    def __init__(self, stream: BinaryIO, form: str) -> None:
        head = take(stream, 64)
        codec = encoding_of(head)
        self._stream = rewound(head.removeprefix(codecs.BOM_UTF8), stream)
        self._decoder = (
            codecs.getincrementaldecoder(codec)() if codec.startswith("utf-16") else None
        )
        self._form = form
        self.data = b""
        self.offset = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0

    def more(self) -> bool:
        """Read on, twice as much each time that it was not enough; False at the end."""
        if len(self.data) > MAX_VALUE_BYTES:
            raise TooLargeError(limit=f"{MAX_VALUE_BYTES >> 20} MiB in one record")
        block = take(self._stream, max(BLOCK_BYTES, len(self.data)))
        if not block:
            return False
        try:
            # In UTF-16 the offset counts the bytes as if they were UTF-8.
            self.data += block if self._decoder is None else self._decoder.decode(block).encode()
        except UnicodeError:
            self.refuse(N_("its text cannot be decoded"))
        return True

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Return and drop what stands at the front, reading on while it touches the end."""
        while True:
            found = pattern.match(self.data)
            if found is not None and found.end() < len(self.data):
                break
            if found is None and len(self.data) > MAX_NAME_BYTES:
                return None
            if not self.more():
                break
        if found is not None:
            self.drop(found.end())
        return found

    def drop(self, count: int) -> None:
        """Forget the first bytes."""
        self.data = self.data[count:]
        self.offset += count

    def broken(self, at: int) -> NoReturn:
        """Refuse what stands at ``at``."""
        if not self.data:
            self.cut_short()
        self.refuse_at(at, N_("broken JSON at byte {at}"))

    def cut_short(self) -> NoReturn:
        """Refuse a source that ends too early."""
        self.refuse_at(len(self.data), N_("it is cut short at byte {at}"))

    def refuse_at(self, at: int, reason: str) -> NoReturn:
        """Refuse, with the byte of the source."""
        self.refuse(reason.format(at=self.offset + at))

    def refuse(self, reason: str) -> NoReturn:
        """Refuse the whole source."""
        raise UnreadableSourceError(format=self._form, reason=reason)
