"""``evidence replays``: trips that are an earlier trip played again under another date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, plural
from geowallet.cli.terminal.numbers import moment
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    import typer

    from geowallet.model.mobility import Trip
    from geowallet.track.replays import Replay


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``evidence``."""
    verb(
        app,
        "replays",
        _("Find trips that repeat an earlier one moment by moment, as nobody travels."),
    )(show)


def show(shell: Shell) -> None:
    """Compare the moments of all trips; also of shifted and blurred copies."""
    from geowallet.app.travel.replays import find_replays
    from geowallet.app.travel.trips import own_zone

    with open_wallet(shell) as vault:
        found = find_replays(vault)
        here = own_zone(vault)
    for one in found:
        shell.emit(_record(*one))
    if not found:
        shell.say(_("No trip repeats another one moment by moment."))
        return
    columns = [Column(_("TRIP")), Column(_("WHEN")), Column(_("REPEATS")), Column(_("WHEN"))]
    columns += [Column(_("WITHIN"), numeric=True)]
    rows = [
        [
            later.id[:8],
            moment(later.start_us, here),
            earlier.id[:8],
            moment(earlier.start_us, here),
            _("{metres} m", metres=round(replay.away_m)),
        ]
        for replay, later, earlier in found
    ]
    shell.table(columns, rows)
    shell.say(
        plural(
            "{count} trip has the moments of an earlier one: see whether its file is a copy.",
            "{count} trips have the moments of earlier ones: see whether their files are copies.",
            len(found),
        )
    )
    shell.next("geowallet trip show TRIP")


def _record(replay: Replay, later: Trip, earlier: Trip) -> dict[str, Any]:
    return {
        "trip": later.id,
        "start_us": later.start_us,
        "of": earlier.id,
        "of_start_us": earlier.start_us,
        "within_m": round(replay.away_m, 1),
        "seconds": round(replay.seconds),
    }
