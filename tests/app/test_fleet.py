"""Which vehicle a trip was made with, and what becomes of a vehicle."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from geowallet.app import settings
from geowallet.app.intake.sources import Source, StoredTrace, sources
from geowallet.app.sharing.receipts import Receipt
from geowallet.app.travel import corrections, trip_rules, trips
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.trip_rules import TripRule
from geowallet.app.vehicles import fuel, garage, odometer
from geowallet.app.vehicles.fleet import Fleet
from geowallet.model.errors import (
    BadNameError,
    BadWordsError,
    NotFoundError,
    OdometerRunsBackError,
    VehicleInExportError,
)
from geowallet.model.fixes import TimeKind
from geowallet.model.mobility import DescribedTrip, Mode, Vehicle
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.reports.trips import made

CLIO = Vehicle("clio", Mode.CAR, "AB-123-CD", 5)
ZOE = Vehicle("zoe", Mode.CAR, "", 4, "electric")
FILE = "ab" * 32


def recorded(
    trip: DescribedTrip, *devices: tuple[str, int, int], connector: str = "owntracks"
) -> tuple[DescribedTrip, dict[str, Source]]:
    """Return a trip of one file, whose devices run from and to seconds around its start."""
    start = trip.trip.start_us
    traces = tuple(
        StoredTrace(name, TimeKind.UTC, ((start + a * 1_000_000, start + b * 1_000_000),), ())
        for name, a, b in devices
    )
    source = Source(FILE, FILE, "x.rec", 1, connector, 0, 0, traces)
    return replace(trip, trip=replace(trip.trip, sources=(FILE,))), {FILE: source}


class TestWhichVehicle:
    def test_the_only_one_of_the_kind_is_meant(self) -> None:
        fleet = Fleet([CLIO, Vehicle("velo", Mode.BIKE)], {})
        assert fleet.vehicle_of(made("2026-10-01")) == "clio"
        assert fleet.vehicle_of(made("2026-10-01", mode=Mode.BIKE)) == "velo"
        assert not fleet.vehicle_of(made("2026-10-01", mode=Mode.TRAIN))

    def test_of_two_none_is_guessed(self) -> None:
        assert not Fleet([CLIO, ZOE], {}).vehicle_of(made("2026-10-01"))

    def test_a_device_decides_if_it_recorded_the_trip(self) -> None:
        zoe = replace(ZOE, devices=("Dongle 2",))
        for device, expected in (("dongle 2", "zoe"), ("dongle 1", "")):
            trip, files = recorded(made("2026-10-01"), (device, 0, 60))
            assert Fleet([CLIO, zoe], files).vehicle_of(trip) == expected

    def test_a_device_that_was_silent_then_decides_nothing(self) -> None:
        zoe = replace(ZOE, devices=("dongle",))
        trip, files = recorded(made("2026-10-01"), ("dongle", -90, -60), ("phone", 0, 60))
        assert not Fleet([CLIO, zoe], files).vehicle_of(trip)

    def test_a_format_is_as_good_as_a_device(self) -> None:
        zoe = replace(ZOE, devices=("teslafi",))
        trip, files = recorded(made("2026-10-01"), ("", 0, 60), connector="teslafi")
        assert Fleet([CLIO, zoe], files).vehicle_of(trip) == "zoe"

    def test_two_cars_that_drove_at_once_leave_it_open(self) -> None:
        cars = [replace(CLIO, devices=("a",)), replace(ZOE, devices=("b",))]
        trip, files = recorded(made("2026-10-01"), ("a", 0, 60), ("b", 0, 60))
        assert not Fleet(cars, files).vehicle_of(trip)

    def test_a_car_that_was_sold_is_no_car_of_that_day(self) -> None:
        cars = [replace(CLIO, until="2026-06-30"), replace(ZOE, since="2026-07-01")]
        days = ("2026-06-30", "2026-07-01")
        assert [Fleet(cars, {}).vehicle_of(made(day)) for day in days] == ["clio", "zoe"]

    def test_a_word_goes_before_a_rule_and_a_rule_before_a_device(self) -> None:
        zoe = replace(ZOE, devices=("dongle",))
        trip, files = recorded(made("2026-10-01"), ("dongle", 0, 60))
        fleet = Fleet([CLIO, zoe], files)
        assert fleet.vehicle_of(trip, ("clio", "zoe")) == "clio"
        assert fleet.vehicle_of(trip, ("", "clio")) == "clio"
        assert fleet.vehicle_of(trip, ("", "")) == "zoe"

    def test_a_word_about_another_kind_or_day_says_nothing(self) -> None:
        fleet = Fleet([CLIO, Vehicle("velo", Mode.BIKE), replace(ZOE, until="2026-01-01")], {})
        assert fleet.vehicle_of(made("2026-10-01"), ("velo",)) == "clio"
        assert fleet.vehicle_of(made("2026-10-01"), ("zoe",)) == "clio"


class TestInTheWallet:
    @pytest.fixture(autouse=True)
    def _two_cars(self, vault: Vault) -> None:
        for vehicle in (CLIO, ZOE):
            settings.add_vehicle(vault, vehicle, now_us=scene.NOON_US)

    def test_a_word_and_its_withdrawal(self, vault: Vault) -> None:
        trip = trips.described_trips(vault)[0]
        assert not trip.vehicle
        ends = trip.trip.start_us, trip.trip.end_us
        corrections.correct(vault, [Correction(*ends, None, None, 1, vehicle="zoe")])
        corrections.correct(vault, [Correction(*ends, None, None, 2, vehicle="clio")])
        assert [t.vehicle for t in trips.described_trips(vault)[:2]] == ["clio", ""]
        assert not trips.described_trips(vault)[0].by_owner
        corrections.withdraw(vault, trip.trip, now_us=3)
        assert not trips.described_trips(vault)[0].vehicle

    def test_a_rule_speaks_of_many_and_a_word_of_one(self, vault: Vault) -> None:
        rule = TripRule((), (), Mode.CAR, "", None, None, "", 1, set_vehicle="zoe")
        trip_rules.add_rule(vault, rule)
        every = trips.described_trips(vault)
        assert {trip.vehicle for trip in every} == {"zoe"}
        ends = every[0].trip.start_us, every[0].trip.end_us
        corrections.correct(vault, [Correction(*ends, None, None, 2, vehicle="clio")])
        found = [trip.vehicle for trip in trips.described_trips(vault)]
        assert found == ["clio", *["zoe"] * (len(every) - 1)]

    def test_the_files_of_the_wallet_decide(self, vault: Vault) -> None:
        names = {source.connector for source in sources(vault)}
        garage.change_vehicle(vault, "zoe", {"devices": tuple(names)}, now_us=2)
        assert {trip.vehicle for trip in trips.described_trips(vault)} == {"zoe"}

    def test_a_rule_of_before_keeps_its_id(self) -> None:
        """The id was computed by the version that knew no vehicles."""
        rule = TripRule(("home", "work"), (1,), None, "", None, None, "carpool", 5)
        assert rule.id == "r3c809"


class TestGarage:
    @pytest.fixture(autouse=True)
    def _one_car(self, vault: Vault) -> None:
        settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)

    def test_what_is_left_out_stays(self, vault: Vault) -> None:
        after = garage.change_vehicle(vault, "cl", {"until": "2026-06-30"}, now_us=1)
        assert after == replace(CLIO, until="2026-06-30")
        assert settings.vehicles(vault) == (after,)

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"plate": "<b>"}, BadNameError),
            ({"devices": ("",)}, BadWordsError),
            ({"devices": ("x" * 65,)}, BadWordsError),
            ({"devices": ("a\x1b[31m",)}, BadWordsError),
            ({"devices": tuple("abcdefghijklmnopq")}, BadWordsError),
        ],
    )
    def test_what_cannot_be_shown_is_refused(
        self, vault: Vault, change: dict[str, object], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            garage.change_vehicle(vault, "clio", change, now_us=1)
        assert settings.vehicles(vault) == (CLIO,)

    def test_one_of_which_nothing_was_sent_is_forgotten(self, vault: Vault) -> None:
        reading = odometer.Reading(dt.date(2026, 10, 1), 100)
        odometer.add_reading(vault, "clio", reading, now_us=1)
        assert garage.remove_vehicle(vault, "clio", now_us=2) == CLIO
        assert settings.vehicles(vault) == ()
        assert odometer.readings(vault, "clio") == ()
        with pytest.raises(NotFoundError):
            garage.remove_vehicle(vault, "clio", now_us=3)

    def test_one_whose_kilometres_were_sent_stays(self, vault: Vault) -> None:
        trip = next(t for t in trips.described_trips(vault) if t.vehicle == "clio")
        used = ((trip.trip.id, 10),)
        receipt = Receipt("e41c-77b0", "0" * 32, "km", "", "2026-05", 1, "", used, "")
        with vault.transaction(now_us=1) as tx:
            tx.put("export", receipt.jti, msgspec.msgpack.encode(receipt))
            tx.log(Statement(StatementKind.SETTING, (), (), {"what": "vehicle added"}))
        with pytest.raises(VehicleInExportError):
            garage.remove_vehicle(vault, "clio", now_us=2)
        assert settings.vehicles(vault) == (CLIO,)


class TestFuel:
    @pytest.fixture(autouse=True)
    def _one_car(self, vault: Vault) -> None:
        settings.add_vehicle(vault, CLIO, now_us=scene.NOON_US)

    def note(self, vault: Vault, day: str, litres: str, km: int = -1, paid: str = "") -> None:
        amount = Decimal(paid) if paid else None
        receipt = fuel.Receipt(dt.date.fromisoformat(day), Decimal(litres), km, amount)
        fuel.add_fuel(vault, "clio", receipt, now_us=scene.NOON_US)

    def test_litres_are_crossed_with_the_odometer(self, vault: Vault) -> None:
        """38.5 l over 48,810 - 48,210 = 600 km are 6.4 l per 100 km; traced were 590 km."""
        self.note(vault, "2026-10-01", "40", 48_210)
        self.note(vault, "2026-10-15", "38.5", 48_810, "68.15")
        drives = [
            made("2026-10-01", 9_000),
            made("2026-10-02", 400_000.4),
            made("2026-10-15", 190_000),
        ]
        (way,) = fuel.stretches(fuel.fuel(vault, "clio"), "clio", drives)
        assert (way.driven_m, way.traced_m, way.by_odometer) == (600_000, 590_000, True)
        assert way.per_100_km == Decimal("6.4")
        assert [r.km for r in odometer.readings(vault, "clio")] == [48_210, 48_810]

    def test_without_the_odometer_the_traces_stand_in(self, vault: Vault) -> None:
        self.note(vault, "2026-10-01", "40")
        self.note(vault, "2026-10-15", "30", 48_810)
        drives = [made("2026-10-02", 500_000), made("2026-10-03", 9_000, vehicle="zoe")]
        (way,) = fuel.stretches(fuel.fuel(vault, "clio"), "clio", drives)
        assert (way.driven_m, way.by_odometer, way.per_100_km) == (500_000, False, Decimal("6.0"))
        (still,) = fuel.stretches(fuel.fuel(vault, "clio"), "clio", [])
        assert still.per_100_km is None

    def test_two_fillings_of_a_day_are_one(self, vault: Vault) -> None:
        self.note(vault, "2026-10-01", "40", 100)
        for litres, km, paid in (("10", 600, "17.00"), ("20", 700, ""), ("20", 700, "")):
            self.note(vault, "2026-10-15", litres, km, paid)
        (way,) = fuel.stretches(fuel.fuel(vault, "clio"), "clio", [])
        assert (way.quantity, way.driven_m) == (Decimal(30), 600_000)
        assert way.after.amount == Decimal("17.00")
        assert [r.km for r in odometer.readings(vault, "clio")] == [100, 700]

    def test_an_earlier_filling_of_the_day_does_not_lower_the_reading(self, vault: Vault) -> None:
        self.note(vault, "2026-10-15", "20", 700)
        self.note(vault, "2026-10-15", "10", 600)
        assert [r.km for r in odometer.readings(vault, "clio")] == [700]
        assert len(fuel.fuel(vault, "clio")) == 2

    def test_an_odometer_that_runs_back_keeps_the_receipt_out(self, vault: Vault) -> None:
        self.note(vault, "2026-10-01", "40", 100)
        with pytest.raises(OdometerRunsBackError):
            self.note(vault, "2026-10-15", "40", 99)
        assert len(fuel.fuel(vault, "clio")) == 1
