"""Commuting days: whole ones, and what they reach."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from geowallet.app.reports import commute as use
from geowallet.app.reports.commute import Claim, DayStatus, commute_days
from geowallet.model.calendar import Period
from geowallet.model.errors import BadRuleForReportError, UnknownYearError
from geowallet.model.mobility import DescribedTrip, Mode
from geowallet.rules.facts import Facts
from geowallet.vault.store import Vault
from tests.app.reports.trips import made, way_back, way_there

JUNE_30 = dt.date(2026, 6, 30)


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch) -> list[DescribedTrip]:
    trips: list[DescribedTrip] = []

    def inside(_vault: Vault, period: Period) -> tuple[DescribedTrip, ...]:
        return tuple(t for t in trips if Period.parse(t.day).first in period)

    monkeypatch.setattr(use, "described_trips", inside)
    return trips


def whole_days(n: int) -> list[DescribedTrip]:
    days = [(dt.date(2026, 1, 1) + dt.timedelta(days=i)).isoformat() for i in range(n)]
    return [trip for day in days for trip in (way_there(day), way_back(day))]


class TestDays:
    def test_there_and_back_by_bike_is_a_day_with_its_evidence(self) -> None:
        trips = [way_there("2026-05-04"), way_back("2026-05-04")]
        (day,) = commute_days(trips)
        assert (day.day, day.status, day.modes) == (dt.date(2026, 5, 4), "counted", ("bike",))
        assert day.metres == 12_400
        assert day.trips == tuple(trip.trip.id for trip in trips)

    def test_one_way_does_not_count(self) -> None:
        (day,) = commute_days([way_there("2026-05-04"), way_back("2026-05-04", Mode.CAR)])
        assert day.status is DayStatus.ONE_WAY

    def test_an_unsure_way_back_waits_for_the_owner(self) -> None:
        trips = [way_there("2026-05-04"), way_back("2026-05-04", sure=0.6)]
        assert [day.status for day in commute_days(trips)] == [DayStatus.UNSURE]

    def test_modes_add_up_over_a_day(self) -> None:
        trips = [way_there("2026-05-04"), way_back("2026-05-04", Mode.E_SCOOTER)]
        (day,) = commute_days(trips)
        assert (day.status, day.modes) == (DayStatus.COUNTED, ("bike", "e_scooter"))

    def test_a_car_counts_where_the_owner_says_that_it_was_shared(self) -> None:
        alone = [way_there("2026-05-04", Mode.CAR), way_back("2026-05-04", Mode.CAR)]
        shared = [
            way_there("2026-05-05", Mode.CAR, tags=("carpool",)),
            way_back("2026-05-05", Mode.CAR, tags=("carpool",)),
        ]
        assert [day.modes for day in commute_days([*alone, *shared])] == [("carpool",)]

    def test_a_ride_that_is_no_commute_is_none(self) -> None:
        assert commute_days([made("2026-05-04", mode=Mode.BIKE)]) == ()


class TestSteps:
    @pytest.mark.parametrize(
        ("days", "reached", "missing"),
        [(0, 0, 30), (29, 0, 1), (30, 1, 30), (59, 1, 1), (60, 2, 40), (99, 2, 1), (100, 3, None)],
    )
    def test_the_civil_service_has_30_60_and_100_days(
        self, vault: Vault, year: list[DescribedTrip], days: int, reached: int, missing: int | None
    ) -> None:
        year += whole_days(days)
        found = use.commute(vault, 2026, Claim(), until=JUNE_30)
        assert len(found.counted) == days
        assert [step.amount for step in found.steps] == [Decimal(100), Decimal(200), Decimal(300)]
        assert sum(step.reached for step in found.steps) == reached
        assert found.missing == missing

    def test_a_part_timer_needs_fewer_days_rounded_up(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        """At 55 %: 30 x 0.55 = 16.5 days, so the 17th reaches it."""
        year += whole_days(16)
        claim = Claim(facts=Facts(quota_percent=Decimal(55)))
        found = use.commute(vault, 2026, claim, until=JUNE_30)
        assert (found.steps[0].days, found.missing) == (Decimal("16.5"), 1)

    def test_days_alone_have_no_steps(self, vault: Vault, year: list[DescribedTrip]) -> None:
        year += whole_days(2)
        found = use.commute(vault, 2026, Claim(rule=""), until=JUNE_30)
        assert (found.steps, found.missing, len(found.counted)) == ((), None, 2)

    def test_a_rule_without_steps_is_refused(self, vault: Vault, year: list[DescribedTrip]) -> None:
        with pytest.raises(BadRuleForReportError):
            use.commute(vault, 2025, Claim(rule="gb.amap.car"), until=JUNE_30)

    def test_a_year_that_the_rule_does_not_know_is_refused(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        with pytest.raises(UnknownYearError):
            use.commute(vault, 2012, Claim(), until=dt.date(2012, 12, 31))


class TestTimeLeft:
    def test_working_days_skip_weekends_and_holidays(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        # After Sunday 20 December 2026: 21 to 24, 28 to 31 December; the 25th is a holiday.
        found = use.commute(vault, 2026, Claim(), until=dt.date(2026, 12, 20))
        assert found.working_days_left == 8

    def test_nothing_is_left_after_the_year(self, vault: Vault, year: list[DescribedTrip]) -> None:
        found = use.commute(vault, 2025, Claim(), until=JUNE_30)
        assert (found.working_days_left, found.until) == (0, dt.date(2025, 12, 31))

    def test_days_after_the_last_looked_at_do_not_count_yet(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        year += whole_days(10)
        found = use.commute(vault, 2026, Claim(), until=dt.date(2026, 1, 4))
        assert found.by_month() == (4,) + (0,) * 11


def test_the_id_names_the_evidence(vault: Vault, year: list[DescribedTrip]) -> None:
    year += whole_days(3)
    before = use.commute_id(use.commute(vault, 2026, Claim(), until=JUNE_30))
    year += [way_there("2026-05-04")]
    assert use.commute_id(use.commute(vault, 2026, Claim(), until=JUNE_30)) != before
