"""What each measure makes of rows. Standard library only; integers in, integers out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.rows import EVENTS, SEEN
from geowallet.contracts.terms.catalogue import INSUFFICIENT
from geowallet.driving.score import NIGHT, score_of
from geowallet.driving.words import EventKind, Exposure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geowallet.contracts.evaluation.rows import Row

Value = int | str | None
"""A figure; `INSUFFICIENT` where data cannot carry it; None where it is kept back."""


def value_of(measure: str, rows: Sequence[Row]) -> int | str:
    """Return one measure of ``rows``, not rounded to any step.

    Raises:
        ValueError: Not a measure that rows give.
    """
    if measure not in _VALUE_OF:
        raise ValueError("a measure outside the catalogue")
    return _VALUE_OF[measure](Rows.of(rows))


def round_half_up(value: int, step: int) -> int:
    """Return the multiple of ``step`` nearest to ``value`` >= 0, upwards from the middle."""
    return (2 * value + step) // (2 * step) * step


def exposure(rows: Sequence[Row]) -> Exposure:
    """Return what a driving score rests on; rows without it add nothing."""
    rows = Rows.of(rows)
    driven = [one for one in rows.driven if one]
    sums = [sum(column) for column in zip(*driven, strict=True)] or [0] * (len(SEEN) + len(EVENTS))
    driven_m, dense_m, along_m, *counts = sums
    seen_m = dict.fromkeys(EventKind, along_m) | {EventKind.CORNERING: dense_m}
    return Exposure(
        driven_m=driven_m,
        dense_m=dense_m,
        along_m=along_m,
        night_m=min(_night_driven_m(rows), driven_m),
        counts=tuple(
            (kind, strength, count)
            for (kind, strength), count in zip(EVENTS, counts, strict=True)
            if count and seen_m[kind]
        ),
    )


def _night_driven_m(rows: Rows) -> int:
    return sum(metres for metres, one in zip(rows.night_m, rows.driven, strict=True) if one)


def _distance_m(rows: Rows) -> int:
    return sum(rows.metres)


def _trips(rows: Rows) -> int:
    return len({*rows.trip})


def _days(rows: Rows) -> int:
    return len({*rows.day})


def _duration_s(rows: Rows) -> int:
    return sum(rows.seconds)


def _night_distance_m(rows: Rows) -> int:
    return sum(rows.night_m)


def _driving_score(rows: Rows) -> int | str:
    score = score_of(exposure(rows)).score
    return INSUFFICIENT if score is None else score


def _rate(name: str) -> Callable[[Rows], int | str]:
    """Return the measure of one kind of event: weighted events per 1,000 km.

    It lacks wherever the score lacks: the two rest on the same metres.
    """

    def rate(rows: Rows) -> int | str:
        score = score_of(exposure(rows))
        rates = {part.name: part.rate for part in score.parts}
        per_100_km = rates[name]
        if score.score is None or per_100_km is None:
            return INSUFFICIENT
        return int(per_100_km * 10 + 0.5)

    return rate


def _night_percent(rows: Rows) -> int | str:
    rates = {part.name: part.rate for part in score_of(exposure(rows)).parts}
    percent = rates[NIGHT]
    return INSUFFICIENT if percent is None else int(percent + 0.5)


def _measured_percent(rows: Rows) -> int | str:
    seen = exposure(rows)
    if not seen.driven_m:
        return INSUFFICIENT
    return 100 * min(seen.dense_m, seen.driven_m) // seen.driven_m


_VALUE_OF: Mapping[str, Callable[[Rows], int | str]] = MappingProxyType(
    {
        "distance_m": _distance_m,
        "trips": _trips,
        "days": _days,
        "duration_s": _duration_s,
        "night_distance_m": _night_distance_m,
        "driving_score": _driving_score,
        "braking_rate": _rate(EventKind.BRAKING),
        "acceleration_rate": _rate(EventKind.ACCELERATION),
        "cornering_rate": _rate(EventKind.CORNERING),
        "night_percent": _night_percent,
        "measured_percent": _measured_percent,
    }
)
