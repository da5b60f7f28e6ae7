from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.app import rulebook
from geowallet.model.errors import RuleDataError, UnknownYearError
from geowallet.rules.fmd import Ceiling
from geowallet.rules.load import load_rule
from geowallet.rules.rule import Source, spans
from geowallet.rules.scale import Scale

HEAD = """
id = "xx.test"
title = "A table"
kind = "total"
currency = "EUR"
unit = "km"
rounding = 0.01
"""

SOURCE = """
[version.source]
title = "A law"
url = "https://example.org/law"
kind = "primary"
"""

DATES = "valid_from = 2025-01-01\nvalid_until = 2025-12-31\nchecked_on = 2026-11-21\n"

CLASS = "[[version.class]]\nbands = [[5000, 0.5, 0], [inf, 0.3, 1000]]\n"

VERSION = f"[[version]]\n{DATES}largest_step = 15\n{SOURCE}{CLASS}"

WHOLE = HEAD + VERSION

STEPS = HEAD.replace("total", "steps") + f"[[version]]\n{DATES}steps = [[30, 100]]\n{SOURCE}"

CEILING = (
    HEAD.replace("total", "ceiling")
    + f"[[version]]\n{DATES}alone = 600\nwith_subscription = 900\nfuel = 300\n"
    + f"least_quota_percent = 50\n{SOURCE}"
)

COMMUTE = HEAD.replace("total", "commute") + f"[[version]]\n{DATES}bands = [[inf, 0.3]]\n{SOURCE}"


def test_a_whole_file_is_read_exactly() -> None:
    rule = load_rule(WHOLE)
    (version,) = rule.versions
    assert (rule.id, rule.title, rule.currency, rule.unit) == ("xx.test", "A table", "EUR", "km")
    assert (rule.rounding, rule.year_starts, rule.payroll_lag_years) == (Decimal("0.01"), (1, 1), 0)
    assert version.source == Source("A law", "https://example.org/law", "primary")
    assert version.valid_until == dt.date(2025, 12, 31)
    assert isinstance(version.table, Scale)
    assert [band.rate for band in version.table.classes[0].bands] == [
        Decimal("0.5"),
        Decimal("0.3"),
    ]


def test_a_source_says_what_it_is() -> None:
    text = str(Source("A law", "https://example.org/law", "primary"))
    assert text == "A law (primary), https://example.org/law"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('title = "A law"\n', "", "title is missing"),
        ('url = "https://example.org/law"\n', "", "url is missing"),
        ('url = "https://example.org/law"', 'url = "a page I saw"', "not an address"),
        ('kind = "primary"\n', "", "kind is missing"),
        ('kind = "primary"', 'kind = "hearsay"', "kind is none of primary, secondary"),
        ('title = "A law"', 'title = " "', "title is missing"),
        (SOURCE, "", "source is missing"),
        ("checked_on = 2026-11-21\n", "", "checked_on is missing"),
        ("checked_on = 2026-11-21", "checked_on = 2026-11-21T10:00:00", "not a date"),
        ("valid_from = 2025-01-01\n", "", "valid_from is missing"),
        ("valid_until = 2025-12-31\n", "", "valid_until is missing"),
        ("valid_until = 2025-12-31", "valid_until = 2024-12-31", "ends before it begins"),
        ("valid_until = 2025-12-31", "valid_until = 2025-12-30", "whole years"),
        ("valid_from = 2025-01-01", "valid_from = 2025-01-02", "whole years"),
    ],
)
def test_a_value_without_source_or_date_is_refused(old: str, new: str, reason: str) -> None:
    assert old in WHOLE
    with pytest.raises(RuleDataError, match=reason):
        load_rule(WHOLE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('id = "xx.test"', 'id = "test"', "id is not a name"),
        ('id = "xx.test"', 'id = "XX.test"', "id is not a name"),
        ('id = "xx.test"', "id = 3", "id is missing or not a text"),
        ('kind = "total"', 'kind = "guess"', "kind is none of"),
        ('currency = "EUR"', 'currency = "€"', "currency is not a code"),
        ('unit = "km"', 'unit = "league"', "unit is none of"),
        ("rounding = 0.01", "rounding = 0.05", "rounding is neither"),
        ("rounding = 0.01", "rounding = true", "rounding is missing or not a number"),
        ("rounding = 0.01", "rounding = nan", "rounding is missing or not a number"),
        ("rounding = 0.01", "rounding = inf", "rounding is missing or not a number"),
        ("rounding = 0.01", 'rounding = 0.01\nyear_starts = "13-01"', "year_starts is not a day"),
        ("rounding = 0.01", "rounding = 0.01\npayroll_lag_years = 0.5", "not a whole number"),
        ("rounding = 0.01", "rounding = 0.01\ncolour = 1\nshape = 2", "unknown: colour, shape"),
        ("largest_step = 15", "largest_step = 15\nspeed = 1", "unknown: speed"),
        ("largest_step = 15\n", "", "largest_step is missing"),
        ('kind = "primary"', 'kind = "primary"\nauthor = "me"', "unknown: author"),
        (VERSION, "", "version is missing"),
        (VERSION, "version = [3]", "version is missing"),
        (CLASS, "", "class is missing"),
        ("[[5000, 0.5, 0], [inf, 0.3, 1000]]", "[]", "bands is missing or has no row"),
        ("[5000, 0.5, 0]", "[5000, 0.5]", "not 3 numbers"),
        ("[5000, 0.5, 0]", "5000", "not 3 numbers"),
        ("[5000, 0.5, 0]", '[5000, "0.5", 0]', "not 3 numbers"),
        ("[5000, 0.5, 0]", "[5000, -0.5, 0]", "not 3 numbers"),
        ("[5000, 0.5, 0]", "[5000, nan, 0]", "not 3 numbers"),
        ("[5000, 0.5, 0]", "[5000, true, 0]", "not 3 numbers"),
        ("[5000, 0.5, 0]", "[0, 0.5, 0]", "do not rise to inf"),
        ("[5000, 0.5, 0]", "[inf, 0.5, 0]", "do not rise to inf"),
        ("[inf, 0.3, 1000]", "[4000, 0.3, 1000]", "do not rise to inf"),
        ("[inf, 0.3, 1000]", "[20000, 0.3, 1000]", "do not rise to inf"),
        ("[inf, 0.3, 1000]", "[inf, inf, 1000]", "rate without an end"),
        ("[inf, 0.3, 1000]", "[inf, 0.3, inf]", "rate without an end"),
        (CLASS, f"{CLASS}colour = 1\n", "unknown: colour"),
        (CLASS, CLASS.replace("bands", "power_cv = [0, 3]\nbands"), "not a range from 1"),
        (CLASS, CLASS.replace("bands", "power_cv = [3, 1]\nbands"), "not a range from 1"),
        (CLASS, CLASS.replace("bands", "power_cv = [inf, inf]\nbands"), "not a range from 1"),
        (CLASS, CLASS.replace("bands", "power_cv = 3\nbands"), "power_cv has a row"),
        (CLASS, CLASS + CLASS, "powers overlap or leave a hole"),
        (
            CLASS,
            CLASS + CLASS.replace("bands", "power_cv = [1, 3]\nbands"),
            "powers overlap or leave a hole",
        ),
        (
            CLASS,
            CLASS.replace("bands", "power_cv = [1, 3]\nbands")
            + CLASS.replace("bands", "power_cv = [3, 4]\nbands"),
            "powers overlap",
        ),
        (
            CLASS,
            CLASS.replace("bands", "power_cv = [1, 3]\nbands")
            + CLASS.replace("bands", "power_cv = [5, inf]\nbands"),
            "leave a hole",
        ),
        (CLASS, CLASS + VERSION, "versions overlap"),
        (CLASS, CLASS + VERSION.replace("2025-", "2024-"), "out of order"),
    ],
)
def test_what_is_unknown_missing_or_overlapping_is_refused(old: str, new: str, reason: str) -> None:
    assert old in WHOLE
    with pytest.raises(RuleDataError, match=reason):
        load_rule(WHOLE.replace(old, new))


@pytest.mark.parametrize(
    ("whole", "old", "new", "reason"),
    [
        (STEPS, "[[30, 100]]", "[[30, 100], [30, 200]]", "steps do not rise"),
        (STEPS, "[[30, 100]]", "[[30, 100], [60, 100]]", "steps do not rise"),
        (STEPS, "[[30, 100]]", "[[0, 100]]", "not days and amounts"),
        (STEPS, "[[30, 100]]", "[[30, inf]]", "not days and amounts"),
        (CEILING, "fuel = 300", "fuel = 601", "do not rise"),
        (CEILING, "with_subscription = 900", "with_subscription = 599", "do not rise"),
        (CEILING, "fuel = 300", "fuel = 300\nfuel_beside_subscription = 1", "neither true nor"),
        (COMMUTE, "[[inf, 0.3]]", "[[inf, 0.3, 0]]", "not 2 numbers"),
    ],
)
def test_steps_ceilings_and_commutes_are_read_as_strictly(
    whole: str, old: str, new: str, reason: str
) -> None:
    load_rule(whole)
    with pytest.raises(RuleDataError, match=reason):
        load_rule(whole.replace(old, new))


def test_fuel_beside_a_subscription_is_unknown_until_it_is_said() -> None:
    said = CEILING.replace("fuel = 300", "fuel = 300\nfuel_beside_subscription = true")
    for text, expected in ((CEILING, None), (said, True)):
        table = load_rule(text).versions[0].table
        assert isinstance(table, Ceiling)
        assert table.fuel_beside_subscription is expected


def test_an_allowance_by_days_may_begin_in_the_middle_of_a_year() -> None:
    rule = load_rule(STEPS.replace("2025-01-01", "2025-05-11"))
    assert rule.years() == (2025,)


def test_two_versions_on_one_day_overlap() -> None:
    second = STEPS.partition("[[version]]")[2].replace("2025-01-01", "2025-12-31")
    with pytest.raises(RuleDataError, match="versions overlap"):
        load_rule(f"{STEPS}[[version]]{second}")
    following = second.replace("2025-12-31", "2026-01-01", 1).replace("2025-12-31", "2026-02-01")
    assert load_rule(f"{STEPS}[[version]]{following}").years() == (2025, 2026)


@given(st.integers(0, 10**6), st.integers(0, 255))
def test_a_damaged_byte_is_never_a_crash(at: int, byte: int) -> None:
    data = bytearray(rulebook.texts()["fr/fmd_prive.toml"].encode())
    data[at % len(data)] = byte
    try:
        load_rule(data.decode("utf-8", "replace"))
    except RuleDataError:
        return


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 7))
def test_every_truncation_is_refused(cut: int) -> None:
    with pytest.raises(RuleDataError):
        load_rule(WHOLE[:cut])


class TestYears:
    def test_a_tax_year_begins_in_the_year_that_names_it(self) -> None:
        rule = rulebook.rule("gb.amap.car")
        assert rule.years() == (2025,)
        assert (rule.first_day(2025), rule.last_day(2025)) == (
            dt.date(2025, 4, 6),
            dt.date(2026, 4, 5),
        )

    @pytest.mark.parametrize("year", [2018, 2026, 1, 0, -1, 9999, 10**9])
    def test_an_unknown_year_says_which_are_known(self, year: int) -> None:
        with pytest.raises(UnknownYearError, match="known: 2019-2025") as caught:
            rulebook.rule("fr.bareme_kilometrique.voiture").in_year(year)
        assert caught.value.exit_status == 9

    def test_a_hole_between_versions_is_unknown_too(self) -> None:
        """The moped table of 2021 was on a page that was cut short."""
        rule = rulebook.rule("fr.bareme_kilometrique.cyclomoteur")
        with pytest.raises(UnknownYearError, match="known: 2019-2020, 2022-2025"):
            rule.in_year(2021)

    def test_payroll_uses_the_table_of_the_year_before(self) -> None:
        """efl.fr: the table of income year N is used by payroll in N + 1."""
        rule = rulebook.rule("fr.bareme_kilometrique.voiture")
        assert rule.for_payroll(2026) == rule.in_year(2025)
        assert rule.for_payroll(2022) == rule.in_year(2021)
        with pytest.raises(UnknownYearError):
            rule.for_payroll(2019)

    def test_years_are_written_as_people_do(self) -> None:
        assert spans(()) == ""
        assert spans((2020,)) == "2020"
        assert spans((2019, 2020, 2022)) == "2019-2020, 2022"
