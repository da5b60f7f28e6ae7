"""Where the moving time goes that is told wrongly, from raw fixes to legs, and the false changes.

    python -m benchmarks.accuracy.budget --data DIR --sets mobilitynet,ssi
    python -m benchmarks.accuracy.budget --simulated DIR --days 150 --receivers plain,old
    python -m benchmarks.accuracy.budget --months 8 --receivers plain,minute

``--forest`` and ``--walking`` take models that have not seen a set; ``--alone`` names each
stretch of time alone, as a wallet does; ``--habits`` as well, but with the habits that were
read off all that was recorded. ``--later`` judges the later half of the legs of each traveller,
with habits of the time before them.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np

from benchmarks.accuracy import measure, ours, score
from benchmarks.accuracy.figures import calibration
from benchmarks.accuracy.months import months
from benchmarks.accuracy.ours import Naming, named
from benchmarks.accuracy.receivers import Receiver, seen
from benchmarks.accuracy.score import CHAIN_S, FIVE, NEAR_S, NOTHING, STEP_S, class_of, scorable
from benchmarks.accuracy.truth import read_set
from geowallet.track import classify_legs, walking
from geowallet.track.modes.artefact import read_forest
from geowallet.track.modes.forest import Trees
from geowallet.track.modes.hints import Hints
from geowallet.track.pipeline import SourcedFixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.accuracy.score import Row
    from benchmarks.accuracy.truth import Leg, Trace
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Leg as Claimed

SEED = 4

PURE = 0.8
"""Of the labelled time of a claimed leg, in one true leg: less is a leg of two."""

WHOLE = 0.8
"""Of a true leg, in one claimed leg: less is a piece."""

MUSCLE = frozenset({"walk", "bike"})
MOTORISED = frozenset(FIVE) - MUSCLE

SLOW_MPS = 2.2
"""A piece as slow as a walk, see `geowallet.track.legs`."""


@dataclass(frozen=True, slots=True)
class Way:
    """How legs are named, and whether only the later half of each user's is judged."""

    naming: Naming = Naming.TOGETHER
    later: bool = False


@dataclass(slots=True)
class Budget:
    """Seconds of moving time by what became of them, and claimed changes by what they are.

    Attributes:
        seconds: By ``"right"`` and the reasons why the rest is wrong.
        classes: The same by true and claimed class.
        changes: True ones, claimed ones, matched ones.
        false: Changes that were claimed and are none, by what is there.
        missed: True changes that nobody claimed, by the classes before and after.
        rows: True legs, what they were told to be, and how surely.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    classes: dict[tuple[str, str, str], float] = field(default_factory=dict)
    changes: Counter[str] = field(default_factory=Counter)
    false: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)

    def add(self, why: str, truth: str, guess: str, seconds: float) -> None:
        """Add moving time and what became of it."""
        self.seconds[why] = self.seconds.get(why, 0.0) + seconds
        cell = why, truth, guess
        self.classes[cell] = self.classes.get(cell, 0.0) + seconds

    def shares(self) -> dict[str, float]:
        """Return the part of the moving time that each reason has, in per cent."""
        total = sum(self.seconds.values())
        return {name: 100 * s / total for name, s in sorted(self.seconds.items())}

    def taken_for_muscle(self) -> float:
        """Return the seconds of motorised moving time that are claimed to be none."""
        some = self.classes.items()
        return sum(s for (_, a, b), s in some if a in MOTORISED and b in MUSCLE)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time and its class."""

    start_s: float
    end_s: float
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """The legs and stops of one user, and the class of each true leg if its bounds are told."""

    legs: Sequence[Span]
    stops: Sequence[tuple[float, float]]
    given: Sequence[str]


def add_user(whole: Budget, trace: Trace, truth: Sequence[Span], said: Said) -> None:
    """Add one user to ``whole``.

    Args:
        whole: All users so far.
        trace: As it was recorded: what is moving is read off it.
        truth: The legs that can be scored, in time order.
        said: What is to be judged.
    """
    grids = [_grid(trace, span) for span in truth]
    inside = [_place(said.legs, at_s) for at_s, _, _ in grids]
    mixture: dict[int, dict[int, float]] = {}
    for number, ((_, _, step_s), places) in enumerate(zip(grids, inside, strict=True)):
        for place, count in Counter(places[places >= 0].tolist()).items():
            mixture.setdefault(place, {})[number] = count * step_s
    for number, ((at_s, moving, step_s), places) in enumerate(zip(grids, inside, strict=True)):
        for place, when_s in zip(places[moving].tolist(), at_s[moving].tolist(), strict=True):
            if place < 0:
                why = "a stop" if any(a <= when_s < b for a, b in said.stops) else "a no trip"
                guess = NOTHING
            else:
                guess = said.legs[place].name
                known = guess == truth[number].name
                why = "right" if known else _why(number, mixture[place], truth, said.given)
            whole.add(why, truth[number].name, guess, step_s)
    _add_changes(trace, truth, said.legs, whole)


def _why(
    number: int, within: Mapping[int, float], truth: Sequence[Span], given: Sequence[str]
) -> str:
    """Say why an instant of a true leg within a claimed one has the wrong class.

    Args:
        number: Of the true leg.
        within: Seconds of each true leg that lie in the claimed one.
        truth: All true legs.
        given: As in `Said`.
    """
    parts: dict[str, float] = {}
    for leg, seconds in within.items():
        parts[truth[leg].name] = parts.get(truth[leg].name, 0.0) + seconds
    mine = parts[truth[number].name] / sum(parts.values())
    if mine < PURE:
        most = max(parts, key=lambda name: parts[name])
        return "b swallowed" if most != truth[number].name else "b joined, misnamed"
    share = within[number] / (truth[number].end_s - truth[number].start_s)
    told = "legs given right" if given[number] == truth[number].name else "wrong either way"
    return f"c whole, {told}" if share >= WHOLE else f"d piece, {told}"


def _grid(trace: Trace, span: Span) -> tuple[NDArray[np.float64], NDArray[np.bool_], float]:
    """Return instants of a leg, which of them move, and the seconds between."""
    count = max(1, round((span.end_s - span.start_s) / STEP_S))
    edges = np.linspace(span.start_s, span.end_s, count + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    return middle, score.moving(middle, trace), (span.end_s - span.start_s) / count


def _place(claimed: Sequence[Span], at_s: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return which claimed leg holds each instant, -1 for none."""
    if not claimed:
        return np.full(len(at_s), -1, dtype=np.intp)
    start_s = np.array([span.start_s for span in claimed])
    end_s = np.array([span.end_s for span in claimed])
    place = np.searchsorted(start_s, at_s, side="right") - 1
    return np.where((place >= 0) & (end_s[np.maximum(place, 0)] > at_s), place, -1)


def _add_changes(
    trace: Trace, truth: Sequence[Span], claimed: Sequence[Span], whole: Budget
) -> None:
    zones = score.zones([(s.start_s, s.end_s, s.name) for s in truth])
    true = [
        ((a.end_s + b.start_s) / 2, sorted((a.end_s, b.start_s)), (a.name, b.name))
        for a, b in pairwise(truth)
        if a.name != b.name and b.start_s - a.end_s <= CHAIN_S
    ]
    true = [change for change in true if score.inside(change[0], zones)]
    said = [
        ((a.end_s + b.start_s) / 2, a, b)
        for a, b in pairwise(claimed)
        if a.name != b.name and score.inside((a.end_s + b.start_s) / 2, zones)
    ]
    used: set[int] = set()
    for _, (low, high), names in true:
        near = [
            (0.0 if low <= at <= high else min(abs(at - low), abs(at - high)), number)
            for number, (at, _, _) in enumerate(said)
            if number not in used
        ]
        if near and min(near)[0] <= NEAR_S:
            used.add(min(near)[1])
        else:
            whole.missed[names] += 1
    whole.changes.update(true=len(true), claimed=len(said), matched=len(used))
    for number, (at, a, b) in enumerate(said):
        if number not in used:
            whole.false[_false(trace, at, a, b, truth)] += 1


def _false(trace: Trace, at_s: float, a: Span, b: Span, truth: Sequence[Span]) -> tuple[str, str]:
    """Return the true class at a false change, and what is claimed there."""
    here = next((s.name for s in truth if s.start_s <= at_s < s.end_s), "between")
    names = {a.name, b.name}
    if any(
        x.name != y.name and min(abs(at_s - x.end_s), abs(at_s - y.start_s)) <= CHAIN_S
        for x, y in pairwise(truth)
    ):
        return here, "near a true change"
    if names & {"other", NOTHING}:
        return here, "unknown piece"
    if "walk" not in names:
        return here, "two vehicles"
    walk = a if a.name == "walk" else b
    rows = (trace.time_s >= walk.start_s) & (trace.time_s <= walk.end_s)
    metres = np.diff(trace.along_m[rows])
    pace = float(np.sum(metres)) / max(walk.end_s - walk.start_s, 1.0)
    kind = "slow" if pace < SLOW_MPS else "fast"
    return here, f"{kind} walk" if here != "walk" else "ride in a walk"


def of_set(
    traces: Mapping[str, Trace],
    legs: Sequence[Leg],
    receiver: Receiver = Receiver.PLAIN,
    hints: Hints | None = None,
    way: Way | None = None,
) -> Budget:
    """Return the budget of a set as a receiver gives it.

    Args:
        traces: Of each user.
        legs: Of all users.
        receiver: What the fixes are made to look like.
        hints: What is known beside them.
        way: How legs are named, and which of them are judged.
    """
    hints, whole, way = hints or Hints(), Budget(), way or Way()
    rng = np.random.default_rng(SEED)
    by_user: dict[str, list[Leg]] = {}
    for leg in sorted(scorable(legs), key=lambda leg: leg.start_s):
        by_user.setdefault(leg.user, []).append(leg)
    for user, owned in sorted(by_user.items()):
        fixes = seen(traces[user].fixes(), receiver, rng)
        source = hashlib.sha256(user.encode()).hexdigest()
        judged = owned[len(owned) // 2 :] if way.later else owned
        before = fixes.time_us < (judged[0].start_s * 1e6 if way.later else np.inf)
        found = named(SourcedFixes(source, "", fixes), way.naming, hints=hints, read=before)
        legs_there = [_span(leg) for trip in found.trips for leg in trip.legs]
        stops = [(s.start_us / 1e6, s.end_us / 1e6) for s in found.stops if s.is_activity]
        truth = [Span(leg.start_s, leg.end_s, class_of(leg.mode)) for leg in judged]
        said = Said(legs_there, stops, _given(fixes, judged, hints))
        add_user(whole, traces[user], truth, said)
        told = ours.of_whole_traces({user: found})
        whole.rows += score.score({user: traces[user]}, judged, told).rows
    return whole


def _span(leg: Claimed) -> Span:
    return Span(leg.start_us / 1e6, leg.end_us / 1e6, class_of(str(leg.mode)))


def _given(fixes: Fixes, legs: Sequence[Leg], hints: Hints) -> list[str]:
    bounds_us = [[round(leg.start_s * 1e6), round(leg.end_s * 1e6)] for leg in legs]
    said = classify_legs(fixes, np.array(bounds_us, dtype=np.int64), hints=hints)
    return [class_of(str(guess.mode)) for guess in said]


def lines(title: str, whole: Budget) -> Iterator[str]:
    """Yield a budget as text."""
    minutes = sum(whole.seconds.values()) / 60
    yield f"{title}: {minutes:.0f} moving minutes"
    for name, share in whole.shares().items():
        yield f"  {share:5.1f} %  {name}"
    taken = whole.taken_for_muscle()
    yield f"  motorised, taken for foot or bike: {taken / 60:.0f} minutes"
    c = whole.changes
    precision, recall = c["matched"] / max(c["claimed"], 1), c["matched"] / max(c["true"], 1)
    yield f"  changes: precision {precision:.3f}, recall {recall:.3f}, claimed {c['claimed']}"
    sure = calibration(whole.rows)
    yield (
        f"  confidence: mean gap {sure.error:.3f}, of what is claimed {sure.claimed:.3f}, "
        f"if it were honest {sure.honest:.3f}; {sure.gap:+.3f} above the share right"
    )
    for what, counted in (("false", whole.false), ("missed", whole.missed)):
        yield f"  {what}: " + "; ".join(f"{a}: {b} {n}" for (a, b), n in counted.most_common(9))


def _walking(path: Path) -> Trees:
    columns = dict(np.load(path, allow_pickle=False))
    columns["count"] = columns["count"].astype(np.intp)
    return Trees(**columns, classes=1)


def main() -> None:
    """Print the budgets that are asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy.budget")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sets", default="mobilitynet,ssi")
    parser.add_argument("--simulated", type=Path)
    parser.add_argument("--days", type=int, default=150)
    parser.add_argument("--months", type=int, default=0)
    parser.add_argument("--receivers", default=",".join(Receiver))
    parser.add_argument("--forest", type=Path)
    parser.add_argument("--walking", type=Path)
    parser.add_argument("--alone", dest="naming", action="store_const", const=Naming.ALONE)
    parser.add_argument("--habits", dest="naming", action="store_const", const=Naming.HABITS)
    parser.add_argument("--later", action="store_true")
    parser.set_defaults(naming=Naming.TOGETHER)
    chosen = parser.parse_args()
    way = Way(chosen.naming, chosen.later)
    hints = Hints(forest=read_forest(chosen.forest.read_bytes())) if chosen.forest else Hints()
    trees = _walking(chosen.walking) if chosen.walking else walking.walking_trees()
    with mock.patch.object(walking, "walking_trees", return_value=trees):
        for name in chosen.sets.split(",") if chosen.data else ():
            traces, legs = read_set(chosen.data / "labelled" / name)
            whole = of_set(traces, legs, hints=hints, way=way)
            print("\n".join(lines(name, whole)), flush=True)
        drawn = []
        if chosen.simulated:
            drawn.append(("days", measure.simulated(chosen.simulated, most=chosen.days)))
        if chosen.months:
            drawn.append(("months", months(chosen.months)))
        for what, (traces, legs) in drawn:
            for name in chosen.receivers.split(","):
                whole = of_set(traces, legs, Receiver(name), hints, way)
                print("\n".join(lines(f"simulated {what}, {name}", whole)), flush=True)


if __name__ == "__main__":
    main()
