"""What ``trip list`` and ``trip show`` say of ways between trips that were not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, plural
from geowallet.cli.terminal.numbers import km, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.travel.unseen import UnseenWay


def unseen_total(ways: Sequence[UnseenWay]) -> str:
    """Return one line below a list, for one way at least."""
    return plural(
        "^ begins elsewhere than the last one ended: {count} way not seen, {km}, not counted",
        "^ begins elsewhere than the last one ended: {count} ways not seen, {km}, not counted",
        len(ways),
        km=km(sum(way.metres for way in ways)),
    )


def unseen_lines(
    trip: str, ways: Sequence[UnseenWay], short: dict[str, str], here: str
) -> list[str]:
    """Return a line for the way before a trip and one for the way after it, if unseen.

    Args:
        trip: Its id.
        ways: All that were not seen.
        short: The short id of every trip.
        here: The zone of times.
    """
    before = _(
        "Not seen, not counted: {km} in a straight line from where {trip} ended ({time}) to here"
    )
    after = _(
        "Not seen, not counted: {km} in a straight line from here to where {trip} began ({time})"
    )
    lines = []
    for way in ways:
        if way.after == trip:
            ended = moment(way.start_us, here)
            lines.append(before.format(km=km(way.metres), trip=short[way.before], time=ended))
        if way.before == trip:
            begun = moment(way.end_us, here)
            lines.append(after.format(km=km(way.metres), trip=short[way.after], time=begun))
    return lines


def unseen_record(way: UnseenWay | None) -> dict[str, Any]:
    """Return what the machine-readable form says of the way before a trip."""
    return {"unseen_before_m": round(way.metres) if way else 0}
