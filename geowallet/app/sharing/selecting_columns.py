"""What terms select of years of trips, column by column: the same as `select` finds.

The rules stand in `geowallet.contracts.evaluation.select`; here each of them is asked of
all trips at once. A property test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.sharing.cutting_rows import Chosen, Parts
from geowallet.contracts.evaluation.select import OTHER_PURPOSE, is_inside
from geowallet.contracts.terms.parts import Needs
from geowallet.contracts.terms.periods import check_period
from geowallet.model.local_times import offsets_s
from geowallet.model.mobility import Purpose, Sureness
from geowallet.model.trip_columns import MODES
from geowallet.model.words import N_, phrase
from geowallet.track.purpose_columns import DAY_S, PURPOSES, day_numbers, local_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.app.travel.columns import DescribedColumns
    from geowallet.contracts.evaluation.select import Selected
    from geowallet.contracts.terms.selection import Selection
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period, WorkWeek
    from geowallet.model.trip_columns import TripColumns
    from geowallet.model.words import Phrase

    Whole = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_US = 1_000_000
_AROUND_S = 4 * 3600
"""A day without a change of the clock within it, nor so long before or after it, is counted
by its one offset; the few others trip by trip."""

_LEAST = {Sureness.SURE: 0.90, Sureness.LIKELY: 0.70, Sureness.UNSURE: -np.inf}
"""As `Sureness.of`."""

_TAKEN = -1
_REASONS = (
    N_("outside the period"),
    *OTHER_PURPOSE.values(),
    N_("other mode"),
    N_("other vehicle"),
    N_("other places"),
    N_("a place that is kept out"),
    N_("holiday or leave"),
    N_("outside the hours"),
)
_EPOCH = dt.date(1970, 1, 1)


def columns_tell(terms: Terms) -> bool:
    """Say whether ``terms`` ask for nothing that needs whole trips: fixes, or evidence."""
    return terms.min_assurance == "L0" and not Needs.of(terms).night


def select_columns(
    terms: Terms, trips: DescribedColumns, period: Period, *, days_off: frozenset[dt.date]
) -> Selected:
    """Return what ``terms`` let out of ``trips``, as `select` does.

    Args:
        terms: What is allowed; of those that `columns_tell`.
        trips: In time order.
        period: One export.
        days_off: Public holidays and leave.

    Raises:
        PeriodRefusedError: ``period`` is not covered.
        PeriodCadenceError: ``period`` is not one month, or one year.
    """
    check_period(terms, period)
    window = terms.select.window
    days = trips.day
    if window is not None and window.zone != trips.zone:
        days = local_seconds(trips.trips.start_us, window.zone) // DAY_S
    parts = _parts(terms.select, trips.trips)
    why = _why_not(terms.select, trips, parts, (days, period, days_off))
    return Chosen(terms, trips, parts, days, why == _TAKEN).selected(_counted(why))


def _parts(selection: Selection, trips: TripColumns) -> Parts:
    if selection.unit == "trip":
        main = trips.main_leg()
        mode, confidence = trips.leg_mode[main], trips.leg_confidence[main]
        trip, lasts_us = np.arange(len(trips)), trips.end_us - trips.start_us
    else:
        mode, confidence = trips.leg_mode, trips.leg_confidence
        trip, lasts_us = trips.trip_of_leg(), trips.leg_end_us - trips.leg_start_us
    named = np.array([known.value in selection.modes for known in MODES])[mode]
    sure = named & (confidence >= _LEAST[Sureness(selection.min_sureness)])
    return Parts(trip, mode, lasts_us, named, sure)


def _why_not(
    selection: Selection,
    described: DescribedColumns,
    parts: Parts,
    when: tuple[Whole, Period, frozenset[dt.date]],
) -> Whole:
    """Return the number in `_REASONS` of the first reason why each trip stays, or `_TAKEN`."""
    days, period, days_off = when
    trips, window = described.trips, selection.window
    first, last = ((day - _EPOCH).days for day in (period.first, period.last))
    moves = np.zeros(len(trips), dtype=bool)
    moves[parts.trip[parts.named]] = True
    own = np.array([name in selection.vehicles for name in (*described.vehicles, "")])
    checks = [
        (days < first) | (days > last),
        *(_other_purpose(selection, described, purpose) for purpose in OTHER_PURPOSE),
        ~moves,
        ~own[described.vehicle] & bool(selection.vehicles),
        ~_at_places(described, selection.within) & bool(selection.within),
        _at_places(described, selection.outside),
    ]
    if window is not None:
        checks.append(np.isin(days, day_numbers(days_off | window.leave)))
    why = np.full(len(trips), _TAKEN)
    for number, holds in reversed([*enumerate(checks)]):
        why[holds] = number
    if window is not None:
        left = np.flatnonzero(why == _TAKEN)
        spans_us = trips.start_us[left], trips.end_us[left]
        inside = _inside(window, spans_us, days[left], whole=selection.whole)
        why[left[~inside]] = len(checks)
    return why


def _other_purpose(selection: Selection, described: DescribedColumns, purpose: str) -> Marks:
    """Say which trips are for ``purpose``, where the terms do not name it."""
    is_it: Marks = described.purpose == PURPOSES.index(Purpose(purpose))
    return is_it & (purpose not in selection.purposes)


def _counted(why: Whole) -> tuple[tuple[Phrase, int], ...]:
    """Return the reasons and how many trips stay for each, most first, then as they occur."""
    numbers, firsts, counts = np.unique(why, return_index=True, return_counts=True)
    found = sorted(zip((-counts).tolist(), firsts.tolist(), numbers.tolist(), strict=True))
    return tuple((phrase(_REASONS[n]), -less) for less, _, n in found if n != _TAKEN)


def _at_places(described: DescribedColumns, kinds: Sequence[str]) -> Marks:
    """Say which trips begin or end at a named place of one of ``kinds``."""
    # The last one is that of no place at all.
    wanted = np.array([*(place.kind.value in kinds for place in described.named), False])
    found: Marks = wanted[described.origin] | wanted[described.destination]
    return found


def _inside(window: WorkWeek, spans_us: tuple[Whole, Whole], days: Whole, *, whole: bool) -> Marks:
    """Say which stretches of time lie in the hours; see `select.is_inside`."""
    start_us, end_us = spans_us
    ahead_s = offsets_s(start_us, window.zone)
    midnight_s = days * DAY_S - ahead_s
    steady = np.ones(len(days), dtype=bool)
    for at_s in (midnight_s - _AROUND_S, midnight_s + DAY_S + _AROUND_S):
        steady &= offsets_s(at_s * _US, window.zone) == ahead_s
    inside = np.zeros(len(days), dtype=bool)
    weekday = (days + _EPOCH.weekday()) % 7
    for number, spans in enumerate(window.hours):
        for start_min, end_min in spans:
            first_us = (midnight_s + 60 * start_min) * _US
            last_us = (midnight_s + 60 * end_min) * _US
            fits = (first_us <= start_us) & (end_us <= last_us)
            if not whole:
                fits |= np.maximum(first_us, start_us) < np.minimum(last_us, end_us)
            inside |= fits & (weekday == number)
    for number in np.flatnonzero(~steady).tolist():
        span_us = int(start_us[number]), int(end_us[number])
        inside[number] = is_inside(window, span_us, whole=whole)
    return inside
