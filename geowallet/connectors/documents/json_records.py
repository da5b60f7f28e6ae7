"""JSON as separate records: one a line, members of a list, or one object alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from geowallet.connectors.documents.json_runs import runs
from geowallet.connectors.streams import BLOCK_BYTES, lines, rewound, take, text_of
from geowallet.model.errors import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MEMBERS = 10_000
"""Of an object that stands alone; the widest record met had 100."""

_LINES = re.compile(r"^\{.*\}[ \t\r]*\n\s*\{", re.MULTILINE)
"""A whole object that fills its line, and another one below it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One value of a source.

    Attributes:
        where: Its place, for problems.
        name: Of the top-level member whose list holds it, "" if none does.
        value: None for what cannot be decoded.
    """

    where: str
    name: str
    value: Any


def records(stream: BinaryIO, form: str) -> Iterator[Record]:
    """Yield the records of a source, in bounded memory.

    An object that stands alone comes last, without those of its members that
    are lists: their members are records of their own.

    Args:
        stream: JSON lines, a list, or an object.
        form: Name of the format, for errors.

    Raises:
        UnreadableSourceError: Not JSON, cut short, or nested too deep.
        TooLargeError: A record or line passes its limit.
    """
    head = take(stream, BLOCK_BYTES)
    source = rewound(head, stream)
    text = text_of(head)
    if text.startswith("{") and _LINES.search(text):
        yield from _of_lines(source, form)
    else:
        yield from _of_document(source, form)


def _of_lines(stream: BinaryIO, form: str) -> Iterator[Record]:
    for number, line in enumerate(lines(stream, form), start=1):
        text = line.strip("\ufeff \t\r\n")
        if text:
            yield Record(f"line {number}", "", decoded(text.encode(errors="replace")))


def _of_document(stream: BinaryIO, form: str) -> Iterator[Record]:
    decoder = msgspec.json.Decoder(list[Any])
    alone: dict[str, Any] = {}
    for run in runs(stream, form):
        if run.number:
            word = run.name if run.name.isidentifier() and len(run.name) < 40 else ""
            for number, value in run.records(decoder):
                yield Record(f"{word or 'record'} {number}", run.name, value)
            continue
        alone[run.name] = decoded(run.data)
        if len(alone) > MAX_MEMBERS:
            raise TooLargeError(limit=f"{MAX_MEMBERS} members in one record")
    if alone:
        yield Record("*", "", alone)


def decoded(data: bytes) -> Any:
    """Return a value, or None for what is no JSON."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        return None
