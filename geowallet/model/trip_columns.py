"""Trips column by column: what contracts ask of them, for years at once.

A trip as an object is good to read and dear to make; of twenty thousand, columns are a
few arrays. Reasons, gaps and sources are not among them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.model.mobility import Leg, Mode, Point, Trip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MODES = tuple(Mode)
"""What the numbers of a column of modes stand for, in this process: never stored."""

MODE_NUMBERS = {mode: number for number, mode in enumerate(MODES)}

_OF_LEGS = "leg_"


@dataclass(frozen=True, slots=True)
class TripColumns:
    """Trips, and beside them the legs of all of them in order.

    Attributes:
        ids: As `Trip`.
        start_us: As `Trip`, int64.
        end_us: As `Trip`, int64.
        start_lat_deg: Where each begins.
        start_lon_deg: Where each begins.
        end_lat_deg: Where each ends.
        end_lon_deg: Where each ends.
        legs: How many legs each has, at least one, int64.
        leg_start_us: As `Leg`, int64.
        leg_end_us: As `Leg`, int64.
        leg_mode: Numbers into `MODES`, uint8.
        leg_confidence: As `Leg`.
        leg_distance_m: As `Leg`.

    Raises:
        ValueError: Columns of different length, a trip without legs, an unknown mode.
    """

    ids: tuple[str, ...]
    start_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    start_lat_deg: NDArray[np.float64]
    start_lon_deg: NDArray[np.float64]
    end_lat_deg: NDArray[np.float64]
    end_lon_deg: NDArray[np.float64]
    legs: NDArray[np.int64]
    leg_start_us: NDArray[np.int64]
    leg_end_us: NDArray[np.int64]
    leg_mode: NDArray[np.uint8]
    leg_confidence: NDArray[np.float64]
    leg_distance_m: NDArray[np.float64]

    def __post_init__(self) -> None:
        by_trip = {len(getattr(self, name)) for name in _TRIP_COLUMNS}
        by_leg = {len(getattr(self, name)) for name in _LEG_COLUMNS}
        if len(by_trip) > 1 or by_leg != {int(self.legs.sum())} or np.any(self.legs < 1):
            raise ValueError("columns of trips that do not belong together")
        if np.any(self.leg_mode >= len(MODES)):
            raise ValueError("an unknown mode")

    def __len__(self) -> int:
        return len(self.ids)

    def first_leg(self) -> NDArray[np.int64]:
        """Return the number of the first leg of each trip."""
        return np.cumsum(self.legs) - self.legs

    def trip_of_leg(self) -> NDArray[np.int64]:
        """Return the number of the trip of each leg."""
        return np.repeat(np.arange(len(self)), self.legs)

    def main_leg(self) -> NDArray[np.int64]:
        """Return the number of the main leg of each trip, see `Trip.main_leg`; no length is NaN."""
        number = np.arange(len(self.leg_mode))
        if len(number) == len(self):
            return number
        first, trip = self.first_leg(), self.trip_of_leg()
        longest = self.leg_distance_m == np.maximum.reduceat(self.leg_distance_m, first)[trip]
        found: NDArray[np.int64] = np.minimum.reduceat(
            np.where(longest, number, len(number)), first
        )
        return found

    def taken(self, wanted: NDArray[np.bool_]) -> TripColumns:
        """Return the trips that are marked in ``wanted``, with their legs."""
        if bool(wanted.all()):
            return self
        return self._picked(np.flatnonzero(wanted), np.repeat(wanted, self.legs))

    def ordered(self, order: NDArray[np.int64]) -> TripColumns:
        """Return the trips with these numbers in this order, each with its legs; none twice."""
        place = np.full(len(self), len(self))
        place[order] = np.arange(len(order))
        places = np.repeat(place, self.legs)
        legs = np.argsort(places, kind="stable")[: int(self.legs[order].sum())]
        return self._picked(order, legs)

    def _picked(self, trips: NDArray[np.int64], legs: NDArray[Any]) -> TripColumns:
        kept: dict[str, Any] = {name: getattr(self, name)[trips] for name in _TRIP_COLUMNS[1:]}
        kept |= {name: getattr(self, name)[legs] for name in _LEG_COLUMNS}
        return TripColumns(ids=tuple([self.ids[number] for number in trips.tolist()]), **kept)

    def bare(self, number: int) -> Trip:
        """Return one trip with its times and ends alone, without a leg."""
        start = Point(float(self.start_lat_deg[number]), float(self.start_lon_deg[number]))
        end = Point(float(self.end_lat_deg[number]), float(self.end_lon_deg[number]))
        span = int(self.start_us[number]), int(self.end_us[number])
        return Trip(self.ids[number], *span, (), start, end, ())

    def with_legs(self, number: int) -> Trip:
        """Return one trip with all that columns say of it: no reasons, silences or sources."""
        first = int(self.legs[:number].sum())
        legs = slice(first, first + int(self.legs[number]))
        columns = zip(
            self.leg_start_us[legs].tolist(),
            self.leg_end_us[legs].tolist(),
            self.leg_mode[legs].tolist(),
            self.leg_confidence[legs].tolist(),
            self.leg_distance_m[legs].tolist(),
            strict=True,
        )
        own = [
            Leg(a, b, MODES[mode], sure, (), m, 0.0, 0.0, 0.0, 0) for a, b, mode, sure, m in columns
        ]
        return replace(self.bare(number), legs=tuple(own))

    def joined(self, others: TripColumns) -> TripColumns:
        """Return these trips, and ``others`` after them."""
        both: dict[str, Any] = {
            name: np.concatenate((getattr(self, name), getattr(others, name)))
            for name in (*_TRIP_COLUMNS[1:], *_LEG_COLUMNS)
        }
        return TripColumns(ids=(*self.ids, *others.ids), **both)


_NAMES = tuple(field.name for field in fields(TripColumns))
_TRIP_COLUMNS = tuple(name for name in _NAMES if not name.startswith(_OF_LEGS))
_LEG_COLUMNS = tuple(name for name in _NAMES if name.startswith(_OF_LEGS))


def columns_of(trips: Sequence[Trip]) -> TripColumns:
    """Return the columns of ``trips``, in their order."""
    legs = [leg for trip in trips for leg in trip.legs]
    return TripColumns(
        ids=tuple(trip.id for trip in trips),
        start_us=_whole([trip.start_us for trip in trips]),
        end_us=_whole([trip.end_us for trip in trips]),
        start_lat_deg=_real([trip.start.lat_deg for trip in trips]),
        start_lon_deg=_real([trip.start.lon_deg for trip in trips]),
        end_lat_deg=_real([trip.end.lat_deg for trip in trips]),
        end_lon_deg=_real([trip.end.lon_deg for trip in trips]),
        legs=_whole([len(trip.legs) for trip in trips]),
        leg_start_us=_whole([leg.start_us for leg in legs]),
        leg_end_us=_whole([leg.end_us for leg in legs]),
        leg_mode=np.array([MODE_NUMBERS[leg.mode] for leg in legs], dtype=np.uint8),
        leg_confidence=_real([leg.confidence for leg in legs]),
        leg_distance_m=_real([leg.distance_m for leg in legs]),
    )


def _whole(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _real(values: list[float]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)
