from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import cast

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.app.sharing.selecting import days_off_for, selected_for, trips_for
from geowallet.app.travel.calendars import Calendar
from geowallet.app.travel.columns import DescribedColumns, described_columns
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.trips import described_trips
from geowallet.contracts.evaluation.select import Selected, select
from geowallet.contracts.terms.catalogue import DRIVING
from geowallet.contracts.terms.selection import MODES as ALL_MODES
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.calendar import Busy, Period, WorkWeek
from geowallet.model.errors import PlacesMissingError
from geowallet.model.mobility import (
    Leg,
    Mode,
    Point,
    Trip,
    Vehicle,
)
from geowallet.model.trip_columns import MODES
from geowallet.track.purpose_columns import PURPOSES
from geowallet.vault.pages import decode_page, encode_page
from geowallet.vault.store import Vault
from tests.app.drawn_wallets import FIRST_US, MINUTE_US, Kept, wallets
from tests.contracts.parties import HOURS, OCTOBER, PARIS, all_terms, at, mileage


def _slowly(vault: Vault, terms: Terms, period: Period) -> Selected:
    trips = trips_for(vault, terms, period)
    return select(terms, trips, period, days_off=days_off_for(vault, terms, period))


def _columns(vault: Vault, period: Period, zone: str = "") -> DescribedColumns:
    found = described_columns(vault, period, zone=zone)
    assert found is not None
    return found


class TestSelectedByColumns:
    """Promise: "the same as `select` finds"."""

    @settings(max_examples=150)
    @given(wallets(), all_terms(), st.booleans())
    def test_columns_and_whole_trips_give_the_same_rows(
        self, kept: Kept, terms: Terms, broad: bool
    ) -> None:
        vault = cast("Vault", kept)
        plain = tuple(m for m in terms.measures if m.id not in {*DRIVING, "night_distance_m"})
        terms = replace(terms, min_assurance="L0", module=None, measures=plain or terms.measures)
        if broad:
            anywhere = replace(terms.select, vehicles=(), within=(), outside=())
            purposes = ("commute", "business", "private")
            terms = replace(terms, select=replace(anywhere, modes=ALL_MODES, purposes=purposes))
        try:
            slow = _slowly(vault, terms, OCTOBER)
        except PlacesMissingError:
            with pytest.raises(PlacesMissingError):
                selected_for(vault, terms, OCTOBER)
            return
        quick = selected_for(vault, terms, OCTOBER)
        assert replace(quick, rows=tuple(quick.rows)) == slow

    @settings(max_examples=100)
    @given(wallets(), st.sampled_from(["", "America/New_York"]))
    def test_every_trip_is_described_alike(self, kept: Kept, zone: str) -> None:
        vault = cast("Vault", kept)
        found = _columns(vault, OCTOBER, zone)
        expected = described_trips(vault, OCTOBER, zone=zone)
        assert found.trips.ids == tuple(one.trip.id for one in expected)
        days = [str(dt.date(1970, 1, 1) + dt.timedelta(days=day)) for day in found.day.tolist()]
        assert days == [one.day for one in expected]
        assert [PURPOSES[n] for n in found.purpose] == [one.purpose for one in expected]
        named = (*found.named, None)
        assert [named[n] for n in found.origin] == [one.origin for one in expected]
        assert [named[n] for n in found.destination] == [one.destination for one in expected]
        ids = (*found.vehicles, "")
        assert [ids[n] for n in found.vehicle] == [one.vehicle for one in expected]
        legs = [leg for one in expected for leg in one.trip.legs]
        assert [MODES[n] for n in found.trips.leg_mode] == [leg.mode for leg in legs]
        assert found.trips.leg_confidence.tolist() == [leg.confidence for leg in legs]


class TestDescribedAlike:
    """Promise: "the same as described_trips says", where chance seldom leads."""

    @pytest.mark.parametrize(("away_min", "purpose"), [(10, "business"), (50, "private")])
    def test_a_trip_from_an_entry_of_the_calendar(self, away_min: int, purpose: str) -> None:
        kept = _one_trip()
        ended_us = FIRST_US - away_min * MINUTE_US
        entry = Busy(ended_us - 10**9, ended_us, chosen=True)
        calendar = Calendar("mine", "0" * 64, 0, "2026", (), (entry,), (), 0)
        kept["work", "calendar/mine"] = msgspec.msgpack.encode(calendar)
        (described,) = described_trips(cast("Vault", kept))
        found = _columns(cast("Vault", kept), Period.parse("2026"))
        assert described.purpose == purpose == PURPOSES[int(found.purpose[0])]

    @pytest.mark.parametrize(("said", "name"), [("CD-456", "CD-456"), ("velo", ""), ("", "")])
    def test_of_two_cars_the_one_that_was_said(self, said: str, name: str) -> None:
        kept = _one_trip()
        for vehicle in (
            Vehicle("AB-123", Mode.CAR),
            Vehicle("CD-456", Mode.CAR),
            Vehicle("velo", Mode.BIKE),
        ):
            kept["vehicle", vehicle.id] = msgspec.json.encode(vehicle)
        word = Correction(FIRST_US, FIRST_US + 10**9, None, None, 1, vehicle=said)
        kept["correction", "vehicle/1"] = msgspec.msgpack.encode(word)
        (described,) = described_trips(cast("Vault", kept))
        found = _columns(cast("Vault", kept), Period.parse("2026"))
        assert described.vehicle == name == (*found.vehicles, "")[int(found.vehicle[0])]


class TestHours:
    """Promise: "so that summer time cannot stretch them", by hand: Sunday, 25 October 2026.

    The clock goes from 03:00 back to 02:00; hours from 00:00 to 18:00 are nineteen.
    """

    SUNDAYS = WorkWeek((*[((480, 1110),)] * 6, ((0, 1080),)), PARIS)

    @pytest.mark.parametrize(
        ("start", "lasts_h", "whole", "inside"),
        [
            ("2026-10-25T01:30", 16.4, True, True),  # 01:30 + 16.4 h, and the clock: 16:54
            ("2026-10-25T01:30", 17.4, True, True),  # 17:54
            ("2026-10-25T01:30", 17.6, True, False),  # 18:06
            ("2026-10-25T01:30", 17.6, False, True),
            ("2026-10-25T17:30", 0.4, True, True),
            ("2026-10-25T18:00", 0.4, False, False),
            ("2026-10-24T18:00", 0.4, True, True),
            ("2026-10-24T18:00", 0.6, True, False),
        ],
    )
    def test_the_longest_day_of_the_year(
        self, start: str, lasts_h: float, whole: bool, inside: bool
    ) -> None:
        vault = cast("Vault", _one_trip(at(start), lasts_us=round(lasts_h * 3.6e9)))
        assert self._left_out(vault, whole=whole) == ([] if inside else ["outside the hours"])

    @pytest.mark.parametrize("leave", [True, False])
    def test_leave_that_terms_or_owner_name_is_no_hour(self, leave: bool) -> None:
        day = dt.date(2026, 10, 24)
        kept = _one_trip(at("2026-10-24T12:00"))
        owner = replace(HOURS, leave=frozenset([day]))
        if not leave:
            kept["work", "week"] = msgspec.json.encode(owner)
        own = replace(self.SUNDAYS, leave=frozenset([day] if leave else []))
        assert self._left_out(cast("Vault", kept), own) == ["holiday or leave"]

    def _left_out(
        self, vault: Vault, window: WorkWeek = SUNDAYS, *, whole: bool = True
    ) -> list[str]:
        chosen = replace(mileage().select, window=window, purposes=("private",), whole=whole)
        terms = replace(mileage(), select=chosen)
        quick = selected_for(vault, terms, OCTOBER)
        assert replace(quick, rows=tuple(quick.rows)) == _slowly(vault, terms, OCTOBER)
        return [str(reason) for reason, _ in quick.left_out]


def _one_trip(start_us: int = FIRST_US, metres: float = 5.0, lasts_us: int = 10**9) -> Kept:
    end_us = start_us + lasts_us
    leg = Leg(start_us, end_us, Mode.CAR, 0.95, (), metres, 1.0, 0.0, 0.0, 9)
    trip = Trip("t1", start_us, end_us, (leg,), Point(1, 2), Point(3, 4), ())
    moment = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=start_us)  # noqa: DTZ001  before 1970 too
    return Kept({("trips", f"{moment:%Y-%m}"): encode_page([trip], ())})


class TestDescribedColumns:
    """Promise: "None where columns cannot tell"."""

    ALWAYS = Period.parse("1960..2110")

    def test_years_without_a_page_have_no_trips(self) -> None:
        assert len(_columns(cast("Vault", Kept()), OCTOBER).trips) == 0
        assert len(_columns(cast("Vault", _one_trip()), Period.parse("2025")).trips) == 0

    def test_before_the_work_week_is_set_days_are_those_of_utc(self) -> None:
        found = _columns(cast("Vault", _one_trip(at("2026-10-01T01:00"))), self.ALWAYS)
        assert found.day.tolist() == [(dt.date(2026, 9, 30) - dt.date(1970, 1, 1)).days]

    def test_a_vehicle_with_a_device_needs_whole_trips(self) -> None:
        kept = _one_trip()
        car = Vehicle("AB-123", Mode.CAR, devices=("dongle",))
        kept["vehicle", car.id] = msgspec.json.encode(car)
        assert described_columns(cast("Vault", kept), OCTOBER) is None

    @pytest.mark.parametrize("start_us", [-(10**12), 10**9, 4_102_444_800_000_000])
    def test_clocks_of_other_centuries_need_whole_trips(self, start_us: int) -> None:
        assert described_columns(cast("Vault", _one_trip(start_us)), self.ALWAYS) is None

    @pytest.mark.parametrize("metres", [1e12, -1.0, np.nan, np.inf])
    def test_lengths_that_cannot_be_need_whole_trips(self, metres: float) -> None:
        kept = _one_trip(metres=metres)
        assert described_columns(cast("Vault", kept), Period.parse("2026")) is None

    def test_trips_at_the_same_instant_need_whole_trips(self) -> None:
        kept = _one_trip()
        ((name, body),) = kept.items("trips")
        twice = [*decode_page(body)[0], *decode_page(body)[0]]
        kept["trips", name] = encode_page(twice, ())
        assert described_columns(cast("Vault", kept), OCTOBER) is None
