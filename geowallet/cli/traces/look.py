"""``inspect`` and ``analyse``: what is in files, without a wallet."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, say, told
from geowallet.cli.terminal.numbers import count, day, km
from geowallet.cli.terminal.secrets import first_line
from geowallet.cli.terminal.shell import SCHEMA, Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.intake.inspect import FileReport
    from geowallet.app.travel.analyse import ReadTrace
    from geowallet.connectors.api import ReadOptions
    from geowallet.model.errors import GeowalletError
    from geowallet.track.modes.surroundings import Surroundings
    from geowallet.track.pipeline import Analysis

Paths = Annotated[
    list[str], typer.Argument(help=_("Files, folders, patterns, archives, or - for stdin."))
]
Format = Annotated[
    str, typer.Option("--format", help=_("Read as this format; see connector list."))
]
Zone = Annotated[
    str,
    typer.Option(
        help=_("Time zone of files that name none; 'position' takes it from the positions.")
    ),
]
Columns = Annotated[
    str,
    typer.Option(help=_("Columns of tables without header, such as time,lat,lon,-,speed.")),
]
Rollover = Annotated[
    bool | None,
    typer.Option(
        "--fix-rollover/--keep-times",
        help=_("Move times that are 1,024 weeks off, or move them back."),
    ),
]
Secret = Annotated[
    Path | None,
    typer.Option(
        "--secret-file",
        help=_("For encrypted payloads: the secret of the phone's app, in this file's first line."),
    ),
]
DateOrder = Annotated[str, typer.Option(help=_("dmy, mdy or ymd, for dates such as 05/06/2026."))]

OUTPUTS = ("table", "csv", "json", "geojson", "gpx")
"""What `analyse` can print."""

POSITION = "position"
"""Said instead of a zone: look it up where the positions are."""

UNREADABLE = 3
"""Exit status where a file was refused."""

MAX_STDIN_BYTES = 256 << 20
"""Largest standard input: it is kept in memory, a file would leave positions on the disk."""


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


def inspect(
    shell: Shell,
    paths: Paths,
    *,
    format_: Format = "",
    zone: Zone = "",
    date_order: DateOrder = "",
    columns: Columns = "",
    secret_file: Secret = None,
) -> None:
    """Show one line a file; the exit status is 3 if any was refused."""
    from geowallet.app.intake.inspect import Look
    from geowallet.app.intake.inspect import inspect as look
    from geowallet.app.wallet import now_us
    from geowallet.cli.terminal.asking import asker_of_files

    options = options_of(zone, date_order, secret_file, columns)
    reports = []
    for report in look(
        paths,
        options=options,
        format=format_ or None,
        stdin=standard_input(paths),
        look=Look(now_us(), asker_of_files(shell)),
    ):
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
    for report in reports:
        for sentence in (report.note, report.offer):
            if sentence is not None:
                shell.note(_("{name}: {value}", name=report.path, value=say(sentence)))
    refused = [report for report in reports if report.error is not None]
    for report in refused:
        if report.error is not None:
            _say_refused(shell, report.path, report.error)
    if refused:
        raise typer.Exit(UNREADABLE)


def analyse(
    shell: Shell,
    paths: Paths,
    *,
    output: Annotated[
        str, typer.Option("--output", "--format", help=_("table, csv, json, geojson or gpx."))
    ] = "table",
    model: Annotated[
        str, typer.Option("--model", help=_("Find modes with this model; see model list."))
    ] = "",
    driving: Annotated[
        bool, typer.Option("--driving", help=_("Show how a car was driven: score and events."))
    ] = False,
    map_: Annotated[
        Path | None,
        typer.Option(
            "--map", help=_("Look at what this OpenStreetMap extract draws around the legs.")
        ),
    ] = None,
    zone: Zone = "",
    date_order: DateOrder = "",
    secret_file: Secret = None,
) -> None:
    """Show stops and legs; for the owner's eyes: it holds times and places."""
    from geowallet.app.intake.reading import read_traces
    from geowallet.app.travel import analyse as use
    from geowallet.app.travel.models import model_named

    wanted = "json" if shell.as_json else output
    if wanted not in OUTPUTS:
        raise BadOptionError(option="--output", reason=", ".join(OUTPUTS))
    forest = model_named(model) if model else None
    traces, refused = read_traces(
        paths, options=options_of(zone, date_order, secret_file), stdin=standard_input(paths)
    )
    analyses = use.analyse_users(
        traces, forest=forest, surroundings=_map_around(shell, map_, traces)
    )
    if driving:
        from geowallet.cli.traces.driving import show_driving

        show_driving(shell, analyses.values())
    else:
        _write_movements(shell, analyses, wanted)
        if not refused and not any(found.trips or found.stops for found in analyses.values()):
            shell.note(_("Neither a stop nor a trip shows in these positions."))
    for report in refused:
        if report.error is not None:
            _say_refused(shell, report.path, report.error)
    if refused:
        raise typer.Exit(UNREADABLE)


def _map_around(
    shell: Shell, path: Path | None, traces: Sequence[ReadTrace]
) -> Surroundings | None:
    """Return the map at ``path``, if one was named, and say where it does not help."""
    if path is None:
        return None
    from geowallet.app.maps.reading import read_map

    around = read_map(path, [item.trace.fixes for item in traces])
    if around.is_empty:
        shell.note(_("this map draws nothing where these traces are"))
    return around


def _write_movements(shell: Shell, analyses: dict[str, Analysis], wanted: str) -> None:
    from geowallet.app.travel import analyse as use
    from geowallet.app.travel.gpx_writing import as_gpx

    movements = use.movements_of(analyses)
    if wanted == "csv":
        shell.stdout.write(use.as_csv(movements))
    elif wanted == "json":
        for record in use.as_records(movements):
            line = json.dumps({"schema": SCHEMA} | record, ensure_ascii=False)
            shell.stdout.write(f"{line}\n")
    elif wanted == "geojson":
        shell.stdout.write(json.dumps(use.as_geojson(analyses)) + "\n")
    elif wanted == "gpx":
        shell.stdout.write(as_gpx(analyses) + "\n")
    else:
        _show_movements(shell, movements)


def standard_input(paths: Sequence[str]) -> bytes:
    """Return standard input where ``-`` is among the paths, within `MAX_STDIN_BYTES`."""
    from geowallet.model.errors import TooLargeError

    if "-" not in paths:
        return b""
    data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    if len(data) > MAX_STDIN_BYTES:
        raise TooLargeError(limit=f"{MAX_STDIN_BYTES >> 20} MiB")
    return data


def options_of(
    zone: str, date_order: str, secret_file: Path | None, columns: str = ""
) -> ReadOptions:
    """Return what the owner said of zone, date order, secret and columns, checked."""
    from geowallet.connectors.api import ReadOptions
    from geowallet.connectors.fields.headings import columns_said

    if date_order not in {"", "dmy", "mdy", "ymd"}:
        raise BadOptionError(option="--date-order", reason="dmy, mdy, ymd")
    options = ReadOptions(
        date_order=date_order or None,
        secret=first_line(secret_file) if secret_file else None,
        columns=columns_said(columns) if columns else (),
    )
    return with_zone(options, zone)


def with_zone(options: ReadOptions, zone: str) -> ReadOptions:
    """Return ``options`` with the zone of local times: a name, "position", or "" for none."""
    from geowallet.app.intake.zones import zone_finder
    from geowallet.model.calendar import zone_of

    if zone == POSITION:
        return replace(options, zone_at=zone_finder())
    if zone:
        zone_of(zone)
    return replace(options, zone=zone or None)


def _show_movements(shell: Shell, movements: Sequence[Any]) -> None:
    from geowallet.app.travel.analyse import iso
    from geowallet.cli.terminal.language import word
    from geowallet.cli.terminal.numbers import percent

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
    if any(m.drawn for m in movements):
        columns.append(Column(_("ON THE MAP")))
        rows = [
            [*row, "" if m.drawn is None else say(m.drawn)]
            for row, m in zip(rows, movements, strict=True)
        ]
    shell.table(columns, rows)


def _say_refused(shell: Shell, path: str, error: GeowalletError) -> None:
    text, hint = told(error)
    named = text if text.startswith(path) else _("{name}: {value}", name=path, value=text)
    shell.note(f"{_('error')} [{error.code}] {named}")
    if hint:
        shell.note(f"{_('hint:')} {hint}")


def _report_row(report: FileReport) -> list[str]:
    ends = [utc_day(us) if us is not None else "-" for us in (report.first_us, report.last_us)]
    return [
        report.path,
        report.format or "-",
        count(report.fixes),
        *ends,
        km(report.length_m),
        count(report.problem_count),
    ]


def utc_day(time_us: int) -> str:
    """Return the UTC day of an instant in words."""
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return day(moment.date())
