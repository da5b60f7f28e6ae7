"""A year on one paper: every grouping has the same sum, and no vehicle is pooled."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from geowallet.app import settings
from geowallet.app.reports import commute, gaps, mileage
from geowallet.app.reports import year as use
from geowallet.app.reports.commute import Claim
from geowallet.model.calendar import Period
from geowallet.model.errors import BadRuleForReportError
from geowallet.model.mobility import DescribedTrip, Mode, Purpose, Vehicle
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.reports.trips import made, way_back, way_there

LAST = dt.date(2026, 12, 31)


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch, vault: Vault) -> list[DescribedTrip]:
    """Trips of a wallet with two cars of 5 CV; tests put theirs in."""
    trips: list[DescribedTrip] = []

    def inside(_vault: Vault, period: Period) -> tuple[DescribedTrip, ...]:
        return tuple(t for t in trips if Period.parse(t.day).first in period)

    for module in (use, mileage, commute, gaps):
        monkeypatch.setattr(module, "described_trips", inside)
    for name in ("clio", "zoe"):
        settings.add_vehicle(vault, Vehicle(name, Mode.CAR, "", 5), now_us=scene.NOON_US)
    return trips


def two_modes(day: str) -> DescribedTrip:
    """600.9 m on foot, then 10,000.4 m by car: 10,601 m together."""
    trip = made(day, 10_000.4)
    (car,) = trip.trip.legs
    walk = replace(car, mode=Mode.WALK, distance_m=600.9, end_us=car.start_us + 1_000_000)
    return replace(trip, trip=replace(trip.trip, legs=(walk, car)))


def test_every_grouping_has_the_same_sum(vault: Vault, year: list[DescribedTrip]) -> None:
    year += [two_modes("2026-02-01"), two_modes("2026-02-02"), way_there("2026-03-01")]
    found = use.review(vault, 2026, Claim(), until=LAST).kilometres
    assert found.by_mode == ((Mode.CAR, 20_002), (Mode.BIKE, 6_200), (Mode.WALK, 1_200))
    assert found.by_purpose == (
        (Purpose.BUSINESS, 21_202),
        (Purpose.COMMUTE, 6_200),
        (Purpose.PRIVATE, 0),
    )
    assert found.by_month == (0, 21_202, 6_200, *[0] * 9)
    assert found.metres == 27_402


def test_two_cars_are_two_scales_and_not_one(vault: Vault, year: list[DescribedTrip]) -> None:
    """4,000 km each at 0.636 are 2 x 2,544.00; 8,000 km by one car would be 4,251.00."""
    year += [made("2026-02-01", 4_000_000, vehicle=name) for name in ("clio", "zoe")]
    found = use.review(vault, 2026, Claim(), until=LAST)
    assert [book.amount.due for book in found.books if book.amount] == [Decimal("2544.00")] * 2
    assert found.amounts() == (("EUR", Decimal("5088.00")),)
    assert [name for name, _score in found.driving] == ["clio", "zoe"]


def test_days_reach_their_step(vault: Vault, year: list[DescribedTrip]) -> None:
    days = [f"2026-03-{day:02}" for day in range(1, 31)]
    year += [way(day) for day in days for way in (way_there, way_back)]
    found = use.review(vault, 2026, Claim(), until=LAST).commute
    assert [step.reached for step in found.steps] == [True, False, False]


def test_a_year_that_the_steps_do_not_know_has_days_alone(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    year += [way_there("2012-03-01"), way_back("2012-03-01")]
    found = use.review(vault, 2012, Claim(), until=LAST)
    assert (found.commute.steps, len(found.commute.counted)) == ((), 1)
    assert [book.amount for book in found.books] == [None, None]
    assert found.until == dt.date(2012, 12, 31)


def test_a_rule_without_steps_is_an_error(vault: Vault, year: list[DescribedTrip]) -> None:
    with pytest.raises(BadRuleForReportError):
        use.review(vault, 2025, Claim(rule="fr.bareme_kilometrique.voiture"), until=LAST)


def test_the_id_names_the_figures(vault: Vault, year: list[DescribedTrip]) -> None:
    def named() -> str:
        return use.year_id(use.review(vault, 2026, Claim(), until=LAST))

    year.append(made("2026-02-01"))
    before = named()
    assert before == named()
    year.append(made("2026-02-02"))
    assert named() != before
