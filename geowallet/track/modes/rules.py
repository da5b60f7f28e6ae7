"""Mode of travel by rules, where no forest is at hand.

Each mode says what speeds, halts and turns it expects, from physics and published
statistics; the probabilities follow by Bayes' rule, softened because the features
depend on each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.model.words import N_, phrase
from geowallet.track.distance import path_length
from geowallet.track.legs import EDGE_WINDOW_S, SPEED_WINDOW_S
from geowallet.track.modes.decide import SHARE_SHOWN, Guess
from geowallet.track.modes.leg_features import features_of
from geowallet.track.motion import speeds_mps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.model.words import Phrase
    from geowallet.track.legs import Span
    from geowallet.track.modes.leg_features import LegFeatures
    from geowallet.track.motion import Path

LEAST_CONFIDENCE = 0.45
"""Below this the mode is stated as unknown."""

SOFTENING = 0.6
"""Power of the likelihood: the features of a leg are not independent."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one mode expects; speeds as medians with a relative spread.

    Attributes:
        prior: Share of legs of European travellers (order of magnitude after the
            French survey EMP 2019 and the Dutch ODiN).
        median_mps: Median speed while moving, and standard deviation of its logarithm.
        high_mps: 95th percentile of speed, and standard deviation of its logarithm.
        halts_per_km: Halts of ten seconds and more per kilometre.
        sharp_per_km: Turns of street corners per kilometre.
        walked: Probabilities that walks of two minutes and more lie at neither end,
            at one, at both.
    """

    prior: float
    median_mps: tuple[float, float]
    high_mps: tuple[float, float]
    halts_per_km: float
    sharp_per_km: float
    walked: tuple[float, float, float]


FROM_DOOR = (0.80, 0.16, 0.04)
"""Ends with walks, none, one, both: a bike stands at the door."""

PARKED = (0.62, 0.28, 0.10)
"""Most parking is within two minutes on foot (Christiansen et al. 2017, "Household
parking facilities", Travel Behaviour and Society 8)."""

AT_STOPS = (0.10, 0.30, 0.60)
"""The mean walk to a bus stop lasts four to six minutes (EMP 2019); short ones are missed."""

AT_STATIONS = (0.04, 0.21, 0.75)
"""Stations are further apart than stops."""

PROFILES: dict[Mode, Profile] = {
    Mode.WALK: Profile(0.30, (1.3, 0.22), (1.75, 0.22), 0.5, 4.0, FROM_DOOR),
    Mode.RUN: Profile(0.02, (2.8, 0.18), (3.5, 0.18), 0.2, 2.5, FROM_DOOR),
    Mode.BIKE: Profile(0.13, (4.6, 0.25), (6.5, 0.22), 0.5, 1.5, FROM_DOOR),
    Mode.E_BIKE: Profile(0.02, (6.2, 0.18), (7.4, 0.15), 0.4, 1.5, FROM_DOOR),
    Mode.CAR: Profile(0.33, (12.0, 0.5), (19.0, 0.42), 0.4, 0.8, PARKED),
    Mode.BUS: Profile(0.06, (7.5, 0.3), (13.0, 0.25), 1.8, 1.0, AT_STOPS),
    Mode.TRAM: Profile(0.02, (7.0, 0.25), (12.0, 0.22), 1.8, 0.5, AT_STOPS),
    Mode.SUBWAY: Profile(0.03, (11.0, 0.3), (18.0, 0.22), 0.9, 0.15, AT_STATIONS),
    Mode.TRAIN: Profile(0.08, (22.0, 0.45), (33.0, 0.35), 0.15, 0.03, AT_STATIONS),
    Mode.FERRY: Profile(0.003, (7.0, 0.4), (9.0, 0.35), 0.03, 0.05, AT_STOPS),
    Mode.AIRPLANE: Profile(0.005, (190.0, 0.35), (235.0, 0.2), 0.005, 0.002, AT_STOPS),
}
"""Walking: Buchmueller and Weidmann 2006. Cycling: 4.2 to 5.6 m/s (Schleinitz et al.
2017, "The German Naturalistic Cycling Study", Safety Science 92; pedelecs 6 m/s, help
ends at 25 km/h by Regulation (EU) 168/2013). Bus and tram: commercial speeds of 15 to
20 km/h with stops each 300 to 600 m (UITP). Subway: stops each kilometre, 70 to 80 km/h.
Railways: curves of at least 300 m radius (EN 13803) exclude street corners."""

WALKED_S = 120.0
"""Parking is usually nearer than this; stations and stops are not."""


def by_rules(path: Path, spans: Sequence[Span]) -> tuple[Guess, ...]:
    """Return the mode of each leg, in time order."""
    slow_mps = speeds_mps(path, half_s=SPEED_WINDOW_S)
    edge_mps = speeds_mps(path, half_s=EDGE_WINDOW_S)
    guesses = []
    for number, span in enumerate(spans):
        before = spans[number - 1] if number else None
        after = spans[number + 1] if number + 1 < len(spans) else None
        walked_s = (
            _walked_s(path, before) if before and before.last == span.first else 0.0,
            _walked_s(path, after) if after and after.first == span.last else 0.0,
        )
        length_m = _length_m(path, span, edge_mps)
        described = features_of(
            path, span, speed_mps=slow_mps, length_m=length_m, walked_s=walked_s
        )
        guesses.append(classify(described))
    return tuple(guesses)


def _walked_s(path: Path, span: Span) -> float:
    return float(path.time_s[span.last] - path.time_s[span.first]) if span.on_foot else 0.0


def _length_m(path: Path, span: Span, edge_mps: NDArray[np.float64]) -> float:
    cuts = np.flatnonzero(path.gap[span.first : span.last]) + span.first
    metres = 0.0
    for first, last in zip([span.first, *(cuts + 1)], [*cuts, span.last], strict=True):
        rows = slice(first, last + 1)
        columns = path.time_s[rows], path.lat_deg[rows], path.lon_deg[rows], edge_mps[rows]
        metres += path_length(*columns).metres
    return metres


def classify(features: LegFeatures) -> Guess:
    """Return the mode that best explains ``features``, or a stated unknown."""
    if math.isnan(features.median_mps):
        return Guess(Mode.UNKNOWN, 0.0, (), (phrase(N_("too few positions to tell")),))
    shares = probabilities(features)
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    best, confidence = ranked[0]
    if confidence < LEAST_CONFIDENCE:
        others = tuple((mode, share) for mode, share in ranked if share >= SHARE_SHOWN)
        why = phrase(
            N_("{first} and {second} fit almost equally well"), first=best, second=ranked[1][0]
        )
        return Guess(Mode.UNKNOWN, confidence, others, (why, *_reasons(features)), confidence)
    others = tuple((mode, share) for mode, share in ranked[1:] if share >= SHARE_SHOWN)
    return Guess(best, confidence, others, _reasons(features), confidence)


def probabilities(features: LegFeatures) -> dict[Mode, float]:
    """Return the probability of each mode of `PROFILES`; they add up to 1.

    Args:
        features: With speeds that are not NaN.
    """
    scores = {mode: _score(profile, features) for mode, profile in PROFILES.items()}
    highest = max(scores.values())
    weights = {mode: math.exp(score - highest) for mode, score in scores.items()}
    total = sum(weights.values())
    return {mode: weight / total for mode, weight in weights.items()}


def _score(profile: Profile, features: LegFeatures) -> float:
    km = max(features.length_m / 1000, 0.1)
    fit = _log_normal(features.median_mps, *profile.median_mps)
    fit += _log_normal(features.high_mps, *profile.high_mps)
    fit += _rare(features.halts_per_km * km, profile.halts_per_km * km)
    if not math.isnan(features.sharp_per_km):
        fit += _rare(features.sharp_per_km * km, profile.sharp_per_km * km)
    ends = (features.walk_before_s >= WALKED_S) + (features.walk_after_s >= WALKED_S)
    return math.log(profile.prior) + SOFTENING * fit + math.log(profile.walked[ends])


def _log_normal(value: float, median: float, spread: float) -> float:
    """Return the log density of ``value``, bounded so that no one number decides alone."""
    z = math.log(max(value, 0.05) / median) / spread
    return max(-0.5 * z * z, -12.0) - math.log(spread)


def _rare(count: float, expected: float) -> float:
    """Return how well a count fits, as a two-sided distance of square roots.

    Square roots of counts have a variance of about 1/4 (Anscombe 1948); more
    than that is allowed for, as cities differ.
    """
    z = (math.sqrt(count + 0.375) - math.sqrt(expected + 0.375)) / (
        0.5 + 0.35 * math.sqrt(expected)
    )
    return max(-0.5 * z * z, -6.0)


def _reasons(features: LegFeatures) -> tuple[Phrase, ...]:
    kmh, high_kmh = round(features.median_mps * 3.6), round(features.high_mps * 3.6)
    found = [phrase(N_("usually {kmh} km/h, at most {high_kmh} km/h"), kmh=kmh, high_kmh=high_kmh)]
    halts = round(features.halts_per_km * features.length_m / 1000)
    if halts:
        found.append(phrase(N_("halts on the way: {count}"), count=halts))
    if features.sharp_per_km * features.length_m < 1000 <= features.length_m:
        found.append(phrase(N_("no street corner on the way")))
    if min(features.walk_before_s, features.walk_after_s) >= WALKED_S:
        found.append(phrase(N_("walked to it and from it")))
    if features.gap_share > 0.2:
        percent = round(100 * features.gap_share)
        found.append(phrase(N_("{percent} % of the way has no positions"), percent=percent))
    return tuple(found)
