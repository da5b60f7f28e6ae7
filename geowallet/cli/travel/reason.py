"""``trip reason``: why a business trip was made and for whom, remembered by place."""

from __future__ import annotations

from typing import Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``trip``."""
    verb(
        app,
        "reason",
        _("Say why a trip was made and for whom; remembered for the place it went to."),
        example="geowallet trip reason t8f61 'site meeting' --client 'Client Nord'",
    )(reason)


def reason(
    shell: Shell,
    trip: Annotated[list[str], typer.Argument(help=_("Ids, from 'trip list', then the reason."))],
    *,
    client: Annotated[str, typer.Option(help=_("For whom."))] = "",
    once: Annotated[
        bool, typer.Option("--once", help=_("Only these trips: remember nothing."))
    ] = False,
) -> None:
    """Store the reason of trips, and of later ones to the same named place."""
    from geowallet.app.travel import errands, trips
    from geowallet.app.wallet import now_us
    from geowallet.model.errors import BadOptionError
    from geowallet.model.mobility import PlaceKind

    *ids, text = trip
    if not ids:
        raise BadOptionError(option="REASON", reason=_("write: trip reason ID 'the reason'"))
    errand = errands.Errand(text, client)
    errands.check_words(text)
    own = {PlaceKind.HOME, PlaceKind.WORK}
    with open_wallet(shell) as vault:
        found = [trips.find_trip(vault, name) for name in ids]
        for item in found:
            errands.say_for_trip(vault, item, errand, now_us=now_us())
            place = item.destination
            if place and place.kind not in own and not once:
                errands.remember_at(vault, place, errand, now_us=now_us())
                shell.say(_("Noted, and remembered for {place}.", place=place.name))
            else:
                shell.say(_("Noted."))
            shell.emit({"trip": item.trip.id, "reason": text, "client": client})
