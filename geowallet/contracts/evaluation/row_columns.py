"""Rows column by column: how they are handed over, and how years of them are counted.

What a column says of all rows alike is said once; texts are numbers into a short table.
Standard library only. The child trusts no bound: every one is checked where columns are
read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, overload

from geowallet.contracts.evaluation.rows import DRIVEN_LENGTH, LEVELS, MOST_METRES, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_ROWS = 1_000_000
"""Of one export; a busy courier needs a century for them."""

_DAY = re.compile(r"(\d{4}-\d{2}(-\d{2})?)?", flags=re.ASCII)

_TEXTS = ("day", "mode", "purpose", "vehicle")
_LARGEST = {
    "trip": MOST_ROWS,
    "metres": MOST_METRES,
    "level": len(LEVELS) - 1,
    "seconds": MOST_METRES,
    "night_m": MOST_METRES,
}
_NAMES = {"count", *_TEXTS, *_LARGEST, "driven"}


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Sequence[Row]):
    """Rows, each attribute of `Row` as a column of its own."""

    day: Sequence[str]
    mode: Sequence[str]
    trip: Sequence[int]
    metres: Sequence[int]
    level: Sequence[int]
    seconds: Sequence[int]
    night_m: Sequence[int]
    purpose: Sequence[str]
    vehicle: Sequence[str]
    driven: Sequence[tuple[int, ...]]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Rows:
        """Return ``rows`` as columns; columns come back as they are."""
        if isinstance(rows, Rows):
            return rows
        return cls(*([getattr(row, name) for row in rows] for name in _COLUMNS))

    def __len__(self) -> int:
        return len(self.metres)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Rows: ...

    def __getitem__(self, place: int | slice) -> Row | Rows:
        columns = [getattr(self, name)[place] for name in _COLUMNS]
        return Rows(*columns) if isinstance(place, slice) else Row(*columns)

    def __iter__(self) -> Iterator[Row]:
        return map(Row, *(getattr(self, name) for name in _COLUMNS))

    def taken(self, numbers: Iterable[int]) -> Rows:
        """Return the rows with these numbers, in this order."""
        wanted = [*numbers]
        first = wanted[0] if wanted else 0
        if wanted == [*range(first, first + len(wanted))]:
            return self[first : first + len(wanted)]
        columns = (getattr(self, name) for name in _COLUMNS)
        return Rows(*([column[number] for number in wanted] for column in columns))

    def as_json(self) -> dict[str, Any]:
        """Return the columns: a list of one value stands for as many as there are rows."""
        texts = {name: _texts_out(getattr(self, name)) for name in _TEXTS}
        numbers = {name: _short(getattr(self, name)) for name in _LARGEST}
        driven = [list(one) for one in _short(self.driven)]
        return {"count": len(self), "driven": driven, **texts, **numbers}

    @classmethod
    def from_json(cls, value: Any) -> Rows:
        """Read what `as_json` wrote.

        Raises:
            ValueError: Not such columns, or a value out of range.
        """
        if not isinstance(value, dict) or set(value) != _NAMES:
            raise ValueError("not rows")
        count = value["count"]
        if type(count) is not int or not 0 <= count <= MOST_ROWS:
            raise ValueError("not a number of rows")
        columns: dict[str, Any] = {name: _texts_in(value[name], count) for name in _TEXTS}
        if not all(_DAY.fullmatch(day) for day in {*columns["day"]}):
            raise ValueError("a row out of range")
        for name, largest in _LARGEST.items():
            columns[name] = _numbers(value[name], count, largest)
        return cls(driven=_driven_in(value["driven"], count), **columns)


_COLUMNS = tuple(field.name for field in fields(Rows))


def _short(column: Sequence[Any]) -> list[Any]:
    """Return ``column``, or its one value where all are equal."""
    return [*column[:1]] if len({*column}) == 1 else [*column]


def _long(column: Any, count: int) -> list[Any]:
    if not isinstance(column, list) or (len(column) != count and len(column) != 1):
        raise ValueError("a column of another length")
    return column * count if len(column) == 1 else column


def _texts_out(column: Sequence[str]) -> list[list[Any]]:
    table = list(dict.fromkeys(column))
    places = {text: place for place, text in enumerate(table)}
    return [table, _short([places[text] for text in column])]


def _texts_in(value: Any, count: int) -> list[str]:
    match value:
        case [list(table), places] if all(type(text) is str for text in table):
            return [table[place] for place in _numbers(places, count, len(table) - 1)]
        case _:
            raise ValueError("not a column of texts")


def _numbers(value: Any, count: int, largest: int) -> list[int]:
    column = _long(value, count)
    if {type(number) for number in column} - {int}:
        raise ValueError("not a column of numbers")
    if column and not 0 <= min(column) <= max(column) <= largest:
        raise ValueError("a row out of range")
    return column


def _driven_in(value: Any, count: int) -> list[tuple[int, ...]]:
    found = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, list) or len(item) not in (0, DRIVEN_LENGTH):
            raise ValueError("a row out of range")
        found.append(tuple(_numbers(item, len(item), MOST_METRES)))
    return _long(found, count)
