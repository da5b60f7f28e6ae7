"""Figures that leave, as people read them: the same in preview, export and verify."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _, word
from geowallet.cli.terminal.numbers import count, km, money, month, percent
from geowallet.cli.terminal.shell import Column
from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.contracts.terms.columns import columns as columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.cli.terminal.shell import Shell
    from geowallet.contracts.evaluation.figures import Value
    from geowallet.contracts.evaluation.result import Result
    from geowallet.contracts.terms.syntax import Terms


def show_result(shell: Shell, result: Result, terms: Terms, *, indent: int = 2) -> None:
    """Show one row a group, the total, and how strong the figures are.

    Args:
        shell: Where to.
        result: Checked figures.
        terms: What they were made under.
        indent: Blanks before each line.
    """
    measures = [column.id for column in columns_of(terms)]
    columns = [Column(heading(name)) for name in terms.group_by] or [Column("")]
    columns += [Column(heading(name), numeric=True) for name in measures]
    rows = [
        [*(key(name, g.key[name]) for name in terms.group_by), *cells(measures, g.values, terms)]
        for g in result.groups
    ]
    blank = [""] * (max(len(terms.group_by), 1) - 1)
    rows.append([_("Total"), *blank, *cells(measures, result.totals, terms)])
    shell.table(columns, rows, indent=indent)
    shell.say(" " * indent + assurance(result))


def heading(name: str) -> str:
    """Return the column heading of a grouping or a measure."""
    words = {
        "month": _("MONTH"),
        "day": _("DAY"),
        "mode": _("MODE"),
        "vehicle": _("VEHICLE"),
        "purpose": _("PURPOSE"),
        "distance_m": _("DISTANCE"),
        "trips": _("TRIPS"),
        "days": _("DAYS"),
        "duration_s": _("TIME"),
        "night_distance_m": _("AFTER DARK"),
        "driving_score": _("SCORE"),
        "braking_rate": _("BRAKING PER 1,000 KM"),
        "acceleration_rate": _("ACCELERATION PER 1,000 KM"),
        "cornering_rate": _("CORNERING PER 1,000 KM"),
        "night_percent": _("SHARE AFTER DARK"),
        "measured_percent": _("MEASURED CLOSELY"),
        "amount_cents": _("AMOUNT"),
    }
    return words.get(name, name)  # an output of a module, by its own name


def key(grouping: str, value: str) -> str:
    """Return one value of a grouping for people."""
    if grouping == "month":
        return month(value)
    return value if grouping == "vehicle" else word(value)


def cells(measures: list[str], values: Mapping[str, Value], terms: Terms) -> list[str]:
    """Return figures with their unit; "" where a group has no such figure."""
    return [cell(name, values[name], terms) if name in values else "" for name in measures]


def cell(name: str, value: Value, terms: Terms) -> str:
    """Return one figure with its unit, or why there is none."""
    if value is None:
        return _("kept back")
    if isinstance(value, str):
        return _("not enough data")
    unit = MEASURES[name].unit if name in MEASURES else ""
    if unit == "m":
        return km(value)
    if unit == "s":
        return f"{value // 3600}:{value // 60 % 60:02d}:{value % 60:02d}"
    if unit == "percent":
        return percent(value / 100)
    rule = next((measure.rule for measure in terms.measures if measure.id == name), None)
    return money(Decimal(value) / 100, rule.currency) if rule else count(value)


def assurance(result: Result) -> str:
    """Say how hard the figures would be to forge."""
    shares = [
        f"{word(level)} {percent} %" for level, percent in result.share_percent.items() if percent
    ]
    return _("Assurance: {shares}", shares=", ".join(shares) or "-")
