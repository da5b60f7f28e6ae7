"""Figures that leave, as people read them: the same in preview, export and verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.cli.language import _, word
from geowallet.cli.numbers import count, km, month
from geowallet.cli.shell import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.cli.shell import Shell
    from geowallet.contracts.result import Result
    from geowallet.contracts.syntax import Terms


def show_result(shell: Shell, result: Result, terms: Terms, *, indent: int = 2) -> None:
    """Show one row a group, the total, and how strong the figures are.

    Args:
        shell: Where to.
        result: Checked figures.
        terms: What they were made under.
        indent: Blanks before each line.
    """
    measures = [measure.id for measure in terms.measures]
    columns = [Column(heading(name)) for name in terms.group_by] or [Column("")]
    columns += [Column(heading(name), numeric=True) for name in measures]
    rows = [
        [*(key(name, g.key[name]) for name in terms.group_by), *cells(measures, g.values)]
        for g in result.groups
    ]
    blank = [""] * (max(len(terms.group_by), 1) - 1)
    rows.append([_("Total"), *blank, *cells(measures, result.totals)])
    shell.table(columns, rows, indent=indent)
    shell.say(" " * indent + assurance(result))


def heading(name: str) -> str:
    """Return the column heading of a grouping or a measure."""
    words = {
        "month": _("MONTH"),
        "day": _("DAY"),
        "mode": _("MODE"),
        "distance_m": _("DISTANCE"),
        "trips": _("TRIPS"),
        "days": _("DAYS"),
    }
    return words[name]


def key(grouping: str, value: str) -> str:
    """Return one value of a grouping for people."""
    if grouping == "month":
        return month(value)
    return word(value)


def cells(measures: list[str], values: Mapping[str, int]) -> list[str]:
    """Return figures with their unit."""
    return [km(values[m]) if m == "distance_m" else count(values[m]) for m in measures]


def assurance(result: Result) -> str:
    """Say how hard the figures would be to forge."""
    shares = [
        f"{word(level)} {percent} %" for level, percent in result.share_percent.items() if percent
    ]
    return _("Assurance: {shares}", shares=", ".join(shares) or "-")
