"""What is missing, worth how much, and mended by what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from geowallet.app import settings
from geowallet.app.reports import gaps as use
from geowallet.app.reports import mileage
from geowallet.app.reports.gaps import Gap, Kind
from geowallet.model.calendar import Period
from geowallet.model.mobility import DescribedTrip, Mode, Purpose, Vehicle
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.reports.trips import made, way_there

OCTOBER = Period.parse("2026-10")
DAY = dt.date(2026, 10, 1)


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch, vault: Vault) -> list[DescribedTrip]:
    """Trips of a wallet with one car of 5 CV; tests put theirs in."""
    trips: list[DescribedTrip] = []

    def inside(_vault: Vault, period: Period) -> tuple[DescribedTrip, ...]:
        return tuple(t for t in trips if Period.parse(t.day).first in period)

    for module in (use, mileage):
        monkeypatch.setattr(module, "described_trips", inside)
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "", 5), now_us=scene.NOON_US)
    return trips


def found_by(vault: Vault, kind: Kind, *, today: dt.date = DAY) -> list[Gap]:
    return [gap for gap in use.gaps(vault, OCTOBER, today=today).found if gap.kind is kind]


def test_a_business_trip_without_a_reason_is_worth_its_kilometres(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    year.append(made("2026-10-01", 10_000))
    (gap,) = found_by(vault, Kind.NO_REASON)
    # 10 km at 0.636 euros: the year so far is below 5,000 km.
    assert (gap.metres, gap.amount) == (10_000, Decimal("6.36"))
    assert gap.command == f"geowallet trip reason {gap.trip} 'the reason'"
    assert use.gaps(vault, OCTOBER, today=DAY).amount == Decimal("6.36")


def test_an_unsure_trip_waits_with_what_it_may_be_worth(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    year += [made("2026-10-01", 10_000), made("2026-10-02", 20_000, sure=0.5)]
    (gap,) = found_by(vault, Kind.UNSURE)
    assert (gap.metres, gap.amount) == (20_000, Decimal("12.72"))
    assert gap.command.endswith("--mode car")


def test_a_silence_in_a_business_trip_is_named_and_a_private_one_is_not(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    year += [
        made("2026-10-01", 10_000, gap_m=3_000),
        made("2026-10-02", 10_000, gap_m=3_000, purpose=Purpose.PRIVATE),
        made("2026-10-03", 10_000, gap_m=99),
    ]
    (gap,) = found_by(vault, Kind.CUT_SHORT)
    assert (gap.day, gap.metres, gap.amount) == (DAY, 3_000, Decimal("1.91"))


def test_a_commute_one_way_is_named(vault: Vault, year: list[DescribedTrip]) -> None:
    year.append(way_there("2026-10-01"))
    (gap,) = found_by(vault, Kind.ONE_WAY)
    assert (gap.day, gap.amount) == (DAY, None)


def test_working_days_without_a_trip_are_named_until_yesterday(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    year.append(made("2026-10-01"))
    # Friday 2; 3 and 4 are a weekend; Monday 5; today, the 6th, is not over.
    silent = found_by(vault, Kind.NO_TRACE, today=dt.date(2026, 10, 6))
    (gap,) = silent
    assert (gap.day.day, gap.until, gap.days) == (2, dt.date(2026, 10, 5), 2)


def test_a_day_with_a_trip_parts_the_working_days_without(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    year += [made("2026-10-01"), made("2026-10-03")]
    # Saturday 3 is no working day, and a trip is there all the same.
    silent = found_by(vault, Kind.NO_TRACE, today=dt.date(2026, 10, 6))
    assert [(gap.day.day, gap.until, gap.days) for gap in silent] == [(2, None, 1), (5, None, 1)]


def test_a_month_to_come_has_no_silent_days(vault: Vault, year: list[DescribedTrip]) -> None:
    assert found_by(vault, Kind.NO_TRACE, today=dt.date(2026, 9, 1)) == []


def test_without_a_scale_nothing_is_priced(vault: Vault, year: list[DescribedTrip]) -> None:
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR), now_us=scene.NOON_US)
    year.append(made("2026-10-01"))
    found = use.gaps(vault, OCTOBER, today=DAY)
    assert (found.rate, found.currency, found.amount) == (None, "", Decimal(0))
    assert found.found[0].amount is None


class TestSeveralCars:
    @pytest.fixture(autouse=True)
    def _zoe(self, vault: Vault, year: list[DescribedTrip]) -> None:
        settings.add_vehicle(vault, Vehicle("zoe", Mode.CAR, "", 3), now_us=scene.NOON_US)

    def test_a_trip_by_no_known_car_is_listed_at_the_lowest_rate(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        """3 CV give 0.529 a km, 5 CV 0.636: 10 km are worth at least 5.29."""
        year += [
            made("2026-10-01", 10_000),
            made("2026-10-01", 10_000, vehicle="zoe"),
            made("2026-10-02", 10_000, vehicle=""),
            made("2026-10-03", 10_000, vehicle="", purpose=Purpose.PRIVATE),
            made("2026-10-04", 10_000, vehicle="", mode=Mode.BIKE),
        ]
        (gap,) = found_by(vault, Kind.NO_VEHICLE)
        assert (gap.day, gap.metres, gap.amount) == (dt.date(2026, 10, 2), 10_000, Decimal("5.29"))
        assert gap.command == f"geowallet trip label {gap.trip} --vehicle clio"

    def test_each_car_has_its_own_rate(self, vault: Vault, year: list[DescribedTrip]) -> None:
        year += [made("2026-10-01", 10_000), made("2026-10-01", 10_000, vehicle="zoe")]
        amounts = {gap.amount for gap in found_by(vault, Kind.NO_REASON)}
        assert amounts == {Decimal("6.36"), Decimal("5.29")}

    def test_a_day_before_any_car_asks_to_register_one(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        for name in ("clio", "zoe"):
            late = Vehicle(name, Mode.CAR, "", 5, since="2026-11-01")
            settings.add_vehicle(vault, late, now_us=scene.NOON_US)
        year.append(made("2026-10-02", vehicle=""))
        (gap,) = found_by(vault, Kind.NO_VEHICLE)
        assert gap.command == "geowallet vehicle add NAME"
