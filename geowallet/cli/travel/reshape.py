"""``trip split`` and ``trip merge``: where the owner says that trips begin and end."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, word
from geowallet.cli.terminal.numbers import clock, km
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.calendar import instant_us, local_time, zone_of
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.model.mobility import Trip


def add_to(app: typer.Typer) -> None:
    """Register both verbs with the noun ``trip``."""
    verb(
        app,
        "split",
        _("Cut a trip in two; the metres stay as measured."),
        example="geowallet trip split t90c1 --at 08:14",
    )(split)
    verb(
        app,
        "merge",
        _("Make neighbouring trips one; the way between them is never counted."),
        example="geowallet trip merge t90c1 t4k2m",
    )(merge)


def split(
    shell: Shell,
    trip: Annotated[str, typer.Argument(help=_("Its id, from 'trip list'."))],
    *,
    at: Annotated[str, typer.Option(help=_("Local time, such as 08:14 or 2026-05-04T08:14."))] = "",
    leg: Annotated[
        int, typer.Option(help=_("Where this leg begins, as numbered by 'trip show'."))
    ] = 0,
    stop: Annotated[
        int, typer.Option(help=_("At this point of the list that is shown without an option."))
    ] = 0,
    undo: Annotated[bool, typer.Option("--undo", help=_("Take back the splits at its ends."))] = (
        False
    ),
) -> None:
    """Split a trip, or without an option list where it can be split."""
    from geowallet.app.travel import reshaping, trips
    from geowallet.app.wallet import now_us

    if sum(map(bool, (at, leg, stop, undo))) > 1:
        raise BadOptionError(option="--at, --leg, --stop, --undo", reason=_("only one of them"))
    with open_wallet(shell) as vault:
        whole = trips.find_trip(vault, trip).trip
        here = trips.own_zone(vault)
        points = reshaping.split_points(vault, whole)
        if undo:
            parts = reshaping.take_back(vault, whole, now_us=now_us())
        elif at or leg or stop:
            when_us = _instant(whole, at, leg, stop, points, here)
            parts = reshaping.split(vault, whole, when_us, now_us=now_us())
        else:
            _show_points(shell, whole, points, here)
            return
    _show(shell, [whole], parts, here)


def merge(
    shell: Shell,
    trip: Annotated[list[str], typer.Argument(help=_("Ids of neighbours, from 'trip list'."))],
    *,
    undo: Annotated[bool, typer.Option("--undo", help=_("Take back the merges inside it."))] = (
        False
    ),
) -> None:
    """Merge trips, or take it back."""
    from geowallet.app.travel import reshaping, trips
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        found = _unique(trips.find_trip(vault, name).trip for name in trip)
        here = trips.own_zone(vault)
        if undo:
            after = [t for f in found for t in reshaping.take_back(vault, f, now_us=now_us())]
        elif len(found) > 1:
            after = list(reshaping.merge(vault, found, now_us=now_us()))
        else:
            raise BadOptionError(option="TRIP", reason=_("at least two trips are needed"))
    _show(shell, found, after, here)


def _unique(trips: Iterable[Trip]) -> list[Trip]:
    return list({trip.id: trip for trip in trips}.values())


def _instant(  # noqa: PLR0917  the three ways to say where
    trip: Trip, at: str, leg: int, stop: int, points: Sequence[tuple[int, str]], here: str
) -> int:
    if at:
        return _time_of(trip, at, here)
    if leg:
        if len(trip.legs) == 1:
            reason = _("the trip has one leg; give a time with --at")
            raise BadOptionError(option="--leg", reason=reason)
        if not 1 < leg <= len(trip.legs):
            reason = _("a number from {least} to {most}", least=2, most=len(trip.legs))
            raise BadOptionError(option="--leg", reason=reason)
        return trip.legs[leg - 1].start_us
    if not points:
        reason = _("nothing to split at is known of the trip; give a time with --at")
        raise BadOptionError(option="--stop", reason=reason)
    if not 0 < stop <= len(points):
        reason = _("a number from {least} to {most}", least=1, most=len(points))
        raise BadOptionError(option="--stop", reason=reason)
    return points[stop - 1][0]


def _time_of(trip: Trip, text: str, here: str) -> int:
    """Return the instant of a local time during ``trip``; a bare clock time is of its days."""
    start = local_time(trip.start_us, here)
    try:
        if "T" in text or " " in text:
            said = dt.datetime.fromisoformat(text)
            return instant_us(said if said.tzinfo else said.replace(tzinfo=zone_of(here)))
        moment = dt.time.fromisoformat(text)
    except ValueError as error:
        raise BadOptionError(option="--at", reason=_("write 08:14 or 2026-05-04T08:14")) from error
    first = dt.datetime.combine(start.date(), moment, tzinfo=zone_of(here))
    if instant_us(first) < trip.start_us:
        first = dt.datetime.combine(
            start.date() + dt.timedelta(days=1), moment, tzinfo=zone_of(here)
        )
    return instant_us(first)


def _show_points(shell: Shell, trip: Trip, points: Sequence[tuple[int, str]], here: str) -> None:
    kinds = {
        "leg": _("another mode begins"),
        "stop": _("a short stop"),
        "merge": _("you merged two trips here"),
    }
    for number, (at_us, kind) in enumerate(points, start=1):
        shell.emit({"trip": trip.id, "stop": number, "at_us": at_us, "kind": kind})
    if not points:
        shell.say(_("This trip has no stop and one mode: give a time with --at."))
    shell.table(
        [Column("", numeric=True), Column(_("TIME")), Column(_("WHAT"))],
        [[str(n), clock(at, here), kinds[kind]] for n, (at, kind) in enumerate(points, start=1)],
    )
    shell.next(f"geowallet trip split {trip.id[:7]} --stop 1" if points else "")


def _show(shell: Shell, before: Sequence[Trip], after: Sequence[Trip], here: str) -> None:
    shell.say(_parts(before, here))
    shell.say("-> " + _parts(after, here))
    gap_m = sum(t.gap_m for t in after) - sum(t.gap_m for t in before)
    if gap_m >= 1:
        shell.say(_("a gap of {km} between them, not counted", km=km(gap_m)))
    for trip in after:
        shell.emit(
            {
                "trip": trip.id,
                "start_us": trip.start_us,
                "end_us": trip.end_us,
                "distance_m": round(trip.distance_m),
                "gap_m": round(trip.gap_m),
                "mode": str(trip.main_leg.mode),
            }
        )
    if after:
        shell.next(f"geowallet trip show {after[0].id[:7]}")


def _parts(trips: Sequence[Trip], here: str) -> str:
    return "   ".join(
        _(
            "{id} {start} to {end}, {mode}, {km}",
            id=trip.id[:7],
            start=clock(trip.start_us, here),
            end=clock(trip.end_us, here),
            mode=word(trip.main_leg.mode),
            km=km(trip.distance_m),
        )
        for trip in trips
    )
