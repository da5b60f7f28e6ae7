"""Modes of legs: of given ones, and of those of whole chunks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.geodesy import degree_lengths_m
from geowallet.model.mobility import Mode
from geowallet.model.words import N_, phrase
from geowallet.track.clean import BAD, flag_duplicates, flag_jumps, flag_single
from geowallet.track.legs import Span
from geowallet.track.modes.decide import Guess
from geowallet.track.modes.features import FEATURES, feature_table, feature_tables
from geowallet.track.modes.habits import NOTHING_SAID, Said
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.modes.listener import Listener
from geowallet.track.modes.mapped import followed
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.modes.weighing import Legs, Part
from geowallet.track.motion import path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from geowallet.model.fixes import Fixes
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.hints import Hints
    from geowallet.track.modes.network import Network
    from geowallet.track.modes.surroundings import Surroundings
    from geowallet.track.modes.weighing import Decided
    from geowallet.track.motion import Path

TOO_FEW = phrase(N_("too few positions to tell"))

STANDS = phrase(N_("stays where it is: no way shows"))

STANDS_M = 20.0
"""All positions of a leg within so much show no way: of 7,175 labelled and drawn legs none
but of stops is so short."""


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


def leg_logits(network: Network, fixes: Fixes, bounds_us: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what ``network`` says of legs of raw fixes, ``(k, classes)``; 0 of what has none.

    Args:
        network: Of a forest.
        fixes: As for `leg_table`.
        bounds_us: As for `leg_table`.
    """
    return leg_hearing(network, fixes, bounds_us)[0]


def leg_hearing(
    network: Network, fixes: Fixes, bounds_us: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what `leg_logits` does, and what the network holds of each leg, ``(k, holds)``."""
    path, spans, found = _spans(fixes, bounds_us)
    logits = np.zeros((len(bounds_us), network.classes))
    held = np.zeros((len(bounds_us), network.holds))
    if path is not None:
        logits[found], held[found] = Listener(network, path, held=True).described(spans)
    return logits, held


def leg_ends(fixes: Fixes, bounds_us: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return latitude and longitude of the first fix and of the last of legs of raw fixes.

    ``(k, 4)``, NaN of what has none; arguments as for `leg_table`.
    """
    path, spans, found = _spans(fixes, bounds_us)
    ends_deg = np.full((len(bounds_us), 4), np.nan)
    if path is not None:
        ends_deg[found] = _ends_deg(path, spans)
    return ends_deg


def classify_legs(
    fixes: Fixes,
    bounds_us: ArrayLike,
    *,
    hints: Hints = NO_HINTS,
    surroundings: Surroundings | None = None,
) -> tuple[Guess, ...]:
    """Return the mode of each leg of one traveller, with its probability and reasons.

    All legs of the call are looked at together: each sees its neighbours and those
    between the same two places, and the habits of the traveller are estimated from
    all of them unless ``hints`` has some. The result does not depend on the order of the legs.

    Args:
        fixes: Of one device; cleaned here.
        bounds_us: int64 ``(k, 2)``, first and last instant of each leg; they may overlap. One
            with fewer than two good fixes inside is unknown, and one that goes nowhere.
        hints: What is known beside the fixes.
        surroundings: A map, if there is one; else that of ``hints``, which mostly has none.

    Raises:
        ValueError: ``bounds_us`` are no pairs of numbers.
    """
    pairs_us = _pairs(bounds_us)
    if surroundings is not None:
        hints = replace(hints, surroundings=surroundings)
    path, spans, found = _spans(fixes, pairs_us)
    guesses = [Guess(Mode.UNKNOWN, 0.0, (), (TOO_FEW,))] * len(pairs_us)
    if path is not None:
        stands = _stand(path, spans)
        moving = [span for span, still in zip(spans, stands, strict=True) if not still]
        modes = SpanModes([(path, hints)]).weighed([moving], estimate=True, whole=False)
        named = iter(modes.guesses())
        for place, still in zip(found, stands, strict=True):
            guesses[place] = Guess(Mode.UNKNOWN, 0.0, (), (STANDS,)) if still else next(named)
    return tuple(guesses)


def _pairs(bounds_us: ArrayLike) -> NDArray[np.int64]:
    """Return bounds as ``(k, 2)``, which nothing at all is with ``k`` = 0."""
    bounds = np.asarray(bounds_us)
    if not bounds.size:
        return np.zeros((0, 2), dtype=np.int64)
    if bounds.ndim != 2 or bounds.shape[1] != 2:
        msg = f"bounds of legs are pairs, (k, 2), not {bounds.shape}"
        raise ValueError(msg)
    if bounds.dtype.kind not in "iuf" or np.any(np.isnan(bounds)):
        msg = f"bounds of legs are microseconds since the Unix epoch (int64), not {bounds.dtype}"
        raise ValueError(msg)
    return bounds


def classify_spans(
    path: Path, spans: Sequence[Span], *, hints: Hints = NO_HINTS
) -> tuple[Guess, ...]:
    """Return the mode of each leg of one chunk: a function of its fixes and ``hints``.

    Args:
        path: The fixes of the chunk.
        spans: Its legs, in time order.
        hints: What is known beside the fixes.
    """
    return tuple(SpanModes([(path, hints)]).weighed([spans]).guesses())


def listener_of(path: Path, forest: Forest | None) -> Listener | None:
    """Return what listens to ``path`` for ``forest``, or for the one that ships.

    None if the forest has no network.
    """
    chosen = forest or shipped_forest()
    if chosen.network is None:
        return None
    return Listener(chosen.network, path, chosen.classes, held=chosen.sees_held)


class SpanModes:
    """Modes of legs of some chunks; a leg is described once, however often it is asked for."""

    __slots__ = ("_chunks", "_forest", "_known", "_listeners")

    def __init__(
        self,
        chunks: Sequence[tuple[Path, Hints]],
        listeners: Sequence[Listener | None] = (),
    ) -> None:
        """Take the fixes of each chunk, and what is known beside.

        The hints of the chunks differ in nothing but what sources say.

        Args:
            chunks: Any number.
            listeners: As `listener_of` returns, of each chunk, if there are any already.
        """
        self._chunks = chunks
        forest = chunks[0][1].forest if chunks else None
        self._forest = forest or shipped_forest()
        self._listeners = {n: some for n, some in enumerate(listeners) if some is not None}
        self._known: dict[tuple[int, int, int], tuple[NDArray[np.float64], ...]] = {}

    def weighed(
        self, spans: Sequence[Sequence[Span]], *, estimate: bool = False, whole: bool = True
    ) -> Weighed:
        """Return what legs are taken for.

        Args:
            spans: The legs of each chunk; in time order, if they are of whole trips.
            estimate: Whether to read habits and repeated ways off all of them, unless the
                hints have habits, which tell of both.
            whole: Whether they are of whole trips, whose ends say something.
        """
        self._describe(spans)
        asked = [(chunk, span) for chunk, some in enumerate(spans) for span in some]
        rows = [self._known[chunk, span.first, span.last] for chunk, span in asked]
        width = len(FEATURES)
        places = [n for n, (row, *_) in enumerate(rows) if not np.all(np.isnan(row[:width]))]
        if not places:
            return Weighed(len(asked))
        table, logits, by_trees = (
            np.array(column) for column in zip(*(rows[p] for p in places), strict=True)
        )
        parts = self._parts([asked[place] for place in places])
        legs = Legs(self._forest, table, logits, by_trees, parts, whole)
        return Weighed(len(asked), places, legs, legs.decided(estimate=estimate))

    def _describe(self, spans: Sequence[Sequence[Span]]) -> None:
        known = self._known
        new = [
            [span for span in some if (chunk, span.first, span.last) not in known]
            for chunk, some in enumerate(spans)
        ]
        paths = (path for path, _ in self._chunks)
        table = feature_tables(list(zip(paths, new, strict=True)))
        heard = self._heard(new)
        table = table if heard is None else np.hstack((table, heard[1]))
        by_trees = self._forest.logits(table)
        logits = by_trees if heard is None else self._forest.joined(by_trees, heard[0])
        rows = iter(zip(table, logits, by_trees, strict=True))
        for chunk, some in enumerate(new):
            for span in some:
                known[chunk, span.first, span.last] = next(rows)

    def _heard(
        self, spans: Sequence[Sequence[Span]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Return what the network says of the legs of each chunk, and what it holds of them."""
        network = self._forest.network
        if network is None:
            return None
        width = network.holds if self._forest.sees_held else 0
        said = [(np.zeros((0, network.classes)), np.zeros((0, width)))]
        for chunk, some in enumerate(spans):
            if some:
                found = self._listeners.get(chunk)
                found = found or listener_of(self._chunks[chunk][0], self._forest)
                if found is not None:
                    self._listeners[chunk] = found
                    said.append(found.described(some))
        logits, held = (np.concatenate(column) for column in zip(*said, strict=True))
        return logits, held

    def _parts(self, legs: Sequence[tuple[int, Span]]) -> list[Part]:
        """Return the legs of each chunk that has some."""
        found, after = [], 0
        for chunk, group in groupby(legs, key=lambda leg: leg[0]):
            path, hints = self._chunks[chunk]
            some = [span for _, span in group]
            bounds = [(path.instant_us(s.first), path.instant_us(s.last)) for s in some]
            rows = slice(after, after + len(bounds))
            around = hints.surroundings
            along = None if around is None else followed(path, some, around)
            ends_deg, listener = _ends_deg(path, some), self._listeners.get(chunk)
            found.append(Part(rows, np.array(bounds), ends_deg, hints, some, listener, along))
            after = rows.stop
        return found


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
    legs: Legs | None = None
    decided: Decided | None = None

    @property
    def modes(self) -> list[Mode]:
        """The mode of each leg, or ``UNKNOWN``, as if it were given."""
        found = [Mode.UNKNOWN] * self.k
        decisions = () if self.decided is None else self.decided.decisions
        for place, decision in zip(self.places, decisions, strict=True):
            found[place] = decision.best if decision.claimed else Mode.UNKNOWN
        return found

    @property
    def probabilities(self) -> list[float]:
        """How probable the family of each leg's mode is, 0 of what has no description."""
        found = [0.0] * self.k
        decisions = () if self.decided is None else self.decided.decisions
        for place, decision in zip(self.places, decisions, strict=True):
            found[place] = decision.family
        return found

    def said(self) -> Said:
        """Return what those legs say by themselves that can be described."""
        if self.legs is None or self.decided is None:
            return NOTHING_SAID
        parts = self.legs.parts
        bounds_us = np.concatenate([part.bounds_us for part in parts])
        return Said(
            bounds_us, np.concatenate([part.ends_deg for part in parts]), self.decided.alone
        )

    def guesses(self) -> list[Guess]:
        """Return the mode of each leg with its probability and reasons."""
        found = [Guess(Mode.UNKNOWN, 0.0, (), (TOO_FEW,))] * self.k
        if self.legs is not None and self.decided is not None:
            named = self.legs.guesses(self.decided)
            for place, guess in zip(self.places, named, strict=True):
                found[place] = guess
        return found


def _ends_deg(path: Path, spans: Sequence[Span]) -> NDArray[np.float64]:
    ends = np.array([(span.first, span.last) for span in spans])
    found = np.stack((path.lat_deg[ends], path.lon_deg[ends]), axis=2)
    return found.reshape(len(spans), 4)


def _stand(path: Path, spans: Sequence[Span]) -> list[bool]:
    """Say which legs lie within `STANDS_M`, corner to corner."""
    north_m, east_m = degree_lengths_m(path.lat_deg[:1])
    return [
        np.hypot(np.ptp(path.lat_deg[rows]) * north_m[0], np.ptp(path.lon_deg[rows]) * east_m[0])
        < STANDS_M
        for rows in (slice(span.first, span.last + 1) for span in spans)
    ]


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
