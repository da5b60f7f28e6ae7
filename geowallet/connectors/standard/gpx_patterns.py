"""Track points that are the same text but for their digits, read as one table of bytes.

Where every digit stands in the same place, a point is a row of a table and a number is
a product of some of its columns with powers of ten. The text around the digits is
compared with that of one point, which was taken apart before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.connectors.fields.digits import WORD, days_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[Any]]
    Written = tuple[tuple[str, int, int], ...]

FEWEST = 24
"""Points of one pattern; for fewer, setting up costs more than reading them otherwise."""

MOST_PATTERNS = 12
"""Of one block, and in it."""

MOST_KEPT = 256
MOST_DIGITS = 15
"""Any number of so many digits is below 2^53: exact, and so is its power of ten."""

_ZERO = ord("0")
_NUMBER = re.compile(r"[-+]?(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_INSTANT = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z", re.ASCII
)
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_MOMENT = np.zeros((26, 2))
_MOMENT[[0, 1, 2, 3, 5, 6, 8, 9], 0] = 10.0 ** np.arange(7, -1, -1)
_MOMENT[[11, 12, 14, 15, 17, 18], 1] = np.array([36_000, 3_600, 600, 60, 10, 1]) * 1e6
_MOMENT[20:, 1] = 10.0 ** np.arange(5, -1, -1)
"""What each character of ``2026-05-04T08:00:00.000000`` counts: for the day written without
marks, and in microseconds."""

_LIMITS = {"lat": 90.0, "lon": 180.0}


@dataclass(frozen=True, slots=True, eq=False)
class _Number:
    """Where the digits of a number stand in a row, and what each of them counts."""

    name: str
    cut: slice
    weights: NDArray[np.float64]
    divisor: float
    negative: bool

    def values(self, digits: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the numbers of all rows."""
        exact: NDArray[np.float64] = digits[:, self.cut].astype(np.float64) @ self.weights
        exact /= self.divisor
        return -exact if self.negative else exact


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """How points are written that differ in nothing but digits.

    Attributes:
        width: Bytes of a row, whole words.
        length: Bytes of a point and the blanks behind it.
        blanks: How many of them are blanks.
        row: Its words, every digit a zero.
        six: Words with a six at every digit.
        stray: Bits that only what is no digit, or other text, sets.
        numbers: Of its named values, all but the time.
        time: Where the time begins and ends.
    """

    width: int
    length: int
    blanks: int
    row: NDArray[np.uint64]
    six: NDArray[np.uint64]
    stray: NDArray[np.uint64]
    numbers: tuple[_Number, ...]
    time: tuple[int, int]

    def read(
        self, text: NDArray[np.uint8], at: NDArray[np.int64]
    ) -> tuple[Columns, NDArray[np.bool_]]:
        """Return the columns of the points at ``at`` that are written so, and which these are.

        Args:
            text: uint8, with at least `width` bytes beyond every position.
            at: int64 ``(n,)``, where points may begin.

        Returns:
            Columns by name, each ``(m,)``; bool ``(n,)`` with ``m`` set.
        """
        words = rows_of(text, at, self.width).view(np.uint64) ^ self.row
        # A byte below ten sets no high bit, nor does it with six added.
        strange = np.bitwise_or.reduce((words | words + self.six) & self.stray, axis=1)
        fits: NDArray[np.bool_] = strange == 0
        digits = words.view(np.uint8).reshape(len(at), self.width)
        if not fits.all():
            digits = digits[fits]
        start, stop = self.time
        columns: Columns = {number.name: number.values(digits) for number in self.numbers}
        columns["time"], good = _instants(digits[:, start : stop - 1])
        for name, most in _LIMITS.items():
            good &= np.abs(columns[name]) <= most
        if not good.all():
            columns = {name: column[good] for name, column in columns.items()}
            fits[fits] = good
        return columns, fits


class Patterns:
    """The patterns met so far in a document."""

    def __init__(self, written: Callable[[str], Written | None]) -> None:
        """Take what parts a point.

        Args:
            written: Returns name, start and stop of every value of the point that is all
                of a text but blanks behind it; None for one that is not plain.
        """
        self._written = written
        self._known: dict[bytes, Pattern | None] = {}

    def take(
        self, text: NDArray[np.uint8], tags: NDArray[np.int64], columns: Columns
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Fill the rows of ``columns`` that some pattern fits; return which, and where they end.

        Args:
            text: uint8.
            tags: int64 ``(n, k)``, where each ``<`` of each point stands.
            columns: The columns wanted, each ``(n,)``.
        """
        done, end = np.zeros(len(tags), dtype=np.bool_), np.zeros(len(tags), dtype=np.int64)
        first = tags[:-1, 0]
        length = tags[1:, 0] - first
        # Points that are written alike have their tags in the same places.
        places = length + (tags[:-1, 1:] - first[:, None]) @ _odd(tags.shape[1] - 1)
        waiting = np.arange(len(first))
        for _ in range(MOST_PATTERNS):
            if len(waiting) < FEWEST:
                break
            alike = places[waiting] == places[waiting[0]]
            rows, waiting = waiting[alike], waiting[~alike]
            if len(rows) < FEWEST:
                continue
            pattern = self._of(text, int(first[rows[0]]), int(length[rows[0]]))
            if pattern is None or {*columns} != {"time", *(n.name for n in pattern.numbers)}:
                continue
            found, fits = pattern.read(text, first[rows])
            fit = rows[fits]
            for name, column in found.items():
                columns[name][fit] = column
            done[fit], end[fit] = True, first[fit] + (pattern.length - pattern.blanks)
            if len(fit) >= FEWEST:
                waiting = np.concatenate((rows[~fits], waiting))
        return done, end

    def _of(self, text: NDArray[np.uint8], start: int, length: int) -> Pattern | None:
        """Return how the point at ``start`` is written, None if not plainly."""
        row = text[start : start + length].tobytes()
        form = row.translate(_DIGITS)
        if form not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[form] = self._new(row)
        return self._known[form]

    def _new(self, row: bytes) -> Pattern | None:
        point = row.decode("ascii")
        written = self._written(point)
        if written is None:
            return None
        times = [(a, b) for name, a, b in written if name == "time"]
        numbers = [_number(*value, point) for value in written if value[0] not in {"", "time"}]
        if not _INSTANT.fullmatch(point[times[0][0] : times[0][1]]) or None in numbers:
            return None
        values = [(start, stop) for _, start, stop in written]
        width = -(-len(row) // WORD) * WORD
        form, six, stray = (np.zeros(width, dtype=np.uint8) for _ in range(3))
        form[: len(row)] = np.frombuffer(row, dtype=np.uint8)
        stray[: len(row)] = 0xFF
        for start, stop in values:
            is_digit = (form[start:stop] >= _ZERO) & (form[start:stop] <= ord("9"))
            form[start:stop][is_digit] = _ZERO
            six[start:stop][is_digit] = 6
            stray[start:stop][is_digit] = 0xF0
        return Pattern(
            width=width,
            length=len(row),
            blanks=len(point) - len(point.rstrip(" \t\r\n")),
            row=form.view(np.uint64),
            six=six.view(np.uint64),
            stray=stray.view(np.uint64),
            numbers=tuple(number for number in numbers if number is not None),
            time=times[0],
        )


def _number(name: str, start: int, stop: int, point: str) -> _Number | None:
    """Return how a value is read as a number; None if it is none, or too long to be exact so."""
    found = _NUMBER.fullmatch(point, start, stop)
    if found is None:
        return None
    after = len(found[2] or "")
    if len(found[1]) + after > MOST_DIGITS:
        return None
    places = [at for at in range(start, stop) if point[at].isdigit()]
    weights = np.zeros(stop - start)
    weights[np.array(places) - start] = 10.0 ** np.arange(len(places) - 1, -1, -1)
    return _Number(name, slice(start, stop), weights, 10.0**after, point[start] == "-")


def _instants(digits: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return instants of one form without its ``Z``, its marks zero, and where there is one."""
    good = (digits[:, 11] * 10 + digits[:, 12] < 24) & (digits[:, 14] < 6) & (digits[:, 17] < 6)
    parts = digits.astype(np.float64) @ _MOMENT[: digits.shape[1]]
    days_us, known = days_of(parts[:, 0].astype(np.int64))
    time_us: NDArray[np.int64] = days_us + parts[:, 1].astype(np.int64)
    return time_us, good & known


def _odd(count: int) -> NDArray[np.int64]:
    """Return factors that give different places different sums, as nearly always suffices."""
    return np.arange(1, count + 1, dtype=np.int64) * 0x9E3779B1 | 1
