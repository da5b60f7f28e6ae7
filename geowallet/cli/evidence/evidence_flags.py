"""``evidence flags``: trips that are doubtful as a whole, as an export would say."""

from __future__ import annotations

from typing import Annotated

import typer

from geowallet.cli.terminal.language import _, clauses, plural, say
from geowallet.cli.terminal.numbers import km, moment
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.calendar import Period
from geowallet.model.flags import WORDS


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``evidence``."""
    verb(
        app,
        "flags",
        _("Find trips that look drawn, copied, too fast or out of nowhere, as readers are told."),
        example="geowallet evidence flags --period 2026-05",
    )(show)


def show(
    shell: Shell,
    *,
    period: Annotated[str, typer.Option(help=_("2026, 2026-05 or 2026-05-04; else all."))] = "",
) -> None:
    """Look at each trip, beside all others of the wallet."""
    from geowallet.app.evidence.flagging import flags_of
    from geowallet.app.travel import trips

    chosen = Period.parse(period) if period else None
    with open_wallet(shell) as vault:
        found = {one.trip.id: one for one in trips.described_trips(vault, chosen)}
        flagged = flags_of(vault, set(found))
        here = trips.own_zone(vault)
    rows = []
    for trip_id, described in found.items():
        flags = sorted(flagged.get(trip_id, ()))
        if not flags:
            continue
        trip = described.trip
        shell.emit(
            {"trip": trip_id, "metres": round(trip.distance_m), "flags": [str(f) for f in flags]}
        )
        why = clauses([say(WORDS[flag]) for flag in flags])
        rows.append([trip_id[:8], moment(trip.start_us, here), km(trip.distance_m), why])
    if not rows:
        shell.say(_("Nothing looks odd about these trips."))
        return
    columns = [
        Column(_("TRIP")),
        Column(_("WHEN")),
        Column(_("KM"), numeric=True),
        Column(_("WHY")),
    ]
    shell.table(columns, rows)
    shell.say(
        plural(
            "{count} trip is odd. Exports with evidence say how many kilometres, not which.",
            "{count} trips are odd. Exports with evidence say how many kilometres, not which.",
            len(rows),
        )
    )
    shell.next("geowallet trip show TRIP")
