from __future__ import annotations

import datetime as dt

import pytest

from geowallet.app.locations import Locations
from geowallet.app.travel import trips
from geowallet.model.calendar import Period
from geowallet.model.errors import AmbiguousNameError, NotFoundError
from geowallet.model.mobility import PlaceKind, Purpose
from geowallet.vault.store import Vault
from tests.app import scene


class TestTrips:
    def test_two_days_have_eight_trips_with_their_purposes(self, vault: Vault) -> None:
        found = trips.described_trips(vault)
        day = [Purpose.COMMUTE, Purpose.BUSINESS, Purpose.BUSINESS, Purpose.COMMUTE]
        assert [t.purpose for t in found] == day * 2
        assert [t.day for t in found] == ["2026-05-04"] * 4 + ["2026-05-05"] * 4

    @pytest.mark.parametrize(
        ("period", "number"),
        [("2026-05-04", 4), ("2026-05", 8), ("2026-04", 0), ("2026-05-05..2026-06-01", 4)],
    )
    def test_a_period_is_of_local_days(self, vault: Vault, period: str, number: int) -> None:
        assert len(trips.described_trips(vault, Period.parse(period))) == number

    def test_another_zone_has_other_days(self, vault: Vault) -> None:
        # At 13:00 UTC it is one o'clock of the next day in Auckland (UTC+12).
        period = Period(dt.date(2026, 5, 5), dt.date(2026, 5, 5))
        found = trips.described_trips(vault, period, zone="Pacific/Auckland")
        assert found[0].trip.start_us == scene.minute_us(dt.date(2026, 5, 4), 13)

    def test_days_are_utc_before_a_zone_is_known(self, empty: Locations) -> None:
        with scene.opened(empty) as vault:
            assert trips.own_zone(vault) == "UTC"
            assert trips.described_trips(vault) == ()
            assert trips.places(vault) == ()

    def test_a_trip_is_found_by_the_beginning_of_its_id(self, vault: Vault) -> None:
        found = trips.described_trips(vault)
        for trip_id, short in trips.short_ids([t.trip.id for t in found]).items():
            assert trips.find_trip(vault, short).trip.id == trip_id
        with pytest.raises(AmbiguousNameError):
            trips.find_trip(vault, "t")
        with pytest.raises(NotFoundError):
            trips.find_trip(vault, "nothing")


class TestShortIds:
    def test_ids_are_as_short_as_they_can_be(self) -> None:
        assert trips.short_ids(["tABCDEF", "tABCDXY", "tZZZZZZ"]) == {
            "tABCDEF": "tABCDE",
            "tABCDXY": "tABCDX",
            "tZZZZZZ": "tZZZZ",
        }


class TestPlaces:
    def test_named_places_keep_their_names(self, vault: Vault) -> None:
        named = {p.name: p.kind for p in trips.places(vault) if p.name}
        assert named == {"Home": PlaceKind.HOME, "Office": PlaceKind.WORK}

    def test_a_place_is_found_by_name_and_by_id(self, vault: Vault) -> None:
        home = trips.find_place(vault, "Home")
        assert trips.find_place(vault, home.id) == home
        with pytest.raises(NotFoundError):
            trips.find_place(vault, "Hom")

    def test_an_empty_wallet_has_no_place(self, empty: Locations) -> None:
        with scene.opened(empty) as vault, pytest.raises(NotFoundError):
            trips.find_place(vault, "p")
