"""Use case: say that times look 1,024 weeks off, and put them right if the owner wants it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.fields.rows import ROLLOVER_US
from geowallet.connectors.fields.weeks import LATE_US, Bearings, corrected
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from geowallet.app.intake.held import Held
    from geowallet.connectors.api import ReadResult

_EPOCH = date(1970, 1, 1)
_DAY_US = 86_400_000_000
_YEAR_FIRST = re.compile(r"(?<!\d)(19[89]\d|20[0-7]\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d{2}(?:\D|$))")
_YEAR_LAST = re.compile(r"(?<!\d)(\d\d)[-_.](\d\d)[-_.](19[89]\d|20[0-7]\d)(?!\d)")

NEAR_US = 400 * _DAY_US
"""A file is named, and other rides are in it, within about a year of what it holds."""
SAVED_US = 3 * _DAY_US
"""A file system's date tells something only if it fits to the day."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Times of one source that look 1,024 weeks too early, or too late.

    Attributes:
        fixes: How many.
        first_us: The first of them, put right.
        last_us: The last of them, put right.
        late: They lie in the future.
    """

    fixes: int
    first_us: int
    last_us: int
    late: bool

    def offer(self) -> Phrase:
        """Return the sentence that offers to put them right."""
        text = (
            N_("{count} times look 1,024 weeks late; with --fix-rollover they begin on {day}")
            if self.late
            else N_("{count} times look 1,024 weeks early; with --fix-rollover they begin on {day}")
        )
        return phrase(text, count=self.fixes, day=_day(self.first_us))

    def done(self) -> Phrase:
        """Return the sentence that says that they were put right."""
        text = N_("{count} times were moved by 1,024 weeks, as asked; they begin on {day}")
        return phrase(text, count=self.fixes, day=_day(self.first_us))


def bearings(name: str, now_us: int) -> Bearings:
    """Return what tells the round of weeks of a source called ``name``."""
    return Bearings(now_us, _named_us(name.replace("\\", "/").rpartition("/")[2]))


def lost_weeks(held: Held, known: Bearings, *, saved_us: int | None = None) -> Lost | None:
    """Return the times that look 1,024 weeks off, or None.

    An old ride is no mistake. So something must tell: the future, the name of
    the file or what it says of itself, the day on which it was saved, or other
    times in the same source.

    Args:
        held: The source as it was read.
        known: From its name and the present.
        saved_us: The file system's date of the file.
    """
    about_us = known.about_us if known.about_us is not None else held.written_us
    oldest_us, newest_us = known.now_us - ROLLOVER_US, known.now_us + LATE_US
    times = [fixes.time_us for trace in held.traces for fixes in trace.pieces()]
    if all(t[0] > oldest_us and t[-1] <= newest_us for t in times):
        return None
    time_us = np.concatenate(times)
    shifts_us = Bearings(known.now_us, about_us).shifts_us(time_us)
    moved = shifts_us != 0
    if not moved.any():
        return None
    right_us = (time_us + shifts_us)[moved]
    late = bool((time_us[moved] > known.now_us + LATE_US).all())
    if not (late or _told(right_us, time_us[~moved], about_us, saved_us)):
        return None
    return Lost(len(right_us), int(right_us.min()), int(right_us.max()), late)


class Rounds:
    """Puts times right as a source is read, and keeps what it moved."""

    def __init__(self, known: Bearings) -> None:
        self._known = known
        self._moved: list[tuple[int, int, int]] = []

    def corrected(self, parts: Iterable[ReadResult]) -> Iterator[ReadResult]:
        """Yield the parts with every time in its round of 1,024 weeks."""
        for part in parts:
            result, times_us = corrected(part, self._known)
            if len(times_us):
                self._moved.append((len(times_us), int(times_us.min()), int(times_us.max())))
            yield result

    def moved(self) -> Lost | None:
        """Return what was moved so far, or None if it is nothing."""
        if not self._moved:
            return None
        counts, firsts, lasts = zip(*self._moved, strict=True)
        return Lost(sum(counts), min(firsts), max(lasts), late=False)


def _told(
    right_us: NDArray[np.int64],
    others_us: NDArray[np.int64],
    about_us: int | None,
    saved_us: int | None,
) -> bool:
    first_us, last_us = int(right_us.min()), int(right_us.max())
    if about_us is not None and first_us - NEAR_US <= about_us <= last_us + NEAR_US:
        return True
    if saved_us is not None and last_us - _DAY_US <= saved_us <= last_us + SAVED_US:
        return True
    near = (others_us >= first_us - NEAR_US) & (others_us <= last_us + NEAR_US)
    return bool(near.any())


def _named_us(name: str) -> int | None:
    """Return the day that a file is named after, or None."""
    found = _YEAR_LAST.search(name)
    parts = found.groups()[::-1] if found else ()
    if not parts:
        found = _YEAR_FIRST.search(name)
        parts = found.groups() if found else ()
    try:
        year, month, day = map(int, parts)
        return (date(year, month, day) - _EPOCH).days * _DAY_US
    except ValueError:
        return None


def _day(time_us: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)).date().isoformat()
