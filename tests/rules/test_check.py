from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import geowallet.rules
from geowallet.app import rulebook
from geowallet.rules.check import problems, remarks
from geowallet.rules.load import load_rule
from tests.rules.test_load import COMMUTE, WHOLE

TODAY = dt.date(2026, 11, 22)
FOLDER = Path(geowallet.rules.__file__).parent


@pytest.mark.parametrize("rule", rulebook.rules(), ids=lambda rule: rule.id)
def test_nothing_is_wrong_with_what_is_shipped(rule: geowallet.rules.rule.Rule) -> None:
    assert problems(rule, today=TODAY) == ()


def test_bands_that_do_not_meet_are_a_problem() -> None:
    rule = load_rule(WHOLE.replace("1000]]", "1000.01]]").replace("15", "0"))
    assert [str(p) for p in problems(rule, today=TODAY)] == ["2025-01-01: two bands do not meet"]
    assert problems(load_rule(WHOLE), today=TODAY) == ()


def test_one_band_has_nothing_to_meet() -> None:
    rule = load_rule(WHOLE.replace("[5000, 0.5, 0], ", ""))
    assert problems(rule, today=TODAY) == ()


def test_a_day_that_is_still_to_come_is_a_problem() -> None:
    rule = load_rule(COMMUTE.replace("2026-11-21", "2026-11-23"))
    (problem,) = problems(rule, today=TODAY)
    assert "still to come" in str(problem)


def test_what_somebody_should_look_at() -> None:
    assert [str(r) for r in remarks(load_rule(WHOLE), today=TODAY)] == [
        "nothing is known after 2025"
    ]
    secondary = load_rule(WHOLE.replace('"primary"', '"secondary"'))
    assert [str(r) for r in remarks(secondary, today=dt.date(2025, 6, 1))] == [
        "secondary sources: 1"
    ]


def test_a_tax_year_that_goes_on_is_not_overdue() -> None:
    rule = rulebook.rule("gb.amap.car")
    known = [str(r) for r in remarks(rule, today=dt.date(2026, 4, 5))]
    assert known == ["secondary sources: 1"]
    late = [str(r) for r in remarks(rule, today=dt.date(2026, 4, 6))]
    assert late[0] == "nothing is known after 2025"


class TestTheBook:
    def test_a_damaged_file_is_a_finding_and_stops_no_other(self) -> None:
        found = rulebook.examine({"xx/bad.toml": "id = 3", "xx/good.toml": WHOLE})
        assert [finding.rule for finding in found] == ["xx/bad.toml", "xx.test"]
        assert str(found[0].problems[0]) == "cannot be used: id is missing or not a text"
        assert found[1].problems == ()

    def test_every_file_is_named_after_its_rule(self) -> None:
        for path, text in rulebook.texts().items():
            country, _, name = path.removesuffix(".toml").partition("/")
            assert load_rule(text).id.replace(".", "_") == f"{country}_{name}"

    def test_rules_come_in_alphabetical_order_and_once(self) -> None:
        names = [rule.id for rule in rulebook.rules()]
        assert names == sorted(set(names))
        assert len(names) == len(rulebook.texts())


def test_no_binary_fraction_anywhere() -> None:
    """Money is decimal: no float, no true division of integers, no round()."""
    words = re.compile(r"\bfloat\b|\bround\(|\bmath\.|\d\.\d|import numpy")
    for path in sorted(FOLDER.rglob("*.py")):
        code = re.sub(r'"""(?:.|\n)*?"""|#.*|"[^"\n]*"', "", path.read_text(encoding="utf-8"))
        assert words.findall(code) == [], path.name


def test_the_code_holds_no_country() -> None:
    """Numbers and countries stand in the data; the code holds methods."""
    for path in sorted(FOLDER.rglob("*.py")):
        if path.name != "holidays.py":
            text = path.read_text(encoding="utf-8")
            assert re.findall(r"""["'](?:fr|gb|us|de|be|nl|ch|ca)\.?["']""", text) == []
