"""Reading a rule file: TOML with exact numbers, refused where anything is in doubt."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from geowallet.model.errors import RuleDataError
from geowallet.rules.commute import read_commute
from geowallet.rules.fmd import read_ceiling, read_steps
from geowallet.rules.members import Members
from geowallet.rules.rule import Rule, Source, Version
from geowallet.rules.scale import read_scale

if TYPE_CHECKING:
    from geowallet.rules.rule import Table

KINDS = ("total", "marginal", "commute", "steps", "ceiling")
"""How a file's numbers are used: a scale whose band the year's total chooses, a scale
whose bands each pay their part, a commuting allowance, steps by days, a ceiling."""

WHOLE_YEARS = ("total", "marginal", "commute")
"""Kinds that add up a whole year, so that a version begins and ends with one."""

UNITS = ("km", "mi", "day")
"""What a rule counts; a mile is the international mile."""

SOURCE_KINDS = ("primary", "secondary")
"""The official text, or any other page."""


def load_rule(text: str) -> Rule:
    """Return the rule of one file.

    Raises:
        RuleDataError: Not TOML; a member is missing, unknown or of the wrong kind; a
            version is not cited, or overlaps another.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RuleDataError(rule="?", reason="not TOML") from error
    members = Members("?", data)
    members.rule = _name(members)
    kind = members.choice("kind", KINDS)
    rule = Rule(
        id=members.rule,
        title=members.text("title"),
        currency=_currency(members),
        unit=members.choice("unit", UNITS),
        rounding=_rounding(members),
        year_starts=_year_starts(members),
        payroll_lag_years=members.whole_or("payroll_lag_years", 0),
        versions=tuple(_version(entry, kind) for entry in members.each("version")),
    )
    members.end()
    _check_order(rule)
    if kind in WHOLE_YEARS:
        _check_whole_years(rule)
    return rule


def _name(members: Members) -> str:
    name = members.text("id")
    if not re.fullmatch(r"[a-z]{2}(\.[a-z][a-z0-9_]*)+", name, flags=re.ASCII):
        raise members.refuse("id is not a name such as fr.fmd.prive")
    return name


def _currency(members: Members) -> str:
    code = members.text("currency")
    if not re.fullmatch(r"[A-Z]{3}", code, flags=re.ASCII):
        raise members.refuse("currency is not a code such as EUR")
    return code


def _rounding(members: Members) -> Decimal:
    step = members.number("rounding")
    if step not in (Decimal(1), Decimal("0.01")):
        raise members.refuse("rounding is neither 1 nor 0.01")
    return step


def _year_starts(members: Members) -> tuple[int, int]:
    text = members.text("year_starts") if "year_starts" in members.found else "01-01"
    try:
        day = dt.date.fromisoformat(f"2001-{text}")
    except ValueError as error:
        raise members.refuse("year_starts is not a day such as 04-06") from error
    return day.month, day.day


def _version(members: Members, kind: str) -> Version:
    version = Version(
        valid_from=members.day("valid_from"),
        valid_until=members.day("valid_until"),
        checked_on=members.day("checked_on"),
        source=_source(members.inside("source")),
        table=_table(members, kind),
    )
    members.end()
    if version.valid_until < version.valid_from:
        raise members.refuse("a version ends before it begins")
    return version


def _source(members: Members) -> Source:
    source = Source(
        title=members.text("title"),
        url=members.text("url"),
        kind=members.choice("kind", SOURCE_KINDS),
    )
    members.end()
    if not re.match(r"https?://[^/\s]+", source.url):
        raise members.refuse("source url is not an address")
    return source


def _table(members: Members, kind: str) -> Table:
    if kind == "commute":
        return read_commute(members)
    if kind == "steps":
        return read_steps(members)
    if kind == "ceiling":
        return read_ceiling(members)
    return read_scale(members, by_total=kind == "total")


def _check_order(rule: Rule) -> None:
    for left, right in pairwise(rule.versions):
        if right.valid_from <= left.valid_until:
            raise RuleDataError(rule=rule.id, reason="versions overlap or are out of order")


def _check_whole_years(rule: Rule) -> None:
    for version in rule.versions:
        for day in (version.valid_from, version.valid_until + dt.timedelta(days=1)):
            if day != rule.first_day(day.year):
                raise RuleDataError(rule=rule.id, reason="a version does not hold for whole years")
