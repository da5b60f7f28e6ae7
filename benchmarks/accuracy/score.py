"""Scores of predicted intervals against labelled legs.

Everything is added up over a grid of five seconds inside the legs that can be scored.
A leg gets the mode that covers most of it; an unknown, or nothing, is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.truth import haversine_m, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.accuracy.truth import Leg, Trace

FIVE = ("walk", "bike", "car", "bus", "rail")
"""Classes of the score, as the studies of these sets have them."""

FIVE_OF: dict[str, str] = {
    **dict.fromkeys(("walk", "run", "walking", "running", "on_foot", "foot"), "walk"),
    **dict.fromkeys(("bike", "bicycle", "cycling", "e_bike", "ebike"), "bike"),
    **dict.fromkeys(("car", "taxi", "drive", "driving"), "car"),
    **dict.fromkeys(("bus", "coach"), "bus"),
    **dict.fromkeys(("train", "subway", "metro", "rail", "tram", "light_rail"), "rail"),
}
STOPPED = frozenset({"stop", "stay", "staypoint", "stationary", "still"})
STEP_S = 5
NEAR_S = 120.0
"""A change of mode is found if one is claimed within two minutes."""

CHAIN_S = 300.0
"""Legs further apart do not show a change of mode."""

DWELL_M = 50.0
DWELL_S = 120
"""Who stays within the radius for the time is not moving."""

NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Guess:
    """What somebody says of an interval; a ``mode`` of "stop" or "" is no movement."""

    user: str
    start_s: float
    end_s: float
    mode: str
    confidence: float = float("nan")


@dataclass(frozen=True, slots=True)
class Row:
    """One leg and what was said of it.

    Attributes:
        leg: The truth.
        truth: Its class.
        guess: The class that covers most of it, or "none".
        confidence: Mean confidence over the time of that class.
    """

    leg: Leg
    truth: str
    guess: str
    confidence: float


@dataclass(slots=True)
class Table:
    """Weights by truth and guess."""

    classes: tuple[str, ...]
    cells: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, truth: str, guess: str, weight: float) -> None:
        """Add a weight to one cell."""
        self.cells[truth, guess] = self.at(truth, guess) + weight

    def at(self, truth: str, guess: str) -> float:
        """Return the weight of one cell."""
        return self.cells.get((truth, guess), 0.0)

    @property
    def total(self) -> float:
        """Sum of all cells."""
        return float(sum(self.cells.values()))

    @property
    def accuracy(self) -> float:
        """Share that is right, NaN where there is nothing."""
        right = sum(self.at(name, name) for name in self.classes)
        return right / self.total if self.total else float("nan")

    def f1(self, name: str) -> float:
        """Return the F1 of one class; 0 where nothing is right."""
        right = self.at(name, name)
        said = sum(w for (_, guess), w in self.cells.items() if guess == name)
        true = sum(w for (truth, _), w in self.cells.items() if truth == name)
        if not right:
            return 0.0
        precision, recall = right / said, right / true
        return float(2 * precision * recall / (precision + recall))

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the classes that the truth has."""
        return float(np.mean([self.f1(name) for name in self.classes]))


@dataclass(frozen=True, slots=True)
class Score:
    """What a contender reached on a set.

    Attributes:
        rows: One a leg.
        legs: Counts.
        time: Seconds.
        moving: Seconds in which the trace does not dwell.
        distance: Metres.
        changes: True changes of mode, claimed ones, and those that match.
    """

    rows: tuple[Row, ...]
    legs: Table
    time: Table
    moving: Table
    distance: Table
    changes: tuple[int, int, int]

    @property
    def leg_distance_accuracy(self) -> float:
        """Share of the metres of legs whose class is right."""
        total = sum(row.leg.path_m for row in self.rows)
        return sum(row.leg.path_m for row in self.rows if row.truth == row.guess) / total

    @property
    def change_precision(self) -> float:
        """Share of the claimed changes that are true."""
        return self.changes[2] / self.changes[1] if self.changes[1] else 0.0

    @property
    def change_recall(self) -> float:
        """Share of the true changes that are found."""
        return self.changes[2] / self.changes[0] if self.changes[0] else 0.0


def class_of(mode: str) -> str:
    """Return the class of a word: one of `FIVE`, "stop", "none" or "other"."""
    name = word(mode)
    if name in {"", "nan", "none"}:
        return NOTHING
    return "stop" if name in STOPPED else FIVE_OF.get(name, "other")


def scorable(legs: Iterable[Leg]) -> list[Leg]:
    """Return the legs of the five classes; running is left out of the truth."""
    return [leg for leg in legs if class_of(leg.mode) in FIVE and word(leg.mode) != "run"]


def score(traces: Mapping[str, Trace], legs: Iterable[Leg], guesses: Iterable[Guess]) -> Score:
    """Score ``guesses`` on the scorable ones of ``legs``."""
    by_user: dict[str, list[Leg]] = {}
    for leg in scorable(legs):
        by_user.setdefault(leg.user, []).append(leg)
    said: dict[str, list[Guess]] = {}
    for guess in guesses:
        if guess.end_s > guess.start_s:
            said.setdefault(guess.user, []).append(guess)
    present = {class_of(leg.mode) for owned in by_user.values() for leg in owned}
    tables = [Table(tuple(c for c in FIVE if c in present)) for _ in range(4)]
    rows: list[Row] = []
    changes = np.zeros(3, dtype=int)
    for user, owned in sorted(by_user.items()):
        found = sorted(said.get(user, []), key=lambda guess: guess.start_s)
        said_of = _Said(found)
        rows += [_add_leg(traces[user], leg, said_of, tables) for leg in owned]
        changes += _changes(owned, found)
    true, claimed, matched = (int(count) for count in changes)
    by_leg, by_time, moving, by_distance = tables
    return Score(tuple(rows), by_leg, by_time, moving, by_distance, (true, claimed, matched))


class _Said:
    """The guesses about one user as columns."""

    def __init__(self, guesses: Sequence[Guess]) -> None:
        self.start_s = np.array([guess.start_s for guess in guesses])
        self.end_s = np.array([guess.end_s for guess in guesses])
        self.name = np.array([class_of(guess.mode) for guess in guesses], dtype=object)
        self.confidence = np.array([guess.confidence for guess in guesses])

    def at(self, time_s: NDArray[np.float64]) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
        """Return the class and the confidence at instants."""
        nothing = np.full(len(time_s), NOTHING, dtype=object)
        if not len(self.start_s):
            return nothing, np.full(len(time_s), np.nan)
        place = np.searchsorted(self.start_s, time_s, side="right") - 1
        held = (place >= 0) & (self.end_s[np.maximum(place, 0)] > time_s)
        place = np.maximum(place, 0)
        confidence = np.where(held, self.confidence[place], np.nan)
        return np.where(held, self.name[place], nothing), confidence


def _add_leg(trace: Trace, leg: Leg, said_of: _Said, tables: list[Table]) -> Row:
    truth, lasted_s = class_of(leg.mode), leg.end_s - leg.start_s
    count = max(1, round(lasted_s / STEP_S))
    edges = np.linspace(leg.start_s, leg.end_s, count + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    metres = np.diff(np.interp(edges, trace.time_s, trace.along_m))
    moves = moving(middle, trace)
    names, confidence = said_of.at(middle)
    step_s = lasted_s / count
    seconds: dict[str, float] = {}
    for name in sorted(set(names.tolist())):
        here = names == name
        seconds[name] = float(np.sum(here)) * step_s
        tables[1].add(truth, name, seconds[name])
        tables[2].add(truth, name, float(np.sum(here & moves)) * step_s)
        tables[3].add(truth, name, float(np.sum(metres[here])))
    claimed = {name: s for name, s in seconds.items() if name not in {NOTHING, "stop"}}
    guess = max(claimed, key=lambda name: claimed[name]) if claimed else NOTHING
    sure = confidence[names == guess]
    tables[0].add(truth, guess, 1)
    known = float(np.mean(sure)) if len(sure) and guess != NOTHING else float("nan")
    return Row(leg, truth, guess, known)


def moving(time_s: NDArray[np.float64], trace: Trace) -> NDArray[np.bool_]:
    """Return at which instants the trace does not dwell."""
    lat = np.interp(time_s, trace.time_s, trace.lat_deg)
    lon = np.interp(time_s, trace.time_s, trace.lon_deg)
    reach = max(1, DWELL_S // STEP_S // 2)
    if len(time_s) <= 2 * reach:
        return np.ones(len(time_s), dtype=np.bool_)
    place = np.arange(len(time_s))
    before, after = np.maximum(place - reach, 0), np.minimum(place + reach, len(time_s) - 1)
    away_m = np.maximum(
        haversine_m(lat, lon, lat[before], lon[before]),
        haversine_m(lat, lon, lat[after], lon[after]),
    )
    found: NDArray[np.bool_] = away_m > DWELL_M / 2
    return found


def _changes(legs: Sequence[Leg], guesses: Sequence[Guess]) -> tuple[int, int, int]:
    """Return how many changes are true, claimed, and matched, inside chains of legs."""
    truth = [(leg.start_s, leg.end_s, class_of(leg.mode)) for leg in legs]
    said = [(g.start_s, g.end_s, class_of(g.mode)) for g in guesses]
    said = [interval for interval in said if interval[2] not in {NOTHING, "stop"}]
    chains = zones(truth)
    true = [w for w in _windows(truth, CHAIN_S) if inside(sum(w) / 2, chains)]
    claimed = [w for w in _windows(said, None) if inside(sum(w) / 2, chains)]
    used: set[int] = set()
    for low, high in true:
        near = [
            (0.0 if low <= at <= high else min(abs(at - low), abs(at - high)), number)
            for number, at in enumerate(sum(w) / 2 for w in claimed)
            if number not in used
        ]
        near = [pair for pair in near if pair[0] <= NEAR_S]
        if near:
            used.add(min(near)[1])
    return len(true), len(claimed), len(used)


def _windows(
    intervals: Sequence[tuple[float, float, str]], apart_s: float | None
) -> list[tuple[float, float]]:
    return [
        (min(end, start), max(end, start))
        for (_, end, one), (start, _, other) in pairwise(intervals)
        if one != other and (apart_s is None or start - end <= apart_s)
    ]


def zones(legs: Sequence[tuple[float, float, str]]) -> list[tuple[float, float]]:
    """Return from when to when legs follow each other closely enough to show a change."""
    found = [(legs[0][0], legs[0][1])]
    for start, end, _ in legs[1:]:
        if start - found[-1][1] <= CHAIN_S:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def inside(at_s: float, zones: Sequence[tuple[float, float]]) -> bool:
    """Say whether an instant lies within a zone, and not near its ends."""
    return any(start + NEAR_S <= at_s <= end - NEAR_S for start, end in zones)
