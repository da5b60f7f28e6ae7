"""Use case: say what is in files, folders, globs and archives. No wallet needed."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from geowallet.app.intake.asking import answered
from geowallet.app.intake.guests import read_source_parts
from geowallet.app.intake.held import Held, hold
from geowallet.app.intake.paths import STDIN, source_paths
from geowallet.app.intake.totals import totals
from geowallet.app.intake.weeks import bearings, lost_weeks
from geowallet.app.intake.zones import zone_finder
from geowallet.connectors.api import Problem, ReadOptions
from geowallet.connectors.archives import open_members
from geowallet.connectors.foreign import WEB_PAGE
from geowallet.connectors.source import refuse_without_fixes
from geowallet.connectors.streams import whole
from geowallet.crypto.secretbox import open_box
from geowallet.model.errors import (
    ArchiveError,
    BadOptionError,
    GeowalletError,
    NaiveTimeError,
    SourceAccessError,
    SourceMissingError,
    TooLargeError,
)
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geowallet.app.intake.asking import Ask

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NOTHING_NOTE = phrase(N_("it holds no position"))


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file holds, or why it could not be read.

    Attributes:
        path: As named, or below a named folder.
        format: Name of the connector; several, for an archive, joined by ``+``.
        traces: Number of traces (devices, members).
        fixes: Distinct timed positions.
        first_us: Of them, or None.
        last_us: Of them, or None.
        length_m: Great-circle length over them in time order, gaps included,
            whatever trace each is of; latitude 0 with longitude 0 is no part of
            it.
        problems: Where and what; members of an archive are named in ``where``.
        note: A sentence about the file.
        offer: How times that look 1,024 weeks off can be put right.
        error: Why nothing was read.
    """

    path: str
    format: str | None = None
    traces: int = 0
    fixes: int = 0
    first_us: int | None = None
    last_us: int | None = None
    length_m: float = 0.0
    problems: tuple[Problem, ...] = ()
    note: Phrase | None = None
    offer: Phrase | None = None
    error: GeowalletError | None = None

    @property
    def problem_count(self) -> int:
        """Problems, each counted as often as it occurred."""
        return sum(problem.count for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``inspect --json`` prints."""
        error = self.error
        return {
            "path": self.path,
            "format": self.format,
            "fixes": self.fixes,
            "first": None if self.first_us is None else iso_utc(self.first_us),
            "last": None if self.last_us is None else iso_utc(self.last_us),
            "length_m": round(self.length_m, 3),
            "problems": self.problem_count,
            "note": "; ".join(str(said) for said in (self.note, self.offer) if said) or None,
            "error": None if error is None else {"code": error.code, "message": str(error)},
        }


@dataclass(frozen=True, slots=True)
class Look:
    """What tells more of files than they do.

    Attributes:
        now_us: The present, UTC microseconds: tells times that are 1,024 weeks off.
        ask: Asks the owner for what a file leaves open, or None.
    """

    now_us: int
    ask: Ask | None = None


def inspect(
    named: Iterable[str | Path],
    *,
    options: ReadOptions | None = None,
    format: str | None = None,  # noqa: A002  the word of the command line
    stdin: bytes = b"",
    look: Look | None = None,
) -> Iterator[FileReport]:
    """Yield one report per file; the error of a file is a value in its report.

    Args:
        named: Files, folders, globs, or ``-`` for ``stdin``.
        options: What the owner knows of zone and date order.
        format: Name of the connector, to skip the choice by content.
        stdin: The bytes that ``-`` stands for.
        look: For what the files alone do not tell, or None.
    """
    way = _Way(equipped(options or ReadOptions()), format, stdin, look)
    for path in source_paths(named):
        report = way.report(path)
        if look is not None and isinstance(report.error, NaiveTimeError):
            report = _local(way, path) or report
        ask = look.ask if look else None
        given = answered(ask, way.options, [(report.path, report.error)])
        if given is not None:
            way = replace(way, options=given)
            report = way.report(path)
        yield report


@dataclass(frozen=True, slots=True)
class _Way:
    """How the files of one run are read."""

    options: ReadOptions
    form: str | None
    stdin: bytes
    look: Look | None

    def report(self, path: str | Path) -> FileReport:
        """Return the report of one file, whatever is wrong with it."""
        try:
            return _report(path, self)
        except GeowalletError as error:
            return FileReport(str(path), error=error)


def _local(way: _Way, path: str | Path) -> FileReport | None:
    """Return the report with times by the zone of the positions, if that can be looked up.

    Nothing is stored here; who imports the file is asked, or says it.
    """
    try:
        options = replace(way.options, zone_at=zone_finder())
    except BadOptionError:
        return None
    return replace(way, options=options).report(path)


def equipped(options: ReadOptions) -> ReadOptions:
    """Return ``options`` with what opens sealed payloads, which connectors may not import."""
    return replace(options, unbox=open_box)


def open_source(path: str | Path, stdin: bytes = b"") -> BinaryIO:
    """Return a stream that can seek; the caller closes it.

    Raises:
        SourceMissingError: No such file.
        SourceAccessError: The system does not let us read it.
        TooLargeError: A pipe that holds more than can be kept in memory.
    """
    if str(path) == STDIN:
        return io.BytesIO(stdin)
    try:
        stream = Path(path).open("rb")  # noqa: SIM115  closed by the caller
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceMissingError(path=str(path)) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else N_("not a usable name")
        raise SourceAccessError(path=str(path), reason=reason or N_("unknown")) from error
    if stream.seekable():
        return stream
    with stream:
        return io.BytesIO(whole(stream))


def saved_us(stream: BinaryIO) -> int | None:
    """Return when the file behind ``stream`` was last written, UTC microseconds, if it is one."""
    try:
        return os.fstat(stream.fileno()).st_mtime_ns // 1000
    except OSError:
        return None


def iso_utc(time_us: int) -> str:
    """Return ISO 8601 with ``Z``, and a fraction only where there is one."""
    text = (_EPOCH + timedelta(microseconds=time_us)).isoformat()
    return text.removesuffix("+00:00") + "Z"


def _report(path: str | Path, way: _Way) -> FileReport:
    with open_source(path, way.stdin) as stream:
        try:
            readings = list(_members(Path(path).name, stream, way))
        except OSError as error:
            raise SourceAccessError(path=str(path), reason=error.strerror or "") from error
    return replace(_joined(readings), path=str(path))


def _members(source: str, stream: BinaryIO, way: _Way) -> Iterator[FileReport]:
    """Yield the report of every member, or of the source itself; one bad member stops no other."""
    saved = saved_us(stream)
    for member in open_members(source, stream):
        try:
            found, parts = read_source_parts(
                member.name, member.stream, options=way.options, format=way.form
            )
            held = hold(parts)
        except (ArchiveError, TooLargeError):
            raise
        except GeowalletError as error:
            yield FileReport(member.name, error=_bare(error))
        else:
            report = _summary(member.name, found, held, source)
            if way.look is not None and report.error is None:
                known = bearings(member.name, way.look.now_us)
                lost = lost_weeks(held, known, saved_us=saved)
                report = replace(report, offer=lost.offer() if lost else None)
            yield report


def _bare(error: GeowalletError) -> GeowalletError:
    """Return it without its traceback, which would keep the buffers of every bad member."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _summary(name: str, found: str, held: Held, source: str) -> FileReport:
    """Return the report of one member, without its columns."""
    try:
        refuse_without_fixes(held)
    except GeowalletError as error:
        return FileReport(name, found, problems=held.problems, error=error)
    member = name.removeprefix(f"{source}!")
    problems = held.problems
    if member not in {source, name}:
        problems = tuple(replace(p, where=f"{member}: {p.where}") for p in problems)
    note = held.note
    if held.untimed:
        note = phrase(N_("{count} positions without a time were left out"), count=held.untimed)
    elif not held.traces and note is None:
        note = NOTHING_NOTE
    report = FileReport(name, found, problems=problems, note=note)
    return _with_totals(report, held)


def _with_totals(report: FileReport, held: Held) -> FileReport:
    found = totals(held.pieces())
    return replace(
        report,
        traces=len(held.traces),
        fixes=found.count,
        first_us=found.first_us,
        last_us=found.last_us,
        length_m=found.length_m,
    )


def _joined(reports: list[FileReport]) -> FileReport:
    """Return one report for all members of a source."""
    if len(reports) == 1:
        return reports[0]
    read = [report for report in reports if report.error is None]
    if not read:
        errors = [report.error for report in reports if report.error is not None]
        # A page beside the data, such as Takeout's, tells less than the data.
        error = min(errors, key=lambda e: e.details.get("what") == WEB_PAGE, default=None)
        return FileReport("", note=None if error else NOTHING_NOTE, error=error)
    refused = tuple(
        Problem(report.path.partition("!")[2], phrase(report.error.text, **report.error.details))
        for report in reports
        if report.error is not None
    )
    return FileReport(
        "",
        "+".join(sorted({report.format for report in read if report.format})),
        traces=sum(report.traces for report in read),
        fixes=sum(report.fixes for report in read),
        first_us=min((r.first_us for r in read if r.first_us is not None), default=None),
        last_us=max((r.last_us for r in read if r.last_us is not None), default=None),
        length_m=sum(report.length_m for report in read),
        offer=next((report.offer for report in read if report.offer is not None), None),
        problems=(*(p for report in read for p in report.problems), *refused),
        note=phrase(
            N_("{read} of {total} files in it were read"), read=len(read), total=len(reports)
        ),
    )
