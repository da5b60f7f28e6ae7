"""Modes of described legs: the forest, its neighbours, and what is known beside the fixes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.track.modes.believed import less_sure
from geowallet.track.modes.context import chained, context_table, walked_s
from geowallet.track.modes.decide import (
    ALL_MODES,
    MOTORISED,
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
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.forest import held_names, softmax
from geowallet.track.modes.labels import label_odds
from geowallet.track.modes.reasons import FOOT, Circumstances, moved, reasons, said_mode
from geowallet.track.modes.usual import everybody_by, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.model.words import Phrase
    from geowallet.track.legs import Span
    from geowallet.track.modes.decide import Decision
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.hints import Hints
    from geowallet.track.modes.listener import Listener
    from geowallet.track.modes.mapped import Followed

MUCH_MORE = 1.3
"""A habit that makes a mode this much more probable is named."""


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What legs come to, ``k`` of them.

    Attributes:
        decisions: Of each leg, as if it were given.
        shares: ``(k, 13)``, what they were made of.
        alone: ``(k, classes)``, how probable each is among its neighbours.
        said: ``(k, 13)``, as `label_odds` returns.
        beside: The same, and what a map makes of each mode.
        rise: ``(k, classes)``, how much more probable habits make each class.
    """

    decisions: list[Decision]
    shares: NDArray[np.float64]
    alone: NDArray[np.float64]
    said: NDArray[np.float64]
    beside: NDArray[np.float64]
    rise: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The legs of one chunk among others.

    Attributes:
        rows: Where they stand.
        bounds_us: int64 ``(k, 2)``, their first and last instants.
        ends_deg: float64 ``(k, 4)``, latitude and longitude of their first and last fixes.
        hints: What is known beside.
        spans: Their fixes.
        listener: What hears them; None without a network.
        along: What they follow on a map; None without one.
    """

    rows: slice
    bounds_us: NDArray[np.int64]
    ends_deg: NDArray[np.float64]
    hints: Hints
    spans: Sequence[Span]
    listener: Listener | None = None
    along: Followed | None = None

    def said(self) -> NDArray[np.float64]:
        """Return what sources say of them, ``(k, 13)``."""
        labels = (label for some in self.hints.labels.values() for label in some)
        return label_odds(labels, self.bounds_us, ALL_MODES)


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Legs of one owner that have a description, ``k`` of them.

    Attributes:
        forest: What describes modes.
        table: ``(k, len(FEATURES))``, or wider: see `Forest.probabilities`.
        logits: ``(k, classes)``, what trees and network say together.
        by_trees: ``(k, classes)`` as `Forest.logits` returns: reasons are sought there.
        parts: The legs of each chunk, at least one chunk.
        whole: As for `SpanModes.weighed`.
    """

    forest: Forest
    table: NDArray[np.float64]
    logits: NDArray[np.float64]
    by_trees: NDArray[np.float64]
    parts: Sequence[Part]
    whole: bool

    def decided(self, *, estimate: bool) -> Decided:
        """Return what each leg comes to; ``estimate`` as for `SpanModes.weighed`."""
        said = np.concatenate([part.said() for part in self.parts])
        alone = self._in_sequence()
        usual = self._usual(alone, estimate=estimate)
        # A forest that sees the neighbours has heard what lies at the ends.
        ends = end_odds(self.table) if self.whole and self.forest.context is None else 0.0
        beside = said.copy()
        for part in self.parts:
            if part.along is not None:
                beside[part.rows] += part.along.odds()
        shares = told(over_all_modes(usual, self.forest.classes), beside + ends)
        shares = shared_out(shares, self.table, self.parts[0].hints.owned, said)
        shares = within_physics(shares, self.table)
        return Decided(self._decisions(shares), shares, alone, said, beside, usual / alone)

    def _decisions(self, shares: NDArray[np.float64]) -> list[Decision]:
        sparse = self.table[:, FEATURES.index("cadence_s")] > self.forest.sparsest_s
        rows = zip(shares, sparse.tolist(), strict=True)
        return [decided(row, self.forest.settings, sparse=far) for row, far in rows]

    def guesses(self, found: Decided) -> list[Guess]:
        """Return the mode of each leg, with reasons; of whole trips as sure as found legs are."""
        decisions = self._as_found(found) if self.whole else found.decisions
        groups = moved(self.forest, self.table, self.by_trees, decisions)
        around = self._circumstances(found)
        known = zip(decisions, self.table, groups, around, strict=True)
        return [_guess(decision, reasons(decision, *rest)) for decision, *rest in known]

    def _as_found(self, found: Decided) -> list[Decision]:
        """Return the same decisions, as sure as legs are that cuts found.

        Foot or bike has to be as sure as such legs may be; a motor keeps its name, and what
        contracts count of it depends on its confidence.
        """
        shares = less_sure(found.shares, found.beside, self._heard(), self.forest.classes)
        return [
            replace(told, claimed=given.claimed and (told.claimed or told.best in MOTORISED))
            for told, given in zip(self._decisions(shares), found.decisions, strict=True)
        ]

    def _heard(self) -> NDArray[np.float64] | None:
        heard = [p.listener.along(p.spans) for p in self.parts if p.listener is not None]
        return np.concatenate(heard) if heard else None

    def _in_sequence(self) -> NDArray[np.float64]:
        """Return the probabilities of each leg among its neighbours, ``(k, classes)``."""
        found = self.forest.calibrated(self.logits, self.table)
        if self.forest.context is not None:
            near = [context_table(part.bounds_us, found[part.rows]) for part in self.parts]
            heard = self.logits - (1.0 - self.forest.network_share) * self.by_trees
            found = self.forest.in_context(self.table, np.concatenate(near), heard)
        pairs = self.forest.settings.get("pairs")
        if pairs is None:
            return found
        after = np.asarray(pairs)
        chains = [chained(part.bounds_us, found[part.rows], after) for part in self.parts]
        return np.concatenate(chains)

    def _usual(self, alone: NDArray[np.float64], *, estimate: bool) -> NDArray[np.float64]:
        """Return the probabilities after what is usual for the owner, if anything tells of it."""
        habits, settings = self.parts[0].hints.habits, self.forest.settings
        if habits is not None:
            parts = [
                habits.tell(alone[part.rows], part.bounds_us, part.ends_deg, self.forest)
                for part in self.parts
            ]
            found = np.concatenate(parts)
        elif estimate:
            ends_deg = np.concatenate([part.ends_deg for part in self.parts])
            found = together(alone, ends_deg, everybody_by(self.forest))
        else:
            return alone
        temperature = float(settings.get("together_temperature", 1.0))
        if temperature == 1.0:
            return found
        return softmax(np.log(np.maximum(found, 1e-12)) / temperature)

    def _turned(self, unheard: NDArray[np.float64], leg: int, best: int, second: int) -> bool:
        """Return whether ``best`` leads ``second`` by what the network says, and only so."""
        joined, trees = self.logits[leg], unheard[leg]
        return bool(joined[best] > joined[second] and trees[best] < trees[second])

    def _unheard(self) -> NDArray[np.float64]:
        """Return what trees say that do not know what the network holds, ``(k, classes)``."""
        if not self.forest.sees_held:
            return self.by_trees
        neutral = self.forest.settings.get("neutral", {})
        names = held_names(self.table.shape[1] - len(FEATURES))
        table = self.table.copy()
        table[:, len(FEATURES) :] = [neutral.get(name, np.nan) for name in names]
        return self.forest.logits(table)

    def _circumstances(self, found: Decided) -> list[Circumstances]:
        on_foot = np.array([decision.best in FOOT for decision in found.decisions])
        walks = [
            walk
            for part in self.parts
            for walk in walked_s(part.bounds_us, on_foot[part.rows]).tolist()
        ]
        column = {name: number for number, name in enumerate(self.forest.classes)}
        around, unheard = [], self._unheard()
        along = [
            (part.along, leg)
            for part in self.parts
            for leg in range(part.rows.stop - part.rows.start)
        ]
        for leg, decision in enumerate(found.decisions):
            number = column.get(decision.best, column.get(NEAREST.get(decision.best, ""), -1))
            usual = number >= 0 and bool(found.rise[leg, number] >= MUCH_MORE)
            before_s, after_s = walks[leg]
            drawn, row = along[leg]
            why = () if drawn is None else drawn.why(row, decision.best, decision.second)
            said = said_mode(found.said[leg])
            other = column.get(decision.second, column.get(NEAREST.get(decision.second, ""), -1))
            course = min(number, other) >= 0 and self._turned(unheard, leg, number, other)
            around.append(Circumstances((before_s, after_s), said, usual, why, course))
        return around


def _guess(decision: Decision, why: tuple[Phrase, ...]) -> Guess:
    confidence = dict(decision.shares)[decision.best]
    shown = tuple(pair for pair in decision.shares if pair[1] >= SHARE_SHOWN)
    if not decision.claimed:
        return Guess(Mode.UNKNOWN, confidence, shown, why, decision.family)
    others = tuple(pair for pair in shown if pair[0] is not decision.best)
    return Guess(decision.best, confidence, others, why, decision.family)
