"""``evidence timeline``, ``export`` and ``proof``: the log by day, and for other tools."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.evidence.evidence import kinds
from geowallet.cli.terminal.language import _, clauses, plural, say
from geowallet.cli.terminal.numbers import count, day, enumeration, km, moment, period_words
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.calendar import Period
from geowallet.model.causes import CAUSES

if TYPE_CHECKING:
    from geowallet.app.evidence.timeline import Day


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``evidence``."""
    verb(
        app,
        "timeline",
        _("The log by day: what came in, what you said, what left, who saw it."),
        example="geowallet evidence timeline",
    )(timeline)
    verb(
        app,
        "export",
        _("Write the log as W3C PROV-JSON, for other tools: digests, no content."),
        example="geowallet evidence export --prov log.json",
    )(export)
    verb(
        app,
        "proof",
        _("Write a C2SP proof that an entry is in the log, for any log tool."),
        example="geowallet evidence proof 12 entry.tlog-proof",
    )(proof)


def proof(
    shell: Shell,
    entry: Annotated[int, typer.Argument(help=_("Its number, from 'geowallet evidence list'."))],
    file: Annotated[Path, typer.Argument(help=_("The file to write."))],
) -> None:
    """Write the proof of one entry."""
    from geowallet.app.evidence.proving import entry_proof
    from geowallet.app.files import write_new

    with open_wallet(shell) as vault:
        found = entry_proof(vault, entry)
    written = write_new(file, str(found).encode())
    shell.say(
        _("Wrote {path}: it shows that the entry is there, not what it says.", path=str(written))
    )
    shell.emit({"file": str(written), "entry": entry})


def timeline(shell: Shell) -> None:
    """Show the days, and what was changed after its figures had left."""
    from geowallet.app.evidence.timeline import timeline as by_day
    from geowallet.app.travel import trips

    with open_wallet(shell) as vault:
        found = by_day(vault)
        here = trips.own_zone(vault)
    for one in found.days:
        shell.emit(_record(one))
    columns = [Column(_("DAY")), Column(_("WHAT")), Column(_("CLOSED")), Column(_("NOTE"))]
    rows = [
        [day(dt.date.fromisoformat(one.date)), _what(one), _closed(one), _notes(one)]
        for one in found.days
    ]
    shell.table(columns, rows)
    for contract, period, changed in found.since_close:
        shell.emit({"contract": contract, "period": period, "changes_after_close": changed})
        text = plural(
            "{contract}, {period}: {count} change since it was exported; the next export says so.",
            "{contract}, {period}: {count} changes since it was exported; the next export says so.",
            changed,
            contract=contract,
            period=period_words(Period.parse(period)),
        )
        if changed:
            shell.say(text)
    for cause, number, metres in found.silent:
        shell.emit({"silence": str(cause), "count": number, "metres": metres})
        shell.say(
            plural(
                "{count} gap within trips, {km}, not counted: {cause}.",
                "{count} gaps within trips, {km}, not counted: {cause}.",
                number,
                km=km(metres),
                cause=say(CAUSES[cause]),
            )
        )
    for wish in found.wanted:
        shell.emit({"wanted": wish.authority, "since_us": wish.since_us})
        shell.say(
            _(
                "A time stamp of {name} is wanted since {moment}.",
                name=wish.authority,
                moment=moment(wish.since_us, here),
            )
        )


def export(
    shell: Shell,
    *,
    prov: Annotated[Path, typer.Option(help=_("The file to write."))],
) -> None:
    """Write the log for other tools."""
    from geowallet.app.evidence.prov import prov_of
    from geowallet.app.files import write_new

    with open_wallet(shell) as vault:
        document = prov_of(vault)
    body = json.dumps(document, indent=1, sort_keys=True) + "\n"
    written = write_new(prov, body.encode())
    entries = len(document["activity"])
    shell.say(_("Wrote {path}: {count} entries.", path=str(written), count=count(entries)))
    shell.emit({"file": str(written), "entries": entries})


def _what(one: Day) -> str:
    words = kinds()
    return clauses([f"{words[kind]} ({count(n)})" for kind, n in one.counts.items()])


def _closed(one: Day) -> str:
    return clauses([f"{name} {period}" for name, period in one.closed])


def _notes(one: Day) -> str:
    notes = []
    if one.late:
        notes.append(
            plural(
                "{count} file a week late or more", "{count} files a week late or more", one.late
            )
        )
    notes += [
        plural(
            "{count} change of {contract} {period}, which had left",
            "{count} changes of {contract} {period}, which had left",
            changed,
            contract=contract,
            period=period,
        )
        for contract, period, changed in one.after_close
    ]
    if one.clocks:
        shown = enumeration([count(seconds) for seconds in one.clocks])
        notes.append(_("clock off by {seconds} s", seconds=shown))
    return clauses(notes)


def _record(one: Day) -> dict[str, Any]:
    return {
        "day": one.date,
        "counts": {str(kind): n for kind, n in one.counts.items()},
        "late": one.late,
        "closed": [list(pair) for pair in one.closed],
        "after_close": [list(item) for item in one.after_close],
        "clocks_off_s": list(one.clocks),
    }
