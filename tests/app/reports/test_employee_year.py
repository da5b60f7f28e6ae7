"""A year of one employee, from the files of a phone to every figure of the reports.

The truth is the script of the year. Days and trips are exact, business metres lie within
half a percent of the roads, and money is to the cent what the tables give for these metres,
worked out here a second time from the printed numbers.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.locations import Locations
from geowallet.app.reports.commute import Claim, DayStatus, commute
from geowallet.app.reports.gaps import Kind, gaps
from geowallet.app.reports.mileage import mileage
from geowallet.app.reports.payroll import PayLine, PayMapping, payroll_csv
from geowallet.app.reports.regularise import regularise
from geowallet.app.reports.year import review
from geowallet.app.sharing.preparing import prepare
from geowallet.app.travel.trip_rules import TripRule, add_rule
from geowallet.app.travel.trips import described_trips
from geowallet.app.vehicles.odometer import Reading, add_reading
from geowallet.contracts.templates.templates import Particulars, work_hour_mileage
from geowallet.model.calendar import Period, WorkWeek
from geowallet.model.mobility import Mode, NamedPlace, PlaceKind, Purpose, Vehicle
from geowallet.testing import simulate_year
from geowallet.testing.simulate_map import point_of
from geowallet.testing.simulate_year import HOLIDAYS, LEAVE, YEAR, Planned
from geowallet.vault import session
from geowallet.vault.store import Vault
from tests.app import scene

pytestmark = pytest.mark.untraced

SCRIPT = simulate_year.script()
ALL_YEAR = Period.parse(str(YEAR))
LAST = dt.date(YEAR, 12, 31)
LATE = 7
"""The month whose file is imported after the year has ended."""

NEAR, NEAR_IN_STREETS = 0.005, 0.025
"""Metres against the roads over a month; in streets, where one stands at lights for half
the time, a fix every 20 s adds its few metres of noise to each wait."""

CARS = {
    "clio": Vehicle("clio", Mode.CAR, "AB-123-CD", 5, "petrol"),
    "zoe": Vehicle("zoe", Mode.CAR, "EF-456-GH", 4, "electric"),
}
TABLES = {
    ("clio", 2021): ("0.603", "0.339", 1320, "1"),
    ("clio", 2022): ("0.636", "0.357", 1395, "1"),
    ("zoe", 2021): ("0.575", "0.323", 1262, "1.2"),
    ("zoe", 2022): ("0.606", "0.340", 1330, "1.2"),
}
"""Up to 5,000 km; up to 20,000 km with its constant; times for an electric car. As printed
for 5 and 4 CV in the arrêtés of 1 February 2022 and 27 March 2023."""

UNTRACED_KM = 120
"""What the Clio drove without the phone."""


def due(car: str, table: int, metres: int) -> Decimal:
    """What a table gives for the kilometres of a year so far, to the cent."""
    low, high, constant, times = TABLES[car, table]
    km = Decimal(metres) / 1000
    amount = km * Decimal(low) if km <= 5000 else km * Decimal(high) + constant
    return (amount * Decimal(times)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def business(car: str, month: int) -> list[Planned]:
    return [
        trip
        for trip in SCRIPT
        if trip.vehicle == car and trip.purpose is Purpose.BUSINESS and trip.day.month == month
    ]


def traced_m(vault: Vault, car: str) -> list[int]:
    """Metres of the twelve months: the traced length of the trips that the script calls so."""
    metres = [0] * 12
    found = {(trip.day, trip.starts_min // 60): trip for trip in described_trips(vault)}
    for planned in (trip for month in range(1, 13) for trip in business(car, month)):
        traced = found.get((planned.day.isoformat(), int(planned.at[:2])))
        if traced is not None:
            metres[planned.day.month - 1] += int(traced.trip.distance_m + 0.5)
    return metres


def month(number: int) -> Period:
    return Period.parse(f"{YEAR}-{number:02d}")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("files")
    written = simulate_year.month_files(simulate_year.fixes(SCRIPT))
    for name, content in written.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in sorted(written)]


@pytest.fixture(scope="module")
def incomplete(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Locations:
    """The wallet without July."""
    here = scene.places_at(tmp_path_factory.mktemp("incomplete"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_ring", lambda: None)
        scene.new_wallet(here.wallet.parent)
        scene.ingest_files(here, [path for path in files if not path.stem.endswith(f"{LATE:02d}")])
        with scene.opened(here) as vault:
            introduce(vault)
    return here


@pytest.fixture(scope="module")
def whole(
    incomplete: Locations, files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Locations:
    """The same wallet, and then July."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_ring", lambda: None)
        here = scene.copied(incomplete, tmp_path_factory.mktemp("whole") / "own")
        scene.ingest_files(here, [files[LATE - 1]])
    return here


@pytest.fixture
def vault(whole: Locations) -> Iterator[Vault]:
    with scene.opened(whole) as opened:
        yield opened


@pytest.fixture
def before(incomplete: Locations) -> Iterator[Vault]:
    with scene.opened(incomplete) as opened:
        yield opened


def introduce(vault: Vault) -> None:
    """Say what the employee says once: places, hours, leave, cars, and which on which day."""
    for name, kind in (("home", PlaceKind.HOME), ("office", PlaceKind.WORK)):
        named = NamedPlace(name, kind, point_of(name))
        settings.name_place(vault, named, now_us=scene.NOON_US)
    week = WorkWeek(scene.OFFICE_HOURS, scene.PARIS, "FR", LEAVE)
    settings.set_work_week(vault, week, now_us=scene.NOON_US)
    for car in CARS.values():
        settings.add_vehicle(vault, car, now_us=scene.NOON_US)
    for number, (days, car_id) in enumerate((((1, 4, 5), "clio"), ((3,), "zoe"))):
        rule = TripRule((), days, Mode.CAR, "", None, None, "", number, car_id)
        add_rule(vault, rule)
    driven_m = sum(trip.metres for trip in SCRIPT if trip.vehicle == "clio")
    for day, km in ((dt.date(YEAR - 1, 12, 31), 0), (LAST, driven_m // 1000 + UNTRACED_KM)):
        add_reading(vault, "clio", Reading(day, 48_210 + km), now_us=scene.NOON_US)


class TestTrips:
    def test_every_trip_of_the_script_is_found_and_no_other(self, vault: Vault) -> None:
        found = [
            (trip.day, trip.trip.main_leg.mode, trip.purpose, trip.vehicle)
            for trip in described_trips(vault)
        ]
        told = [(str(trip.day), trip.mode, trip.purpose, trip.vehicle) for trip in SCRIPT]
        assert found == told

    def test_the_script_has_what_a_year_has(self) -> None:
        """260 weekdays, 9 holidays on them, 20 days of leave; 15 August is both."""
        worked = {trip.day for trip in SCRIPT if trip.purpose is not Purpose.PRIVATE}
        assert not worked & (LEAVE | HOLIDAYS)
        assert len(worked) == 260 - 9 - 20 + 1


@pytest.mark.parametrize("car", sorted(CARS))
class TestMileage:
    def test_trips_and_days_are_exact_and_metres_near_in_every_month(
        self, vault: Vault, car: str
    ) -> None:
        book = mileage(vault, ALL_YEAR, vehicle=car)
        assert not book.waiting
        for number in range(1, 13):
            told = business(car, number)
            lines = [x for x in book.lines if Period.parse(x.trip.day).first.month == number]
            assert [line.trip.day for line in lines] == [str(trip.day) for trip in told]
            assert sum(x.metres for x in lines) == pytest.approx(
                sum(trip.metres for trip in told), rel=NEAR
            )

    def test_every_month_is_due_to_the_cent(self, vault: Vault, car: str) -> None:
        metres = traced_m(vault, car)
        amount = mileage(vault, ALL_YEAR, vehicle=car).amount
        assert amount is not None
        owed = [due(car, 2022, sum(metres[:number])) for number in range(13)]
        assert [paid.due for paid in amount.months] == owed[1:]
        assert [paid.amount for paid in amount.months] == [b - a for a, b in pairwise(owed)]

    @pytest.mark.parametrize("number", [1, 8, 12])
    def test_the_book_of_a_month_says_the_same(self, vault: Vault, car: str, number: int) -> None:
        book, metres = mileage(vault, month(number), vehicle=car), traced_m(vault, car)
        assert book.amount is not None
        after, before = (due(car, 2022, sum(metres[:n])) for n in (number, number - 1))
        assert (book.amount.due, book.amount.before) == (after, before)
        assert (book.metres, book.year_m) == (metres[number - 1], sum(metres[:number]))
        assert book.days == len({trip.day for trip in business(car, number)})

    def test_the_year_passes_into_the_second_band(self, vault: Vault, car: str) -> None:
        assert sum(traced_m(vault, car)) > 5_000_000 > sum(traced_m(vault, car)[:10])

    def test_commuting_and_private_metres_stand_apart(self, vault: Vault, car: str) -> None:
        book = mileage(vault, ALL_YEAR, vehicle=car)
        for purpose, metres in (
            (Purpose.COMMUTE, book.commute_m),
            (Purpose.PRIVATE, book.private_m),
        ):
            told = [t.metres for t in SCRIPT if t.vehicle == car and t.purpose is purpose]
            assert metres == pytest.approx(sum(told), rel=NEAR_IN_STREETS)

    def test_payroll_is_told_the_same(self, vault: Vault, car: str) -> None:
        """December, in which either car has passed 5,000 km."""
        metres = traced_m(vault, car)
        lines = (PayLine("distance_km", "KM", 1), PayLine("amount", "IK", 2))
        body = payroll_csv(
            PayMapping("00042", lines), mileage(vault, month(12), vehicle=car), id_="1"
        )
        rows = list(csv.reader(io.StringIO(body.decode()), delimiter=";"))[1:]
        km, euros = (Decimal(row[2].replace(",", ".")) for row in rows)
        assert abs(km - Decimal(metres[11]) / 1000) <= Decimal("0.05")
        assert euros == due(car, 2022, sum(metres)) - due(car, 2022, sum(metres[:11]))


class TestOdometer:
    def test_what_was_driven_without_the_phone_is_the_residual(self, vault: Vault) -> None:
        (found,) = mileage(vault, ALL_YEAR, vehicle="clio").reconciled
        all_m = sum(trip.metres for trip in SCRIPT if trip.vehicle == "clio")
        assert found.residual_m == pytest.approx(UNTRACED_KM * 1000, abs=NEAR * all_m)

    def test_the_late_month_is_missed_by_the_odometer_first(self, before: Vault) -> None:
        (found,) = mileage(before, ALL_YEAR, vehicle="clio").reconciled
        july = [t.metres for t in SCRIPT if t.vehicle == "clio" and t.day.month == LATE]
        all_m = sum(trip.metres for trip in SCRIPT if trip.vehicle == "clio")
        missed_m = UNTRACED_KM * 1000 + sum(july)
        assert found.residual_m == pytest.approx(missed_m, abs=NEAR * all_m)


class TestCommute:
    def test_the_days_are_exact(self, vault: Vault) -> None:
        ways: dict[dt.date, int] = defaultdict(int)
        for trip in SCRIPT:
            ways[trip.day] += trip.mode is Mode.BIKE and trip.purpose is Purpose.COMMUTE
        found = commute(vault, YEAR, Claim(), until=LAST)
        by_status = {
            status: [day.day for day in found.days if day.status is status] for status in DayStatus
        }
        assert by_status == {
            DayStatus.COUNTED: [day for day, count in ways.items() if count == 2],
            DayStatus.ONE_WAY: [day for day, count in ways.items() if count == 1],
            DayStatus.UNSURE: [],
        }
        assert [step.reached for step in found.steps] == [True, True, True]

    def test_days_missing_and_days_left_in_the_middle_of_the_year(self, vault: Vault) -> None:
        """From 1 May on there are 175 weekdays: 8 holidays on them, 14 + 1 days in August."""
        found = commute(vault, YEAR, Claim(), until=dt.date(YEAR, 4, 30))
        full = Counter(
            trip.day
            for trip in SCRIPT
            if trip.mode is Mode.BIKE and trip.day <= dt.date(YEAR, 4, 30)
        )
        counted = sum(count == 2 for count in full.values())
        after = [dt.date(YEAR, 5, 1) + dt.timedelta(days=n) for n in range(245)]
        left = [d for d in after if d.weekday() < 5 and d not in HOLIDAYS and d not in LEAVE]
        assert len(found.counted) == counted
        threshold = next(n for n in (30, 60, 100) if counted < n)
        assert (found.missing, found.working_days_left) == (threshold - counted, len(left))


@pytest.mark.slow
class TestYear:
    def test_sums_by_mode_purpose_and_month(self, vault: Vault) -> None:
        found = review(vault, YEAR, Claim(), until=LAST)
        told: dict[object, int] = defaultdict(int)
        for trip in SCRIPT:
            told[trip.purpose] += trip.metres
            told[trip.day.month] += trip.metres
        by_purpose = dict(found.kilometres.by_purpose)
        assert by_purpose == pytest.approx({p: told[p] for p in Purpose}, rel=2 * NEAR)
        assert list(found.kilometres.by_month) == pytest.approx(
            [told[number] for number in range(1, 13)], rel=NEAR
        )
        amount = sum(due(car, 2022, sum(traced_m(vault, car))) for car in CARS)
        assert found.amounts() == (("EUR", amount),)

    def test_the_missing_month_is_what_is_missing(self, before: Vault) -> None:
        """July has 21 weekdays; the 14th is a holiday and the 31st leave."""
        found = gaps(before, ALL_YEAR, today=dt.date(YEAR + 1, 1, 10)).found
        (silent,) = (gap for gap in found if gap.kind is Kind.NO_TRACE)
        assert silent.until is not None
        assert (silent.day.month, silent.until.month) == (LATE, LATE)
        assert silent.days == 21 - 2

    def test_nothing_is_missing_at_the_end_but_reasons(self, vault: Vault) -> None:
        found = gaps(vault, ALL_YEAR, today=dt.date(YEAR + 1, 1, 10)).found
        doubted = [gap for gap in found if gap.kind is Kind.UNSURE]
        assert {gap.kind for gap in found if gap not in doubted} == {Kind.NO_REASON, Kind.ONE_WAY}
        trains = [gap for gap in doubted if gap.command.endswith(" --mode train")]
        assert trains == doubted  # rightly guessed, and asked
        assert len(trains) < 10


@pytest.mark.parametrize("car", sorted(CARS))
class TestRegularise:
    """Payroll paid January to March by the old table, then by the new, and had no July."""

    def paid(self, before: Vault, car: str) -> dict[int, Decimal]:
        metres, so_far, paid = traced_m(before, car), Decimal(0), {}
        for number in range(1, 13):
            table = 2021 if number <= 3 else 2022
            owed = due(car, table, sum(metres[:number]))
            paid[number], so_far = owed - so_far, owed
        return paid

    def test_what_was_paid_is_all_but_july(self, before: Vault, vault: Vault, car: str) -> None:
        found = regularise(vault, YEAR, until=LAST, vehicle=car, paid=self.paid(before, car))
        without, with_july = traced_m(before, car), traced_m(vault, car)
        assert without[LATE - 1] == 0 < with_july[LATE - 1]
        all_m = sum(with_july)
        assert found.paid == due(car, 2022, sum(without))
        assert found.due == due(car, 2022, all_m)
        assert found.difference == due(car, 2022, all_m) - due(car, 2022, sum(without))
        assert found.by_table == due(car, 2022, all_m) - due(car, 2021, all_m)
        assert found.by_table + found.by_rest == found.difference

    def test_in_march_the_new_table_is_all_the_difference(self, before: Vault, car: str) -> None:
        paid = {n: amount for n, amount in self.paid(before, car).items() if n <= 3}
        found = regularise(before, YEAR, until=dt.date(YEAR, 3, 31), vehicle=car, paid=paid)
        metres = sum(traced_m(before, car)[:3])
        owed = due(car, 2022, metres) - due(car, 2021, metres)
        assert (found.difference, found.by_table, found.by_rest) == (owed, owed, Decimal(0))

    def test_a_month_already_in_the_book_does_not_change(
        self, before: Vault, vault: Vault, car: str
    ) -> None:
        """What comes late changes its month and the sums after it, never a month before."""
        for number in (1, LATE - 1):
            old, new = (mileage(v, month(number), vehicle=car) for v in (before, vault))
            assert (old.metres, old.amount) == (new.metres, new.amount)


def test_an_export_of_the_year_says_the_same_kilometres(vault: Vault, tmp_path: Path) -> None:
    """All business trips lie in the hours of work; each month is rounded to its kilometre."""
    asker = scene.new_desk(tmp_path / "desk")
    asked = Particulars(asker.recipient, "y", ALL_YEAR, dt.date(YEAR, 1, 1), dt.date(2027, 1, 1))
    terms = work_hour_mileage(asked, window=scene.WEEK)
    by_month = [sum(pair) for pair in zip(*(traced_m(vault, car) for car in CARS), strict=True)]
    told = [prepare(vault, terms, month(n)).result.totals["distance_m"] for n in (2, 7, 12)]
    assert told == [(by_month[n - 1] + 500) // 1000 * 1000 for n in (2, 7, 12)]
