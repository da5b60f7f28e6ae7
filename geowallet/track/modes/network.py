"""A small network that reads the course of a path, in whole numbers.

Weights and activations are whole numbers so small that no sum of their products leaves what
a float32 holds exactly. A sum is then the same in any order: the result depends neither on
the machine, nor on its libraries, nor on what is asked together.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.course import ROW_S, Course

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.legs import Span
    from geowallet.track.motion import Path

UNIT = 1.0 / 32.0
"""Of an activation."""

MOST_ACTIVATION = 255.0
"""In `UNIT`."""

MOST_WEIGHT = 127.0

MOST_SUM = 2.0**24
"""Below it every whole number is a float32."""

LOGIT_UNIT = 1.0 / 1024.0

ROWS_TOGETHER = 4_096
"""So many rows are read together: what is held for them stays small."""

MOST_ROWS = 8_640
"""Of a leg: of one that lasts for more than a day, the first is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Weighted sums of what lies around each row; all but those of the last are cut at 0.

    Attributes:
        weight: float32 ``(kernel * inputs, outputs)``, whole numbers.
        scale: float32 ``(outputs,)``, what a sum is multiplied with.
        bias: float32 ``(outputs,)``, and what is added.
        kernel: Rows that a sum looks at; an odd number.
        dilation: Distance of these rows.
        adds: Whether what it looks at in the middle is added too.
    """

    weight: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    kernel: int = 1
    dilation: int = 1
    adds: bool = False

    @property
    def reach(self) -> int:
        """How many rows it looks ahead, and back."""
        return self.dilation * (self.kernel // 2)

    def sums(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scaled sums at rows ``(t, inputs)`` but for `reach` at either end."""
        reach, length = self.reach, len(rows) - 2 * self.reach
        around = rows
        if self.kernel > 1:
            starts = range(0, 2 * reach + 1, self.dilation)
            around = np.concatenate([rows[at : at + length] for at in starts], axis=1)
        found: NDArray[np.float32] = around @ self.weight
        found *= self.scale
        found += self.bias
        if self.adds:
            found += rows[reach : reach + length]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """What it says of each row: the logits of modes, and last of none of them.

    Attributes:
        layers: At least one; the last gives logits in `LOGIT_UNIT`.
    """

    layers: tuple[Layer, ...]

    @property
    def classes(self) -> int:
        """How many modes it tells apart."""
        return int(self.layers[-1].weight.shape[1]) - 1

    @property
    def reach(self) -> int:
        """How many rows it looks ahead, and back."""
        return sum(layer.reach for layer in self.layers)

    def at_rows(self, course: Course, first: int, after: int) -> NDArray[np.float64]:
        """Return logits in `LOGIT_UNIT`, whole numbers ``(after - first, classes + 1)``."""
        parts = []
        for start in range(first, after, ROWS_TOGETHER):
            end = min(start + ROWS_TOGETHER, after)
            rows = course.rows(start - self.reach, end + self.reach)
            for layer in self.layers[:-1]:
                rows = layer.sums(rows)
                np.rint(rows, out=rows)
                np.clip(rows, 0.0, MOST_ACTIVATION, out=rows)
            parts.append(np.rint(self.layers[-1].sums(rows)).astype(np.float64))
        return np.concatenate(parts)


class Listener:
    """What a network says of legs of one path; each stretch of it is read once."""

    __slots__ = ("_course", "_network", "_path", "_read", "on_foot")

    on_foot: tuple[int, ...]
    """The columns of walking and running."""

    def __init__(self, network: Network, path: Path, classes: Sequence[str] = ()) -> None:
        """Take the network, a path of at least two fixes and the names of the classes."""
        self._network, self._path = network, path
        self._course = Course(path)
        self.on_foot = tuple(n for n, name in enumerate(classes) if name in ("walk", "run"))
        self._read: list[tuple[int, int, NDArray[np.float64]]] = []

    def logits(self, spans: Sequence[Span]) -> NDArray[np.float64]:
        """Return the mean logits of the rows of each leg, ``(k, classes)``."""
        found = np.zeros((len(spans), self._network.classes))
        asked = [self._rows_of(span) for span in spans]
        self._listen(asked)
        for leg, (first, after) in enumerate(asked):
            total = self._total(first, after)
            said = total[-1] - total[0]
            found[leg] = said[:-1] / (after - first) * LOGIT_UNIT
        return found

    def rows(self, first: int, after: int) -> NDArray[np.float64]:
        """Return the logits of rows, ``(after - first, classes + 1)``; the last of no mode."""
        self._listen([(first, after)])
        each: NDArray[np.float64] = np.diff(self._total(first, after), axis=0) * LOGIT_UNIT
        return each

    def _total(self, first: int, after: int) -> NDArray[np.float64]:
        """Return the running sums of rows that were read, ``(after - first + 1, classes + 1)``."""
        place = self._place(first, after)
        start, total = self._read[place][0], self._read[place][2]
        return total[first - start : after - start + 1]

    def _place(self, first: int, after: int) -> int:
        """Return which stretch that was read holds these rows, -1 for none."""
        place = bisect_right(self._read, first, key=itemgetter(0)) - 1
        while place >= 0 and self._read[place][1] < after:
            place -= 1
        return place

    def _rows_of(self, span: Span) -> tuple[int, int]:
        """Return the rows whose middles lie in a leg, or the one that holds its middle."""
        time_s = self._path.time_s
        begin_us, end_us = (round(float(time_s[at]) * 1e6) for at in (span.first, span.last))
        row_us = round(ROW_S * 1e6)
        first = -((row_us // 2 - begin_us) // row_us)
        after = (end_us - row_us // 2) // row_us + 1
        if after <= first:
            first = (begin_us + end_us) // (2 * row_us)
            after = first + 1
        return first, min(after, first + MOST_ROWS)

    def _listen(self, asked: Sequence[tuple[int, int]]) -> None:
        """Read the rows that were not read before, neighbouring legs together."""
        joined: list[list[int]] = []
        for first, after in sorted(asked):
            if self._place(first, after) >= 0:
                continue
            if joined and first <= joined[-1][1] + 2 * self._network.reach:
                joined[-1][1] = max(joined[-1][1], after)
            else:
                joined.append([first, after])
        for first, after in joined:
            said = self._network.at_rows(self._course, first, after)
            total = np.concatenate((np.zeros((1, said.shape[1])), np.cumsum(said, axis=0)))
            insort(self._read, (first, after, total), key=itemgetter(0))
