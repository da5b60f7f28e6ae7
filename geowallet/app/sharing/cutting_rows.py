"""Rows cut from columns of trips that terms took, down to what their job needs.

The same rows as `geowallet.contracts.terms.parts.row_of` cuts one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.select import DECLARED, Selected
from geowallet.contracts.terms.parts import Needs
from geowallet.model.trip_columns import MODES
from geowallet.track.purpose_columns import PURPOSES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.app.travel.columns import DescribedColumns
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.words import Phrase

    Whole = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_US = 1_000_000
_DAY_CHARACTERS = len("2026-10-01")


@dataclass(frozen=True, slots=True)
class Parts:
    """Legs, or whole trips, that count as one; see `parts_of`.

    Attributes:
        trip: Number of the trip of each.
        mode: Number of its mode.
        lasts_us: From its start to its end.
        named: Whether the terms name its mode.
        sure: Whether they do and it is sure enough.
    """

    trip: Whole
    mode: NDArray[np.uint8]
    lasts_us: Whole
    named: Marks
    sure: Marks


class Chosen:
    """What the terms take, and the rows that are cut from it."""

    def __init__(
        self,
        terms: Terms,
        described: DescribedColumns,
        parts: Parts,
        days: Whole,
        taken: Marks,
    ) -> None:
        self._terms, self._described, self._days = terms, described, days
        self._parts = parts
        self._waits = parts.trip[taken[parts.trip] & parts.named & ~parts.sure]
        self._numbers = np.flatnonzero(taken[parts.trip] & parts.sure)
        self._metres = self._whole_metres()
        self._used, place = np.unique(parts.trip[self._numbers], return_inverse=True)
        self._ordinal = place + 1

    def selected(self, left_out: tuple[tuple[Phrase, int], ...]) -> Selected:
        """Return all that was taken, beside what was left out."""
        ids = self._described.trips.ids
        metres = _sums(self._ordinal - 1, self._metres, len(self._used))
        days = self._days[self._used]
        every, place = np.unique(days, return_inverse=True)
        dates: list[dt.date] = every.astype("datetime64[D]").tolist()
        by_day = _sums(place, metres, len(every))
        names = [ids[number] for number in self._used.tolist()]
        return Selected(
            rows=self._rows(),
            left_out=left_out,
            waiting=tuple([ids[number] for number in np.unique(self._waits).tolist()]),
            used=tuple(zip(names, metres.tolist(), strict=True)),
            metres_by_day=tuple(zip(dates, by_day.tolist(), strict=True)),
            used_on=tuple([dates[number] for number in place.tolist()]),
        )

    def _whole_metres(self) -> Whole:
        trips = self._described.trips
        if self._terms.select.unit != "trip":
            return np.floor(trips.leg_distance_m[self._numbers] + 0.5).astype(np.int64)
        first, lengths_m = trips.first_leg()[self._numbers], trips.leg_distance_m
        metres = lengths_m[first]
        for place in np.flatnonzero(trips.legs[self._numbers] > 1).tolist():
            start, count = int(first[place]), int(trips.legs[self._numbers[place]])
            # Added as a whole trip adds them, so that the last digit is the same.
            metres[place] = sum(lengths_m[start : start + count].tolist())
        return np.floor(metres + 0.5).astype(np.int64)

    def _rows(self) -> Rows:
        needs, parts = Needs.of(self._terms), self._parts
        trip = parts.trip[self._numbers]
        nothing = np.zeros(len(trip), dtype=np.int64)
        days, texts = _cut_days(self._days[trip], needs.day)
        modes = sorted(range(len(MODES)), key=lambda number: MODES[number].value)
        purposes = sorted(range(len(PURPOSES)), key=lambda number: PURPOSES[number].value)
        names = (*self._described.vehicles, "")
        vehicles = sorted(range(len(names)), key=lambda number: names[number])
        mode = np.argsort(modes)[parts.mode[self._numbers]]
        purpose = np.argsort(purposes)[self._described.purpose[trip]]
        vehicle = np.argsort(vehicles)[self._described.vehicle[trip]]
        lasts_s = (parts.lasts_us[self._numbers] + _US // 2) // _US
        columns = {
            "day": days,
            "mode": mode if needs.mode else nothing,
            "trip": self._ordinal if needs.trip else nothing,
            "metres": self._metres,
            "seconds": lasts_s if needs.seconds else nothing,
            "purpose": purpose if needs.purpose else nothing,
            "vehicle": vehicle if needs.vehicle else nothing,
        }
        # As rows are compared: by these, the first counting most.
        order = np.lexsort([*reversed(columns.values())])
        found = {name: column[order].tolist() for name, column in columns.items()}
        count = len(order)
        return Rows(
            day=[texts[number] for number in found["day"]],
            mode=_told([MODES[number].value for number in modes], found["mode"], needs.mode),
            trip=found["trip"],
            metres=found["metres"],
            level=[DECLARED] * count,
            seconds=found["seconds"],
            night_m=[0] * count,
            purpose=_told(
                [PURPOSES[number].value for number in purposes], found["purpose"], needs.purpose
            ),
            vehicle=_told([names[n] for n in vehicles], found["vehicle"], needs.vehicle),
            driven=[()] * count,
        )


def _told(words: Sequence[str], numbers: Sequence[int], needed: bool) -> list[str]:
    return [words[number] for number in numbers] if needed else [""] * len(numbers)


def _cut_days(days: Whole, characters: int) -> tuple[Whole, list[str]]:
    """Return numbers of days or months, ascending in time, and what each is called."""
    if not characters:
        return np.zeros(len(days), dtype=np.int64), [""]
    unit = "datetime64[D]" if characters == _DAY_CHARACTERS else "datetime64[M]"
    every, place = np.unique(days.astype("datetime64[D]").astype(unit), return_inverse=True)
    return place, every.astype(str).tolist()


def _sums(places: Whole, metres: Whole, count: int) -> Whole:
    """Return the sum of ``metres`` at each place."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, places, metres)
    return found
