"""What a network says of the legs of one path, each stretch of which is read once."""

from __future__ import annotations

from bisect import bisect_right, insort
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.course import ROW_S, Course
from geowallet.track.modes.forest import softmax
from geowallet.track.modes.network import LOGIT_UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.legs import Span
    from geowallet.track.modes.network import Network
    from geowallet.track.motion import Path

MOST_ROWS = 8_640
"""Of a leg: of one that lasts for more than a day, the first is read."""


class Listener:
    """What a network says of legs of one path; each stretch of it is read once."""

    __slots__ = ("_course", "_held", "_network", "_path", "_read", "_shares", "cycled", "on_foot")

    on_foot: tuple[int, ...]
    """The columns of walking and running."""

    cycled: tuple[int, ...]
    """The column of riding a bicycle, if there is one."""

    def __init__(
        self, network: Network, path: Path, classes: Sequence[str] = (), *, held: bool = False
    ) -> None:
        """Take the network, a path of at least two fixes and the names of the classes.

        With ``held``, what the last layer looks at is kept too.
        """
        self._network, self._path, self._held = network, path, held
        self._course = Course(path)
        self.on_foot = tuple(n for n, name in enumerate(classes) if name in ("walk", "run"))
        self.cycled = tuple(n for n, name in enumerate(classes) if name == "bike")
        self._read: list[tuple[int, int, NDArray[np.float64]]] = []
        self._shares: dict[tuple[int, int], NDArray[np.float64]] = {}

    def logits(self, spans: Sequence[Span]) -> NDArray[np.float64]:
        """Return the mean logits of the rows of each leg, ``(k, classes)``."""
        return self.described(spans)[0]

    def described(self, spans: Sequence[Span]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what `logits` does, and the means of what is held of the rows, ``(k, h)``.

        There are no columns of the latter unless it is kept.
        """
        classes = self._network.classes
        found = np.zeros((len(spans), classes))
        held = np.zeros((len(spans), self._network.holds if self._held else 0))
        asked = [self._rows_of(span) for span in spans]
        self.listen(asked)
        for leg, (first, after) in enumerate(asked):
            total = self._total(first, after)
            said = total[-1] - total[0]
            found[leg] = said[:classes] / (after - first) * LOGIT_UNIT
            held[leg] = said[classes + 1 :] / (after - first)
        return found, held

    def along(self, spans: Sequence[Span]) -> NDArray[np.float64]:
        """Return how probable each mode is along each leg, the mean of its rows.

        ``(k, classes)``; a row sums up to less than 1, as there may be none.
        """
        asked = [self._rows_of(span) for span in spans]
        self.listen(asked)
        means = [np.mean(self.shares(*rows)[:, :-1], axis=0) for rows in asked]
        return np.array(means).reshape(len(spans), self._network.classes)

    def rows(self, first: int, after: int) -> NDArray[np.float64]:
        """Return the logits of rows, ``(after - first, classes + 1)``; the last of no mode."""
        self.listen([(first, after)])
        total = self._total(first, after)[:, : self._network.classes + 1]
        each: NDArray[np.float64] = np.diff(total, axis=0) * LOGIT_UNIT
        return each

    def shares(self, first: int, after: int) -> NDArray[np.float64]:
        """Return how probable each mode is in rows, and last that there is none.

        ``(after - first, classes + 1)``. Those of all stretches that were read are found at once.
        """
        self.listen([(first, after)])
        begin, end, _ = self._read[self._place(first, after)]
        if (begin, end) not in self._shares:
            new = [part[:2] for part in self._read if part[:2] not in self._shares]
            every = [self.rows(*part) for part in new]
            ends = np.cumsum([len(rows) for rows in every])[:-1]
            some = np.split(softmax(np.concatenate(every)), ends)
            self._shares |= dict(zip(new, some, strict=True))
        return self._shares[begin, end][first - begin : after - begin]

    def listen(self, asked: Sequence[tuple[int, int]]) -> None:
        """Read the rows that were not read before, neighbouring stretches together.

        What is asked for later within them costs nothing then.

        Args:
            asked: ``(first, after)`` of each stretch, of at least one row.
        """
        joined: list[tuple[int, int]] = []
        for first, after in sorted(asked):
            if self._place(first, after) >= 0:
                continue
            if joined and first <= joined[-1][1] + 2 * self._network.reach:
                joined[-1] = joined[-1][0], max(joined[-1][1], after)
            else:
                joined.append((first, after))
        if not joined:
            return
        every = self._network.at_stretches(self._course, joined, held=self._held)
        for (first, after), said in zip(joined, every, strict=True):
            total = np.concatenate((np.zeros((1, said.shape[1])), np.cumsum(said, axis=0)))
            insort(self._read, (first, after, total), key=itemgetter(0))

    def _total(self, first: int, after: int) -> NDArray[np.float64]:
        """Return the running sums of rows that were read, ``(after - first + 1, c)``."""
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
