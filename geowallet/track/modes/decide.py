"""From probabilities to one mode, or to a stated unknown.

Between them stand the bounds of physics, the owner's vehicles and what sources say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.track.modes.features import FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geowallet.model.words import Phrase

SHARE_SHOWN = 0.01
"""Alternatives less probable are not listed."""

SPARSE_CONFIDENCE = 0.7
SPARSE_SOFT = 0.1
"""Needed where fixes are sparse: simulated months thinned to a fix each two to five
minutes have hardly a right claim below the first, and drives in jams taken for bikes."""

IMPOSSIBLE = 1e-9
"""What is left of a mode beyond its bounds."""

FASTEST_MPS: dict[Mode, float] = {
    Mode.WALK: 3.0,
    Mode.RUN: 7.5,
    Mode.BIKE: 13.0,
    Mode.E_BIKE: 12.5,
    Mode.E_SCOOTER: 9.0,
    Mode.TRAM: 25.0,
    Mode.SUBWAY: 36.0,
    Mode.BUS: 36.0,
    Mode.FERRY: 23.0,
    Mode.CAR: 75.0,
    Mode.MOTORCYCLE: 75.0,
    Mode.TRAIN: 100.0,
    Mode.AIRPLANE: 370.0,
}
"""No mode holds more over a minute for a tenth of its time. Walking turns into running at
2.1 m/s (Hreljac 1993); 7.5 m/s is above the marathon record of 5.8; 13 m/s is what
professional riders reach in a time trial; scooters are built for 25 km/h at most (France,
Code de la route R311-1), some are faster; trams are built for 70 to 80 km/h, coaches are
limited to 100 (Directive 92/6/EEC), subways keep below 130, fast ferries below 85 km/h,
trains in service below 350; no airliner was faster over ground than 1,330 km/h, in a jet stream."""

USUAL_MPS: dict[Mode, float] = {
    Mode.WALK: 2.3,
    Mode.RUN: 6.0,
    Mode.BIKE: 9.5,
    Mode.E_BIKE: 8.5,
    Mode.E_SCOOTER: 8.0,
    Mode.TRAM: 20.0,
    Mode.SUBWAY: 25.0,
    Mode.BUS: 31.0,
    Mode.FERRY: 20.0,
}
"""No mode is faster for half of its time, on foot over a minute as noise is large then, in
others over half a minute: the gait changes at 2.1 m/s,
the marathon record is run at 5.8, trained cyclists on racing bicycles keep 9 on the flat,
trams and subways with their stops stay well below the 25 and 36 m/s they are built for,
coaches are limited to 100 km/h, in some countries to 110, and few ferries reach 40 knots."""

HURRIED_S, EVENNESS = 600.0, 1.4
"""What goes too fast for a walk for so long, in its quickest minutes at most so many times as
fast as usual, is on foot all the same, if that is what it was taken for: diaries call runs
walks, and trees learned it from them. Crawls to the next door are shorter, jams less even."""

SLOWEST_MPS: dict[Mode, float] = {Mode.AIRPLANE: 45.0}
"""An airliner's best minutes are faster than any stall speed."""

NEAREST: dict[Mode, Mode] = {
    Mode.E_BIKE: Mode.BIKE,
    Mode.E_SCOOTER: Mode.BIKE,
    Mode.MOTORCYCLE: Mode.CAR,
}
"""What a mode is taken for while nothing says that its owner has one: positions alone do
not tell them apart."""

PACE_MPS: dict[Mode, tuple[float, float]] = {
    Mode.BIKE: (5.6, 0.22),
    Mode.E_BIKE: (6.7, 0.10),
    Mode.E_SCOOTER: (5.9, 0.14),
}
"""High speed held over a minute, and the standard deviation of its logarithm. The help of
a pedelec ends at 25 km/h (Regulation (EU) 168/2013), so that its riders keep near 6.9 m/s;
cyclists without it spread (Schleinitz et al. 2017, "The German Naturalistic Cycling
Study", Safety Science 92: 15.3 km/h on bicycles, 17.4 on pedelecs)."""

OWN_SHARE = 0.5
"""Of the ways for which a car and a motorcycle of one owner look alike."""

FAMILIES: tuple[frozenset[Mode], ...] = (
    frozenset({Mode.WALK, Mode.RUN}),
    frozenset({Mode.BIKE, Mode.E_BIKE, Mode.E_SCOOTER}),
    frozenset({Mode.CAR, Mode.MOTORCYCLE}),
    frozenset({Mode.BUS}),
    frozenset({Mode.TRAM, Mode.SUBWAY, Mode.TRAIN}),
    frozenset({Mode.FERRY}),
    frozenset({Mode.AIRPLANE}),
)
"""Modes that are decided between only after the family: half tram and half train is rail,
not the third that is likelier than either."""

_FAMILY = {mode: number for number, family in enumerate(FAMILIES) for mode in family}

MOTORISED = frozenset().union(*FAMILIES[2:])
"""What must not be taken for foot or bike: it would be a false claim of money."""

ALL_MODES = tuple(mode for mode in Mode if mode not in {Mode.OTHER, Mode.UNKNOWN})
"""The columns of the tables below."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A mode with its probability, the others, and why.

    Attributes:
        mode: The most probable mode of the most probable family, or ``UNKNOWN``.
        confidence: Its probability; for ``UNKNOWN`` that of the best mode.
        alternatives: Other modes with their probability, most probable first.
        reasons: Why, for people.
        probability: Of its family: that it is some train, if not this kind.
    """

    mode: Mode
    confidence: float
    alternatives: tuple[tuple[Mode, float], ...]
    reasons: tuple[Phrase, ...]
    probability: float = 0.0


def over_all_modes(
    probabilities: NDArray[np.float64], classes: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return the same probabilities with a column for each of `ALL_MODES`, ``(k, 13)``."""
    result = np.zeros((len(probabilities), len(ALL_MODES)))
    for column, name in enumerate(classes):
        result[:, ALL_MODES.index(Mode(name))] += probabilities[:, column]
    return result


def shared_out(
    shares: NDArray[np.float64],
    table: NDArray[np.float64],
    owned: frozenset[Mode] | None,
    said: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give e-bikes, scooters and motorcycles what the owner's vehicles and labels allow.

    Args:
        shares: ``(k, 13)`` probabilities.
        table: ``(k, len(FEATURES))``.
        owned: As in `Hints`.
        said: ``(k, 13)`` as `label_odds` returns.
    """
    result = shares.copy()
    pace = table[:, FEATURES.index("v60_p90")]
    for mode, near in NEAREST.items():
        result[:, _at(near)] += result[:, _at(mode)]
        result[:, _at(mode)] = 0.0
    for near in (Mode.BIKE, Mode.CAR):
        family = [near, *(mode for mode, other in NEAREST.items() if other is near)]
        likely = np.column_stack([_likely(mode, pace, owned, said) for mode in family])
        likely /= np.maximum(likely.sum(axis=1, keepdims=True), 1e-300)
        whole = result[:, _at(near)].copy()
        for column, mode in enumerate(family):
            result[:, _at(mode)] = whole * likely[:, column]
    return result


def _likely(
    mode: Mode,
    pace: NDArray[np.float64],
    owned: frozenset[Mode] | None,
    said: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how likely a mode is within its family."""
    named = said[:, _at(mode)] > 0
    if mode in NEAREST:
        allowed = named & (said[:, _at(mode)] > said[:, _at(NEAREST[mode])])
        allowed |= owned is not None and mode in owned
    else:
        others = {NEAREST.get(other) for other in owned or ()}
        alone = owned is not None and mode not in owned and mode in others
        allowed = np.full(len(pace), not alone) | named
    fit = np.ones(len(pace))
    if mode in PACE_MPS:
        usual, spread = PACE_MPS[mode]
        z = np.log(np.maximum(np.nan_to_num(pace, nan=usual), 0.1) / usual) / spread
        fit = np.maximum(np.exp(-0.5 * z * z), 1e-6) / spread
    result: NDArray[np.float64] = np.where(allowed, fit, 0.0)
    return result


def within_physics(shares: NDArray[np.float64], table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities with what no vehicle can do taken out, ``(k, 13)``.

    What is beyond all of them is not travelled but leapt: it is as probably one as another.
    A walk that is too fast for one is a run where it keeps its pace.
    """
    pace = np.nan_to_num(table[:, FEATURES.index("v60_p90")])
    on_foot, riding = (
        np.nan_to_num(table[:, FEATURES.index(name)]) for name in ("v60_p50", "v30_p50")
    )
    result = shares.copy()
    hurried = (on_foot > USUAL_MPS[Mode.WALK]) & (pace <= EVENNESS * on_foot)
    hurried &= table[:, FEATURES.index("log_s")] >= np.log(HURRIED_S)
    result[hurried, _at(Mode.RUN)] += result[hurried, _at(Mode.WALK)]
    result[pace > FASTEST_MPS[Mode.AIRPLANE]] = 1.0
    for column, mode in enumerate(ALL_MODES):
        beyond = pace > FASTEST_MPS.get(mode, np.inf)
        usual = on_foot if mode in FAMILIES[0] else riding
        beyond |= usual > USUAL_MPS.get(mode, np.inf)
        beyond |= pace < SLOWEST_MPS.get(mode, 0.0)
        result[beyond, column] *= IMPOSSIBLE
    total = result.sum(axis=1, keepdims=True)
    return np.where(total > 0, result / np.where(total > 0, total, 1.0), shares)


def told(shares: NDArray[np.float64], said: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities after what sources say, ``(k, 13)``."""
    weights = shares * np.exp(said - said.max(axis=1, keepdims=True, initial=0.0))
    result: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return result


@dataclass(frozen=True, slots=True)
class Decision:
    """What the probabilities of one leg come to.

    Attributes:
        best: The most probable mode of the most probable family.
        family: Probability of that family.
        second: The most probable mode of the next family.
        shares: All modes with their probability, most probable first.
        claimed: Whether ``best`` is sure enough to be stated.
    """

    best: Mode
    family: float
    second: Mode
    shares: tuple[tuple[Mode, float], ...]
    claimed: bool


def decided(
    row: NDArray[np.float64], settings: Mapping[str, Any], *, sparse: bool = False
) -> Decision:
    """Return what the probabilities ``(13,)`` of one leg come to.

    Args:
        row: Of `ALL_MODES`.
        settings: Of the forest: below ``least_confidence`` of its family a mode
            is not stated, and none that uses muscles while motorised ones are
            more probable than ``soft_needs``.
        sparse: Whether the fixes are further apart than the forest was fitted on:
            then `SPARSE_CONFIDENCE` and `SPARSE_SOFT` hold where they are stricter.
    """
    pairs = ((mode, float(share)) for mode, share in zip(ALL_MODES, row, strict=True))
    shares = tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
    sums, motorised = [0.0] * len(FAMILIES), 0.0
    for mode, share in shares:
        sums[_FAMILY[mode]] += share
        if mode in MOTORISED:
            motorised += share
    first, second = sorted(range(len(FAMILIES)), key=lambda family: (-sums[family], family))[:2]
    best, other = (
        next(mode for mode, _ in shares if _FAMILY[mode] == family) for family in (first, second)
    )
    limits = settings["least_confidence"]
    least = float(limits.get(best.value, limits["default"]))
    claimed = sums[first] >= (max(least, SPARSE_CONFIDENCE) if sparse else least)
    if best not in MOTORISED:
        most = float(settings.get("soft_needs", 1.0))
        claimed = claimed and motorised <= (min(most, SPARSE_SOFT) if sparse else most)
    return Decision(best, sums[first], other, shares, claimed)


def _at(mode: Mode) -> int:
    return ALL_MODES.index(mode)
