from __future__ import annotations

import datetime as dt
from typing import cast

import msgspec
import numpy as np
import pytest

from geowallet.app.travel.columns import described_columns
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.shapes import Merge, Split, name_of
from geowallet.app.travel.trip_rules import TripRule
from geowallet.app.travel.trips import described_trips
from geowallet.model.calendar import Period
from geowallet.model.mobility import DescribedTrip, Leg, Mode, Point, Purpose, Trip, Vehicle
from geowallet.model.trip_columns import MODES
from geowallet.track.purpose_columns import PURPOSES
from geowallet.track.reshape import Cut, Join
from geowallet.vault.pages import encode_page
from geowallet.vault.store import Vault
from tests.app.drawn_wallets import MINUTE_US, NAMED, Kept
from tests.contracts.parties import HOURS, at

FIRST_US = at("2026-10-01T06:00")
MODES_SAID = (Mode.CAR, Mode.BIKE, Mode.WALK)
IDS = ("AB-123", "CD-456", "velo")
YEAR = Period.parse("2026")


class Drawn:
    """A busy October of 60 trips among a few places, with many words that meet."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.kept = Kept()
        self.trips = self._trips()
        for place in NAMED:
            self.kept["place", place.name] = msgspec.json.encode(place)
        for name, mode in zip(IDS, MODES_SAID, strict=True):
            vehicle = Vehicle(
                name, Mode.BIKE if mode is Mode.BIKE else Mode.CAR, until="2026-10-20"
            )
            self.kept["vehicle", name] = msgspec.json.encode(vehicle)
        self.kept["work", "week"] = msgspec.json.encode(HOURS)
        self.kept["trips", "2026-10"] = encode_page(self.trips, ())
        for number in range(9):
            self._rule(number)
        for number in range(12):
            self._word(number)
            self._shape(number)

    def _one(self, *values: object) -> object:
        return values[int(self._random.integers(len(values)))]

    def _trips(self) -> list[Trip]:
        found, now_us, spot = [], FIRST_US, NAMED[0].centre
        for number in range(60):
            now_us += int(self._random.integers(2, 900)) * MINUTE_US
            legs = []
            for _ in range(int(self._random.integers(1, 4))):
                until_us = now_us + int(self._random.integers(1, 60)) * MINUTE_US
                metres, mode = float(self._random.integers(0, 4)) * 1_000.5, self._one(*MODES_SAID)
                legs.append(
                    Leg(now_us, until_us, cast("Mode", mode), 0.8, (), metres, 1.0, 0.0, 0.0, 9)
                )
                now_us = until_us
            there = cast("Point", self._one(*(place.centre for place in NAMED[:4]), Point(47, 1)))
            span = legs[0].start_us, legs[-1].end_us
            found.append(Trip(f"t{number:012d}", *span, tuple(legs), spot, there, ()))
            spot = there
        return found

    def _some(self) -> int:
        return int(self._random.integers(len(self.trips) - 1))

    def _rule(self, number: int) -> None:
        matter = number % 3
        rule = TripRule(
            cast("tuple[str, ...]", self._one((), (), ("home", "work"), ("Client", "WORK"))),
            cast("tuple[int, ...]", self._one((), (), (0, 1, 2), (3, 4, 5, 6))),
            cast("Mode | None", self._one(None, None, *MODES_SAID)),
            str(self._one("", "2026-10-05..2026-10-25")),
            cast("Mode", self._one(*MODES_SAID)) if matter == 0 else None,
            cast("Purpose", self._one(*Purpose)) if matter == 1 else None,
            "",
            number,
            str(self._one(*IDS, "gone")) if matter == 2 else "",
        )
        self.kept["rule", rule.id] = msgspec.msgpack.encode(rule)

    def _word(self, number: int) -> None:
        trip, matter = self.trips[self._some()], number % 3
        over = cast("Leg | Trip", self._one(trip, *trip.legs))
        half_us = (over.start_us + over.end_us) // 2
        word = Correction(
            over.start_us,
            cast("int", self._one(over.end_us, half_us, half_us - 1, over.end_us + 10**11)),
            cast("Mode", self._one(*MODES_SAID)) if matter == 0 else None,
            cast("Purpose", self._one(*Purpose)) if matter == 1 else None,
            number,
            "",
            str(self._one(*IDS, "gone")) if matter == 2 else "",
        )
        self.kept["correction", f"mode/{number}"] = msgspec.msgpack.encode(word)

    def _shape(self, number: int) -> None:
        place = self._some() // 4
        trip, after = self.trips[place], self.trips[place + 1]
        middle_us = (trip.start_us + trip.end_us) // 2
        shares = cast("tuple[float, float, float, float]", tuple(self._random.random(4).tolist()))
        shapes: list[Split | Merge] = [
            Split(Cut(middle_us, Point(48.0, 2.1), shares), number),
            Split(Cut(trip.end_us - MINUTE_US + number % 2, Point(48.0, 2.1), shares), number),
            Merge(Join(trip.end_us, after.start_us), number),
            Merge(Join(trip.end_us + MINUTE_US, after.start_us), number),
            Merge(Join(middle_us, middle_us), number),
        ]
        shape = shapes[int(self._random.integers(len(shapes)))]
        self.kept["shape", name_of(shape)] = msgspec.msgpack.encode(shape)


def _told(one: DescribedTrip) -> tuple[object, ...]:
    legs = [(leg.start_us, leg.mode, leg.confidence, leg.distance_m) for leg in one.trip.legs]
    span = one.trip.id, one.trip.start_us, one.trip.end_us, one.trip.start, one.trip.end
    return (*span, one.day, one.purpose, one.origin, one.destination, one.vehicle, legs)


def _by_columns(kept: Kept) -> list[tuple[object, ...]]:
    found = described_columns(cast("Vault", kept), YEAR)
    assert found is not None
    named, ids, trips = (*found.named, None), (*found.vehicles, ""), found.trips
    lines: list[tuple[object, ...]] = []
    for number, first in enumerate(trips.first_leg().tolist()):
        trip = trips.bare(number)
        day = str(dt.date(1970, 1, 1) + dt.timedelta(days=int(found.day[number])))
        ends = named[found.origin[number]], named[found.destination[number]]
        legs = [
            (
                int(trips.leg_start_us[leg]),
                MODES[trips.leg_mode[leg]],
                float(trips.leg_confidence[leg]),
                float(trips.leg_distance_m[leg]),
            )
            for leg in range(first, first + int(trips.legs[number]))
        ]
        span = trip.id, trip.start_us, trip.end_us, trip.start, trip.end
        purpose, vehicle = PURPOSES[found.purpose[number]], ids[found.vehicle[number]]
        lines.append((*span, day, purpose, *ends, vehicle, legs))
    return lines


class TestWordsByColumns:
    """Promise: "the same as corrections and rules say", and splits and merges, where many meet."""

    @pytest.mark.parametrize("seed", range(8))
    def test_busy_wallets_are_described_alike(self, seed: int) -> None:
        kept = Drawn(seed).kept
        expected = [_told(one) for one in described_trips(cast("Vault", kept), YEAR)]
        assert _by_columns(kept) == expected
