"""Why a leg is taken for a mode, in words: what moved the decision, and the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.model.words import N_, Phrase, phrase
from geowallet.track.modes.decide import ALL_MODES, NEAREST, PACE_MPS, SHARE_SHOWN
from geowallet.track.modes.ends import STAYED_SHARE
from geowallet.track.modes.features import FEATURES, GROUPS
from geowallet.track.modes.reach import WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.decide import Decision
    from geowallet.track.modes.forest import Forest

TELLING = ("halts", "turns", "change")
"""Groups of features that have words."""

MOVED = 0.35
"""By how much a group must part the best mode from the next, in logits, to be named."""

ALOOF = 2.0
"""A highest speed so many times as high as nearly all others may be that of a leap, which
was not seen: it is not told."""

MOST_REASONS = 5
"""More are not read."""

WALKED_S = 120.0
"""A walk of this length to or from a leg is worth naming: parking is usually nearer."""

SPARSE_S = 45.0
"""Fixes further apart than this show no halts and no corners."""

FOOT = frozenset({Mode.WALK, Mode.RUN})
MUSCLE = frozenset({Mode.BIKE, Mode.E_BIKE, Mode.E_SCOOTER})
ROAD = frozenset({Mode.CAR, Mode.MOTORCYCLE})
RAIL = frozenset({Mode.TRAM, Mode.SUBWAY, Mode.TRAIN})
BUS = frozenset({Mode.BUS})

HALTS: tuple[tuple[frozenset[Mode], str], ...] = (
    (FOOT, N_("halts in {km} km: {count}, like someone on foot")),
    (MUSCLE, N_("halts in {km} km: {count}, like a bike")),
    (ROAD, N_("halts in {km} km: {count}, like a car in traffic")),
    (BUS, N_("halts in {km} km: {count}, like the stops of a bus")),
    (RAIL, N_("halts in {km} km: {count}, like stations")),
)
TURNS: tuple[tuple[frozenset[Mode], str], ...] = (
    (FOOT, N_("turns like someone on foot")),
    (MUSCLE, N_("turns like a bike")),
    (ROAD, N_("turns like a car")),
    (BUS, N_("turns like a bus")),
    (RAIL, N_("bends like rails")),
)
CHANGE: tuple[tuple[frozenset[Mode], str], ...] = (
    (FOOT, N_("keeps the pace of someone on foot")),
    (MUSCLE, N_("gathers speed like a bike")),
    (ROAD, N_("gathers speed and brakes like a car")),
    (BUS, N_("gathers speed and brakes like a bus")),
    (RAIL, N_("gathers speed and brakes like a train")),
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of one leg beside its own description.

    Attributes:
        walked_s: How long its owner walked right before and right after it.
        said: The mode that sources say, or None.
        usual: Whether the owner's habits make it much more probable.
        along: What it follows on a map, if there is one and it matters.
        course: Whether the network decided, against what the trees say.
    """

    walked_s: tuple[float, float]
    said: Mode | None
    usual: bool
    along: tuple[Phrase, ...] = ()
    course: bool = False


def moved(
    forest: Forest,
    table: NDArray[np.float64],
    logits: NDArray[np.float64],
    decisions: Sequence[Decision],
) -> list[frozenset[str]]:
    """Return, for each leg whose mode is claimed, which groups part it from the next one.

    Each group is put back to what is usual for all modes; where the best mode then
    leads by less, the group has moved the decision.

    Args:
        forest: Whose groups.
        table: As for `Forest.probabilities`.
        logits: ``(k, classes)`` as `Forest.logits` returns of it.
        decisions: ``k`` of them.
    """
    columns = forest.columns(table)
    best = np.array([_class(forest, decision.best) for decision in decisions])
    second = np.array([_class(forest, decision.second) for decision in decisions])
    claimed = np.array([decision.claimed for decision in decisions], dtype=np.bool_)
    legs = np.flatnonzero((best >= 0) & (second >= 0) & claimed)
    best, second = best[legs], second[legs]
    lead = logits[legs, best] - logits[legs, second]
    versions = np.stack([_without(forest, columns[legs], group) for group in TELLING], axis=1)
    fell = np.zeros((len(decisions), len(TELLING)), dtype=np.bool_)
    fell[legs] = lead[:, None] - _lead(forest, versions, best, second) >= MOVED
    return [frozenset(np.array(TELLING)[groups].tolist()) for groups in fell]


def reasons(
    decision: Decision,
    described: NDArray[np.float64],
    groups: frozenset[str],
    around: Circumstances,
) -> tuple[Phrase, ...]:
    """Return why, the weightiest first; at most `MOST_REASONS`.

    Args:
        decision: What is claimed, or not.
        described: Of the leg; the first are `FEATURES`.
        groups: As `moved` returns.
        around: What is known beside.
    """
    fact = dict(zip(FEATURES, described[: len(FEATURES)].tolist(), strict=True))
    found = [] if decision.claimed else [_doubt(decision, fact)]
    found += _said(decision, around)
    found += around.along
    if around.course and decision.claimed:
        text = N_("how it went, seen every ten seconds, fits {mode}")
        found.append(phrase(text, mode=decision.best))
    found.append(_speed(fact))
    if decision.claimed:
        found += _likeness(decision.best, fact, groups)
    found += _surroundings(decision, fact, around)
    return tuple(found[:MOST_REASONS])


def _doubt(decision: Decision, fact: dict[str, float]) -> Phrase:
    if fact["cadence_s"] >= SPARSE_S:
        text = N_("positions are {seconds} s apart, too far to tell {first} from {second}")
        seconds = round(fact["cadence_s"])
        return phrase(text, seconds=seconds, first=decision.best, second=decision.second)
    text = N_("{first} and {second} fit almost equally well")
    return phrase(text, first=decision.best, second=decision.second)


def _said(decision: Decision, around: Circumstances) -> list[Phrase]:
    if around.said is None:
        return []
    if around.said is decision.best:
        return [phrase(N_("its source says {mode}"), mode=around.said)]
    return [phrase(N_("its source says {mode}, which fits less"), mode=around.said)]


def _speed(fact: dict[str, float]) -> Phrase:
    kmh, high_kmh = round(fact["v30_moving"] * 3.6), round(fact["v30_p97"] * 3.6)
    if fact["v30_p97"] > ALOOF * max(fact["v30_p90"], fact["v30_moving"]):
        return phrase(N_("usually {kmh} km/h"), kmh=kmh)
    text = N_("usually {kmh} km/h, at most {high_kmh} km/h")
    return phrase(text, kmh=kmh, high_kmh=max(kmh, high_kmh))


def _likeness(mode: Mode, fact: dict[str, float], groups: frozenset[str]) -> list[Phrase]:
    found = []
    length_m = float(np.exp(fact["log_m"])) - 50.0
    count = round(fact["halts_km"] * (length_m / 1000 + 0.2))
    if "halts" in groups and length_m >= 500:
        if count:
            text = _of(HALTS, mode)
            found += [phrase(text, km=_km(length_m), count=count)] if text else []
        else:
            found.append(phrase(N_("no halt on the way")))
    free_m = float(np.exp(fact["corner_free_log_m"])) - 50.0
    if free_m >= 3000 and mode not in FOOT | MUSCLE:
        found.append(phrase(N_("no street corner for {km} km"), km=_km(free_m)))
    elif "turns" in groups:
        text = _of(TURNS, mode)
        found += [phrase(text)] if text else []
    if "change" in groups:
        text = _of(CHANGE, mode)
        found += [phrase(text)] if text else []
    if mode is Mode.E_BIKE and abs(np.log(fact["v60_p90"] / PACE_MPS[mode][0])) < 0.15:
        found.append(phrase(N_("keeps near 25 km/h, where the help of an e-bike ends")))
    return found


def _surroundings(
    decision: Decision, fact: dict[str, float], around: Circumstances
) -> list[Phrase]:
    found = []
    before, after = (seconds >= WALKED_S for seconds in around.walked_s)
    if decision.best not in FOOT and (before or after):
        both, first = N_("walked to it and from it"), N_("walked to it")
        found.append(
            phrase(both if before and after else first if before else N_("walked from it"))
        )
    stays = (fact[f"{side}_still"] >= STAYED_SHARE for side in ("before", "after"))
    if decision.claimed and decision.best in ROAD | MUSCLE and all(stays):
        found.append(phrase(N_("from door to door, without a walk")))
    if around.usual and decision.claimed:
        found.append(phrase(N_("the owner often travels so")))
    share = fact["silent_m_share"]
    if share > 0.2:
        text = N_("{percent} % of the way has no positions")
        found.append(phrase(text, percent=round(100 * share)))
    elif decision.claimed and fact["cadence_s"] >= SPARSE_S:
        found.append(
            phrase(N_("positions are {seconds} s apart"), seconds=round(fact["cadence_s"]))
        )
    return found


def said_mode(said: NDArray[np.float64]) -> Mode | None:
    """Return the mode that labels of a leg speak for, ``said`` as `label_odds` returns."""
    top = float(np.max(said, initial=0.0))
    return ALL_MODES[int(np.argmax(said))] if top > SHARE_SHOWN else None


def _of(texts: tuple[tuple[frozenset[Mode], str], ...], mode: Mode) -> str:
    return next((text for modes, text in texts if mode in modes), "")


def _km(metres: float) -> int | float:
    return round(metres / 1000) if metres >= 10_000 else round(metres / 1000, 1)


def _class(forest: Forest, mode: Mode) -> int:
    """Return the column of a mode, or -1 where the forest does not know it."""
    names = (mode, NEAREST.get(mode, mode))
    return next((forest.classes.index(name) for name in names if name in forest.classes), -1)


def _lead(
    forest: Forest,
    columns: NDArray[np.float64],
    best: NDArray[np.intp],
    second: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Return by how much the best mode leads in each of ``(k, v, f)`` versions, ``(k, v)``."""
    if len(columns) * columns.shape[1] <= WORD:
        # Of so few, all classes at once cost less than one after the other.
        every = forest.trees.logits(columns.reshape(-1, columns.shape[2]))
        every = every.reshape(*columns.shape[:2], len(forest.classes))
        leg = np.arange(len(columns))
        between: NDArray[np.float64] = every[leg, :, best] - every[leg, :, second]
        return between
    lead = np.zeros(columns.shape[:2])
    for number in range(len(forest.classes)):
        ahead, behind = np.flatnonzero(best == number), np.flatnonzero(second == number)
        legs = np.concatenate((ahead, behind))
        if len(legs):
            rows = columns[legs].reshape(-1, columns.shape[2])
            logits = forest.trees.logits_of(number, rows).reshape(len(legs), -1)
            lead[ahead] += logits[: len(ahead)]
            lead[behind] -= logits[len(ahead) :]
    return lead


def _without(forest: Forest, columns: NDArray[np.float64], group: str) -> NDArray[np.float64]:
    neutral = forest.settings.get("neutral", {})
    result = columns.copy()
    for place, name in enumerate(forest.features):
        if name in GROUPS[group]:
            result[:, place] = neutral.get(name, np.nan)
    return result
