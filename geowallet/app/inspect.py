"""Use case: say what is in files, folders, globs and archives. No wallet needed."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from geowallet.app.guests import read_source_parts
from geowallet.app.held import Held, HeldTrace, hold
from geowallet.app.paths import STDIN, source_paths
from geowallet.connectors.api import Problem, ReadOptions
from geowallet.connectors.archives import open_members
from geowallet.connectors.foreign import WEB_PAGE
from geowallet.connectors.source import refuse_without_fixes
from geowallet.connectors.streams import whole
from geowallet.crypto.secretbox import open_box
from geowallet.model.errors import (
    ArchiveError,
    GeowalletError,
    SourceAccessError,
    SourceMissingError,
    TooLargeError,
)
from geowallet.model.geodesy import step_lengths_m
from geowallet.model.words import N_, Phrase, phrase
from geowallet.vault.columns import join_fixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

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
            trace by trace; latitude 0 with longitude 0 is no part of
            it.
        problems: Where and what; members of an archive are named in ``where``.
        note: A sentence about the file.
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
            "note": None if self.note is None else str(self.note),
            "error": None if error is None else {"code": error.code, "message": str(error)},
        }


def inspect(
    named: Iterable[str | Path],
    *,
    options: ReadOptions | None = None,
    format: str | None = None,  # noqa: A002  the word of the command line
    stdin: bytes = b"",
) -> Iterator[FileReport]:
    """Yield one report per file; the error of a file is a value in its report.

    Args:
        named: Files, folders, globs, or ``-`` for ``stdin``.
        options: What the owner knows of zone and date order.
        format: Name of the connector, to skip the choice by content.
        stdin: The bytes that ``-`` stands for.
    """
    options = equipped(options or ReadOptions())
    for path in source_paths(named):
        try:
            yield _report(path, options, format, stdin)
        except GeowalletError as error:
            yield FileReport(str(path), error=error)


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


def iso_utc(time_us: int) -> str:
    """Return ISO 8601 with ``Z``, and a fraction only where there is one."""
    text = (_EPOCH + timedelta(microseconds=time_us)).isoformat()
    return text.removesuffix("+00:00") + "Z"


def _report(path: str | Path, options: ReadOptions, form: str | None, stdin: bytes) -> FileReport:
    with open_source(path, stdin) as stream:
        name = Path(path).name
        try:
            readings = list(_members(name, stream, options, form))
        except OSError as error:
            raise SourceAccessError(path=str(path), reason=error.strerror or "") from error
    return replace(_joined(readings), path=str(path))


def _members(
    source: str, stream: BinaryIO, options: ReadOptions, form: str | None
) -> Iterator[FileReport]:
    """Yield the report of every member, or of the source itself; one bad member stops no other."""
    for member in open_members(source, stream):
        try:
            found, parts = read_source_parts(
                member.name, member.stream, options=options, format=form
            )
            held = hold(parts)
        except (ArchiveError, TooLargeError):
            raise
        except GeowalletError as error:
            yield FileReport(member.name, error=_bare(error))
        else:
            yield _summary(member.name, found, held, source)


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
    return _with_totals(report, [_trace_totals(trace) for trace in held.traces])


def _trace_totals(trace: HeldTrace) -> tuple[int, int | None, int | None, float]:
    """Return number, first, last and length of the distinct timed positions."""
    count, length_m = 0, 0.0
    first_us: int | None = None
    last_us: int | None = None
    before: NDArray[np.float64] = np.zeros((2, 0))
    for fixes in _whole_instants(trace.pieces()):
        kept = _distinct(fixes)
        placed = kept & ((fixes.lat_deg != 0) | (fixes.lon_deg != 0))
        path = np.hstack((before, np.vstack((fixes.lat_deg[placed], fixes.lon_deg[placed]))))
        count += int(np.count_nonzero(kept))
        length_m += float(step_lengths_m(path[0], path[1]).sum())
        before = path[:, -1:]
        first_us = int(fixes.time_us[0]) if first_us is None else first_us
        last_us = int(fixes.time_us[-1])
    return count, first_us, last_us, length_m


def _whole_instants(pieces: Iterable[Fixes]) -> Iterator[Fixes]:
    """Yield the same fixes, cut nowhere within one instant."""
    held: list[Fixes] = []
    for piece in pieces:
        cut = int(np.searchsorted(piece.time_us, piece.time_us[-1], side="left"))
        if held and cut:
            yield join_fixes([*held, piece.take(slice(0, cut))])
            held = []
        elif cut:
            yield piece.take(slice(0, cut))
        held.append(piece.take(slice(cut, None)))
    if held:
        yield join_fixes(held)


def _distinct(fixes: Fixes) -> NDArray[np.bool_]:
    """Return a mask of the first of each (time, latitude, longitude)."""
    kept = np.ones(len(fixes), dtype=np.bool_)
    same = np.diff(fixes.time_us) == 0
    shared = np.zeros(len(fixes), dtype=np.bool_)
    shared[1:] |= same
    shared[:-1] |= same
    rows = np.flatnonzero(shared)
    time_us, lat_deg, lon_deg = fixes.time_us[rows], fixes.lat_deg[rows], fixes.lon_deg[rows]
    order = np.lexsort((lon_deg, lat_deg, time_us))
    again = (
        (np.diff(time_us[order]) == 0)
        & (np.diff(lat_deg[order]) == 0)
        & (np.diff(lon_deg[order]) == 0)
    )
    kept[rows[order[1:][again]]] = False
    return kept


def _with_totals(
    report: FileReport, totals: list[tuple[int, int | None, int | None, float]]
) -> FileReport:
    firsts = [first for _, first, _, _ in totals if first is not None]
    lasts = [last for _, _, last, _ in totals if last is not None]
    return replace(
        report,
        traces=len(totals),
        fixes=sum(count for count, _, _, _ in totals),
        first_us=min(firsts, default=None),
        last_us=max(lasts, default=None),
        length_m=sum(length_m for _, _, _, length_m in totals),
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
        problems=(*(p for report in read for p in report.problems), *refused),
        note=phrase(
            N_("{read} of {total} files in it were read"), read=len(read), total=len(reports)
        ),
    )
