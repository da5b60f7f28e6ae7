"""How ``trip show`` writes the legs of a trip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, word
from geowallet.cli.terminal.numbers import clock, kilometres, km, percent
from geowallet.cli.travel.trip_doubts import doubt_record
from geowallet.model.mobility import Sureness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.mobility import Leg

_LEAST_KM_M = 50.0
"""Less would read as no kilometre at all."""


def with_uncertainty(legs: Sequence[Leg]) -> str:
    """Return the kilometres of legs, and one standard deviation of them."""
    distance_m = sum(leg.distance_m for leg in legs)
    spread_m = sum(leg.distance_sd_m**2 for leg in legs) ** 0.5
    spread = (
        kilometres(spread_m) if spread_m >= _LEAST_KM_M else f"{round(spread_m)}\N{NO-BREAK SPACE}m"
    )
    return f"{km(distance_m)} (± {spread})"


def leg_row(number: int, leg: Leg, here: str) -> list[str]:
    """Return the cells of a leg in a table."""
    return [
        str(number),
        clock(leg.start_us, here),
        str(round((leg.end_us - leg.start_us) / 60e6)),
        kilometres(leg.distance_m),
        word(leg.mode),
        _confidence(leg),
        word("L0"),
    ]


def _confidence(leg: Leg) -> str:
    from geowallet.app.travel.corrections import SAID
    from geowallet.app.travel.trip_rules import by_rule

    if leg.reasons == (SAID,):
        guess, share = leg.alternatives[0]
        return _("by you; guessed {mode} {share}", mode=word(guess), share=percent(share))
    if by_rule(leg.reasons):
        guess, share = leg.alternatives[0]
        return _("by your rule; guessed {mode} {share}", mode=word(guess), share=percent(share))
    text = f"{word(Sureness.of(leg.confidence))}, {percent(leg.confidence)}"
    if leg.alternatives and Sureness.of(leg.confidence) is not Sureness.SURE:
        other, share = leg.alternatives[0]
        text += f"; {word(other)} {percent(share)}"
    return text


def leg_record(leg: Leg) -> dict[str, Any]:
    """Return what the machine-readable form says of a leg."""
    return {
        "start_us": leg.start_us,
        "end_us": leg.end_us,
        "mode": str(leg.mode),
        "confidence": round(leg.confidence, 3),
        "distance_m": round(leg.distance_m, 1),
        "distance_sd_m": round(leg.distance_sd_m, 1),
        "gap_m": round(leg.gap_m, 1),
        "fixes": leg.n_fixes,
        **doubt_record(leg),
    }
