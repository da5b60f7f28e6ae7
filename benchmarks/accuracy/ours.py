"""What geowallet says, of given legs and end to end."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.score import FIVE, STOPPED, Guess, class_of
from benchmarks.accuracy.truth import word
from geowallet.track import classify_legs
from geowallet.track.modes.habits import habits_from
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.pipeline import Analysis, SourcedFixes, analyse, legs_say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.accuracy.truth import Leg, Trace
    from geowallet.model.mobility import Leg as ClaimedLeg
    from geowallet.track.modes.hints import Hints


class Naming(StrEnum):
    """What legs from raw fixes know of others: see ADR 0044."""

    TOGETHER = "together"
    ALONE = "alone"
    HABITS = "habits"


def of_given_legs(traces: Mapping[str, Trace], legs: Sequence[Leg]) -> list[Guess]:
    """Return the mode of each moving leg; all legs of a user are seen together."""
    by_user: dict[str, list[Leg]] = {}
    for leg in legs:
        if word(leg.mode) not in STOPPED:
            by_user.setdefault(leg.user, []).append(leg)
    found: list[Guess] = []
    for user, owned in by_user.items():
        bounds_us = np.array(
            [[round(leg.start_s * 1e6), round(leg.end_s * 1e6)] for leg in owned], dtype=np.int64
        )
        said = classify_legs(traces[user].fixes(), bounds_us)
        found += [
            Guess(user, leg.start_s, leg.end_s, str(guess.mode), guess.probability)
            for leg, guess in zip(owned, said, strict=True)
        ]
    return found


def analysed(traces: Mapping[str, Trace], naming: Naming = Naming.TOGETHER) -> dict[str, Analysis]:
    """Return what the whole chain makes of each user's fixes."""
    found = {}
    for user, trace in traces.items():
        source = hashlib.sha256(user.encode()).hexdigest()
        found[user] = named(SourcedFixes(source, "", trace.fixes()), naming)
    return found


def named(
    trace: SourcedFixes,
    naming: Naming,
    *,
    hints: Hints = NO_HINTS,
    read: NDArray[np.bool_] | None = None,
) -> Analysis:
    """Return what a trace shows.

    Args:
        trace: Of one user.
        naming: What its legs know of each other.
        hints: What is known beside.
        read: bool ``(n,)``, the fixes that habits are read off; None for all.
    """
    if naming is Naming.HABITS:
        some = trace if read is None else replace(trace, fixes=trace.fixes.take(read))
        forest = hints.forest or shipped_forest()
        hints = replace(hints, habits=habits_from(legs_say([some], hints=hints), forest))
    return analyse([trace], hints=hints, together=naming is Naming.TOGETHER)


def of_whole_traces(analyses: Mapping[str, Analysis]) -> Iterator[Guess]:
    """Yield the legs and stops of the whole chain."""
    for user, analysis in analyses.items():
        for trip in analysis.trips:
            for leg in trip.legs:
                span = leg.start_us / 1e6, leg.end_us / 1e6
                yield Guess(user, *span, str(leg.mode), _probability(leg))
        for stop in analysis.stops:
            if stop.is_activity:
                yield Guess(user, stop.start_us / 1e6, stop.end_us / 1e6, "stop")


def _probability(leg: ClaimedLeg) -> float:
    """Return how probable the class of a leg is: that it is some train, if not this kind."""
    name = class_of(str(leg.mode))
    alike = (p for mode, p in leg.alternatives if name in FIVE and class_of(str(mode)) == name)
    return leg.confidence + sum(alike)
