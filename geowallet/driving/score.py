"""A driving score whose formula is public, made of nothing but sums.

Rates of events per 100 km become parts of 0 to 100, and the parts a weighted mean over
what was measured. No number is fitted on claims: the score says how smoothly the car
was driven as far as a receiver sees it, and does not foretell accidents.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.driving.words import EventKind, Strength
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.driving.words import Exposure
    from geowallet.model.words import Phrase

FORMULA = "geowallet.driving/1"
"""Id of everything on this page and in `events.THRESHOLDS_MPS2`; a change makes another."""

LEAST_M = 400_000
"""No score below 400 km: what Damoov asked before it showed one (docs-old.telematicssdk.com)."""

LEAST_PERCENT = 70
"""Nor where less than 70 % of the metres have a fix a second with the receiver's speed."""

DENSE = N_("{percent} % of the way has a position a second; a score needs {least} %")
SPEEDS = N_("{percent} % of the way has the receiver's speeds; a score needs {least} %")

SEVERITY: dict[Strength, float] = {Strength.LIGHT: 0.5, Strength.STRONG: 1.0, Strength.ROUGH: 2.0}
"""What one event counts."""

FALLING: dict[EventKind, float] = {
    EventKind.BRAKING: 12.0,
    EventKind.ACCELERATION: 6.0,
    EventKind.CORNERING: 40.0,
}
"""Weighted events per 100 km at which a part falls to 100/e, about 37. Chosen so that the
calm drives of UAH-DriveSet get about 80; ramps of motorways make cornering frequent."""

NIGHT = "night"
PHONE = "phone_use"

WEIGHTS: dict[str, float] = {
    EventKind.BRAKING: 0.4,
    EventKind.ACCELERATION: 0.2,
    EventKind.CORNERING: 0.2,
    NIGHT: 0.1,
    PHONE: 0.1,
}
"""Share of each part in the whole, where all are measured; phone use never is."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score.

    Attributes:
        name: A key of `WEIGHTS`.
        score: 0 to 100, higher is calmer; None where it was not measured.
        rate: Weighted events per 100 km, or the share of night in percent; None as above.
        weight: Share in the whole after the parts not measured were left out, 0 to 1.
    """

    name: str
    score: int | None
    rate: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class DrivingScore:
    """The score with all it rests on.

    Attributes:
        formula: `FORMULA`.
        score: 0 to 100, or None where the data do not suffice.
        missing: Why there is none; empty where there is one.
        parts: One for each of `WEIGHTS`.
        exposure: What was driven and measured.
    """

    formula: str
    score: int | None
    missing: tuple[Phrase, ...]
    parts: tuple[Part, ...]
    exposure: Exposure


def score_of(exposure: Exposure) -> DrivingScore:
    """Return the score of ``exposure``, with its parts even where the whole is withheld."""
    rates = _rates(exposure)
    values = {name: _value(name, rate) for name, rate in rates.items()}
    measured = sum(WEIGHTS[name] for name in values)
    parts = tuple(
        Part(
            name,
            round(values[name]) if name in values else None,
            round(rates[name], 2) if name in rates else None,
            weight / measured if name in values else 0.0,
        )
        for name, weight in WEIGHTS.items()
    )
    missing = _missing(exposure)
    total = sum(values[part.name] * part.weight for part in parts if part.name in values)
    return DrivingScore(FORMULA, None if missing else round(total), missing, parts, exposure)


def _rates(exposure: Exposure) -> dict[str, float]:
    """Return the rate of each part that was measured: weighted events per 100 km, or percent."""
    seen_m = {
        EventKind.BRAKING: exposure.along_m,
        EventKind.ACCELERATION: exposure.along_m,
        EventKind.CORNERING: exposure.dense_m,
    }
    rates: dict[str, float] = {str(kind): 0.0 for kind, metres in seen_m.items() if metres}
    for kind, strength, count in exposure.counts:
        rates[kind] += SEVERITY[strength] * count * 100_000 / seen_m[kind]
    if exposure.driven_m:
        rates[NIGHT] = 100 * exposure.night_m / exposure.driven_m
    return rates


def _value(name: str, rate: float) -> float:
    return 100 - rate if name == NIGHT else 100 * math.exp(-rate / FALLING[EventKind(name)])


def _missing(exposure: Exposure) -> tuple[Phrase, ...]:
    found = []
    if exposure.driven_m < LEAST_M:
        km, least = exposure.driven_m // 1000, LEAST_M // 1000
        found.append(
            phrase(N_("only {km} km were driven; a score needs {least} km"), km=km, least=least)
        )
    for metres, words in ((exposure.dense_m, DENSE), (exposure.along_m, SPEEDS)):
        percent = 100 * metres // max(exposure.driven_m, 1)
        if percent < LEAST_PERCENT:
            found.append(phrase(words, percent=percent, least=LEAST_PERCENT))
    return tuple(found)
