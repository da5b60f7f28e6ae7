"""The mileage book, to the metre and to the cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from geowallet.app import settings
from geowallet.app.reports import mileage as use
from geowallet.app.travel import errands
from geowallet.app.travel.errands import Errand
from geowallet.app.vehicles import fuel, odometer
from geowallet.model.calendar import Period
from geowallet.model.errors import (
    BadPeriodError,
    BadWordsError,
    NotFoundError,
    NoVehicleError,
    OdometerRunsBackError,
    UnknownRuleError,
)
from geowallet.model.mobility import DescribedTrip, Mode, Purpose, Vehicle
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.reports.trips import CLIENT, HOME, WORK, made

OCTOBER = Period.parse("2026-10")
CLIO = Vehicle("clio", Mode.CAR, "AB-123-CD", 5, "petrol")


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch) -> list[DescribedTrip]:
    """The trips of a year; tests put theirs in."""
    trips: list[DescribedTrip] = []

    def inside(_vault: Vault, period: Period) -> tuple[DescribedTrip, ...]:
        return tuple(t for t in trips if Period.parse(t.day).first in period)

    monkeypatch.setattr(use, "described_trips", inside)
    return trips


@pytest.fixture
def owner(vault: Vault) -> Vault:
    for vehicle in (CLIO, Vehicle("velo", Mode.BIKE)):
        settings.add_vehicle(vault, vehicle, now_us=scene.NOON_US)
    return vault


def test_a_month_that_passes_5000_km_pays_the_difference_of_the_year(
    owner: Vault, year: list[DescribedTrip]
) -> None:
    """5 CV: F(5,224) = 0.357 x 5,224 + 1,395 = 3,259.97; F(4,812) = 0.636 x 4,812 = 3,060.43."""
    year += [made("2026-03-02", 4_812_000), made("2026-10-01", 412_000)]
    book = use.mileage(owner, OCTOBER)
    assert (book.metres, book.year_m, book.days) == (412_000, 5_224_000, 1)
    assert book.amount is not None
    assert book.amount.due == Decimal("3259.97")
    assert book.amount.before == Decimal("3060.43")
    assert book.amount.amount == Decimal("199.54")
    assert book.amount.rule.id == "fr.bareme_kilometrique.voiture"


def test_the_months_of_a_year_add_up_to_the_year(owner: Vault, year: list[DescribedTrip]) -> None:
    year += [made(f"2026-{month:02}-05", 1_234_567) for month in range(1, 13)]
    months = [use.mileage(owner, Period.parse(f"2026-{month:02}")) for month in range(1, 13)]
    whole = use.mileage(owner, Period.parse("2026"))
    assert whole.amount is not None
    paid = [book.amount.amount for book in months if book.amount]
    assert sum(paid) == whole.amount.amount == whole.amount.due
    assert sum(book.metres for book in months) == whole.metres == 12 * 1_234_567


def test_only_business_of_the_vehicle_counts_and_the_rest_stands_apart(
    owner: Vault, year: list[DescribedTrip]
) -> None:
    year += [
        made("2026-10-01", 10_000.5),
        made("2026-10-02", 3_000, purpose=Purpose.COMMUTE),
        made("2026-10-03", 4_000, purpose=Purpose.PRIVATE),
        made("2026-10-04", 5_000, vehicle="other"),
        made("2026-11-01", 6_000),
    ]
    book = use.mileage(owner, OCTOBER)
    assert (book.metres, book.commute_m, book.private_m) == (10_001, 3_000, 4_000)
    assert len(book.lines) == 1


def test_a_trip_below_likely_waits_and_is_not_paid(owner: Vault, year: list[DescribedTrip]) -> None:
    year += [made("2026-10-01", sure=0.69), made("2026-10-02", sure=0.70)]
    book = use.mileage(owner, OCTOBER)
    assert [trip.day for trip in book.waiting] == ["2026-10-01"]
    assert book.metres == 10_000


def test_a_silence_is_shown_and_not_counted(owner: Vault, year: list[DescribedTrip]) -> None:
    year.append(made("2026-10-01", 10_000, gap_m=3_200))
    book = use.mileage(owner, OCTOBER)
    assert (book.lines[0].gap_m, book.metres) == (3_200, 10_000)


def test_an_electric_car_gets_a_fifth_more(owner: Vault, year: list[DescribedTrip]) -> None:
    """12,000 km, 5 CV: 5,679.00 x 1.2 = 6,814.80 (the uplift is on the amount)."""
    settings.add_vehicle(owner, Vehicle("clio", Mode.CAR, "", 5, "electric"), now_us=scene.NOON_US)
    year.append(made("2026-10-01", 12_000_000))
    amount = use.mileage(owner, OCTOBER).amount
    assert amount is not None
    assert amount.amount == Decimal("6814.80")


def test_british_miles_are_paid_by_the_british_scale(
    owner: Vault, year: list[DescribedTrip]
) -> None:
    year.append(made("2025-10-01", 160_934.4))
    book = use.mileage(owner, Period.parse("2025-10"), rule="gb.amap.car")
    assert book.amount is not None
    # 160,934 whole metres are 99.9998 miles at 45 pence.
    assert (book.amount.amount, book.amount.rule.currency) == (Decimal("45.00"), "GBP")


class TestNoAmount:
    def test_without_fiscal_power(self, owner: Vault, year: list[DescribedTrip]) -> None:
        settings.add_vehicle(owner, Vehicle("clio", Mode.CAR), now_us=scene.NOON_US)
        year.append(made("2026-10-01"))
        book = use.mileage(owner, OCTOBER)
        assert book.amount is None
        assert str(book.no_amount) == "the fiscal power (CV) of the vehicle is missing"

    def test_for_a_bike(self, owner: Vault, year: list[DescribedTrip]) -> None:
        book = use.mileage(owner, OCTOBER, vehicle="velo")
        assert book.amount is None
        assert str(book.no_amount) == "no scale is known for this kind of vehicle"

    def test_by_a_rule_that_counts_days(self, owner: Vault, year: list[DescribedTrip]) -> None:
        book = use.mileage(owner, OCTOBER, rule="fr.fmd.fonction_publique")
        assert str(book.no_amount) == "fr.fmd.fonction_publique is not a scale by distance"

    def test_in_a_year_that_no_table_is_known_of(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        book = use.mileage(owner, Period.parse("2012-10"))
        assert book.amount is None
        assert "2011" in str(book.no_amount)

    def test_an_unknown_rule_is_an_error(self, owner: Vault, year: list[DescribedTrip]) -> None:
        with pytest.raises(UnknownRuleError):
            use.mileage(owner, OCTOBER, rule="fr.nothing")


class TestWhichVehicle:
    def test_the_only_one_with_a_motor_is_meant(self, owner: Vault) -> None:
        assert use.choose_vehicle(owner, "") == CLIO
        assert use.choose_vehicle(owner, "vel").id == "velo"

    def test_several_must_be_named(self, owner: Vault) -> None:
        settings.add_vehicle(owner, Vehicle("zoe", Mode.CAR), now_us=scene.NOON_US)
        with pytest.raises(NoVehicleError) as caught:
            use.choose_vehicle(owner, "")
        assert caught.value.details["known"] == "clio, velo, zoe"

    def test_an_unknown_one_is_an_error(self, owner: Vault) -> None:
        with pytest.raises(NotFoundError):
            use.choose_vehicle(owner, "tank")


class TestErrands:
    def test_a_reason_is_remembered_for_the_place(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        errands.remember_at(owner, CLIENT, Errand("meeting", "Nord"), now_us=scene.NOON_US)
        year += [
            made("2026-10-01", ends=(WORK, CLIENT)),
            made("2026-10-01", ends=(CLIENT, WORK)),
            made("2026-10-02", ends=(HOME, WORK)),
        ]
        found = [line.errand for line in use.mileage(owner, OCTOBER).lines]
        assert found == [Errand("meeting", "Nord"), Errand("meeting", "Nord"), None]

    def test_a_word_on_the_trip_goes_before_the_place(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        errands.remember_at(owner, CLIENT, Errand("meeting"), now_us=scene.NOON_US)
        trip = made("2026-10-01", ends=(WORK, CLIENT))
        errands.say_for_trip(owner, trip, Errand("lunch"), now_us=scene.NOON_US)
        errands.say_for_trip(owner, trip, Errand("repair, lot 3"), now_us=scene.NOON_US + 1)
        year.append(trip)
        (line,) = use.mileage(owner, OCTOBER).lines
        assert line.errand == Errand("repair, lot 3")

    @pytest.mark.parametrize("text", ["", " ", "a" * 121, "two\nlines", "\x1b[31m"])
    def test_words_that_cannot_be_printed_are_refused(self, owner: Vault, text: str) -> None:
        with pytest.raises(BadWordsError):
            errands.remember_at(owner, CLIENT, Errand("x", text or " "), now_us=scene.NOON_US)
        assert errands.errands(owner).places == {}


class TestOdometer:
    def test_what_the_traces_missed_is_the_residual(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        for day, km in (("2026-09-30", 48_000), ("2026-10-31", 48_700)):
            reading = odometer.Reading(Period.parse(day).first, km)
            odometer.add_reading(owner, "clio", reading, now_us=scene.NOON_US)
        year += [
            made("2026-09-30", 99_000),
            made("2026-10-01", 400_000),
            made("2026-10-31", 250_000, purpose=Purpose.PRIVATE),
            made("2026-11-01", 88_000),
        ]
        (item,) = use.mileage(owner, OCTOBER).reconciled
        # 700 km on the odometer, 650 km in the traces of 1 to 31 October.
        assert (item.traced_m, item.residual_m) == (650_000, 50_000)
        assert item.share == pytest.approx(650 / 700)

    def test_it_never_runs_back(self, owner: Vault) -> None:
        first, middle, last = (Period.parse(f"2026-10-{day:02}").first for day in (1, 15, 31))
        odometer.add_reading(owner, "clio", odometer.Reading(first, 100), now_us=1)
        odometer.add_reading(owner, "clio", odometer.Reading(last, 200), now_us=2)
        for wrong in (99, 201):
            with pytest.raises(OdometerRunsBackError) as caught:
                odometer.add_reading(owner, "clio", odometer.Reading(middle, wrong), now_us=3)
            assert "vehicle" in caught.value.details
        kept = odometer.add_reading(owner, "clio", odometer.Reading(middle, 150), now_us=4)
        assert [reading.km for reading in kept] == [100, 150, 200]
        again = odometer.add_reading(owner, "clio", odometer.Reading(middle, 160), now_us=5)
        assert [reading.km for reading in again] == [100, 160, 200]

    def test_readings_that_do_not_move_have_no_share(self) -> None:
        day = OCTOBER.first
        still = odometer.Reconciled(odometer.Reading(day, 5), odometer.Reading(day, 5), 0)
        assert still.share != still.share


def test_the_id_names_the_figures(owner: Vault, year: list[DescribedTrip]) -> None:
    year.append(made("2026-10-01"))
    before = use.book_id(use.mileage(owner, OCTOBER))
    assert before == use.book_id(use.mileage(owner, OCTOBER))
    year.append(made("2026-10-02"))
    assert use.book_id(use.mileage(owner, OCTOBER)) != before


class TestCompanyCar:
    def test_it_shows_shares_and_no_allowance(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        """600 business, 100 waiting, 200 commuting, 300 private of 1,200 km: a quarter."""
        car = Vehicle("clio", Mode.CAR, "", 5, company=True)
        settings.add_vehicle(owner, car, now_us=scene.NOON_US)
        year += [
            made("2026-10-01", 600_000),
            made("2026-10-01", 100_000, sure=0.5),
            made("2026-10-02", 200_000, purpose=Purpose.COMMUTE),
            made("2026-10-03", 300_000, purpose=Purpose.PRIVATE),
        ]
        book = use.mileage(owner, OCTOBER)
        assert book.amount is None
        assert "company car" in str(book.no_amount)
        assert (book.all_m, book.private_share) == (1_200_000, Fraction(1, 4))

    def test_one_that_stood_still_has_no_share(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        assert use.mileage(owner, OCTOBER).private_share is None

    def test_fuel_of_the_period_is_in_the_book(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        for day in ("2026-08-01", "2026-09-15", "2026-10-15", "2026-11-15"):
            receipt = fuel.Receipt(Period.parse(day).first, Decimal(30))
            fuel.add_fuel(owner, "clio", receipt, now_us=scene.NOON_US)
        year.append(made("2026-10-01", 500_000))
        found = use.mileage(owner, OCTOBER).fuel
        assert [way.driven_m for way in found] == [500_000, 0]


class TestTaxYear:
    """The British year begins on 6 April, and so do its 10,000 miles."""

    def test_miles_before_it_do_not_fill_the_first_band(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        """9,941.939 miles until 5 April 2025; after it 10,000 at 45p and 563.031 at 25p."""
        year += [made("2025-04-05", 16_000_000), made("2025-04-06", 17_000_000)]
        span = Period.parse("2025-04-06..2025-04-30")
        amount = use.mileage(owner, span, rule="gb.amap.car").amount
        assert amount is not None
        assert (amount.amount, amount.before) == (Decimal("4640.83"), Decimal("0.00"))
        assert (len(amount.months), amount.payroll_year) == (1, 2025)

    def test_a_month_that_is_no_tax_month_pays_from_its_first_day(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        """100 miles on 30 April and 200 on 1 May, both in the first tax month."""
        year += [made("2025-04-30", 160_934), made("2025-05-01", 321_869)]
        amount = use.mileage(owner, Period.parse("2025-05"), rule="gb.amap.car").amount
        assert amount is not None
        assert (amount.before, amount.amount) == (Decimal("45.00"), Decimal("90.00"))
        assert [paid.total.quantize(Decimal("0.1")) for paid in amount.months] == [
            Decimal("300.0"),
            Decimal("300.0"),
        ]

    def test_march_belongs_to_the_year_before(
        self, owner: Vault, year: list[DescribedTrip]
    ) -> None:
        year += [made("2025-05-01", 160_934), made("2026-03-31", 160_934)]
        book = use.mileage(owner, Period.parse("2025-04-06..2026-04-05"), rule="gb.amap.car")
        assert book.amount is not None
        assert (book.amount.due, len(book.amount.months)) == (Decimal("90.00"), 12)
        assert book.year_m == 321_868

    def test_a_period_in_two_of_them_is_refused(self, owner: Vault) -> None:
        with pytest.raises(BadPeriodError):
            use.mileage(owner, Period.parse("2025-04"), rule="gb.amap.car")

    def test_no_amount_where_none_is_wanted(self, owner: Vault, year: list[DescribedTrip]) -> None:
        year.append(made("2026-10-01"))
        assert use.mileage(owner, OCTOBER, rule=use.NO_SCALE).amount is None
