"""Blocks of a table whose cells are all plain, read column by column.

Plain is a row with as many cells as the others, none quoted, with a latitude and
a longitude in degrees, an instant in UTC, and measures that are numbers or empty.
One row that is not plain leaves its block to the reader of single rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.fields.digits import (
    LONGEST_INSTANT,
    LONGEST_NUMBER,
    instants,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

BLOCK_LINES = 4_096

_MARGIN = b"\n" * max(LONGEST_INSTANT, LONGEST_NUMBER)
_LINE_END = ord("\n")
_POSITION = ("lat", "lon")


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """The columns of a block.

    Attributes:
        time_us: int64 ``(n,)``, UTC.
        lat_deg: float64 ``(n,)``, in range.
        lon_deg: float64 ``(n,)``, in range.
        measures: float64 ``(n,)`` by field, as written, NaN where empty.
    """

    time_us: NDArray[np.int64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    measures: dict[str, NDArray[np.float64]]


def plain_columns(
    block: Sequence[str], delimiter: str, number_of: Mapping[str, int]
) -> Plain | None:
    """Return the columns of a block, or None if a row of it is not plain.

    Args:
        block: Lines with their ends, at least one.
        delimiter: One character.
        number_of: Fields and the columns that hold them: ``time``, ``lat``,
            ``lon``, and measures.
    """
    joined = "".join(block).replace("\r\n", "\n")
    if not joined.isascii() or '"' in joined or "#" in joined or "\r" in joined:
        return None
    text = np.frombuffer(_MARGIN + joined.encode("ascii") + _MARGIN, dtype=np.uint8)
    edges = _edges(text, len(joined), delimiter, len(block))
    if edges is None or max(number_of.values()) + 1 >= edges.shape[1]:
        return None
    cells = {field: (edges[:, at] + 1, edges[:, at + 1]) for field, at in number_of.items()}
    time_us, good = instants(text, *cells.pop("time"))
    if not good.all():
        return None
    measures = {}
    for field, (start, stop) in cells.items():
        values, good = numbers(text, start, stop)
        empty = start == stop
        if not (good | empty).all() or (field in _POSITION and not good.all()):
            return None
        measures[field] = np.where(empty, np.nan, values)
    lat_deg, lon_deg = (measures.pop(field) for field in _POSITION)
    if np.any(np.abs(lat_deg) > 90) or np.any(np.abs(lon_deg) > 180):
        return None
    return Plain(time_us, lat_deg, lon_deg, measures)


def _edges(
    text: NDArray[np.uint8], length: int, delimiter: str, lines: int
) -> NDArray[np.int64] | None:
    """Return where cells end, int64 ``(n, cells + 1)``; the first of a row ends the row before."""
    inside = text[len(_MARGIN) : len(_MARGIN) + length]
    ends = np.flatnonzero((inside == ord(delimiter)) | (inside == _LINE_END)) + len(_MARGIN)
    if length and inside[-1] != _LINE_END:
        ends = np.append(ends, len(_MARGIN) + length)
    cells, left = divmod(len(ends), lines)
    if left or not cells:
        return None
    rows = ends.reshape(lines, cells)
    if (text[rows[:, -1]] != _LINE_END).any() or (text[rows[:, :-1]] == _LINE_END).any():
        return None
    before = np.concatenate([[len(_MARGIN) - 1], rows[:-1, -1]])
    return np.column_stack([before, rows])
