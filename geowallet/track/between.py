"""Values between the fixes: one search of the instants serves many columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Between:
    """Instants among ascending ones, for straight lines between values.

    What `numpy.interp` says, to the last digit; that searches anew for each column.
    """

    __slots__ = ("_after", "_before", "_since_s", "_span_s")

    def __init__(self, time_s: NDArray[np.float64], at_s: NDArray[np.float64]) -> None:
        """Find ``at_s``, ``(n,)`` in any order, among ``time_s``, at least one and ascending."""
        last = len(time_s) - 1
        before = np.searchsorted(time_s, at_s, side="right")
        before -= 1
        inside = (before >= 0) & (before < last)
        self._before = np.clip(before, 0, last)
        self._after = np.minimum(self._before + 1, last)
        start_s = time_s.take(self._before)
        self._since_s = np.where(inside, at_s - start_s, 0.0)
        self._span_s = np.where(inside, time_s.take(self._after) - start_s, 1.0)

    def of(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at the instants; before the first and after the last, theirs."""
        low = column.take(self._before)
        found = column.take(self._after)
        found -= low
        found /= self._span_s
        found *= self._since_s
        found += low
        return found
