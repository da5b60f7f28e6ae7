"""Use case: say what is in files, folders, globs and archives. No wallet needed."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from geowallet.app.paths import STDIN, source_paths
from geowallet.connectors.api import Problem, ReadOptions
from geowallet.connectors.source import Reading, read_members, refuse_without_fixes
from geowallet.connectors.streams import whole
from geowallet.crypto.secretbox import open_box
from geowallet.model.errors import GeowalletError, SourceAccessError, SourceMissingError
from geowallet.model.geodesy import step_lengths_m
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from geowallet.connectors.api import Trace
    from geowallet.model.fixes import Fixes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_STEPS = 100_000
"""Steps measured at once, so that a long trace does not double its memory."""

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
            readings = [
                _summary(reading, name)
                for reading in read_members(name, stream, options=options, format=form)
            ]
        except OSError as error:
            raise SourceAccessError(path=str(path), reason=error.strerror or "") from error
    return replace(_joined(readings), path=str(path))


def _summary(reading: Reading, source: str) -> FileReport:
    """Return the report of one member, without its columns."""
    if reading.result is None:
        return FileReport(reading.name, error=reading.error)
    result = reading.result
    try:
        refuse_without_fixes(result)
    except GeowalletError as error:
        return FileReport(reading.name, reading.format, problems=result.problems, error=error)
    member = reading.name.removeprefix(f"{source}!")
    problems = result.problems
    if member not in {source, reading.name}:
        problems = tuple(replace(p, where=f"{member}: {p.where}") for p in problems)
    note = result.note
    if result.untimed:
        note = phrase(N_("{count} positions without a time were left out"), count=result.untimed)
    elif not result.traces and note is None:
        note = NOTHING_NOTE
    report = FileReport(reading.name, reading.format, problems=problems, note=note)
    return _with_totals(report, [_trace_totals(trace) for trace in result.traces])


def _trace_totals(trace: Trace) -> tuple[int, int | None, int | None, float]:
    """Return number, first, last and length of the distinct timed positions."""
    fixes = trace.fixes
    if not len(fixes):
        return 0, None, None, 0.0
    kept = _distinct(fixes)
    placed = kept & ((fixes.lat_deg != 0) | (fixes.lon_deg != 0))
    lat_deg, lon_deg = fixes.lat_deg[placed], fixes.lon_deg[placed]
    length_m = sum(
        float(step_lengths_m(lat_deg[at : at + _STEPS + 1], lon_deg[at : at + _STEPS + 1]).sum())
        for at in range(0, len(lat_deg), _STEPS)
    )
    return int(np.count_nonzero(kept)), int(fixes.time_us[0]), int(fixes.time_us[-1]), length_m


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
        error = next((r.error for r in reports), None)
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
