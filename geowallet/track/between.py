"""Values between the fixes: one search of the instants serves many columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.ragged import Rows


class Between:
    """Instants among ascending ones, for straight lines between values.

    What `numpy.interp` says, to the last digit; that searches anew for each column.
    """

    __slots__ = ("_after", "_before", "_since_s", "_span_s")

    def __init__(
        self, time_s: NDArray[np.float64], at_s: NDArray[np.float64], ends: _Ends | None = None
    ) -> None:
        """Find ``at_s``, ``(n,)`` in any order, among ``time_s``, at least one and ascending.

        Args:
            time_s: The ascending ones; within each chunk, where there are several.
            at_s: What is sought.
            ends: Where it was found before, and the last of its chunk.
        """
        if ends is None:
            last: int | NDArray[np.intp] = len(time_s) - 1
            before = np.searchsorted(time_s, at_s, side="right") - 1
            before = np.clip(before, 0, last)
        else:
            before, last = ends
        self._before, self._after = before, np.minimum(before + 1, last)
        start_s = time_s.take(before)
        self._since_s, self._span_s = at_s - start_s, time_s.take(self._after) - start_s
        outside = (at_s < start_s) | (before >= last)
        if np.any(outside):
            self._since_s[outside], self._span_s[outside] = 0.0, 1.0

    @property
    def before(self) -> NDArray[np.intp]:
        """Where the last value lies that is not above each instant, or the first."""
        return self._before

    def of(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at the instants; before the first and after the last, theirs."""
        low = column.take(self._before)
        found = column.take(self._after)
        found -= low
        found /= self._span_s
        found *= self._since_s
        found += low
        return found


class Axis:
    """Values that ascend within each of several chunks, for finding places among them.

    All chunks are searched at once, on one axis on which they follow each other; what
    is found is held against the values themselves, so that it does not depend on
    what other chunks there are.
    """

    __slots__ = ("_axis", "_last", "_number", "_shift", "_start", "_value")

    def __init__(self, rows: Rows, value: NDArray[np.float64]) -> None:
        """Take the values ``(t,)`` of chunks of at least one row each."""
        self._value, self._start, self._last = value, rows.start, rows.end - 1
        span = value[self._last] - value[self._start]
        # One apart, so that no rounding moves a value into the next chunk.
        self._shift = value[self._start] - (np.cumsum(span + 1.0) - (span + 1.0))
        self._axis = value - rows.spread(self._shift)
        self._number = np.arange(len(value), dtype=np.float64)

    def before(self, chunk: NDArray[np.intp], at: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the last row of each ``chunk`` whose value is not above ``at``, or its first."""
        start, last = self._start.take(chunk), self._last.take(chunk)
        # Ascending instants are found sooner so than by searching, but for the last digit.
        near = np.interp(at - self._shift.take(chunk), self._axis, self._number)
        found = np.minimum(np.maximum(near.astype(np.intp), start), last)
        found -= (self._value.take(found) > at) & (found > start)
        after = np.minimum(found + 1, last)
        found += (self._value.take(after) <= at) & (after > found)
        return found

    def between(self, chunk: NDArray[np.intp], at: NDArray[np.float64]) -> Between:
        """Return where ``at`` lies among the values of each ``chunk``."""
        return Between(self._value, at, (self.before(chunk, at), self._last.take(chunk)))


def neighbours(
    time_s: NDArray[np.float64], rows: slice, half_s: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which values lie within ``half_s`` of each of ``rows``: the first, and after the last.

    What two searches say. A window of a few values is found sooner by looking at them.

    Args:
        time_s: All of them, ascending.
        rows: At least one, within them.
        half_s: Half the width of the windows, at least 0.
    """
    own = time_s[rows]
    since, until = own - half_s, own + half_s
    beyond = time_s[rows.start + _LOOKED_AT : rows.stop + _LOOKED_AT]
    if 2 * np.count_nonzero(beyond <= until[: len(beyond)]) > len(own):
        first = np.searchsorted(time_s, since, side="left")
        return first, np.searchsorted(time_s, until, side="right")
    first, after = np.arange(rows.start, rows.stop), np.arange(rows.start + 1, rows.stop + 1)
    for away in range(1, _LOOKED_AT + 1):
        ahead = time_s[rows.start + away : rows.stop + away]
        within = ahead <= until[: len(ahead)]
        after[: len(ahead)] += within
        if not np.any(within):
            break
    else:
        more = np.flatnonzero(within)
        after[more] = np.searchsorted(time_s, until[more], side="right")
    for away in range(1, _LOOKED_AT + 1):
        behind = time_s[max(rows.start - away, 0) : max(rows.stop - away, 0)]
        lead = len(own) - len(behind)
        within = behind >= since[lead:]
        first[lead:] -= within
        if not np.any(within):
            break
    else:
        more = np.flatnonzero(within) + lead
        first[more] = np.searchsorted(time_s, since[more], side="left")
    return first, after


_LOOKED_AT = 8
"""So many values on either side are looked at before they are searched for."""

_Ends = tuple["NDArray[np.intp]", "NDArray[np.intp]"]
