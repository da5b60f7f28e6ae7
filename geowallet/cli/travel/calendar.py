"""``work calendar``: the hours of a calendar, without what stands in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, clauses, plural
from geowallet.cli.terminal.numbers import count, period_words
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.calendar import Period, local_time
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.app.travel.calendars import Calendar

app = group(_("Calendars that tell when you were at appointments, and days off."))

_YEARS_BACK = 5


def add(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("An .ics file, as calendars export it."))],
    *,
    name: Annotated[str, typer.Option(help=_("Your short name for it."))] = "",
    match: Annotated[
        list[str] | None,
        typer.Option(help=_("Only entries with this word: business at any hour; repeatable.")),
    ] = None,
    leave: Annotated[
        list[str] | None,
        typer.Option(help=_("A word of whole-day entries that are days off; repeatable.")),
    ] = None,
    keep_titles: Annotated[
        bool, typer.Option("--keep-titles", help=_("Keep titles, as reasons of a mileage log."))
    ] = False,
    period: Annotated[
        str, typer.Option(help=_("Days to look at, such as 2026; else the last five years."))
    ] = "",
) -> None:
    """Take in a calendar; one of the same name is replaced."""
    from geowallet.app.travel import calendars, trips
    from geowallet.app.wallet import now_us

    for option, words in (("--match", match), ("--leave", leave)):
        if not all(word.strip() for word in words or ()):
            raise BadOptionError(option=option, reason=_("every entry has the empty word"))
    with open_wallet(shell) as vault:
        taking = calendars.Taking(
            name=name or _name_of(file),
            period=Period.parse(period) if period else _usual(now_us()),
            zone=trips.own_zone(vault),
            words=tuple(match or ()),
            leave=tuple(leave or ()),
            keep_titles=keep_titles,
        )
        added = calendars.add_calendar(vault, file, taking, now_us=now_us())
    _say_added(shell, added, titles=keep_titles)
    shell.emit(_record(added))
    shell.next("geowallet trip list --purpose business")


def _say_added(shell: Shell, added: Calendar, *, titles: bool) -> None:
    """Say what was taken in, and what is kept of it."""
    shell.say(
        _(
            "Calendar {name}: {entries}, {days}.",
            name=added.name,
            entries=plural("{count} entry", "{count} entries", len(added.busy)),
            days=plural("{count} day off", "{count} days off", len(added.days_off)),
        )
    )
    if added.dropped:
        shell.say(
            plural(
                "{count} entry could not be read, and is left out.",
                "{count} entries could not be read, and are left out.",
                added.dropped,
            )
        )
    visits = sum(bool(entry.clients) for entry in added.busy)
    if visits:
        shell.say(
            plural(
                "{count} entry names a client of yours.",
                "{count} entries name clients of yours.",
                visits,
            )
        )
    alone = _("times, days and names of clients") if visits else _("times and days only")
    kept = _("times, days and titles") if titles else alone
    shell.say(_("Kept: {what}.", what=kept))


def list_(shell: Shell) -> None:
    """Show the calendars."""
    from geowallet.app.travel import calendars

    with open_wallet(shell) as vault:
        known = calendars.calendars(vault)
    for calendar in known:
        shell.emit(_record(calendar))
    if not known:
        shell.say(_("No calendars."))
        shell.next("geowallet work calendar add FILE.ics")
        return
    columns = [
        Column(_("NAME")),
        Column(_("ENTRIES"), numeric=True),
        Column(_("DAYS OFF"), numeric=True),
        Column(_("PERIOD")),
        Column(_("ONLY WITH")),
    ]
    shell.table(columns, [_row(calendar) for calendar in known])


def remove(
    shell: Shell, name: Annotated[str, typer.Argument(help=_("Its name, from the list."))]
) -> None:
    """Forget a calendar."""
    from geowallet.app.travel import calendars
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        gone = calendars.remove_calendar(vault, name, now_us=now_us())
    shell.say(_("Calendar {name} is forgotten.", name=gone.name))
    shell.emit(_record(gone))


verb(
    app,
    "add",
    _("Take in the hours of an .ics file; titles are not kept."),
    example="geowallet work calendar add office.ics --match client",
)(add)
verb(app, "list", _("List your calendars."))(list_)
verb(app, "remove", _("Forget a calendar."))(remove)


def _usual(now_us: int) -> Period:
    """Return the last years and the next: what trips there may be."""
    this = local_time(now_us, "UTC").year
    return Period.parse(f"{this - _YEARS_BACK}..{this + 1}")


def _name_of(file: Path) -> str:
    """Return a name from that of a file: what of it may be a name."""
    return re.sub(r"[^\w .'-]", "-", file.stem)[:64] or "calendar"


def _row(calendar: Calendar) -> list[str]:
    return [
        calendar.name,
        count(len(calendar.busy)),
        count(len(calendar.days_off)),
        period_words(Period.parse(calendar.period)),
        clauses(calendar.words) or "-",
    ]


def _record(calendar: Calendar) -> dict[str, Any]:
    return {
        "calendar": calendar.name,
        "entries": len(calendar.busy),
        "days_off": list(calendar.days_off),
        "period": calendar.period,
        "words": list(calendar.words),
        "titles": any(entry.title for entry in calendar.busy),
        "naming_clients": sum(bool(entry.clients) for entry in calendar.busy),
        "left_out": calendar.dropped,
        "sha256": calendar.sha256,
    }
