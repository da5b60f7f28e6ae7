"""``trip list`` and ``trip show``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from geowallet.cli.terminal.language import _, plural, say, word
from geowallet.cli.terminal.numbers import (
    clock,
    day,
    kilometres,
    km,
    moment,
    period_words,
    weekday,
)
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.cli.travel.trip_doubts import (
    doubts,
    pause_line,
    pauses,
    silence_records,
    silences,
)
from geowallet.cli.travel.trip_legs import leg_record, leg_row, with_uncertainty
from geowallet.cli.travel.trip_unseen import unseen_lines, unseen_record, unseen_total
from geowallet.model.calendar import Period
from geowallet.model.errors import BadOptionError
from geowallet.model.mobility import Mode, Purpose, Sureness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.travel.silences import Silence
    from geowallet.app.travel.unseen import UnseenWay
    from geowallet.model.mobility import DescribedTrip, Leg

app = group(_("Your trips: look at them, one by one or by period."))


class _Beside(NamedTuple):
    """What a list says beside its trips: short ids, the zone, ways that were not seen."""

    short: dict[str, str]
    here: str
    unseen: dict[str, UnseenWay]


_SHOWN = 40
_GAP_M = 50.0
"""Gaps shorter than this are not worth a mark in the list."""


def list_(
    shell: Shell,
    *,
    period: Annotated[
        str,
        typer.Option("--month", "--period", help=_("Such as 2026-10 or 2026-10-01..2026-10-15.")),
    ] = "",
    mode: Annotated[str, typer.Option(help=_("Only this mode."))] = "",
    purpose: Annotated[str, typer.Option(help=_("Only commute, business or private."))] = "",
    tag: Annotated[str, typer.Option(help=_("Only trips with this tag."))] = "",
    to_check: Annotated[bool, typer.Option("--to-check", help=_("Only unsure trips."))] = False,
    everything: Annotated[bool, typer.Option("--all", help=_("Do not shorten the list."))] = False,
) -> None:
    """Show the trips of a period; without one, of the newest month."""
    from geowallet.app.travel import trips
    from geowallet.app.travel.engine import is_outdated
    from geowallet.app.travel.unseen import unseen_ways

    check_word("--mode", mode, list(Mode))
    check_word("--purpose", purpose, list(Purpose))
    with open_wallet(shell) as vault:
        every = trips.described_trips(vault)
        here = trips.own_zone(vault)
        outdated = is_outdated(vault)
    chosen = Period.parse(period) if period else _newest_month(every)
    inside = [t for t in every if chosen and dt.date.fromisoformat(t.day) in chosen]
    found = [t for t in inside if _fits(t, mode, purpose, tag, to_check=to_check)]
    short = trips.short_ids([t.trip.id for t in every])
    unseen = {way.after: way for way in unseen_ways(every)}
    for trip in found:
        shell.emit(_record(trip) | unseen_record(unseen.get(trip.trip.id)))
    if chosen is None or not every:
        shell.say(_("No trips: this wallet is empty."))
        shell.next("geowallet ingest FOLDER", _("no file at hand: geowallet demo"))
    elif not found:
        _say_none(shell, chosen, every, filtered=bool(inside))
    else:
        everything = everything or shell.plain
        _show_list(shell, chosen, found, _Beside(short, here, unseen), everything=everything)
    _note_engine(shell, outdated=outdated)


def show(
    shell: Shell, trip: Annotated[str, typer.Argument(help=_("Its id, from 'trip list'."))]
) -> None:
    """Show one trip leg by leg, and why each has its mode."""
    from geowallet.app.travel import trips
    from geowallet.app.travel.engine import is_outdated
    from geowallet.app.travel.silences import silences as looked_for
    from geowallet.app.travel.unseen import unseen_ways

    with open_wallet(shell) as vault:
        found = trips.find_trip(vault, trip)
        every = trips.described_trips(vault)
        here = trips.own_zone(vault)
        halts = pauses(found.trip, trips.stops(vault))
        told = looked_for(vault, [found.trip]).get(found.trip.id, ())
        outdated = is_outdated(vault)
    unseen = unseen_ways(every)
    beside = next((way for way in unseen if way.after == found.trip.id), None)
    record = _record(found) | unseen_record(beside)
    record |= {"legs": [leg_record(leg) for leg in found.trip.legs]}
    shell.emit(record | {"silences": silence_records(told)})
    ends = _ends(found)
    shell.say(
        _(
            "Trip {id}, {start} to {end} ({zone}). {ends}, {km}",
            id=found.trip.id,
            start=moment(found.trip.start_us, here),
            end=clock(found.trip.end_us, here),
            zone=here,
            ends=ends,
            km=with_uncertainty(found.trip.legs),
        )
    )
    shell.say()
    shell.table(
        [
            Column(_("LEG"), numeric=True),
            Column(_("START")),
            Column(_("MIN"), numeric=True),
            Column(_("KM"), numeric=True),
            Column(_("MODE")),
            Column(_("CONFIDENCE")),
            Column(_("ASSURANCE")),
        ],
        [leg_row(number, leg, here) for number, leg in enumerate(found.trip.legs, start=1)],
    )
    for number, leg in enumerate(found.trip.legs, start=1):
        _show_reasons(shell, number, leg, told)
    if halts:
        shell.say()
        shell.say(pause_line(halts, here))
    short = trips.short_ids([each.trip.id for each in every])
    for number, line in enumerate(unseen_lines(found.trip.id, unseen, short, here)):
        shell.say(line if number else f"\n{line}")
    _show_purpose(shell, found)
    _note_engine(shell, outdated=outdated)


verb(app, "list", _("List your trips."), example="geowallet trip list --month 2026-05")(list_)
verb(app, "show", _("Show one trip and the reasons for its modes."))(show)


def _note_engine(shell: Shell, *, outdated: bool) -> None:
    """Say that there are trips of another engine: their reasons may be in its words."""
    if outdated:
        shell.note(_("Found by another engine: geowallet trip recompute --dry-run"))


def sureness(trip: DescribedTrip) -> Sureness:
    """Return how sure the mode of a trip is, in a word."""
    return Sureness.of(trip.trip.main_leg.confidence)


def marks(trip: DescribedTrip) -> str:
    """Return the marks of a trip in the list: whose word its mode is, and whether it has a gap."""
    said = "=" if trip.by_owner else ""
    said = "!" if sureness(trip) is Sureness.UNSURE else said
    return said + ("~" if trip.trip.gap_m >= _GAP_M else "")


def _fits(trip: DescribedTrip, mode: str, purpose: str, tag: str, *, to_check: bool) -> bool:
    return (
        (not mode or trip.trip.main_leg.mode == mode)
        and (not purpose or trip.purpose == purpose)
        and (not tag or tag in trip.tags)
        and (not to_check or sureness(trip) is Sureness.UNSURE)
    )


def check_word(option: str, value: str, known: Sequence[str]) -> None:
    """Refuse a word that is not among those known.

    Raises:
        BadOptionError: It is not.
    """
    if value and value not in known:
        raise BadOptionError(option=option, reason=", ".join(known))


def _newest_month(every: Sequence[DescribedTrip]) -> Period | None:
    return Period.parse(every[-1].day[:7]) if every else None


def _say_none(
    shell: Shell, chosen: Period, every: Sequence[DescribedTrip], *, filtered: bool
) -> None:
    first, last = (day(dt.date.fromisoformat(every[i].day)) for i in (0, -1))
    if filtered:
        shell.say(_("No trips in {period} match these filters.", period=period_words(chosen)))
        return
    shell.say(
        _(
            "No trips in {period}. This wallet has trips from {first} to {last}.",
            period=period_words(chosen),
            first=first,
            last=last,
        )
    )


def _show_list(
    shell: Shell,
    chosen: Period,
    found: Sequence[DescribedTrip],
    beside: _Beside,
    *,
    everything: bool,
) -> None:
    checks = sum(sureness(trip) is Sureness.UNSURE for trip in found)
    if not shell.plain:
        shell.say(
            plural(
                "{period}, {zone}: {count} trip, {checks} to check",
                "{period}, {zone}: {count} trips, {checks} to check",
                len(found),
                period=period_words(chosen),
                zone=beside.here,
                checks=checks,
            )
        )
        shell.say()
    shown = found if everything else found[:_SHOWN]
    columns = [
        Column(""),
        Column(_("ID")),
        Column(_("DAY")),
        Column(_("START")),
        Column(_("MIN"), numeric=True),
        Column(_("KM"), numeric=True),
        Column(_("MODE")),
        Column(_("SURE?")),
        Column(_("PURPOSE")),
        Column(_("FROM, TO")),
    ]
    shell.table(columns, [_row(trip, beside) for trip in shown])
    if len(shown) < len(found):
        shell.say("  " + _("({count} more; --all shows them)", count=len(found) - len(shown)))
    if shell.plain:
        return
    shell.say("  " + totals(found))
    shell.say()
    shell.say(
        _("! to check     = corrected by you, the guess is kept     ~ has a gap, not counted")
    )
    ways = [beside.unseen[trip.trip.id] for trip in found if trip.trip.id in beside.unseen]
    if ways:
        shell.say(unseen_total(ways))
    first = next((t for t in found if sureness(t) is Sureness.UNSURE), found[0])
    shell.next(f"geowallet trip show {beside.short[first.trip.id]}")


def _row(trip: DescribedTrip, beside: _Beside) -> list[str]:
    minutes = round((trip.trip.end_us - trip.trip.start_us) / 60e6)
    return [
        marks(trip) + ("^" if trip.trip.id in beside.unseen else ""),
        beside.short[trip.trip.id],
        weekday(dt.date.fromisoformat(trip.day)),
        clock(trip.trip.start_us, beside.here),
        str(minutes),
        kilometres(trip.trip.distance_m),
        word(trip.trip.main_leg.mode),
        _("by you") if trip.by_owner else word(sureness(trip)),
        " ".join([word(trip.purpose), *trip.tags]),
        _ends(trip),
    ]


def _ends(trip: DescribedTrip) -> str:
    names = [place.name if place else _("(unnamed)") for place in (trip.origin, trip.destination)]
    return _("{origin} to {destination}", origin=names[0], destination=names[1])


def totals(found: Sequence[DescribedTrip]) -> str:
    """Return number and kilometres of the trips of each mode, in one line."""
    parts = []
    for mode in Mode:
        trips = [trip for trip in found if trip.trip.main_leg.mode is mode]
        if trips:
            distance_m = sum(trip.trip.distance_m for trip in trips)
            parts.append(
                plural(
                    "{mode} {count} trip, {km}",
                    "{mode} {count} trips, {km}",
                    len(trips),
                    mode=word(mode),
                    km=km(distance_m),
                )
            )
    return "   ".join(parts)


def _show_reasons(shell: Shell, number: int, leg: Leg, told: Sequence[Silence]) -> None:
    if leg.reasons:
        shell.say()
        shell.say(_("Why {mode} for leg {number}", mode=word(leg.mode), number=number))
    for reason in leg.reasons:
        shell.say("  " + say(reason))
    for line in (*silences(leg, told), *doubts(leg)):
        shell.say("  " + line)
    if leg.gap_m >= _GAP_M and not leg.gaps:
        shell.say("  " + _("a gap of {km} in the trace, not counted", km=km(leg.gap_m)))


def _show_purpose(shell: Shell, trip: DescribedTrip) -> None:
    shell.say()
    sure = word(Sureness.of(trip.purpose_confidence))
    shell.say(_("Why {purpose}, {sureness}", purpose=word(trip.purpose), sureness=sure))
    for reason in trip.purpose_reasons:
        shell.say("  " + say(reason))
    if trip.tags:
        shell.say(_("Tags: {tags}", tags=", ".join(trip.tags)))


def _record(trip: DescribedTrip) -> dict[str, Any]:
    return {
        "trip": trip.trip.id,
        "day": trip.day,
        "start_us": trip.trip.start_us,
        "end_us": trip.trip.end_us,
        "distance_m": round(trip.trip.distance_m),
        "gap_m": round(trip.trip.gap_m),
        "mode": str(trip.trip.main_leg.mode),
        "confidence": round(trip.trip.main_leg.confidence, 3),
        "sureness": str(sureness(trip)),
        "purpose": str(trip.purpose),
        "from": trip.origin.name if trip.origin else None,
        "to": trip.destination.name if trip.destination else None,
        "vehicle": trip.vehicle or None,
        "by_owner": trip.by_owner,
        "purpose_confidence": round(trip.purpose_confidence, 3),
        "purpose_reasons": [str(reason) for reason in trip.purpose_reasons],
        "tags": list(trip.tags),
    }
