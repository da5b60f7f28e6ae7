"""One source, from bytes of unknown format to traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from geowallet.connectors.api import HEAD_BYTES, PartsConnector
from geowallet.connectors.registry import NOBODY, by_name, connector_for
from geowallet.connectors.streams import rewound, take, text_of
from geowallet.model.errors import (
    EmptySourceError,
    NoTimeError,
    UnreadableSourceError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import Connector, ReadOptions, ReadResult
    from geowallet.connectors.registry import Guests


class Counts(Protocol):
    """What is told of a source: `ReadResult`, or what holds its parts."""

    @property
    def fix_count(self) -> int:
        """Fixes."""

    @property
    def untimed(self) -> int:
        """Positions without a time."""

    @property
    def problem_count(self) -> int:
        """Problems."""


def read_source(
    name: str,
    stream: BinaryIO,
    *,
    options: ReadOptions,
    format: str | None = None,  # noqa: A002  the word of the command line
    guests: Guests = NOBODY,
) -> tuple[str, ReadResult]:
    """Return the name of the connector and what it read.

    Args:
        name: File name; its ending only breaks ties.
        stream: One plain source, not an archive: see `open_members`.
        options: What the owner knows.
        format: Name of the connector, to skip the choice by content.
        guests: Connectors of other packages.

    Raises:
        EmptySourceError: Nothing but blanks.
        NotATraceError: A picture, a web page, binary data.
        UnknownFormatError: No connector, or more than one, claims it.
        GeowalletError: What `Connector.read` raises.
    """
    connector, start = _chosen(name, stream, format, guests)
    return connector.name, connector.read(start, options)


def read_source_parts(
    name: str,
    stream: BinaryIO,
    *,
    options: ReadOptions,
    format: str | None = None,  # noqa: A002  the word of the command line
    guests: Guests = NOBODY,
) -> tuple[str, Iterator[ReadResult]]:
    """Return the name of the connector and, part by part, what it reads.

    A connector that knows no parts gives one; see `PartsConnector`.

    Raises:
        GeowalletError: As `read_source`, now or at any part.
    """
    connector, start = _chosen(name, stream, format, guests)
    if isinstance(connector, PartsConnector):
        return connector.name, connector.read_parts(start, options)
    return connector.name, iter((connector.read(start, options),))


def _chosen(
    name: str, stream: BinaryIO, form: str | None, guests: Guests
) -> tuple[Connector, BinaryIO]:
    """Return the connector of a source, and the source from its start."""
    head = take(stream, HEAD_BYTES)
    while not text_of(head):
        if len(head) < HEAD_BYTES:
            raise EmptySourceError
        head = take(stream, HEAD_BYTES)
    connector = by_name(form, guests) if form else connector_for(name, head, guests)
    return connector, rewound(head, stream)


def refuse_without_fixes(result: Counts) -> None:
    """Refuse a source that held positions or records, but no timed position.

    Raises:
        NoTimeError: Positions, none with a time.
        UnreadableSourceError: Records, none of which could be read.
    """
    if result.fix_count:
        return
    if result.untimed:
        raise NoTimeError(count=result.untimed)
    if result.problem_count:
        raise UnreadableSourceError(format=N_("trace"), reason=N_("no record in it can be read"))
