"""The table is whole: every attempt has its test, and every test its attempt."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.redteam.attempt import Comes
from tests.redteam.catalogue import CATALOGUE
from tests.redteam.page import PAGE, with_table

ROOT = Path(__file__).parents[2]
ABOUT_THE_TABLE = {
    "tests/redteam/test_table.py",
    "tests/redteam/test_traces.py::test_honest_days_are_what_they_are",
}


def found_in(path: Path) -> set[str]:
    """Node ids of a file's tests, without their cases."""
    name = path.relative_to(ROOT).as_posix()
    body = ast.parse(path.read_text(encoding="utf-8")).body
    found = {f"{name}::{one.name}" for one in body if isinstance(one, ast.FunctionDef)}
    for room in (one for one in body if isinstance(one, ast.ClassDef)):
        inside = (one for one in room.body if isinstance(one, ast.FunctionDef))
        found |= {f"{name}::{room.name}::{one.name}" for one in inside}
    return {one for one in found if one.rpartition("::")[2].startswith("test_")}


def test_at_least_twenty_forgeries_and_ten_overreaches_are_tried() -> None:
    letters = [attempt.id[0] for attempt in CATALOGUE]
    assert letters.count("F") >= 20
    assert letters.count("O") >= 10
    assert len({attempt.id for attempt in CATALOGUE}) == len(CATALOGUE)


def test_every_attempt_has_a_test_of_its_own_that_is_there() -> None:
    named = [attempt.test for attempt in CATALOGUE]
    assert len(set(named)) == len(named)
    files = {ROOT / one.partition("::")[0] for one in named}
    there = set().union(*map(found_in, files))
    assert [one for one in named if one.partition("[")[0] not in there] == []


def test_every_test_of_the_red_team_is_in_the_table() -> None:
    named = {attempt.test.partition("[")[0] for attempt in CATALOGUE} | ABOUT_THE_TABLE
    tests = set().union(*map(found_in, Path(__file__).parent.glob("test_*.py")))
    assert {one for one in tests if one not in named and one.split("::")[0] not in named} == set()


def test_the_scripts_of_the_red_team_say_what_they_must_observe() -> None:
    for attempt in CATALOGUE:
        assert bool(attempt.ends) == attempt.test.startswith("tests/redteam/"), attempt.id


def test_what_nothing_stops_says_what_would_help() -> None:
    assert all(attempt.by for attempt in CATALOGUE if attempt.comes is Comes.PASSES)


def test_the_page_carries_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_table(text), "stale: ./dev redteam --write"
