"""The owner's words on trips, column by column: the same as corrections and rules say.

See `geowallet.app.travel.corrections` for words on stretches of time and
`geowallet.app.travel.trip_rules` for standing ones. A property test holds both ways together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.travel.trip_rules import names_place
from geowallet.model.calendar import Period
from geowallet.model.trip_columns import MODE_NUMBERS
from geowallet.track.purpose_columns import PURPOSES, day_number, weekdays_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geowallet.app.travel.corrections import Correction
    from geowallet.app.travel.trip_rules import TripRule
    from geowallet.model.trip_columns import TripColumns
    from geowallet.track.purpose_columns import NamedEnds

    Whole = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_TOGETHER = 64
"""Words that are looked at at once: each may cover every stretch."""


@dataclass(frozen=True, slots=True, eq=False)
class Ruled:
    """A rule, and the trips that it speaks of."""

    rule: TripRule
    fits: Marks


class Words:
    """What the owner said of some trips, to be laid over guesses.

    Args:
        trips: By start.
        said: As `corrections` returns them.
    """

    def __init__(self, trips: TripColumns, said: Sequence[Correction]) -> None:
        self._trips, self._said = trips, said
        self._of_trips = _Reach(trips.start_us, trips.end_us)

    def modes(self) -> tuple[TripColumns, Marks]:
        """Return the trips with the modes that were said, and the legs that these words cover."""
        told = np.zeros(len(self._trips.leg_mode), dtype=bool)
        words = [word for word in self._said if word.mode is not None]
        if not words:
            return self._trips, told
        mode, confidence = self._trips.leg_mode.copy(), self._trips.leg_confidence.copy()
        said = np.array([MODE_NUMBERS[word.mode] for word in words if word.mode is not None])
        reach = _Reach(self._trips.leg_start_us, self._trips.leg_end_us)
        for number, covered in reach.covered(words):
            mode[covered] = said[number]
            confidence[covered] = 1.0
            told[covered] = True
        return replace(self._trips, leg_mode=mode, leg_confidence=confidence), told

    def lay_purposes(self, purpose: NDArray[np.uint8], rules: Sequence[Ruled]) -> None:
        """Write over guessed purposes what rules say, and over those what words on trips say."""
        for ruled in rules:
            if ruled.rule.set_purpose is not None:
                purpose[ruled.fits] = PURPOSES.index(ruled.rule.set_purpose)
        words = [word for word in self._said if word.purpose is not None]
        said = np.array(
            [PURPOSES.index(word.purpose) for word in words if word.purpose is not None]
        )
        for number, covered in self._of_trips.covered(words):
            purpose[covered] = said[number]

    def vehicles(self, ids: Sequence[str], none: int) -> Whole:
        """Return the number among ``ids`` of the vehicle that was said last of each trip."""
        found = np.full(len(self._trips), none)
        words = [word for word in self._said if word.vehicle]
        numbers = {name: number for number, name in enumerate(ids)}
        said = np.array([numbers.get(word.vehicle, none) for word in words])
        for number, covered in self._of_trips.covered(words):
            found[covered] = said[number]
        return found


class _Reach:
    """Stretches of time, to be asked which of them words cover by half."""

    def __init__(self, start_us: Whole, end_us: Whole) -> None:
        self._start_us, self._end_us = start_us, end_us

    def covered(self, words: Sequence[Correction]) -> Iterator[tuple[Whole, Whole]]:
        """Yield numbers of words, and beside each that of a stretch of which it covers half.

        The numbers of the words ascend, so that what is assigned by them in one go
        ends as the last word says: of a number that comes twice the later one counts.
        """
        if not words:
            return
        order = np.argsort(self._start_us, kind="stable")
        start_us, end_us = self._start_us[order], self._end_us[order]
        # How late any stretch up to this one ends: ascending, whatever overlaps.
        latest_us = np.maximum.accumulate(end_us)
        since_us = np.array([word.start_us for word in words], dtype=np.int64)
        until_us = np.array([word.end_us for word in words], dtype=np.int64)
        first = np.searchsorted(latest_us, since_us, side="right")
        count = np.maximum(np.searchsorted(start_us, until_us) - first, 0)
        for begin in range(0, len(words), _TOGETHER):
            some = slice(begin, begin + _TOGETHER)
            word = np.repeat(np.arange(len(words))[some], count[some])
            near = np.arange(len(word)) + np.repeat(
                first[some] - np.cumsum(count[some]) + count[some], count[some]
            )
            shared_us = np.minimum(end_us[near], until_us[word])
            shared_us -= np.maximum(start_us[near], since_us[word])
            covers = (shared_us > 0) & (shared_us >= 0.5 * (end_us[near] - start_us[near]))
            yield word[covers], order[near[covers]]


def fitting(
    rules: Sequence[TripRule], trips: TripColumns, ends: NamedEnds, days: Whole
) -> tuple[Ruled, ...]:
    """Return what each rule speaks of; see `TripRule.fits`.

    Args:
        rules: As `trip_rules` returns them.
        trips: With the modes that words on trips say, and no rule.
        ends: Theirs.
        days: Local days on which they begin, see `day_number`.
    """
    if not rules:
        return ()
    modes = trips.leg_mode[trips.main_leg()]
    return tuple(Ruled(rule, _fits(rule, modes, ends, days)) for rule in rules)


def _fits(rule: TripRule, modes: NDArray[np.uint8], ends: NamedEnds, days: Whole) -> Marks:
    found = np.ones(len(days), dtype=bool)
    if rule.between:
        first, second = rule.between
        found &= (_at(first, ends.origin, ends) & _at(second, ends.destination, ends)) | (
            _at(second, ends.origin, ends) & _at(first, ends.destination, ends)
        )
    if rule.weekdays:
        found &= np.isin(weekdays_of(days), rule.weekdays)
    if rule.mode is not None:
        found &= modes == MODE_NUMBERS[rule.mode]
    if rule.period:
        period = Period.parse(rule.period)
        since, until = day_number(period.first), day_number(period.last)
        found &= (days >= since) & (days <= until)
    return found


def _at(name: str, places: Whole, ends: NamedEnds) -> Marks:
    """Say which of ``places`` are called ``name``, or are of that kind; nowhere is none."""
    is_it = np.array([*(names_place(place, name) for place in ends.named), False])
    found: Marks = is_it[places]
    return found


def with_ruled_modes(trips: TripColumns, told: Marks, rules: Sequence[Ruled]) -> TripColumns:
    """Return trips with the modes that rules say; see `ruled_modes`.

    Args:
        trips: With the modes that words on trips say.
        told: Legs whose mode such a word says: no rule changes them.
        rules: As `fitting` returns them.
    """
    saying = [ruled for ruled in rules if ruled.rule.set_mode is not None]
    if not saying:
        return trips
    mode, confidence = trips.leg_mode.copy(), trips.leg_confidence.copy()
    main = trips.main_leg()
    for ruled in saying:
        if ruled.rule.set_mode is not None:
            legs = main[ruled.fits & ~told[main]]
            mode[legs] = MODE_NUMBERS[ruled.rule.set_mode]
            confidence[legs] = 1.0
    return replace(trips, leg_mode=mode, leg_confidence=confidence)


def ruled_vehicles(rules: Sequence[Ruled], ids: Sequence[str], count: int, none: int) -> Whole:
    """Return the number among ``ids`` of the vehicle that the last fitting rule says."""
    found = np.full(count, none)
    for ruled in rules:
        name = ruled.rule.set_vehicle
        if name:
            found[ruled.fits] = ids.index(name) if name in ids else none
    return found
