"""What is said of draws and sightings, the same on both sides."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, plural
from geowallet.cli.terminal.numbers import NO_BREAK, count, day
from geowallet.cli.terminal.shell import Column
from geowallet.contracts.evaluation.cells import CELL_E5

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.cli.terminal.shell import Shell
    from geowallet.contracts.life.sightings import Sighting
    from geowallet.model.calendar import Period
    from geowallet.proofs.answers import Compared
    from geowallet.proofs.commitments import Opening

_KEPT_AS = {
    "fuel_card": lambda: _("fuel card"),
    "toll": lambda: _("toll"),
    "parking": lambda: _("parking"),
    "badge": lambda: _("badge"),
    "appointment": lambda: _("appointment"),
    "other": lambda: _("other record"),
}

_PLACES = {"work": lambda: _("at work"), "client": lambda: _("at a client's")}

_WORDS = {
    "agree": lambda: _("agrees"),
    "contradict": lambda: _("contradicts"),
    "no_data": lambda: _("no travel in it"),
}


def show_days(
    shell: Shell, period: Period, opened: Sequence[Opening], stamped_m: Sequence[int]
) -> None:
    """Show days that are opened, to the metre, with what of each others saw in time."""
    headings = (_("DAY"), _("METRES"), _("OF IT STAMPED"), _("METRES BEFORE IT"))
    columns = [Column(headings[0]), *(Column(heading, numeric=True) for heading in headings[1:])]
    rows = [
        [
            day(date_of(period, one)),
            _metres(one.metres),
            _metres(seen_m),
            _metres(one.before_m),
        ]
        for one, seen_m in zip(opened, stamped_m, strict=True)
    ]
    shell.table(columns, rows)


def show_compared(
    shell: Shell, sightings: Sequence[Sighting], compared: Sequence[Compared]
) -> None:
    """Show what the committed track says to each sighting."""
    headings = (_("THEY HOLD"), _("BETWEEN (UTC)"), _("WHERE"), _("THE TRACK"), _("OPENS"))
    rows = [
        [_KEPT_AS[seen.kept_as](), _window(seen), _where(seen), _WORDS[one.word](), _opens(one)]
        for seen, one in zip(sightings, compared, strict=True)
    ]
    shell.table([Column(heading) for heading in headings], rows)


def days_record(
    period: Period, opened: Sequence[Opening], stamped_m: Sequence[int]
) -> list[dict[str, Any]]:
    """Return opened days as JSON values."""
    return [
        {
            "day": str(date_of(period, one)),
            "metres": one.metres,
            "before_m": one.before_m,
            "stamped_m": seen_m,
        }
        for one, seen_m in zip(opened, stamped_m, strict=True)
    ]


def compared_record(compared: Sequence[Compared]) -> list[dict[str, Any]]:
    """Return answers to sightings as JSON values."""
    return [
        {
            "word": one.word.value,
            "quarter_hours": len(one.slots),
            "mark": one.mark.text if one.mark else None,
        }
        for one in compared
    ]


def date_of(period: Period, opened: Opening) -> dt.date:
    """Return the day that is opened."""
    return period.first + dt.timedelta(days=opened.day)


def _metres(number: int) -> str:
    return f"{count(number)}{NO_BREAK}m"


def _window(sighting: Sighting) -> str:
    return f"{sighting.start:%Y-%m-%d %H:%M}-{sighting.end:%H:%M}"


def _where(sighting: Sighting) -> str:
    if sighting.area is None:
        return _PLACES[sighting.place]()
    area = sighting.area
    return _(
        "within {radius} m of {lat}, {lon}",
        radius=area.radius_m,
        lat=f"{area.lat_e5 / 100_000:.5f}",
        lon=f"{area.lon_e5 / 100_000:.5f}",
    )


def _opens(compared: Compared) -> str:
    if compared.mark is not None:
        return _mark(compared.mark.text)
    if compared.slots:
        return plural(
            "{count} quarter hour, empty", "{count} quarter hours, empty", len(compared.slots)
        )
    return _("nothing")


def _mark(text: str) -> str:
    """Return a mark in words: the corner of its square, or the kind of place."""
    kind, _colon, rest = text.partition(":")
    if kind == "place":
        return _("a quarter hour, and that a trip began or ended {place}", place=_PLACES[rest]())
    row, column = (int(part) * CELL_E5 / 100_000 for part in rest.split(":"))
    return _(
        "a quarter hour, and its square from {lat}, {lon} (about 2 km)",
        lat=f"{row:.2f}",
        lon=f"{column:.2f}",
    )
