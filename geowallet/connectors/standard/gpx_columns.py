"""Long runs of track points that are all written alike, taken column by column.

Most programs write every point in the same way: the same tags in the same order,
with the same blanks between them, and other numbers. The first point of a run is
taken apart into what is fixed and what varies. Then whole columns are compared
and read at once, as bytes. A point that is written in another way ends the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.connectors.fields.digits import (
    LONGEST_NUMBER,
    WORD,
    instants,
    no_bits,
    numbers,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FEWEST = 64
"""Points of a run; for fewer, setting up costs more than reading them one by one."""

MOST_TAGS = 40
MOST_FIXED = 1_024
"""Characters of a point that are the same in all."""

MOST_BETWEEN = 256
"""Blanks between two points."""

LONGEST_VALUE = 32
"""Characters of a value that is not looked at."""

_ATTRIBUTE = r'[ \t\r\n]+(lat|lon)="([-+]?[0-9.]+)"'
_OPENING = re.compile(rf"<trkpt{_ATTRIBUTE}{_ATTRIBUTE}[ \t\r\n]*>", re.ASCII)
_TAG = re.compile(r"[ \t\r\n]*<(/?)((?:[A-Za-z][\w-]{0,31}:)?[A-Za-z][\w-]{0,31})>", re.ASCII)
_VALUE = re.compile(rf"[\w.:+-]{{1,{LONGEST_VALUE}}}(?=</)", re.ASCII)
_BLANKS = re.compile(r"[ \t\r\n]*")
_PLAIN = np.array([re.match(r"[\w.:+-]", chr(code), re.ASCII) is not None for code in range(256)])
_ATTRIBUTES = 2


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one point is written.

    Attributes:
        fixed: What stands before each value, and last what stands after them.
        names: Of the values: a column of the table, ``lat``, ``lon``, or "".
        ends: Of each value but the first two: which ``<`` of the point ends it.
        tags: How many ``<`` a point has.
    """

    fixed: tuple[bytes, ...]
    names: tuple[str, ...]
    ends: tuple[int, ...]
    tags: int


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The columns of neighbouring points.

    Attributes:
        end: Where in the text the run ends.
        time_us: int64 ``(n,)``.
        lat_deg: float64 ``(n,)``, in range.
        lon_deg: float64 ``(n,)``, in range.
        known: Further columns, float64 ``(n,)`` each.
    """

    end: int
    time_us: NDArray[np.int64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    known: dict[str, NDArray[np.float64]]


def alike_at(text: str, start: int, reach: int, columns: Mapping[str, str]) -> Run | None:
    """Return the run of points alike that begins at ``start``, or None if it is short.

    Args:
        text: A piece of a document.
        start: Where it begins, blanks before it included.
        reach: How many characters are looked at.
        columns: Local name of an element to its column; ``time`` is the instant.
    """
    begin = _BLANKS.match(text, start)
    if begin is None or not text.startswith("<trkpt", begin.end()):
        return None
    piece = text[begin.end() : start + reach]
    shape = _shape(piece, columns) if piece.isascii() else None
    if shape is None:
        return None
    return _Rows(piece.encode("ascii"), shape).run(begin.end())


def _shape(piece: str, columns: Mapping[str, str]) -> _Shape | None:
    """Return how the point at the beginning of ``piece`` is written, or None if not plainly."""
    opening = _OPENING.match(piece)
    if opening is None or opening[1] == opening[3]:
        return None
    fixed = [piece[: opening.start(2)], piece[opening.end(2) : opening.start(4)]]
    names = [opening[1], opening[3]]
    ends: list[int] = []
    within: list[str] = []
    since, at = opening.end(4), opening.end()
    for number in range(2, MOST_TAGS):
        tag = _TAG.match(piece, at)
        if tag is None:
            return None
        at, name = tag.end(), tag[2]
        if tag[1]:
            if not within and name == "trkpt":
                fixed.append(piece[since:at])
                return _known(fixed, names, ends, number)
            if not within or within.pop() != name:
                return None
        else:
            within.append(name)
            column, value = columns.get(name.rpartition(":")[2], ""), _VALUE.match(piece, at)
            if value is None and column:
                return None
            if value is not None:
                fixed.append(piece[since : value.start()])
                names.append(column)
                ends.append(number)
                since = at = value.end()
    return None


def _known(fixed: list[str], names: list[str], ends: list[int], tags: int) -> _Shape | None:
    once = [name for name in names if name]
    if "time" not in once or len(set(once)) < len(once) or sum(map(len, fixed)) > MOST_FIXED:
        return None
    return _Shape(tuple(part.encode() for part in fixed), tuple(names), tuple(ends), tags)


class _Rows:
    """Points one after the other, compared with the shape of the first."""

    def __init__(self, data: bytes, shape: _Shape) -> None:
        self._shape = shape
        # Rows that are not good point anywhere within a point of the longest values.
        longest = LONGEST_VALUE * (len(shape.names) + 1)
        margin = sum(map(len, shape.fixed)) + longest + MOST_BETWEEN + WORD
        padded = b"".join((bytes(margin), data, bytes(margin)))
        self._text = np.frombuffer(padded, dtype=np.uint8)
        self._margin = margin
        tags = np.flatnonzero(self._text == ord("<"))
        n = len(tags) // shape.tags
        self._tags = tags[: n * shape.tags].reshape(n, shape.tags)
        self.good = np.ones(n, dtype=np.bool_)

    def run(self, offset: int) -> Run | None:
        """Return the columns up to the first row that is not good; ``offset`` is of the data."""
        if len(self.good) < FEWEST:
            return None
        values, end = self._values()
        self.good[1:] &= self._joined(end)
        n = len(self.good) if self.good.all() else int(np.argmin(self.good))
        if n < FEWEST:
            return None
        known = {name: column[:n] for name, column in values.items()}
        return Run(
            end=offset + int(end[n - 1]) - self._margin,
            time_us=known.pop("time").astype(np.int64, copy=False),
            lat_deg=known.pop("lat"),
            lon_deg=known.pop("lon"),
            known=known,
        )

    def _values(self) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
        """Return every named column, and where each point ends."""
        values: dict[str, NDArray[Any]] = {}
        at = self._tags[:, 0]
        for number, name in enumerate(self._shape.names):
            start = self._after(at, self._shape.fixed[number])
            stop = self._stop(number, start)
            column = self._column(name, start, stop)
            if name:
                values[name] = column
            at = stop
        self.good &= (np.abs(values["lat"]) <= 90) & (np.abs(values["lon"]) <= 180)
        return values, self._after(at, self._shape.fixed[-1])

    def _joined(self, end: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say where a point begins behind the same blanks as the second one, bool ``(n - 1,)``."""
        following = self._tags[1:, 0]
        between = self._text[end[0] : following[0]].tobytes()
        if len(between) > MOST_BETWEEN or between.strip(b" \t\r\n"):
            return np.zeros(len(following), dtype=np.bool_)
        fits: NDArray[np.bool_] = end[:-1] + len(between) == following
        return fits & self._stands(between, end[:-1])

    def _after(self, at: NDArray[np.int64], part: bytes) -> NDArray[np.int64]:
        """Return where ``part`` ends that stands at ``at``; rows where it does not are not good."""
        self.good &= self._stands(part, at)
        return at + len(part)

    def _stands(self, part: bytes, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say where ``part`` stands at ``at``."""
        words = max(1, -(-len(part) // WORD))
        wanted = np.frombuffer(part.ljust(words * WORD, b"\0"), dtype=np.uint64)
        mask = np.frombuffer((b"\xff" * len(part)).ljust(words * WORD, b"\0"), dtype=np.uint64)
        found = rows_of(self._text, at, words * WORD).view(np.uint64)
        return no_bits((found ^ wanted) & mask)

    def _stop(self, number: int, start: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where the values that begin at ``start`` end."""
        if number >= _ATTRIBUTES:
            tags = self._tags[:, self._shape.ends[number - _ATTRIBUTES]]
            # In a row that is not good it can be anywhere; here nothing is out of reach.
            return np.minimum(np.maximum(tags, start), start + LONGEST_VALUE)
        quotes = rows_of(self._text, start, LONGEST_NUMBER + 1) == ord('"')
        stop: NDArray[np.int64] = start + np.argmax(quotes, axis=1)
        return stop

    def _column(self, name: str, start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[Any]:
        """Return the values of one column; rows that have none are not good."""
        column: NDArray[Any]
        if name == "time":
            column, fine = instants(self._text, start, stop)
        elif name:
            column, fine = numbers(self._text, start, stop)
        else:
            column, fine = start, self._is_text(start, stop)
        self.good &= fine
        return column

    def _is_text(self, start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say where the value is a plain word, which is not looked at."""
        length = stop - start
        longest = min(int(length[0]) + 4, LONGEST_VALUE)
        plain = _PLAIN[rows_of(self._text, start, longest)]
        plain |= np.arange(longest) >= length[:, None]
        return plain.all(axis=1) & (length >= 1) & (length <= longest)
