"""``desk odometer``: what a workshop signs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geowallet.cli.desk.desk_list import open_desk
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.numbers import day as day_words
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``desk``."""
    verb(
        app,
        "odometer",
        _("Sign what an odometer shows, for its owner to hand on."),
        example="geowallet desk odometer AB-123-CD 48210 --day 2026-10-31",
        desk=True,
    )(odometer)


def odometer(
    shell: Shell,
    registration: Annotated[str, typer.Argument(help=_("Registration of the vehicle."))],
    km: Annotated[int, typer.Argument(help=_("What the odometer shows, in whole km."))],
    *,
    day: Annotated[str, typer.Option(help=_("When, such as 2026-10-31; today."))] = "",
    out: Annotated[Path, typer.Option(help=_("Folder for the signed reading."))] = Path(),
) -> None:
    """Write a signed reading; who relies on it pins the key that it prints."""
    from geowallet.app.desk.odometers import sign_reading
    from geowallet.cli.reports.hand_over import today
    from geowallet.model.calendar import Period

    when = Period.parse(day).last if day else today()
    found, written = sign_reading(open_desk(shell), registration, km, day=when, target=out)
    shell.pairs(
        [
            (_("VEHICLE"), found.vehicle),
            (_("ODOMETER"), _("{km} km on {day}", km=count(km), day=day_words(found.day))),
            (_("KEY"), found.signer),
        ]
    )
    shell.say(_("Wrote {path}: give it to the vehicle's owner.", path=str(written)))
    shell.emit(
        {
            "vehicle": found.vehicle,
            "km": km,
            "day": found.day.isoformat(),
            "key": found.signer,
            "file": str(written),
        }
    )
