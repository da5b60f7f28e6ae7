"""What a source itself says of a mode, and how far that is to be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

LEAST_SHARE = 0.2
"""A label that covers less of a leg does not speak of it."""

ON_FOOT = frozenset({Mode.WALK, Mode.RUN})
CYCLING = frozenset({Mode.BIKE, Mode.E_BIKE})
ON_RAILS = frozenset({Mode.TRAIN, Mode.SUBWAY, Mode.TRAM})
ON_ROADS = frozenset({Mode.CAR, Mode.MOTORCYCLE, Mode.BUS})
MOTORISED = ON_ROADS | ON_RAILS | {Mode.FERRY}

WORDS: dict[str, frozenset[Mode]] = {
    **dict.fromkeys(("walk", "walking", "hiking", "hike", "on foot", "foot"), ON_FOOT),
    **dict.fromkeys(("run", "running", "jog", "jogging", "trail running"), frozenset({Mode.RUN})),
    **dict.fromkeys(("bike", "biking", "bicycle", "bicycling", "cycling", "ride"), CYCLING),
    **dict.fromkeys(("e bike", "ebike", "e bike ride", "e biking"), frozenset({Mode.E_BIKE})),
    **dict.fromkeys(("scooter", "e scooter", "kick scooter"), frozenset({Mode.E_SCOOTER})),
    **dict.fromkeys(("car", "driving", "drive", "passenger vehicle"), frozenset({Mode.CAR})),
    **dict.fromkeys(("taxi", "carpool", "shared ride"), frozenset({Mode.CAR})),
    **dict.fromkeys(("vehicle", "automotive", "road vehicle"), MOTORISED),
    **dict.fromkeys(("motorcycle", "motorcycling", "moped"), frozenset({Mode.MOTORCYCLE})),
    **dict.fromkeys(("bus", "coach", "shuttle"), frozenset({Mode.BUS})),
    **dict.fromkeys(("tram", "light rail", "streetcar"), frozenset({Mode.TRAM})),
    **dict.fromkeys(("subway", "metro", "underground"), frozenset({Mode.SUBWAY})),
    **dict.fromkeys(("train", "rail", "rail vehicle"), ON_RAILS),
    **dict.fromkeys(("ferry", "boat", "boating"), frozenset({Mode.FERRY})),
    **dict.fromkeys(("airplane", "plane", "flying", "flight", "air"), frozenset({Mode.AIRPLANE})),
}
"""Words of all formats, in small letters, with blanks, without "in" before and
"activity" behind them."""

STARTED_BY_HAND = 40.0
"""A sport that a person chose at the start of a recording. A guess: mistakes are rare,
but a watch that was left running labels the drive home as well."""

CONFIRMED = 100.0
"""What a person said afterwards of this very way. A guess."""

PREDICTED = 6.0
"""What a phone or a service inferred. OpenPATH's modes, made of the phone's motion sensor
and a map, are right for 82 % of the time on MobilityNet (Shankari et al. 2020); six to
one is what that is worth among some ten modes, rounded down."""

FROM_A_VEHICLE = 200.0
"""Logs of a car's own computer. A guess: a car on a ferry or a lorry is rarer."""

RELIABILITY: dict[str, float] = {
    "apple_health": STARTED_BY_HAND,
    "fit": STARTED_BY_HAND,
    "tcx": STARTED_BY_HAND,
    "strava": STARTED_BY_HAND,
    "samsung_health": STARTED_BY_HAND,
    "openpath_said": CONFIRMED,
    "mds": FROM_A_VEHICLE,
}
"""How many times more often a source says a word where it is true than where it is not;
`PREDICTED` for the others."""


@dataclass(frozen=True, slots=True, order=True)
class ModeLabel:
    """What a source says of a stretch of time.

    Attributes:
        start_us: First instant, UTC microseconds.
        end_us: Last instant.
        word: The source's own word.
        provider: Name of the connector that read it.
    """

    start_us: int
    end_us: int
    word: str
    provider: str

    @property
    def modes(self) -> frozenset[Mode]:
        """The modes that the word means, none if it is not known."""
        return modes_of(self.word)

    @property
    def odds(self) -> float:
        """How far the provider is to be trusted; see `RELIABILITY`."""
        return RELIABILITY.get(self.provider, PREDICTED)


def modes_of(word: str) -> frozenset[Mode]:
    """Return the modes that a source's word means, none if it is not known.

    Several words with commas between them, such as "driving,stationary", mean any
    of theirs.
    """
    return frozenset().union(*(_modes_of_one(part) for part in word.split(",")))


def _modes_of_one(word: str) -> frozenset[Mode]:
    plain = word.rpartition(".")[2].replace("HKWorkoutActivityType", "")
    spaced = "".join(f" {c}" if c.isupper() and not plain.isupper() else c for c in plain)
    words = spaced.lower().replace("_", " ").replace("-", " ").split()
    words = [w for w in words if w not in {"in", "on", "activity", "a"}] or words
    return WORDS.get(" ".join(words), frozenset())


def label_odds(
    labels: Iterable[ModeLabel], bounds_us: NDArray[np.int64], modes: Sequence[Mode]
) -> NDArray[np.float64]:
    """Return the logarithm of what labels make of each mode, ``(k, len(modes))``.

    A label counts for the share of the leg that it covers; of equal words of one
    provider the one that covers most counts once, and providers add up.

    Args:
        labels: In any order; repeated ones count once.
        bounds_us: ``(k, 2)`` first and last instant of each leg.
        modes: Those that are told apart.
    """
    found = np.zeros((len(bounds_us), len(modes)))
    known = sorted({label for label in labels if label.modes & set(modes)})
    if not known or not len(bounds_us):
        return found
    spoken: dict[tuple[str, frozenset[Mode]], NDArray[np.float64]] = {}
    length_us = np.maximum(bounds_us[:, 1] - bounds_us[:, 0], 1)
    for label in known:
        low = np.maximum(bounds_us[:, 0], label.start_us)
        shared_us = np.minimum(bounds_us[:, 1], label.end_us) - low
        cell = label.provider, label.modes
        share = np.maximum(shared_us, 0) / length_us
        spoken[cell] = np.minimum(spoken.get(cell, 0.0) + share, 1.0)
    for (provider, said), share in sorted(spoken.items(), key=lambda item: sorted(item[0][1])):
        weight = np.where(share >= LEAST_SHARE, share, 0.0)
        odds = np.log(RELIABILITY.get(provider, PREDICTED))
        found += np.outer(weight * odds, [mode in said for mode in modes])
    return found
