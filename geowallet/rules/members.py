"""Strict reading of one TOML table: what is not asked for is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from geowallet.model.errors import RuleDataError

ENDLESS = Decimal("Infinity")
"""Limit of a last band or class: ``inf`` in the file."""


@dataclass(slots=True)
class Members:
    """The members of one table that are still to be read.

    Attributes:
        rule: Id of the rule, for errors.
        found: Name to value; every reading takes one away.
    """

    rule: str
    found: dict[str, Any]

    def refuse(self, reason: str) -> RuleDataError:
        """Return the error to raise about this table."""
        return RuleDataError(rule=self.rule, reason=reason)

    def text(self, name: str) -> str:
        """Take a sentence or a name, never empty."""
        value = self._take(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(f"{name} is missing or not a text")
        return value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Take one of ``allowed``."""
        value = self.text(name)
        if value not in allowed:
            raise self.refuse(f"{name} is none of {', '.join(allowed)}")
        return value

    def day(self, name: str) -> dt.date:
        """Take a date without a time."""
        value = self._take(name)
        if type(value) is not dt.date:
            raise self.refuse(f"{name} is missing or not a date")
        return value

    def number(self, name: str) -> Decimal:
        """Take a finite number, at least 0."""
        value = exact(self._take(name))
        if value is None or value == ENDLESS:
            raise self.refuse(f"{name} is missing or not a number from 0")
        return value

    def number_or(self, name: str, default: Decimal) -> Decimal:
        """Take a finite number, or ``default`` where there is none."""
        return self.number(name) if name in self.found else default

    def whole_or(self, name: str, default: int) -> int:
        """Take a whole number, or ``default`` where there is none."""
        value = self.number_or(name, Decimal(default))
        if value != int(value):
            raise self.refuse(f"{name} is not a whole number")
        return int(value)

    def rows(self, name: str, width: int) -> tuple[tuple[Decimal, ...], ...]:
        """Take rows of ``width`` numbers from 0, at least one; they may be `ENDLESS`."""
        value = self._take(name)
        if not isinstance(value, list) or not value:
            raise self.refuse(f"{name} is missing or has no row")
        return tuple(self._row(name, row, width) for row in value)

    def inside(self, name: str) -> Members:
        """Take one table."""
        value = self._take(name)
        if not isinstance(value, dict):
            raise self.refuse(f"{name} is missing")
        return Members(self.rule, value)

    def each(self, name: str) -> list[Members]:
        """Take an array of tables, at least one."""
        value = self._take(name)
        if not isinstance(value, list) or not value or not all(type(v) is dict for v in value):
            raise self.refuse(f"{name} is missing")
        return [Members(self.rule, entry) for entry in value]

    def end(self) -> None:
        """Make sure that nothing is left.

        Raises:
            RuleDataError: A member that nobody knows.
        """
        if self.found:
            raise self.refuse(f"unknown: {', '.join(sorted(self.found))}")

    def _take(self, name: str) -> Any:
        return self.found.pop(name, None)

    def _row(self, name: str, row: Any, width: int) -> tuple[Decimal, ...]:
        values = [exact(cell) for cell in row] if isinstance(row, list) else []
        numbers = tuple(value for value in values if value is not None)
        if len(values) != width or len(numbers) != width:
            raise self.refuse(f"{name} has a row that is not {width} numbers from 0")
        return numbers


def exact(value: Any) -> Decimal | None:
    """Return a number of the file as it is written; None for anything else, or below 0."""
    if type(value) is int:
        value = Decimal(value)
    if not isinstance(value, Decimal) or value.is_nan() or value < 0:
        return None
    return value
