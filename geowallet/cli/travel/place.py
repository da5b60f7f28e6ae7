"""``place list``, ``place name`` and ``place forget``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, say, word
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import BadOptionError
from geowallet.model.mobility import NamedPlace, Place, PlaceKind, Sureness

if TYPE_CHECKING:
    from collections.abc import Sequence

app = group(_("Places where you stay: see them, name them."))

_SHOWN = 20
_HOUR_S = 3600


def list_(
    shell: Shell,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("Also rare places."))] = False,
) -> None:
    """Show the places, most visited first."""
    from geowallet.app.travel import trips

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
    proposed = [place for place in shown if place.guess and not place.name]
    _show_proposals(shell, proposed)
    if proposed:
        first = proposed[0]
        shell.next(f"geowallet place name {first.id} {word(first.guess or '').title()}")


def name(
    shell: Shell,
    place: Annotated[str, typer.Argument(help=_("Its id, from 'place list'."))],
    name: Annotated[str, typer.Argument(help=_("What you call it."))],
    *,
    kind: Annotated[str, typer.Option(help=_("home, work, client or other."))] = "",
) -> None:
    """Name a place; 'home' and 'work' also say what it is."""
    from geowallet.app import settings
    from geowallet.app.travel import trips
    from geowallet.app.wallet import now_us

    chosen = kind or _kind_of(name)
    if chosen not in list(PlaceKind):
        raise BadOptionError(option="--kind", reason=", ".join(PlaceKind))
    with open_wallet(shell) as vault:
        found = trips.find_place(vault, place)
        named = NamedPlace(name, PlaceKind(chosen), found.centre)
        had_it = [p.id for p in trips.places(vault) if p.name == name and p.id != found.id]
        before = trips.names_of(vault, found)
        settings.name_place(vault, named, instead_of=before, now_us=now_us())
    shell.say(_("{id} is now {name} ({kind}).", id=found.id, name=name, kind=word(chosen)))
    for other in had_it:
        shell.note(_("{id} had that name until now, and has none.", id=other))
    shell.emit({"place": found.id, "name": name, "kind": chosen})
    shell.next("geowallet trip list")


def forget(shell: Shell, name: Annotated[str, typer.Argument(help=_("What you call it."))]) -> None:
    """Take a name back; trips there are no longer counted as to or from it."""
    from geowallet.app import settings
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        gone = settings.forget_place(vault, name, now_us=now_us())
    shell.say(
        _("{name} ({kind}) is forgotten. Its stops stay.", name=gone.name, kind=word(gone.kind))
    )
    shell.emit({"name": gone.name, "kind": str(gone.kind), "forgotten": True})
    shell.next("geowallet place list")


verb(app, "list", _("List the places where you stay."))(list_)
verb(app, "name", _("Name a place."), example="geowallet place name p4f7k9 Home")(name)

verb(app, "forget", _("Take back the name of a place."), example="geowallet place forget Home")(
    forget
)


def _kind_of(name: str) -> str:
    """Return ``home`` or ``work`` for a place that is called so, in any of our languages."""
    for kind in (PlaceKind.HOME, PlaceKind.WORK):
        if name.casefold() in {kind.value, word(kind).casefold()}:
            return kind
    return PlaceKind.OTHER


def _show_proposals(shell: Shell, proposed: Sequence[Place]) -> None:
    """Say why places look like something; nothing counts before it is named."""
    if not proposed:
        return
    shell.say()
    shell.say(_("Proposals; none counts before you name it:"))
    rows = [
        [
            place.id,
            word(place.guess or ""),
            word(Sureness.of(place.confidence)),
            say(place.reason) if place.reason else "",
        ]
        for place in proposed
    ]
    columns = [Column(_("ID")), Column(_("KIND")), Column(_("SURE?")), Column(_("WHY"))]
    shell.table(columns, rows, indent=2)


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
        "sureness": str(Sureness.of(place.confidence)) if place.guess else None,
        "reason": str(place.reason) if place.reason else None,
        "visits": place.visits,
        "dwell_s": place.dwell_s,
    }
