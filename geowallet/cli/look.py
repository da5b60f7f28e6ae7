"""``inspect``, ``analyse`` and ``ingest``: what is in files, and taking it in."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.language import _, plural, say
from geowallet.cli.numbers import count, day, km
from geowallet.cli.secrets import open_wallet
from geowallet.cli.shell import Column, Shell, printable
from geowallet.cli.verb import verb
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geowallet.app.ingest import Imported, Ingested
    from geowallet.app.inspect import FileReport
    from geowallet.connectors.api import ReadOptions

Paths = Annotated[
    list[str], typer.Argument(help=_("Files, folders, patterns, archives, or - for stdin."))
]
Format = Annotated[
    str, typer.Option("--format", help=_("Read as this format; see connector list."))
]
Zone = Annotated[str, typer.Option(help=_("Time zone of files that name none."))]
DateOrder = Annotated[str, typer.Option(help=_("dmy, mdy or ymd, for dates such as 05/06/2026."))]

UNREADABLE = 3
"""Exit status where a file was refused."""

MAX_STDIN_BYTES = 256 << 20
"""Largest standard input: it is kept in memory, a file would leave positions on the disk."""

_SHOWN_PROBLEMS = 12


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    verb(
        app,
        "inspect",
        _("Say what is in files; no wallet needed, nothing is stored."),
        example="geowallet inspect samples/real",
    )(inspect)
    verb(
        app,
        "analyse",
        _("Stops, legs and modes of files; no wallet needed, nothing is stored."),
        example="geowallet analyse samples/simulated-month/watch --output csv",
    )(analyse)
    verb(
        app,
        "ingest",
        _("Read traces into the wallet."),
        example="geowallet ingest samples/simulated-month",
    )(ingest)


def inspect(
    shell: Shell, paths: Paths, *, format_: Format = "", zone: Zone = "", date_order: DateOrder = ""
) -> None:
    """Show one line a file; the exit status is 3 if any was refused."""
    from geowallet.app.inspect import inspect as look

    options = _options(zone, date_order)
    reports = []
    for report in look(paths, options=options, format=format_ or None, stdin=_stdin(paths)):
        reports.append(report)
        shell.emit(report.as_json())
    shell.table(
        [
            Column(_("FILE")),
            Column(_("FORMAT")),
            Column(_("POSITIONS"), numeric=True),
            Column(_("FROM")),
            Column(_("TO")),
            Column(_("LENGTH"), numeric=True),
            Column(_("PROBLEMS"), numeric=True),
        ],
        [_report_row(report) for report in reports if report.error is None],
    )
    refused = [report for report in reports if report.error is not None]
    for report in refused:
        _say_refused(shell, report.path, report.error)
    if refused:
        raise typer.Exit(UNREADABLE)


def analyse(
    shell: Shell,
    paths: Paths,
    *,
    output: Annotated[
        str, typer.Option("--output", "--format", help=_("table, csv, json or geojson."))
    ] = "table",
    zone: Zone = "",
    date_order: DateOrder = "",
) -> None:
    """Show stops and legs; for the owner's eyes: it holds times and places."""
    from geowallet.app import analyse as use
    from geowallet.app.reading import read_traces

    wanted = "json" if shell.as_json else output
    if wanted not in {"table", "csv", "json", "geojson"}:
        raise BadOptionError(option="--output", reason="table, csv, json, geojson")
    traces, refused = read_traces(paths, options=_options(zone, date_order), stdin=_stdin(paths))
    analyses = use.analyse_users(traces)
    movements = use.movements_of(analyses)
    if wanted == "csv":
        shell.stdout.write(use.as_csv(movements))
    elif wanted == "json":
        shell.stdout.writelines(f"{line}\n" for line in use.as_json_lines(movements))
    elif wanted == "geojson":
        shell.stdout.writelines(f"{line}\n" for line in use.as_geojson(analyses))
    else:
        _show_movements(shell, movements)
    for report in refused:
        _say_refused(shell, report.path, report.error)
    if refused:
        raise typer.Exit(UNREADABLE)


def ingest(
    shell: Shell,
    paths: Paths,
    *,
    format_: Format = "",
    zone: Zone = "",
    date_order: DateOrder = "",
    strict: Annotated[
        bool, typer.Option("--strict", help=_("Exit with 3 if anything was refused or skipped."))
    ] = False,
) -> None:
    """Read files into the wallet; each is kept whole or not at all."""
    from geowallet.app import ingest as use
    from geowallet.app.wallet import now_us

    options = _options(zone, date_order)
    manner = use.Manner(options, format_ or None, now_us, _stdin(paths))
    with open_wallet(shell) as vault:
        done = use.ingest(vault, paths, manner, progress=progress_on(shell))
    for item in done.files:
        shell.emit(_imported_record(item))
    _show_summary(shell, done)
    refused = [item.error for item in done.files if item.error is not None]
    skipped = any(item.problems or item.untimed for item in done.files)
    if len(refused) == len(done.files) > 0:
        raise refused[0]
    if strict and (refused or skipped):
        raise typer.Exit(UNREADABLE)
    shell.next("geowallet trip list", _("name your places: geowallet place list"))


def _stdin(paths: Sequence[str]) -> bytes:
    """Return standard input where ``-`` is among the paths, within `MAX_STDIN_BYTES`."""
    from geowallet.model.errors import TooLargeError

    if "-" not in paths:
        return b""
    data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    if len(data) > MAX_STDIN_BYTES:
        raise TooLargeError(limit=f"{MAX_STDIN_BYTES >> 20} MiB")
    return data


def _options(zone: str, date_order: str) -> ReadOptions:
    from geowallet.connectors.api import ReadOptions
    from geowallet.model.calendar import zone_of

    if zone:
        zone_of(zone)
    if date_order not in {"", "dmy", "mdy", "ymd"}:
        raise BadOptionError(option="--date-order", reason="dmy, mdy, ymd")
    return ReadOptions(zone or None, date_order or None)


def progress_on(shell: Shell) -> Callable[[str, int], None]:
    """Return a function that tells which file is read: redrawn on a terminal, else silent."""
    redraw = shell.stderr.isatty() and not shell.quiet and not shell.accessible
    done = 0

    def tell(name: str, total: int) -> None:
        nonlocal done
        done += 1
        if redraw:
            short = printable(name.rpartition("/")[2])[:40]
            text = _("reading {done} of {total} files: {name}", done=done, total=total, name=short)
            shell.stderr.write(f"\r\x1b[K{text}" if done < total else "\r\x1b[K")
            shell.stderr.flush()

    return tell


def _show_summary(shell: Shell, done: Ingested) -> None:
    files = done.files
    outcomes = {name: [f for f in files if f.outcome == name] for name in ("read", "known")}
    refused = [f for f in files if f.error is not None]
    shell.say(
        plural(
            "{count} file     {read} read, {known} already in the wallet, {refused} refused",
            "{count} files    {read} read, {known} already in the wallet, {refused} refused",
            len(files),
            read=len(outcomes["read"]),
            known=len(outcomes["known"]),
            refused=len(refused),
        )
    )
    kept = sum(item.fixes for item in outcomes["read"])
    untimed = sum(item.untimed for item in files)
    shell.say(
        _(
            "positions    {kept} kept; {untimed} without a time, not used",
            kept=count(kept),
            untimed=count(untimed),
        )
    )
    spans = [item for item in outcomes["read"] if item.first_us is not None]
    if spans:
        first = min(item.first_us or 0 for item in spans)
        last = max(item.last_us or 0 for item in spans)
        shell.say(_("period       {first} to {last} (UTC)", first=_day(first), last=_day(last)))
    derived = done.derived
    shell.say(
        _("trips        {new} new, {changed} replaced", new=derived.new, changed=derived.changed)
    )
    if derived.shared_m:
        shell.say(
            _("{km} were seen by more than one source: counted once.", km=km(derived.shared_m))
        )
    _show_problems(shell, files)


def _show_problems(shell: Shell, files: Sequence[Imported]) -> None:
    lines = []
    for item in files:
        if item.error is not None:
            text = _(item.error.text).format(**item.error.details)
            lines.append([item.name, text, _("refused")])
        lines += [
            [item.name, f"{problem.where}: {say(problem.what)}", _("used in part")]
            for problem in item.problems
        ]
    if not lines:
        return
    shell.say()
    columns = [Column(_("PROBLEMS")), Column(_("WHAT")), Column(_("RESULT"))]
    shell.table(columns, lines[:_SHOWN_PROBLEMS])
    if len(lines) > _SHOWN_PROBLEMS:
        shell.say(_("({count} more problems)", count=len(lines) - _SHOWN_PROBLEMS))


def _show_movements(shell: Shell, movements: Sequence[Any]) -> None:
    from geowallet.app.analyse import iso
    from geowallet.cli.language import word
    from geowallet.cli.numbers import percent

    stop = _("stop")
    columns = [
        Column(_("USER")),
        Column(_("START")),
        Column(_("END")),
        Column(_("MODE")),
        Column(_("CONFIDENCE"), numeric=True),
        Column(_("LENGTH"), numeric=True),
    ]
    rows = [
        [
            m.user,
            iso(m.start_us),
            iso(m.end_us),
            stop if m.mode == "stop" else word(m.mode),
            percent(m.confidence),
            km(m.distance_m),
        ]
        for m in movements
    ]
    shell.table(columns, rows)


def _say_refused(shell: Shell, path: str, error: Any) -> None:
    text = _(error.text).format(**error.details)
    named = text if text.startswith(path) else f"{path}: {text}"
    shell.note(f"{_('error')} [{error.code}] {named}")
    if error.hint:
        shell.note(f"{_('hint:')} {_(error.hint).format(**error.details)}")


def _report_row(report: FileReport) -> list[str]:
    ends = [_day(us) if us is not None else "-" for us in (report.first_us, report.last_us)]
    return [
        report.path,
        report.format or "-",
        count(report.fixes),
        *ends,
        km(report.length_m),
        count(report.problem_count),
    ]


def _imported_record(item: Imported) -> dict[str, Any]:
    from geowallet.app.inspect import iso_utc

    return {
        "path": item.name,
        "format": item.connector,
        "outcome": item.outcome,
        "fixes": item.fixes,
        "untimed": item.untimed,
        "first": None if item.first_us is None else iso_utc(item.first_us),
        "last": None if item.last_us is None else iso_utc(item.last_us),
        "problems": sum(problem.count for problem in item.problems),
        "error": item.error.code if item.error else None,
    }


def _day(time_us: int) -> str:
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return day(moment.date())
