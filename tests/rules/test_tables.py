"""The shipped tables: the same as a second transcription, at every boundary."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from itertools import pairwise

import pytest

from geowallet.app import rulebook
from geowallet.rules.commute import Commute
from geowallet.rules.compute import compute
from geowallet.rules.facts import Facts
from geowallet.rules.fmd import Ceiling, Steps
from geowallet.rules.members import ENDLESS
from geowallet.rules.scale import Band, Scale, steps
from tests.rules import transcript
from tests.rules.conftest import VOITURE, amount, scale
from tests.rules.transcript import Row, cents_by_parts, cents_by_total

FRENCH = transcript.french_rows()
MARGINAL = transcript.marginal_rows()
SCALES = sorted({row.rule for row in FRENCH})


def name(row: Row) -> str:
    return f"{row.rule} {row.years[0]} {row.powers[0]}"


def written(bands: tuple[Band, ...]) -> tuple[tuple[int, ...], ...]:
    """Return bands in the transcript's whole numbers."""
    limits = tuple(transcript.ENDLESS if b.upto == ENDLESS else int(b.upto * 1000) for b in bands)
    return (
        limits,
        tuple(int(b.rate * 1000) for b in bands),
        tuple(int(b.constant) for b in bands),
    )


@pytest.mark.parametrize("row", FRENCH + MARGINAL, ids=name)
def test_every_number_is_that_of_the_second_transcription(row: Row) -> None:
    for year in row.years:
        (version,) = rulebook.rule(row.rule).in_year(year)
        table = version.table
        assert isinstance(table, Scale | Commute)
        if isinstance(table, Scale):
            power = max(row.powers[0], 1)
            (entry,) = [c for c in table.classes if c.first_cv <= power <= c.last_cv]
            last = ENDLESS if row.powers[-1] >= transcript.ENDLESS - 1 else row.powers[-1]
            assert entry.first_cv == row.powers[0]
            assert entry.last_cv == last
            bands = entry.bands
        else:
            bands = table.bands
        assert written(bands) == (row.limits, row.rates, row.constants)
        assert table.cap == (ENDLESS if row.most is None else row.most)


def test_no_year_and_no_class_is_shipped_that_was_not_transcribed() -> None:
    transcribed = {(row.rule, year) for row in FRENCH + MARGINAL for year in row.years}
    shipped = {
        (rule.id, year)
        for rule in rulebook.rules()
        for year in rule.years()
        if isinstance(rule.versions[0].table, Scale | Commute)
    }
    assert shipped == transcribed
    for rule, year in sorted(transcribed):
        (version,) = rulebook.rule(rule).in_year(year)
        classes = len(version.table.classes) if isinstance(version.table, Scale) else 1
        rows = [row for row in FRENCH + MARGINAL if row.rule == rule and year in row.years]
        assert classes == len(rows)


def test_days_and_ceilings_are_those_of_the_second_transcription() -> None:
    for year, expected in transcript.DAYS.items():
        (version,) = rulebook.rule("fr.fmd.fonction_publique").in_year(year)
        assert isinstance(version.table, Steps)
        assert [(int(days), int(euros)) for days, euros in version.table.steps] == expected
    assert rulebook.rule("fr.fmd.fonction_publique").years() == tuple(range(2020, 2027))
    found = []
    for version in rulebook.rule("fr.fmd.prive").versions:
        ceiling = version.table
        assert isinstance(ceiling, Ceiling)
        numbers = (int(ceiling.alone), int(ceiling.with_subscription), int(ceiling.fuel))
        found.append((version.valid_from.isoformat(), *numbers))
        assert ceiling.least_quota_percent == 50
    assert found == transcript.CEILINGS


def test_every_rule_has_the_money_the_unit_and_the_year_of_its_country() -> None:
    for rule in rulebook.rules():
        country = rule.id[:2]
        assert rule.currency == transcript.MONEY[country]
        assert rule.rounding == Decimal("0.01")
        assert rule.year_starts == ((4, 6) if country == "gb" else (1, 1))
        assert rule.payroll_lag_years == (1 if "bareme" in rule.id else 0)
        miles = country in {"gb", "us"}
        assert rule.unit == ("mi" if miles else "day" if ".fmd." in rule.id else "km")


@pytest.mark.parametrize("row", FRENCH, ids=name)
def test_both_sides_of_every_boundary(row: Row) -> None:
    power = row.powers[0] or None
    edges = [m + step for m in row.limits[:-1] for step in (-1000, -1, 0, 1, 1000)]
    for metres in [0, 1, *edges, 100_000_000]:
        km = Decimal(metres) / 1000
        for year in row.years:
            for electric in (False, True)[: 1 if year == 2019 else 2]:
                cents = cents_by_total(row, metres, electric=electric)
                found = amount(row.rule, year, km, cv=power, electric=electric)
                assert found * 100 == cents, (year, metres)


@pytest.mark.parametrize("row", [r for r in MARGINAL if "entfernung" not in r.rule], ids=name)
def test_both_sides_of_every_boundary_where_bands_pay_their_part(row: Row) -> None:
    power = row.powers[0] or None
    edges = [m + step for m in row.limits[:-1] for step in (-1000, -1, 0, 1, 1000)]
    for metres in [0, 1, *edges, 9_999_000, 10_027_777, 10_027_778, 100_000_000]:
        found = amount(row.rule, row.years[0], Decimal(metres) / 1000, cv=power)
        assert found * 100 == cents_by_parts(row, metres)


@pytest.mark.untraced
def test_a_hundred_thousand_random_years_by_whole_numbers_alone() -> None:
    """A second, slow and obvious way: integers of micro-euros, from the transcript."""
    random_years = random.Random(20_261_122)  # noqa: S311  not a secret
    rules = {rule: rulebook.rule(rule) for rule in SCALES}
    for _ in range(100_000):
        row = random_years.choice(FRENCH)
        year = random_years.choice(row.years)
        metres = random_years.randrange(0, 40_000_000)
        electric = year > 2019 and random_years.random() < 0.5
        power = random_years.randint(row.powers[0], min(row.powers[-1], 40)) or None
        facts = Facts(
            distance=Decimal(metres) / 1000,
            power_cv=power if row.powers[0] else None,
            electric=electric or None,
        )
        figure = compute(rules[row.rule], year, facts)
        assert figure.amount * 100 == cents_by_total(row, metres, electric=electric)


class TestTheShapeOfTheLaw:
    @pytest.mark.parametrize("rule", SCALES)
    def test_bands_meet_where_the_law_makes_them_meet(self, rule: str) -> None:
        """Within 15 EUR; 18 at 20 000 km for cars of 4 and 6 CV in 2021.

        Mopeds of 2019 and 2020 do not: limits were moved, the constant was not.
        """
        for year in rulebook.rule(rule).years():
            widest = max(abs(step) for step in steps(scale(rule, year)))
            if rule.endswith("cyclomoteur") and year <= 2020:
                assert widest == 208
            else:
                assert widest <= (18 if year == 2021 and rule == VOITURE else 15)

    @pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
    def test_driving_more_never_pays_less_in_these_years(self, year: int) -> None:
        table = scale(VOITURE, year)
        assert min(steps(table)) >= 0
        for entry in table.classes:
            for left, right in pairwise(entry.bands):
                edge = [left.upto, left.upto + 1]
                low, high = (amount(VOITURE, year, km, cv=int(entry.first_cv)) for km in edge)
                assert low < high
                assert right.rate > 0

    def test_the_table_of_2021_pays_less_for_one_kilometre_more(self) -> None:
        """3 CV, as published: 5 000 km 2 510.00, 5 001 km 2 507.30; 20 000 km 7 007."""
        pay = [amount(VOITURE, 2021, km, cv=3) for km in ("5000", "5001", "20000", "20001")]
        assert pay == [Decimal(text) for text in ("2510.00", "2507.30", "7007.00", "7000.35")]

    @pytest.mark.parametrize("year", [2019, 2020])
    def test_the_table_before_pays_less_at_twenty_thousand(self, year: int) -> None:
        """3 CV: 20 000 km 6 375; 20 001 km x 0.318 = 6 360.32."""
        pay = [amount(VOITURE, year, km, cv=3) for km in ("20000", "20001")]
        assert pay == [Decimal("6375.00"), Decimal("6360.32")]

    def test_six_horsepower_at_five_thousand_kilometres(self) -> None:
        assert amount(VOITURE, 2023, "5000", cv=6) == Decimal("3325.00")
        assert amount(VOITURE, 2023, "5001", cv=6) == Decimal("3327.37")

    @pytest.mark.parametrize("rule", SCALES[1:])
    def test_more_power_never_pays_less(self, rule: str) -> None:
        for year in rulebook.rule(rule).years():
            table = scale(rule, year)
            powers = [int(c.first_cv) for c in table.classes]
            for km in ("1", "2999", "3001", "5000", "5001", "6001", "20000", "20001", "90000"):
                paid = [amount(rule, year, km, cv=cv) for cv in powers]
                assert paid == sorted(set(paid))

    @pytest.mark.parametrize("rule", SCALES)
    def test_electric_is_one_fifth_more_of_the_amount(self, rule: str) -> None:
        for year in rulebook.rule(rule).years():
            assert scale(rule, year).electric_factor == (None if year == 2019 else Decimal("1.2"))
        facts = Facts(distance=Decimal(12345), power_cv=5, electric=True)
        table = scale(rule, 2025)
        plain = Facts(distance=Decimal(12345), power_cv=5)
        assert table.amount(facts, 2025) == table.amount(plain, 2025) * Decimal("1.2")

    def test_above_the_last_power_the_last_holds(self) -> None:
        assert amount(VOITURE, 2025, "9000", cv=7) == amount(VOITURE, 2025, "9000", cv=30)
        assert amount(VOITURE, 2025, "9000", cv=1) == amount(VOITURE, 2025, "9000", cv=3)

    def test_2020_changed_nothing_but_electric_vehicles(self) -> None:
        for rule in SCALES:
            assert scale(rule, 2019).classes == scale(rule, 2020).classes


def test_every_version_is_cited_and_was_checked() -> None:
    for rule in rulebook.rules():
        for version in rule.versions:
            assert version.source.title
            assert version.source.url.startswith("https://")
            assert version.source.kind == "secondary", "a primary source needs the official text"
            assert version.checked_on >= dt.date(2026, 11, 21)


def test_a_table_without_end_is_not_shipped() -> None:
    """Every version says until when its source was seen to hold."""
    for rule in rulebook.rules():
        assert rule.versions[-1].valid_until <= dt.date(2026, 12, 31)
