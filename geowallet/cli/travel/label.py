"""``trip label``: what the owner says over a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, plural, word
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.travel.trip import check_word, totals
from geowallet.model.errors import BadOptionError
from geowallet.model.mobility import Mode, Purpose

if TYPE_CHECKING:
    from geowallet.app.travel.corrections import Correction
    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault

BULK = 3
"""From so many trips on, the change is shown and asked for."""

MODES = tuple(mode for mode in Mode if mode is not Mode.UNKNOWN)
"""What the owner may say a leg was."""


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``trip``."""
    verb(
        app,
        "label",
        _("Say what a trip was; the guess is kept beside your word."),
        example="geowallet trip label t90c1 --mode tram",
    )(label)


def label(
    shell: Shell,
    trip: Annotated[list[str], typer.Argument(help=_("Ids, from 'trip list'."))],
    *,
    mode: Annotated[str, typer.Option(help=_("What it was: walk, bike, car, train..."))] = "",
    leg: Annotated[
        int, typer.Option(help=_("Only this leg, as numbered by 'trip show'; 0 for the longest."))
    ] = 0,
    purpose: Annotated[str, typer.Option(help=_("commute, business or private."))] = "",
    tag: Annotated[str, typer.Option(help=_("A word of yours for it, such as carpool."))] = "",
    vehicle: Annotated[str, typer.Option(help=_("Which of your vehicles it was made with."))] = "",
    undo: Annotated[bool, typer.Option("--undo", help=_("Let the guess stand again."))] = False,
) -> None:
    """Correct trips; the guess is kept, and the effect on the totals is shown."""
    from geowallet.app import settings
    from geowallet.app.travel import corrections, trips
    from geowallet.app.wallet import now_us

    check_word("--mode", mode, MODES)
    check_word("--purpose", purpose, list(Purpose))
    if undo and (mode or purpose or tag or vehicle):
        raise BadOptionError(option="--undo", reason=_("it goes alone: it takes back all words"))
    if not (undo or mode or purpose or tag or vehicle):
        names = "--mode, --purpose, --tag, --vehicle, --undo"
        raise BadOptionError(option=names, reason=_("one of them is needed"))
    if tag:
        settings.check_name(tag)
    with open_wallet(shell) as vault:
        found = [trips.find_trip(vault, name) for name in trip]
        before = totals(found)
        if len(found) >= BULK:
            shell.say(before)
            several = len(found)
            shell.confirm(plural("Change {count} trip?", "Change {count} trips?", several))
        moment = now_us()
        if undo:
            withdrawn = [corrections.withdraw(vault, t.trip, now_us=moment) for t in found]
            if not any(withdrawn):
                shell.note(_("Nothing had been said of it: the guess stands as before."))
        else:
            said = [word for item in found for word in _words(item, mode, purpose, leg, moment)]
            if tag:
                said += [_tagged(item, tag, moment) for item in found]
            if vehicle:
                said += [_driven(vault, item, vehicle, mode, moment) for item in found]
            corrections.correct(vault, said)
        after = _again(vault, found)
    shell.say(_("{before}  ->  {after}", before=before, after=totals(after)))
    for item in after:
        shell.emit(
            {
                "trip": item.trip.id,
                "mode": str(item.trip.main_leg.mode),
                "purpose": str(item.purpose),
                "by_owner": item.by_owner,
                "tags": list(item.tags),
                "vehicle": item.vehicle or None,
            }
        )
    shell.next(f"geowallet trip show {after[0].trip.id[:7]}", _("the guess and your word are kept"))


def _words(
    item: DescribedTrip, mode: str, purpose: str, number: int, said_us: int
) -> list[Correction]:
    """Return one correction for the mode of a leg, and one for the purpose of the trip."""
    from geowallet.app.travel.corrections import Correction

    trip = item.trip
    if not 0 <= number <= len(trip.legs):
        reason = _("a number from {least} to {most}", least=0, most=len(trip.legs))
        raise BadOptionError(option="--leg", reason=reason)
    said = []
    if mode:
        leg = trip.legs[number - 1] if number else trip.main_leg
        said.append(Correction(leg.start_us, leg.end_us, Mode(mode), None, said_us))
    if purpose:
        said.append(Correction(trip.start_us, trip.end_us, None, Purpose(purpose), said_us))
    return said


def _tagged(item: DescribedTrip, tag: str, said_us: int) -> Correction:
    from geowallet.app.travel.corrections import Correction

    return Correction(item.trip.start_us, item.trip.end_us, None, None, said_us, tag)


def _driven(vault: Vault, item: DescribedTrip, name: str, mode: str, said_us: int) -> Correction:
    """Return the word that a trip was made with a vehicle.

    Raises:
        BadOptionError: The trip is by another mode, or the vehicle was not yet or no
            longer the owner's: the word would say nothing.
    """
    from geowallet.app import settings
    from geowallet.app.travel.corrections import Correction

    known = {vehicle.id: vehicle for vehicle in settings.vehicles(vault)}
    chosen = known[settings.resolve("vehicle", name, known)]
    if chosen.mode != (mode or item.trip.main_leg.mode):
        reason = _("the trip is not by {mode}; say --mode as well", mode=word(chosen.mode))
        raise BadOptionError(option="--vehicle", reason=reason)
    if not chosen.held_on(item.day):
        raise BadOptionError(option="--vehicle", reason=_("it was not yours on that day"))
    trip = item.trip
    return Correction(trip.start_us, trip.end_us, None, None, said_us, vehicle=chosen.id)


def _again(vault: Vault, found: list[DescribedTrip]) -> list[DescribedTrip]:
    from geowallet.app.travel import trips

    every = {item.trip.id: item for item in trips.described_trips(vault)}
    return [every[item.trip.id] for item in found]
