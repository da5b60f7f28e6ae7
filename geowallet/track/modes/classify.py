"""Modes of legs: the forest, its neighbours, and what is known beside the fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.model.words import N_, phrase
from geowallet.track.clean import BAD, flag_duplicates, flag_jumps, flag_single
from geowallet.track.legs import Span
from geowallet.track.modes.context import chained, context_table, habits_of, with_habits
from geowallet.track.modes.decide import (
    ALL_MODES,
    SHARE_SHOWN,
    Guess,
    decided,
    over_all_modes,
    shared_out,
    told,
    within_physics,
)
from geowallet.track.modes.features import FEATURES, feature_table
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.modes.labels import label_odds
from geowallet.track.modes.rules import by_rules
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.motion import path_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.hints import Hints
    from geowallet.track.motion import Path

TOO_FEW = phrase(N_("too few positions to tell"))


def leg_table(fixes: Fixes, bounds_us: NDArray[np.int64]) -> NDArray[np.float64]:
    """Describe legs of raw fixes: what a forest is fitted on, ``(k, len(FEATURES))``.

    Args:
        fixes: Of one device; cleaned here.
        bounds_us: int64 ``(k, 2)``, first and last instant of each leg.
    """
    path, spans, found = _spans(fixes, bounds_us)
    table = np.full((len(bounds_us), len(FEATURES)), np.nan)
    if path is not None:
        table[found] = feature_table(path, spans)
    return table


def classify_legs(
    fixes: Fixes, bounds_us: NDArray[np.int64], *, hints: Hints = NO_HINTS
) -> tuple[Guess, ...]:
    """Return the mode of each leg of one traveller, with its probability and reasons.

    All legs of the call are looked at together: each sees its neighbours, and the
    habits of the traveller are estimated from all of them unless ``hints`` has
    some. The result does not depend on the order of the legs.

    Args:
        fixes: Of one device; cleaned here.
        bounds_us: int64 ``(k, 2)``, first and last instant of each leg.
        hints: What is known beside the fixes.
    """
    path, spans, found = _spans(fixes, bounds_us)
    guesses = [Guess(Mode.UNKNOWN, 0.0, (), (TOO_FEW,))] * len(bounds_us)
    if path is not None:
        for place, guess in zip(found, _classified(path, spans, hints, estimate=True), strict=True):
            guesses[place] = guess
    return tuple(guesses)


def classify_spans(
    path: Path, spans: Sequence[Span], *, hints: Hints = NO_HINTS
) -> tuple[Guess, ...]:
    """Return the mode of each leg of one chunk: a function of its fixes and ``hints``.

    Args:
        path: The fixes of the chunk.
        spans: Its legs, in time order.
        hints: What is known beside the fixes.
    """
    if (hints.forest or shipped_forest()) is None:
        return by_rules(path, spans)
    return tuple(_classified(path, spans, hints, estimate=False))


def span_shares(
    path: Path, spans: Sequence[Span], *, hints: Hints = NO_HINTS
) -> NDArray[np.float64]:
    """Return the probabilities of `ALL_MODES` of legs, each looked at alone, ``(k, 13)``.

    For segmentation: any spans, overlapping or not.
    """
    forest = hints.forest or shipped_forest()
    if forest is None:
        shares = np.zeros((len(spans), len(ALL_MODES)))
        for row, guess in enumerate(by_rules(path, spans)):
            for mode, share in (*guess.alternatives, (guess.mode, guess.confidence)):
                if mode in ALL_MODES:
                    shares[row, ALL_MODES.index(mode)] = share
        return shares
    table = feature_table(path, spans)
    return over_all_modes(forest.probabilities(table), forest.classes)


def _classified(path: Path, spans: Sequence[Span], hints: Hints, *, estimate: bool) -> list[Guess]:
    forest = hints.forest or shipped_forest()
    if not spans:
        return []
    if forest is None:
        return list(by_rules(path, spans))
    table = feature_table(path, spans)
    bounds_us = np.array([(path.instant_us(s.first), path.instant_us(s.last)) for s in spans])
    alone = _probabilities(forest, table, bounds_us)
    alone = _of_owner(forest, alone, hints, estimate=estimate)
    said = label_odds((x for some in hints.labels.values() for x in some), bounds_us, ALL_MODES)
    shares = told(over_all_modes(alone, forest.classes), said)
    shares = within_physics(shared_out(shares, table, hints.owned, said), table)
    return [
        _guess(row, described, forest.settings)
        for row, described in zip(shares, table, strict=True)
    ]


def _probabilities(
    forest: Forest, table: NDArray[np.float64], bounds_us: NDArray[np.int64]
) -> NDArray[np.float64]:
    alone = forest.probabilities(table)
    if forest.context is not None:
        alone = forest.in_context(table, context_table(bounds_us, alone))
    if "pairs" in forest.settings:
        alone = chained(bounds_us, alone, np.asarray(forest.settings["pairs"]))
    return alone


def _of_owner(
    forest: Forest, alone: NDArray[np.float64], hints: Hints, *, estimate: bool
) -> NDArray[np.float64]:
    prior = np.asarray(forest.settings["prior"], dtype=np.float64)
    if hints.habits:
        habits = np.array([hints.habits.get(name, 0.0) for name in forest.classes])
        return with_habits(alone, np.maximum(habits, 1e-6), prior)
    if estimate:
        return with_habits(alone, habits_of(alone, prior), prior)
    return alone


def _guess(
    shares: NDArray[np.float64], described: NDArray[np.float64], settings: Mapping[str, Any]
) -> Guess:
    if np.all(np.isnan(described)):
        return Guess(Mode.UNKNOWN, 0.0, (), (TOO_FEW,))
    found = decided(shares, settings)
    confidence = dict(found.shares)[found.best]
    shown = tuple(pair for pair in found.shares if pair[1] >= SHARE_SHOWN)
    if not found.claimed:
        why = phrase(
            N_("{first} and {second} fit almost equally well"),
            first=found.best,
            second=found.second,
        )
        return Guess(Mode.UNKNOWN, confidence, shown, (why,), found.family)
    others = tuple(pair for pair in shown if pair[0] is not found.best)
    return Guess(found.best, confidence, others, (), found.family)


def good_fixes(fixes: Fixes) -> Fixes:
    """Return the fixes of one device that can be trusted, at distinct instants.

    `path_of` makes their path; there may be none.
    """
    fixes = flag_jumps(flag_duplicates(flag_single(fixes)))
    return fixes.take(fixes.unflagged(BAD))


def _spans(
    fixes: Fixes, bounds_us: NDArray[np.int64]
) -> tuple[Path | None, list[Span], NDArray[np.intp]]:
    """Return the path of the good fixes, and the spans and places of legs that have some."""
    good = good_fixes(fixes)
    first = np.searchsorted(good.time_us, bounds_us[:, 0], side="left")
    last = np.searchsorted(good.time_us, bounds_us[:, 1], side="right") - 1
    found = np.flatnonzero(last > first)
    spans = [Span(int(first[leg]), int(last[leg]), on_foot=False) for leg in found]
    return (path_of(good) if len(found) else None), spans, found
