"""Reading named files member by member, each hashed as it is read."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from geowallet.app.intake.guests import read_source_parts
from geowallet.app.intake.held import Held, hold
from geowallet.app.intake.inspect import FileReport, equipped, open_source
from geowallet.app.intake.paths import source_paths
from geowallet.app.intake.weeks import Rounds, bearings, lost_weeks
from geowallet.app.travel.analyse import ReadTrace
from geowallet.connectors.archives import open_members
from geowallet.connectors.source import refuse_without_fixes
from geowallet.model.errors import GeowalletError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geowallet.app.intake.weeks import Lost
    from geowallet.connectors.api import ReadOptions, ReadResult

_CHUNK = 1 << 20

KEPT_BYTES = 8 << 20
"""A smaller file is read into memory once; a larger one is read twice."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file, or one member of an archive, as it was read.

    Attributes:
        name: As found, with its archive where there is one.
        sha256: Of its bytes, hex.
        length: In bytes.
        connector: Name of the connector that read it.
        result: What it held.
        lost: Times that look 1,024 weeks off and were left so.
        moved: Times that were moved by 1,024 weeks.
    """

    name: str
    sha256: str
    length: int
    connector: str
    result: Held
    lost: Lost | None = None
    moved: Lost | None = None


@dataclass(frozen=True, slots=True)
class Weeks:
    """What is known, and wanted, about weeks that a receiver lost.

    Attributes:
        now_us: The present, UTC microseconds.
        fix: Whether to put such times right.
        saved_us: The file system's date of the source, or None.
    """

    now_us: int
    fix: bool = False
    saved_us: int | None = None


class Kept(io.BytesIO):
    """The bytes of a source, which can no longer change.

    Attributes:
        sha256: Of them, hex.
        length: How many.
        saved_us: The file system's date of the file, or None.
        early: Connector that read it already, and what it held; None where none did.
    """

    def __init__(self, data: bytes, saved_us: int | None = None) -> None:
        super().__init__(data)
        self.sha256, self.length = hashlib.sha256(data).hexdigest(), len(data)
        self.saved_us = saved_us
        self.early: tuple[str, ReadResult] | None = None


class Hashed(io.RawIOBase):
    """A stream that is hashed as it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._hash = stream, hashlib.sha256()
        self.length = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower
        """Read into ``buffer`` and return how many bytes came."""
        data = self._stream.read(len(buffer))
        self._hash.update(data)
        self.length += len(data)
        buffer[: len(data)] = data
        return len(data)

    def finished(self) -> str:
        """Read what is left and return the SHA-256 (hex) of all bytes."""
        while self.read(_CHUNK):
            pass
        return self._hash.hexdigest()


def read_files(
    name: str,
    stream: BinaryIO,
    options: ReadOptions,
    connector: str | None,
    weeks: Weeks | None = None,
) -> Iterator[ReadFile | FileReport]:
    """Yield what each member of a source held, or a report with why it was refused.

    Args:
        name: File name of the source.
        stream: Its bytes; hashed as they are read, unless they are `Kept`.
        options: What the owner knows and the source does not say.
        connector: Name of the connector, or None to tell by content.
        weeks: For times that are 1,024 weeks off; None to look for none.

    Raises:
        ArchiveError: An archive that cannot be read on.
        TooLargeError: A limit was passed.
    """
    options = equipped(options)
    for member in open_members(name, stream):
        plain = member.stream
        hashed = plain if isinstance(plain, Kept) else Hashed(plain)
        try:
            # A raw stream with read() is all that connectors ask of a BinaryIO.
            inside = cast("BinaryIO", hashed)
            if isinstance(plain, Kept) and plain.early is not None:
                found, parts = plain.early[0], iter(plain.early[1:])
            else:
                found, parts = read_source_parts(
                    member.name, inside, options=options, format=connector
                )
            rounds = Rounds(bearings(member.name, weeks.now_us)) if weeks and weeks.fix else None
            result = hold(rounds.corrected(parts) if rounds else parts)
            refuse_without_fixes(result)
            digest = hashed.sha256 if isinstance(hashed, Kept) else hashed.finished()
        except GeowalletError as error:
            yield FileReport(member.name, error=error)
        else:
            lost = None
            if weeks and not weeks.fix:
                about = bearings(member.name, weeks.now_us)
                lost = lost_weeks(result, about, saved_us=weeks.saved_us)
            moved = rounds.moved() if rounds else None
            yield ReadFile(member.name, digest, hashed.length, found, result, lost, moved)


def read_traces(
    named: Iterable[str], *, options: ReadOptions, stdin: bytes = b""
) -> tuple[list[ReadTrace], list[FileReport]]:
    """Return the traces of all files, and a report of each that was refused.

    Args:
        named: Files, folders, globs, or ``-`` for ``stdin``.
        options: What the owner knows and the files do not say.
        stdin: The bytes that ``-`` stands for.
    """
    traces: list[ReadTrace] = []
    refused: list[FileReport] = []
    for path in source_paths(named):
        try:
            with open_source(path, stdin) as stream:
                for item in read_files(Path(path).name, stream, options, None):
                    if isinstance(item, FileReport):
                        refused.append(item)
                    else:
                        found = (
                            ReadTrace(item.sha256, item.connector, t.whole(), item.result.labels)
                            for t in item.result.traces
                        )
                        traces += found
        except GeowalletError as error:
            refused.append(FileReport(str(path), error=error))
    return traces, refused
