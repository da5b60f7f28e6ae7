"""What ``trip show`` says of positions that were not used, and of times without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, clauses, say
from geowallet.cli.terminal.numbers import clock, km
from geowallet.model.causes import CAUSES
from geowallet.model.mobility import GapKind, StopKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.app.travel.silences import Silence
    from geowallet.model.mobility import Leg, Stop, Trip


def doubts(leg: Leg) -> list[str]:
    """Return one line for each reason for which positions of a leg were not used."""
    counts = dict(leg.set_aside)
    said = {
        "jump": _("positions not used, too fast to reach and to leave: {count}"),
        "null_island": _("positions not used, of a receiver that had not found itself: {count}"),
        "implausible_time": _("positions not used, at an impossible time: {count}"),
        "poor_accuracy": _("positions not used, too inexact to follow a way: {count}"),
        "coarse": _("positions not used, by cell or wifi between better ones: {count}"),
        "repeated": _("positions not used, repeated after the device had moved on: {count}"),
        "elsewhere": _("positions not used, of a device that lay elsewhere: {count}"),
        "shifted": _("positions not used, of a way that is also told at another hour: {count}"),
        "calculated": _(
            "positions not used, carried on along a line until the device leapt off it: {count}"
        ),
        "drift": _("positions that wander where nothing moves: {count}"),
    }
    return [text.format(count=counts[flag]) for flag, text in said.items() if flag in counts]


def silences(leg: Leg, told: Iterable[Silence] = ()) -> list[str]:
    """Return one line for each kind of silence within a leg, and why where it could be told.

    Args:
        leg: Of which trip does not matter.
        told: Silences of the trip whose causes were looked for.
    """
    own = {silence.gap: silence for silence in told}
    lines = []
    for kind in GapKind:
        gaps = [gap for gap in leg.gaps if gap.kind is kind and gap not in own]
        if gaps:
            minutes = round(sum(gap.end_us - gap.start_us for gap in gaps) / 60e6)
            way = km(sum(gap.metres for gap in gaps))
            lines.append(_of_kind(kind).format(count=len(gaps), minutes=minutes, km=way))
    return [*lines, *(silence_line(own[gap]) for gap in leg.gaps if gap in own)]


def silence_line(silence: Silence) -> str:
    """Return one line that tells what a silence hides, and why it is there."""
    gap = silence.gap
    return _(
        "a gap of {minutes} min and {km}, not counted: {cause} ({reasons})",
        minutes=round((gap.end_us - gap.start_us) / 60e6),
        km=km(gap.metres),
        cause=say(CAUSES[silence.cause]),
        reasons=clauses([say(reason) for reason in silence.reasons]),
    )


def silence_records(told: Iterable[Silence]) -> list[dict[str, Any]]:
    """Return what the machine-readable form says of silences."""
    return [
        {
            "start_us": silence.gap.start_us,
            "end_us": silence.gap.end_us,
            "metres": round(silence.gap.metres, 1),
            "cause": str(silence.cause),
            "reasons": [str(reason) for reason in silence.reasons],
        }
        for silence in told
    ]


def _of_kind(kind: GapKind) -> str:
    return {
        GapKind.STILL: _("silences that end where they began: {count}, {minutes} min"),
        GapKind.COVERED: _("gaps as in a tunnel or a subway: {count}, {km}, not counted"),
        GapKind.NO_SIGNAL: _("gaps without exact positions: {count}, {km}, not counted"),
        GapKind.OFF: _("gaps of a silent device: {count}, {km}, {minutes} min, not counted"),
        GapKind.LEAP: _("leaps that nothing can travel: {count}, {km}, not counted"),
    }[kind]


def pauses(trip: Trip, stops: Iterable[Stop]) -> list[Stop]:
    """Return the short stops within a trip, in time order."""
    return [
        stop
        for stop in stops
        if stop.kind is StopKind.PAUSE
        and trip.start_us < stop.start_us
        and stop.end_us < trip.end_us
    ]


def pause_line(found: Sequence[Stop], here: str) -> str:
    """Return one line that tells when pauses were, and how long."""
    each = (
        _(
            "{start} ({minutes} min)",
            start=clock(stop.start_us, here),
            minutes=round((stop.end_us - stop.start_us) / 60e6),
        )
        for stop in found
    )
    return _("Pauses on the way: {pauses}", pauses=", ".join(each))


def doubt_record(leg: Leg) -> dict[str, Any]:
    """Return what the machine-readable form says of a leg."""
    gaps = [
        {
            "start_us": gap.start_us,
            "end_us": gap.end_us,
            "metres": round(gap.metres, 1),
            "kind": str(gap.kind),
        }
        for gap in leg.gaps
    ]
    return {"gaps": gaps, "set_aside": dict(leg.set_aside)}
