"""Modes of legs: the forest, its neighbours, and what is known beside the fixes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.model.words import N_, phrase
from geowallet.track.clean import BAD, flag_duplicates, flag_jumps, flag_single
from geowallet.track.legs import Span
from geowallet.track.modes.context import chained, context_table, habits_of, walked_s, with_habits
from geowallet.track.modes.decide import (
    ALL_MODES,
    NEAREST,
    SHARE_SHOWN,
    Guess,
    decided,
    over_all_modes,
    shared_out,
    told,
    within_physics,
)
from geowallet.track.modes.ends import end_odds
from geowallet.track.modes.features import FEATURES, feature_table
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.modes.labels import label_odds
from geowallet.track.modes.reasons import FOOT, Circumstances, moved, reasons, said_mode
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.motion import path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.model.words import Phrase
    from geowallet.track.modes.decide import Decision
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.hints import Hints
    from geowallet.track.motion import Path

MUCH_MORE = 1.3
"""A habit that makes a mode this much more probable is named."""

RARE = frozenset({Mode.FERRY, Mode.AIRPLANE})
"""Modes that are nobody's habit: what looks a little like them all the time is not."""

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
        named = SpanModes(path, hints).weighed(spans, estimate=True).guesses()
        for place, guess in zip(found, named, strict=True):
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
    return tuple(SpanModes(path, hints).weighed(spans).guesses())


def span_shares(
    path: Path, spans: Sequence[Span], *, hints: Hints = NO_HINTS
) -> NDArray[np.float64]:
    """Return the probabilities of `ALL_MODES` of legs, each looked at alone, ``(k, 13)``.

    For segmentation: any spans, overlapping or not.
    """
    forest = hints.forest or shipped_forest()
    table = feature_table(path, spans)
    return over_all_modes(forest.probabilities(table), forest.classes)


class SpanModes:
    """Modes of legs of one chunk; a leg is described once, however often it is asked for."""

    __slots__ = ("_forest", "_hints", "_known", "_path")

    def __init__(self, path: Path, hints: Hints) -> None:
        self._path, self._hints = path, hints
        self._forest = hints.forest or shipped_forest()
        self._known: dict[tuple[int, int], tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def weighed(self, spans: Sequence[Span], *, estimate: bool = False) -> Weighed:
        """Return what legs are taken for.

        Args:
            spans: In time order, unless habits are read off them.
            estimate: Whether to read habits off the legs themselves. Otherwise they
                are of whole trips, whose ends say something.
        """
        self._describe([span for span in spans if (span.first, span.last) not in self._known])
        rows = [self._known[span.first, span.last] for span in spans]
        places = [place for place, (row, _) in enumerate(rows) if not np.all(np.isnan(row))]
        if not places:
            return Weighed(len(spans))
        table, logits = (
            np.array(column) for column in zip(*(rows[p] for p in places), strict=True)
        )
        bounds = [(self._path.instant_us(s.first), self._path.instant_us(s.last)) for s in spans]
        legs = _Legs(self._forest, table, logits, np.array(bounds)[places], self._hints)
        return Weighed(len(spans), places, legs, legs.decided(estimate=estimate))

    def _describe(self, spans: Sequence[Span]) -> None:
        table = feature_table(self._path, spans)
        logits = self._forest.logits(table)
        for span, row, said in zip(spans, table, logits, strict=True):
            self._known[span.first, span.last] = row, said


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What ``k`` legs are taken for; reasons are sought for when they are asked for.

    Attributes:
        k: How many legs.
        places: Those that can be described.
        legs: Their description.
        decided: What each of them comes to.
    """

    k: int
    places: Sequence[int] = ()
    legs: _Legs | None = None
    decided: _Decided | None = None

    @property
    def modes(self) -> list[Mode]:
        """The mode of each leg, or ``UNKNOWN``."""
        found = [Mode.UNKNOWN] * self.k
        decisions = () if self.decided is None else self.decided.decisions
        for place, decision in zip(self.places, decisions, strict=True):
            found[place] = decision.best if decision.claimed else Mode.UNKNOWN
        return found

    def guesses(self) -> list[Guess]:
        """Return the mode of each leg with its probability and reasons."""
        found = [Guess(Mode.UNKNOWN, 0.0, (), (TOO_FEW,))] * self.k
        if self.legs is not None and self.decided is not None:
            named = self.legs.guesses(self.decided)
            for place, guess in zip(self.places, named, strict=True):
                found[place] = guess
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Decided:
    """What legs come to, ``k`` of them.

    Attributes:
        decisions: Of each leg.
        said: ``(k, 13)``, as `label_odds` returns.
        rise: ``(k, classes)``, how much more probable habits make each class.
    """

    decisions: list[Decision]
    said: NDArray[np.float64]
    rise: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Legs:
    """Legs of one owner that have a description, ``k`` of them.

    Attributes:
        forest: What describes modes.
        table: ``(k, len(FEATURES))``.
        logits: ``(k, classes)`` as `Forest.logits` returns of it.
        bounds_us: int64 ``(k, 2)``.
        hints: What is known beside.
    """

    forest: Forest
    table: NDArray[np.float64]
    logits: NDArray[np.float64]
    bounds_us: NDArray[np.int64]
    hints: Hints

    def decided(self, *, estimate: bool) -> _Decided:
        """Return what each leg comes to; ``estimate`` as for `SpanModes.weighed`."""
        labels = (label for some in self.hints.labels.values() for label in some)
        said = label_odds(labels, self.bounds_us, ALL_MODES)
        alone = self._in_sequence()
        usual = self._of_owner(alone, estimate=estimate)
        ends = 0.0 if estimate else end_odds(self.table)
        shares = told(over_all_modes(usual, self.forest.classes), said + ends)
        shares = shared_out(shares, self.table, self.hints.owned, said)
        shares = within_physics(shares, self.table)
        settings = self.forest.settings
        sparse = self.table[:, FEATURES.index("cadence_s")] > self.forest.sparsest_s
        rows = zip(shares, sparse.tolist(), strict=True)
        decisions = [decided(row, settings, sparse=far) for row, far in rows]
        return _Decided(decisions, said, usual / alone)

    def guesses(self, found: _Decided) -> list[Guess]:
        """Return the mode of each leg, with reasons."""
        groups = moved(self.forest, self.table, self.logits, found.decisions)
        around = self._circumstances(found)
        known = zip(found.decisions, self.table, groups, around, strict=True)
        return [_guess(decision, reasons(decision, *rest)) for decision, *rest in known]

    def _in_sequence(self) -> NDArray[np.float64]:
        """Return the probabilities of each leg among its neighbours, ``(k, classes)``."""
        found = self.forest.calibrated(self.logits, self.table)
        if self.forest.context is not None:
            found = self.forest.in_context(self.table, context_table(self.bounds_us, found))
        pairs = self.forest.settings.get("pairs")
        return found if pairs is None else chained(self.bounds_us, found, np.asarray(pairs))

    def _of_owner(self, alone: NDArray[np.float64], *, estimate: bool) -> NDArray[np.float64]:
        settings, habits = self.forest.settings, self.hints.habits
        prior = np.asarray(settings["prior"], dtype=np.float64)
        if habits:
            shares = np.array([habits.get(name, 0.0) for name in self.forest.classes])
        elif estimate:
            rare = np.array([name in RARE for name in self.forest.classes])
            shares = habits_of(alone, prior, rare=rare)
        else:
            return alone
        power = float(settings.get("habit_power", 1.0))
        return with_habits(alone, np.maximum(shares, 1e-6), prior, power=power)

    def _circumstances(self, found: _Decided) -> list[Circumstances]:
        on_foot = np.array([decision.best in FOOT for decision in found.decisions])
        walks = walked_s(self.bounds_us, on_foot).tolist()
        column = {name: number for number, name in enumerate(self.forest.classes)}
        around = []
        for leg, decision in enumerate(found.decisions):
            number = column.get(decision.best, column.get(NEAREST.get(decision.best, ""), -1))
            usual = number >= 0 and bool(found.rise[leg, number] >= MUCH_MORE)
            before_s, after_s = walks[leg]
            around.append(Circumstances((before_s, after_s), said_mode(found.said[leg]), usual))
        return around


def _guess(decision: Decision, why: tuple[Phrase, ...]) -> Guess:
    confidence = dict(decision.shares)[decision.best]
    shown = tuple(pair for pair in decision.shares if pair[1] >= SHARE_SHOWN)
    if not decision.claimed:
        return Guess(Mode.UNKNOWN, confidence, shown, why, decision.family)
    others = tuple(pair for pair in shown if pair[0] is not decision.best)
    return Guess(decision.best, confidence, others, why, decision.family)


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
