"""What geowallet says, of given legs and end to end."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.score import FIVE, STOPPED, Guess, class_of
from benchmarks.accuracy.truth import word
from geowallet.track import classify_legs
from geowallet.track.pipeline import Analysis, SourcedFixes, analyse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.accuracy.truth import Leg, Trace
    from geowallet.model.mobility import Leg as ClaimedLeg


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


def analysed(traces: Mapping[str, Trace], *, together: bool = True) -> dict[str, Analysis]:
    """Return what the whole chain makes of each user's fixes; ``together`` as for `analyse`."""
    found = {}
    for user, trace in traces.items():
        source = hashlib.sha256(user.encode()).hexdigest()
        found[user] = analyse([SourcedFixes(source, "", trace.fixes())], together=together)
    return found


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
