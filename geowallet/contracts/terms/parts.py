"""Parts of trips that count as one, and the rows that are cut from them.

A row gets what its job needs and nothing else (`Needs`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.rows import DRIVEN_LENGTH, Row
from geowallet.contracts.terms.catalogue import DRIVING
from geowallet.model.mobility import Sureness

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from geowallet.contracts.terms.selection import Selection
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.mobility import DescribedTrip, Leg, Mode

US_A_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Driven:
    """How a leg was driven, in whole metres and counts.

    Attributes:
        night_m: Metres after civil twilight.
        seen: `rows.SEEN`, then a count for each of `rows.EVENTS`.
    """

    night_m: int
    seen: tuple[int, ...]


UNSEEN = Driven(0, (0,) * DRIVEN_LENGTH)
"""Of a leg of which nothing is known but its length."""


@dataclass(frozen=True, slots=True)
class Part:
    """A leg, or a whole trip, that counts as one.

    Attributes:
        mode: Of the leg, or of the trip's longest.
        confidence: Of ``mode``.
        metres: Whole metres.
        seconds: Whole seconds from start to end, silences and pauses included.
        legs: What it is made of.
    """

    mode: Mode
    confidence: float
    metres: int
    seconds: int
    legs: tuple[Leg, ...]

    def is_sure(self, selection: Selection) -> bool:
        """Say whether its mode is as sure as ``selection`` asks."""
        return Sureness.of(self.confidence).at_least(Sureness(selection.min_sureness))


def parts_of(selection: Selection, described: DescribedTrip) -> list[Part]:
    """Return what of a trip counts as one: its legs, or the whole of it."""
    trip = described.trip
    if selection.unit == "trip":
        seconds = _seconds(trip.start_us, trip.end_us)
        main = trip.main_leg
        return [Part(main.mode, main.confidence, _whole(trip.distance_m), seconds, trip.legs)]
    return [
        Part(
            leg.mode,
            leg.confidence,
            _whole(leg.distance_m),
            _seconds(leg.start_us, leg.end_us),
            (leg,),
        )
        for leg in trip.legs
    ]


@dataclass(frozen=True, slots=True)
class Needs:
    """What the job of given terms needs to know of a part, beside metres and level.

    Attributes:
        day: Characters of the day: 10 for the day, 7 for its month, 0 for neither.
        mode: Whether the mode.
        trip: Whether which parts belong to one trip.
        seconds: Whether the time spent.
        night: Whether the metres after dark.
        purpose: Whether the purpose.
        vehicle: Whether the vehicle.
        driven: Whether how it was driven.
    """

    day: int
    mode: bool
    trip: bool
    seconds: bool
    night: bool
    purpose: bool
    vehicle: bool
    driven: bool

    @classmethod
    def of(cls, terms: Terms) -> Needs:
        """Return what the measures, the groups and the module of ``terms`` need."""
        measures = {measure.id for measure in terms.measures}
        groups = set(terms.group_by)
        counts_days = "days" in measures or any(measure.rule for measure in terms.measures)
        module = terms.module is not None
        driven = bool(measures & DRIVING) or module
        return cls(
            day=_day_characters(
                days=counts_days or "day" in groups or module,
                months="month" in groups,
            ),
            mode="mode" in groups or module,
            trip="trips" in measures or terms.small_cells > 0 or module,
            seconds="duration_s" in measures or module,
            night="night_distance_m" in measures or driven,
            purpose="purpose" in groups or module,
            vehicle="vehicle" in groups or module,
            driven=driven,
        )


def row_of(  # noqa: PLR0913  everything that a row may say
    needs: Needs,
    part: Part,
    described: DescribedTrip,
    *,
    day: dt.date,
    ordinal: int,
    level: int,
    driven: Callable[[Leg], Driven],
) -> Row:
    """Return the row of a part, cut down to ``needs``."""
    drives = [(leg, driven(leg)) for leg in part.legs] if needs.night else []
    night_m = min(sum(drive.night_m for _, drive in drives), part.metres)
    own = [drive.seen for leg, drive in drives if leg.mode is part.mode]
    return Row(
        day=day.isoformat()[: needs.day],
        mode=part.mode.value if needs.mode else "",
        trip=ordinal if needs.trip else 0,
        metres=part.metres,
        level=level,
        seconds=part.seconds if needs.seconds else 0,
        night_m=night_m,
        purpose=described.purpose.value if needs.purpose else "",
        vehicle=described.vehicle if needs.vehicle else "",
        driven=tuple(map(sum, zip(*own, strict=True))) if needs.driven else (),
    )


def _day_characters(*, days: bool, months: bool) -> int:
    if days:
        return len("2026-10-01")
    return len("2026-10") if months else 0


def _whole(distance_m: float) -> int:
    return math.floor(distance_m + 0.5)


def _seconds(start_us: int, end_us: int) -> int:
    return (end_us - start_us + US_A_SECOND // 2) // US_A_SECOND
