"""Long runs of track points that are all written alike, taken column by column.

Most programs write every point in the same way: the same tags in the same order,
with the same blanks between them, and other numbers. The first point of a run is
taken apart into what is fixed and what varies. Then whole columns are compared
and read at once, as bytes. A point that is written in another way ends the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
from geowallet.connectors.standard.gpx_patterns import Patterns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geowallet.connectors.standard.gpx_patterns import Written

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
        spans: Where each value begins and ends in this point.
        end: Where this point ends.
    """

    fixed: tuple[bytes, ...]
    names: tuple[str, ...]
    ends: tuple[int, ...]
    tags: int
    spans: tuple[tuple[int, int], ...]
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The columns of neighbouring points.

    Attributes:
        end: Where in the text the run ends.
        lines: Line feeds in it.
        time_us: int64 ``(n,)``.
        lat_deg: float64 ``(n,)``, in range.
        lon_deg: float64 ``(n,)``, in range.
        known: Further columns, float64 ``(n,)`` each.
    """

    end: int
    lines: int
    time_us: NDArray[np.int64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    known: dict[str, NDArray[np.float64]]


class Alike:
    """Finds the runs of one document."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        """Take the local name of each element to its column; ``time`` is the instant."""
        self._columns = columns
        self._patterns = Patterns(self._written)
        self._room: NDArray[np.uint8] = np.zeros(0, dtype=np.uint8)

    def at(self, text: str, start: int, reach: int) -> Run | None:
        """Return the run of points alike that begins at ``start``, or None if it is short.

        Args:
            text: A piece of a document.
            start: Where it begins, blanks before it included.
            reach: How many characters are looked at.
        """
        begin = _BLANKS.match(text, start)
        if begin is None or not text.startswith("<trkpt", begin.end()):
            return None
        piece = text[begin.end() : start + reach]
        shape = _shape(piece, self._columns) if piece.isascii() else None
        if shape is None:
            return None
        # Rows that are not good point anywhere within a point of the longest values.
        longest = LONGEST_VALUE * (len(shape.names) + 1)
        margin = sum(map(len, shape.fixed)) + longest + MOST_BETWEEN + WORD
        padded = self._padded(piece.encode("ascii"), margin)
        run = self._run(padded, shape, begin.end() - margin)
        blanks = text.count("\n", start, begin.end())
        return run and replace(run, lines=run.lines + blanks)

    def _padded(self, data: bytes, margin: int) -> NDArray[np.uint8]:
        """Return ``data`` between margins of zeros, valid until the next call."""
        length = len(data) + 2 * margin
        if len(self._room) < length:
            self._room = np.zeros(length, dtype=np.uint8)
        text = self._room[:length]
        text[:margin] = text[-margin:] = 0
        text[margin:-margin] = np.frombuffer(data, dtype=np.uint8)
        return text

    def _run(self, text: NDArray[np.uint8], shape: _Shape, offset: int) -> Run | None:
        """Return the columns up to the first row that is not good; ``offset`` is of the text."""
        places = np.flatnonzero(text == ord("<"))
        n = len(places) // shape.tags
        if n < FEWEST:
            return None
        tags = places[: n * shape.tags].reshape(n, shape.tags)
        columns: dict[str, NDArray[Any]] = {name: np.zeros(n) for name in shape.names if name}
        columns["time"] = np.zeros(n, dtype=np.int64)
        good, end = self._patterns.take(text, tags, columns)
        rest = np.flatnonzero(~good)
        # The last one has none behind it to be cut by, and is left to the next run.
        if len(rest) > 1:
            rows = _Rows(text, tags, rest, shape)
            values, end[rest] = rows.values()
            good[rest] = rows.good & rows.joined(end[rest])
            for name, column in values.items():
                columns[name][rest] = column
        n = n if good.all() else int(np.argmin(good))
        if n < FEWEST:
            return None
        known = {name: column[:n] for name, column in columns.items()}
        stop = int(end[n - 1])
        return Run(
            end=offset + stop,
            lines=int(np.count_nonzero(text[:stop] == ord("\n"))),
            time_us=known.pop("time"),
            lat_deg=known.pop("lat"),
            lon_deg=known.pop("lon"),
            known=known,
        )

    def _written(self, point: str) -> Written | None:
        shape = _shape(point, self._columns)
        behind = "" if shape is None else point[shape.end :]
        if shape is None or len(behind) > MOST_BETWEEN or behind.strip(" \t\r\n"):
            return None
        spans = zip(shape.names, shape.spans, strict=True)
        return tuple((name, start, stop) for name, (start, stop) in spans)


def _shape(piece: str, columns: Mapping[str, str]) -> _Shape | None:
    """Return how the point at the beginning of ``piece`` is written, or None if not plainly."""
    opening = _OPENING.match(piece)
    if opening is None or opening[1] == opening[3]:
        return None
    fixed = [piece[: opening.start(2)], piece[opening.end(2) : opening.start(4)]]
    names = [opening[1], opening[3]]
    spans = [opening.span(2), opening.span(4)]
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
                return _known(fixed, names, ends, spans, at)
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
                spans.append(value.span())
                ends.append(number)
                since = at = value.end()
    return None


def _known(
    fixed: list[str], names: list[str], ends: list[int], spans: list[tuple[int, int]], end: int
) -> _Shape | None:
    once = [name for name in names if name]
    if "time" not in once or len(set(once)) < len(once) or sum(map(len, fixed)) > MOST_FIXED:
        return None
    parts = tuple(part.encode() for part in fixed)
    tags = sum(part.count(b"<") for part in parts)
    return _Shape(parts, tuple(names), tuple(ends), tags, tuple(spans), end)


class _Rows:
    """Points that are compared value by value with the shape of the first one."""

    def __init__(
        self,
        text: NDArray[np.uint8],
        tags: NDArray[np.int64],
        rows: NDArray[np.intp],
        shape: _Shape,
    ) -> None:
        self._shape, self._text = shape, text
        self._tags = tags[rows]
        self._following = tags[np.minimum(rows + 1, len(tags) - 1), 0]
        self._is_last = rows == len(tags) - 1
        self.good = np.ones(len(rows), dtype=np.bool_)

    def values(self) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
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

    def joined(self, end: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say where a point begins behind the same blanks as the first one; the last may end."""
        between = self._text[end[0] : self._following[0]].tobytes()
        if len(between) > MOST_BETWEEN or between.strip(b" \t\r\n"):
            return np.zeros(len(end), dtype=np.bool_)
        fits = (end + len(between) == self._following) & self._stands(between, end)
        joined: NDArray[np.bool_] = self._is_last | fits
        return joined

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
