"""``work show`` and ``work set``: hours, time zone, public holidays, leave."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.calendar import WEEKDAYS, Period, WorkWeek, weekday_of
from geowallet.model.errors import BadWorkWeekError
from geowallet.model.words import N_

app = group(_("When you work: hours, time zone, public holidays, leave."))

Hours = tuple[tuple[tuple[int, int], ...], ...]


def show(shell: Shell) -> None:
    """Show the work hours."""
    from geowallet.app import settings

    with open_wallet(shell) as vault:
        week = settings.work_week(vault)
    if week is None:
        shell.say(_("The work hours are not set."))
        shell.next("geowallet work set --hours 'mon-fri 08:30-18:00' --zone Europe/Paris")
        return
    _show(shell, week)


def set_(
    shell: Shell,
    *,
    hours: Annotated[
        list[str],
        typer.Option(help=_("Days and hours, such as 'mon-fri 08:30-12:00 13:30-18:00'.")),
    ],
    zone: Annotated[str, typer.Option(help=_("IANA time zone."))] = "Europe/Paris",
    holidays: Annotated[
        str, typer.Option(help=_("Public holidays of a country or part of it: FR, FR-57; none."))
    ] = "FR",
    leave: Annotated[
        list[str] | None, typer.Option(help=_("A day off, or several as A..B; may be repeated."))
    ] = None,
) -> None:
    """Set the work hours."""
    from geowallet.app import settings
    from geowallet.app.wallet import now_us

    week = WorkWeek(
        hours=parse_hours(hours),
        zone=zone,
        holidays="" if holidays == "none" else holidays,
        leave=frozenset(day for text in leave or [] for day in _days(Period.parse(text))),
    )
    with open_wallet(shell) as vault:
        settings.set_work_week(vault, week, now_us=now_us())
    _show(shell, week)


verb(app, "show", _("Show your work hours."))(show)
verb(
    app,
    "set",
    _("Set your work hours."),
    example="geowallet work set --hours 'mon-fri 08:30-18:00' --zone Europe/Paris",
)(set_)


def parse_hours(texts: list[str]) -> Hours:
    """Read days and hours such as ``mon-fri 08:30-12:00 13:30-18:00``.

    Args:
        texts: One for each set of days; a later one replaces an earlier.

    Raises:
        BadWorkWeekError: Not such a text.
    """
    hours: list[tuple[tuple[int, int], ...]] = [()] * len(WEEKDAYS)
    for text in texts:
        days, *spans = text.lower().split()
        for day in _weekdays(days):
            hours[day] = tuple(_span(span) for span in spans)
    return tuple(hours)


def hours_text(week: WorkWeek) -> list[str]:
    """Return the hours as ``parse_hours`` reads them, equal days together."""
    lines = []
    start = 0
    for day in range(1, len(WEEKDAYS) + 1):
        if day < len(WEEKDAYS) and week.hours[day] == week.hours[start]:
            continue
        if week.hours[start]:
            spans = " ".join(f"{_clock(a)}-{_clock(b)}" for a, b in week.hours[start])
            last = WEEKDAYS[day - 1]
            days = WEEKDAYS[start] if day - start == 1 else f"{WEEKDAYS[start]}-{last}"
            lines.append(f"{days} {spans}")
        start = day
    return lines


def _show(shell: Shell, week: WorkWeek) -> None:
    names = dict(
        zip(
            WEEKDAYS,
            (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")),
            strict=True,
        )
    )
    for line in hours_text(week):
        shell.say(re.sub(r"[a-z]{3}", lambda found: names[found[0]], line))
    shell.say(_("Time zone {zone}", zone=week.zone))
    shell.say(_("Public holidays: {code}", code=week.holidays or _("none")))
    if week.leave:
        shell.say(_("Days of leave: {count}", count=len(week.leave)))
    shell.emit(
        {
            "hours": hours_text(week),
            "zone": week.zone,
            "holidays": week.holidays,
            "leave": sorted(day.isoformat() for day in week.leave),
        }
    )


def _weekdays(text: str) -> range:
    first, _dash, last = text.partition("-")
    try:
        start, stop = weekday_of(first), weekday_of(last or first)
    except ValueError as error:
        raise BadWorkWeekError(reason=N_("days are mon tue wed thu fri sat sun")) from error
    return range(start, stop + 1)


def _span(text: str) -> tuple[int, int]:
    clock = re.sub(r"(\d{1,2})h(\d{2})?", lambda found: f"{found[1]}:{found[2] or '00'}", text)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", clock, flags=re.ASCII)
    if not match:
        raise BadWorkWeekError(reason=N_("hours are written 08:30-18:00"))
    hour, minute, to_hour, to_minute = map(int, match.groups())
    return hour * 60 + minute, to_hour * 60 + to_minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _days(period: Period) -> list[dt.date]:
    length = (period.last - period.first).days + 1
    return [period.first + dt.timedelta(days=n) for n in range(length)]
