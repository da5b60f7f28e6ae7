"""A year put right, to the cent: a later table, a late trip, and what payroll paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from geowallet.app import settings
from geowallet.app.reports import mileage
from geowallet.app.reports import regularise as use
from geowallet.model.calendar import Period
from geowallet.model.errors import NoAmountError, NoVehicleError
from geowallet.model.mobility import DescribedTrip, Mode, Vehicle
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.reports.trips import made

LAST = dt.date(2026, 12, 31)


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch, vault: Vault) -> list[DescribedTrip]:
    """Trips of a wallet with one car of 5 CV; tests put theirs in."""
    trips: list[DescribedTrip] = []

    def inside(_vault: Vault, period: Period) -> tuple[DescribedTrip, ...]:
        return tuple(t for t in trips if Period.parse(t.day).first in period)

    monkeypatch.setattr(mileage, "described_trips", inside)
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "", 5), now_us=scene.NOON_US)
    return trips


def test_a_later_table_owes_the_difference(vault: Vault, year: list[DescribedTrip]) -> None:
    """Payroll 2023 began with the table of 2021: 1,000 km at 0.603, then at 0.636."""
    year += [made("2023-01-10", 400_000), made("2023-03-10", 600_000)]
    found = use.regularise(vault, 2023, until=dt.date(2023, 3, 31))
    assert [(m.due_before, m.due, m.paid) for m in found.months] == [
        (Decimal("241.20"), Decimal("254.40"), Decimal("241.20")),
        (Decimal("241.20"), Decimal("254.40"), Decimal("241.20")),
        (Decimal("603.00"), Decimal("636.00"), Decimal("603.00")),
    ]
    assert (found.difference, found.by_table, found.by_rest) == (
        Decimal("33.00"),
        Decimal("33.00"),
        Decimal("0.00"),
    )
    assert (found.earlier.valid_from.year, found.later.valid_from.year) == (2021, 2022)
    assert "paid by the version of 2021-01-01" in str(found.reason)
    assert not found.stated


def test_a_late_trip_owes_its_kilometres_beside_the_table(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    """Paid were 400 km at 0.603 = 241.20; 1,000 km at 0.636 are due: 33.00 are the table's."""
    year += [made("2023-01-10", 400_000), made("2023-01-11", 600_000)]
    paid = {1: Decimal("241.20")}
    found = use.regularise(vault, 2023, until=dt.date(2023, 1, 31), paid=paid)
    assert found.stated
    assert found.difference == Decimal("394.80")
    assert (found.by_table, found.by_rest) == (Decimal("33.00"), Decimal("361.80"))


def test_too_much_paid_is_negative(vault: Vault, year: list[DescribedTrip]) -> None:
    year.append(made("2026-02-10", 100_000))
    paid = {1: Decimal("50.00"), 2: Decimal("50.00")}
    found = use.regularise(vault, 2026, until=LAST, paid=paid)
    assert [month.paid for month in found.months[:3]] == [Decimal(50), Decimal(100), Decimal(100)]
    assert (found.due, found.difference) == (Decimal("63.60"), Decimal("-36.40"))
    assert (found.by_table, found.by_rest) == (Decimal(0), Decimal("-36.40"))


def test_months_to_come_are_not_due(vault: Vault, year: list[DescribedTrip]) -> None:
    year += [made("2026-02-10", 100_000), made("2026-03-10", 100_000)]
    found = use.regularise(vault, 2026, until=dt.date(2026, 2, 11))
    assert (len(found.months), found.due) == (2, Decimal("63.60"))


def test_the_first_known_year_has_no_earlier_table(vault: Vault, year: list[DescribedTrip]) -> None:
    """Payroll 2020 is the first that is known, with the table of 2019."""
    year.append(made("2020-02-10", 100_000))
    found = use.regularise(vault, 2020, until=LAST)
    assert found.earlier == found.later
    assert (found.due, found.paid) == (Decimal("54.80"), Decimal("54.80"))


def test_an_electric_car_was_not_raised_by_the_table_before(
    vault: Vault, year: list[DescribedTrip]
) -> None:
    """Payroll 2021: the table of 2020 raises by 20 %, that of 2019 does not: 54.80 to 65.76."""
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "", 5, "electric"), now_us=1)
    year.append(made("2021-02-10", 100_000))
    found = use.regularise(vault, 2021, until=LAST)
    assert (found.paid, found.due) == (Decimal("54.80"), Decimal("65.76"))
    assert found.by_table == Decimal("10.96")


class TestNoAmount:
    def test_in_a_year_of_no_table(self, vault: Vault, year: list[DescribedTrip]) -> None:
        with pytest.raises(NoAmountError) as caught:
            use.regularise(vault, 2012, until=LAST)
        assert "2011" in str(caught.value.details["reason"])

    def test_for_a_company_car(self, vault: Vault, year: list[DescribedTrip]) -> None:
        car = Vehicle("clio", Mode.CAR, "", 5, company=True)
        settings.add_vehicle(vault, car, now_us=scene.NOON_US)
        with pytest.raises(NoAmountError):
            use.regularise(vault, 2026, until=LAST)

    def test_without_a_vehicle(self, vault: Vault, year: list[DescribedTrip]) -> None:
        settings.add_vehicle(vault, Vehicle("zoe", Mode.CAR), now_us=scene.NOON_US)
        with pytest.raises(NoVehicleError):
            use.regularise(vault, 2026, until=LAST)


def test_the_id_names_the_figures(vault: Vault, year: list[DescribedTrip]) -> None:
    year.append(made("2026-02-10", 100_000))
    one = use.regularise(vault, 2026, until=LAST)
    other = use.regularise(vault, 2026, until=LAST, paid={1: Decimal(1)})
    assert use.regularisation_id(one) == use.regularisation_id(one)
    assert use.regularisation_id(one) != use.regularisation_id(other)
