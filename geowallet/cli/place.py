"""``place list`` and ``place name``."""

from __future__ import annotations

from typing import Annotated

import typer

from geowallet.cli.language import _, word
from geowallet.cli.numbers import count
from geowallet.cli.secrets import open_wallet
from geowallet.cli.shell import Column, Shell
from geowallet.cli.verb import group, verb
from geowallet.model.errors import BadOptionError
from geowallet.model.mobility import NamedPlace, Place, PlaceKind

app = group(_("Places where you stay: see them, name them."))

_SHOWN = 20
_HOUR_S = 3600


def list_(
    shell: Shell,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("Also rare places."))] = False,
) -> None:
    """Show the places, most visited first."""
    from geowallet.app import trips

    with open_wallet(shell) as vault:
        found = trips.places(vault)
    shown = found if everything or shell.as_json else found[:_SHOWN]
    for place in shown:
        shell.emit(_record(place))
    if not found:
        shell.say(_("No places: this wallet is empty."))
        shell.next("geowallet ingest FOLDER")
        return
    columns = [
        Column(_("ID")),
        Column(_("NAME")),
        Column(_("KIND")),
        Column(_("VISITS"), numeric=True),
        Column(_("HOURS"), numeric=True),
    ]
    shell.table(columns, [_row(place) for place in shown])
    if len(found) > len(shown):
        shell.say(_("({count} more; --all shows them)", count=len(found) - len(shown)))
    unnamed = next((place for place in found if place.guess and not place.name), None)
    if unnamed:
        shell.next(f"geowallet place name {unnamed.id} {word(unnamed.guess or '').title()}")


def name(
    shell: Shell,
    place: Annotated[str, typer.Argument(help=_("Its id, from 'place list'."))],
    name: Annotated[str, typer.Argument(help=_("What you call it."))],
    *,
    kind: Annotated[str, typer.Option(help=_("home, work, client or other."))] = "",
) -> None:
    """Name a place; 'home' and 'work' also say what it is."""
    from geowallet.app import settings, trips
    from geowallet.app.wallet import now_us

    chosen = kind or _kind_of(name)
    if chosen not in list(PlaceKind):
        raise BadOptionError(option="--kind", reason=", ".join(PlaceKind))
    with open_wallet(shell) as vault:
        found = trips.find_place(vault, place)
        named = NamedPlace(name, PlaceKind(chosen), found.centre)
        settings.name_place(vault, named, now_us=now_us())
    shell.say(_("{id} is now {name} ({kind}).", id=found.id, name=name, kind=word(chosen)))
    shell.emit({"place": found.id, "name": name, "kind": chosen})
    shell.next("geowallet trip list")


verb(app, "list", _("List the places where you stay."))(list_)
verb(app, "name", _("Name a place."), example="geowallet place name p4f7k9 Home")(name)


def _kind_of(name: str) -> str:
    """Return ``home`` or ``work`` for a place that is called so, in any of our languages."""
    for kind in (PlaceKind.HOME, PlaceKind.WORK):
        if name.casefold() in {kind.value, word(kind).casefold()}:
            return kind
    return PlaceKind.OTHER


def _row(place: Place) -> list[str]:
    kind = word(place.kind) if place.kind else ""
    guess = _("looks like {kind}", kind=word(place.guess)) if place.guess else ""
    hours = count(round(place.dwell_s / _HOUR_S))
    return [place.id, place.name or "-", kind or guess or "-", count(place.visits), hours]


def _record(place: Place) -> dict[str, str | int | None]:
    return {
        "place": place.id,
        "name": place.name,
        "kind": str(place.kind) if place.kind else None,
        "guess": str(place.guess) if place.guess else None,
        "visits": place.visits,
        "dwell_s": place.dwell_s,
    }
