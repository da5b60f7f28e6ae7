"""One source, from bytes of unknown format to traces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.api import HEAD_BYTES
from geowallet.connectors.archives import open_members
from geowallet.connectors.registry import by_name, connector_for
from geowallet.connectors.streams import rewound, take, text_of
from geowallet.model.errors import (
    ArchiveError,
    EmptySourceError,
    GeowalletError,
    NoTimeError,
    TooLargeError,
    UnreadableSourceError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions, ReadResult


@dataclass(frozen=True, slots=True)
class Reading:
    """One member of a source: what was read, or why not.

    Attributes:
        name: As `archives.Member`; the name of the source itself if it is no
            archive.
        format: Name of the connector, or None if none was found.
        result: None if it could not be read.
        error: None if it could.
    """

    name: str
    format: str | None
    result: ReadResult | None
    error: GeowalletError | None


def read_source(
    name: str,
    stream: BinaryIO,
    *,
    options: ReadOptions,
    format: str | None = None,  # noqa: A002  the word of the command line
) -> tuple[str, ReadResult]:
    """Return the name of the connector and what it read.

    Args:
        name: File name; its ending only breaks ties.
        stream: One plain source, not an archive: see `read_members`.
        options: What the owner knows.
        format: Name of the connector, to skip the choice by content.

    Raises:
        EmptySourceError: Nothing but blanks.
        NotATraceError: A picture, a web page, binary data.
        UnknownFormatError: No connector, or more than one, claims it.
        GeowalletError: What `Connector.read` raises.
    """
    head = take(stream, HEAD_BYTES)
    while not text_of(head):
        if len(head) < HEAD_BYTES:
            raise EmptySourceError
        head = take(stream, HEAD_BYTES)
    connector = by_name(format) if format else connector_for(name, head)
    return connector.name, connector.read(rewound(head, stream), options)


def read_members(
    name: str,
    stream: BinaryIO,
    *,
    options: ReadOptions,
    format: str | None = None,  # noqa: A002  the word of the command line
) -> Iterator[Reading]:
    """Yield every member of an archive, or the source itself; one bad member stops no other.

    Raises:
        ArchiveError: The archive itself cannot be read on.
        TooLargeError: A limit was passed: the archive is not honest.
        NotATraceError: The archive is an office file.
    """
    for member in open_members(name, stream):
        try:
            found, result = read_source(member.name, member.stream, options=options, format=format)
        except (ArchiveError, TooLargeError):
            raise
        except GeowalletError as error:
            # Without its traceback, which would keep the buffers of every bad member.
            yield Reading(member.name, None, None, _bare(error))
        else:
            yield Reading(member.name, found, result, None)


def _bare(error: GeowalletError) -> GeowalletError:
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def refuse_without_fixes(result: ReadResult) -> None:
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
