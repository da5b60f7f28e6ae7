"""Why nothing was recorded for a while, told from what was recorded before and after.

A cause is a guess with its reasons, and often it cannot be told: a phone that was
switched off and one whose battery was empty leave the same silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.causes import Cause
from geowallet.model.geodesy import distance_m, step_lengths_m
from geowallet.model.words import N_, Phrase, phrase
from geowallet.track.clocks import clock_leaps
from geowallet.track.gaps import COVERED_MPS, COVERED_S, FEWEST_COARSE
from geowallet.track.motion import PARKED_M, SHORTEST_GAP_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geowallet.model.fixes import Fixes


WORSE = 2.0
"""So many times its usual value an accuracy has worsened."""

WORSE_M = 30.0
"""And to this value at least: below it is a matter of trees and houses."""

USUAL = 30
"""Positions on either side that say what is usual."""

NEAREST = 3
"""Positions on either side that say what it was like at the edge."""

EDGE_S = 90.0
"""Speeds at the edge are taken over so long."""

RESTING_MPS = 1.0
MOVING_MPS = 2.5
"""Between the two it cannot be told whether it moved."""

SLEEPER_M = 2_000.0
"""A phone that sleeps notices a departure within so far."""

DENSE_S = 10.0
"""A recorder that writes so often, up to the edge and at rest, does not sleep."""

THINNING = 4.0
"""Intervals that have grown so many times before the edge: a device that saves power."""

MIDNIGHT_S = 120.0
HABIT_DAYS = 3
"""Other days on which a silence begins about the same hour."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a silence beside the positions on both sides.

    Attributes:
        coarse: Positions in it that were too coarse to use.
        file_ends: Whether the file of the position before ends with it.
        file_begins: Whether the file of the position after begins with it.
        from_midnight_s: Seconds between the nearer edge and a local midnight.
        other_days: On how many other days a silence begins about this hour.
    """

    coarse: int = 0
    file_ends: bool = False
    file_begins: bool = False
    from_midnight_s: float = 43_200.0
    other_days: int = 0


@dataclass(frozen=True, slots=True)
class _Silence:
    """The silence between two tables, measured."""

    before: Fixes
    after: Fixes
    setting: Setting

    @property
    def seconds(self) -> float:
        return float(self.after.time_us[0] - self.before.time_us[-1]) / 1e6

    @property
    def metres(self) -> float:
        ends = (self.before.lat_deg[-1], self.before.lon_deg[-1])
        begins = (self.after.lat_deg[0], self.after.lon_deg[0])
        return distance_m(*map(float, (*ends, *begins)))

    def speeds_mps(self) -> tuple[float, float]:
        """Return the mean speeds just before and just after; NaN where there is none."""
        found = []
        for fixes, edge_us in ((self.before, -1), (self.after, 0)):
            near = np.abs(fixes.time_us - fixes.time_us[edge_us]) <= EDGE_S * 1e6
            part = fixes.take(near)
            seconds = float(part.time_us[-1] - part.time_us[0]) / 1e6
            way_m = float(np.sum(step_lengths_m(part.lat_deg, part.lon_deg)))
            found.append(way_m / seconds if seconds > 0 else np.nan)
        return found[0], found[1]

    def accuracies_m(self) -> tuple[float, float, float]:
        """Return the usual accuracy, and those just before and just after; NaN if unknown."""
        usual = np.concatenate((self.before.accuracy_m[-USUAL:], self.after.accuracy_m[:USUAL]))
        edges = (self.before.accuracy_m[-NEAREST:], self.after.accuracy_m[:NEAREST])
        medians = [
            float(np.median(known)) if len(known := some[~np.isnan(some)]) else np.nan
            for some in (usual, *edges)
        ]
        return medians[0], medians[1], medians[2]

    def intervals_s(self) -> tuple[float, float]:
        """Return the usual interval before, and that of the last few; NaN if there are few."""
        steps_s = np.diff(self.before.time_us) / 1e6
        if len(steps_s) < 2 * NEAREST:
            return np.nan, np.nan
        return float(np.median(steps_s[-USUAL:-NEAREST])), float(np.median(steps_s[-NEAREST:]))


def cause_of(
    before: Fixes, after: Fixes, setting: Setting | None = None
) -> tuple[Cause, tuple[Phrase, ...]]:
    """Return why nothing was recorded between two tables, with the reasons.

    Args:
        before: Good positions of one device up to the silence, one at least.
        after: Those from its end on, one at least.
        setting: What else is known; None is nothing.
    """
    silence = _Silence(before, after, setting or Setting())
    for rule in _RULES:
        found = tuple(rule(silence))
        if found:
            return _CAUSE_OF[rule], found
    return Cause.UNKNOWN, (phrase(N_("nothing before or after it says why")),)


def _impossible(silence: _Silence) -> Iterator[Phrase]:
    if silence.seconds < SHORTEST_GAP_S:
        yield phrase(
            N_("nothing goes {metres} m in {seconds} s: one end is remembered, or wrong"),
            metres=round(silence.metres),
            seconds=round(silence.seconds),
        )


def _leapt(silence: _Silence) -> Iterator[Phrase]:
    edges = (int(silence.before.time_us[-1]), int(silence.after.time_us[0]))
    near = (silence.before, slice(-USUAL, None)), (silence.after, slice(None, USUAL))
    first, last = (table.take(rows) for table, rows in near)
    pairs = zip(first.columns(), last.columns(), strict=True)
    if edges in clock_leaps(type(first)(*(np.concatenate(pair) for pair in pairs))):
        yield phrase(N_("before and after it moves at the same place and speed"))


def _paused(silence: _Silence) -> Iterator[Phrase]:
    usual_s, last_s = silence.intervals_s()
    at_rest = silence.speeds_mps()[0] < RESTING_MPS
    one_file = not (silence.setting.file_ends or silence.setting.file_begins)
    if one_file and at_rest and usual_s <= DENSE_S and last_s <= DENSE_S:
        yield phrase(
            N_("at rest, in one file that else holds a position every {seconds} s"),
            seconds=round(usual_s),
        )


def _slept(silence: _Silence) -> Iterator[Phrase]:
    metres, (before_mps, after_mps) = silence.metres, silence.speeds_mps()
    if metres <= PARKED_M:
        yield phrase(N_("it ends where it began"))
    elif metres <= SLEEPER_M and before_mps < RESTING_MPS and after_mps > RESTING_MPS:
        yield phrase(
            N_("it begins at rest and ends on the way, {metres} m on"), metres=round(metres)
        )


def _lost(silence: _Silence) -> Iterator[Phrase]:
    if silence.setting.coarse >= FEWEST_COARSE:
        yield phrase(
            N_("{count} positions in it were too coarse to use"), count=silence.setting.coarse
        )
    usual_m, *edges_m = silence.accuracies_m()
    texts = (
        N_("just before it, accuracy worsened from {usual} m to {edge} m"),
        N_("just after it, accuracy was {edge} m instead of {usual} m"),
    )
    for text, edge_m in zip(texts, edges_m, strict=True):
        if edge_m >= max(WORSE * usual_m, WORSE_M):
            yield phrase(text, usual=round(usual_m), edge=round(edge_m))


def _cut(silence: _Silence) -> Iterator[Phrase]:
    ends, begins = silence.setting.file_ends, silence.setting.file_begins
    if not (ends and begins):
        return
    yield phrase(N_("a file ends with it, and another one begins"))
    if silence.setting.from_midnight_s <= MIDNIGHT_S:
        yield phrase(N_("at midnight"))


def _covered(silence: _Silence) -> Iterator[Phrase]:
    mps = silence.metres / silence.seconds
    if silence.seconds <= COVERED_S and mps >= COVERED_MPS:
        yield phrase(
            N_("its ends are as far apart as a ride goes ({kmh} km/h): a tunnel, a subway"),
            kmh=round(mps * 3.6),
        )


def _off(silence: _Silence) -> Iterator[Phrase]:
    usual_s, last_s = silence.intervals_s()
    if last_s >= THINNING * usual_s:
        yield phrase(N_("positions became rarer before it: a device that saves power"))
    if silence.setting.other_days >= HABIT_DAYS:
        yield phrase(
            N_("a silence begins about this hour on {count} other days"),
            count=silence.setting.other_days,
        )
    if silence.speeds_mps()[0] > MOVING_MPS and silence.metres > PARKED_M:
        yield phrase(N_("it begins in the middle of a movement, with good positions to the last"))


_CAUSE_OF: dict[Callable[[_Silence], Iterator[Phrase]], Cause] = {
    _impossible: Cause.NO_SIGNAL,
    _leapt: Cause.CLOCK,
    _paused: Cause.PAUSED,
    _slept: Cause.ASLEEP,
    _lost: Cause.NO_SIGNAL,
    _cut: Cause.SOFTWARE,
    _covered: Cause.NO_SIGNAL,
    _off: Cause.OFF,
}
_RULES = tuple(_CAUSE_OF)
"""The first that has a reason decides."""
