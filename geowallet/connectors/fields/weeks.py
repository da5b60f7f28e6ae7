"""Weeks that a receiver lost: times that are 1,024 weeks too early or too late.

GPS counts weeks in ten bits. A receiver that does not know in which of the rounds
it lives puts a ride of 2023 into 2003. Nothing is put right unless the owner
says so: see `geowallet.app.intake.weeks`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.fields.rows import ODD_YEARS, ROLLOVER, ROLLOVER_US, ProblemLog
from geowallet.model.fixes import Fixes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.connectors.api import ReadResult, SourceLabel, Trace

GPS_BEGAN_US = 315_964_800_000_000
"""1980-01-06T00:00:00Z, from which GPS counts weeks; what is earlier is an unset clock."""
MOST_ROUNDS = 2
"""Of 1,024 weeks; 2026 is in the third since 1980."""
LATE_US = 86_400_000_000
"""Clocks that are a day fast have lost no week."""


@dataclass(frozen=True, slots=True)
class Bearings:
    """What tells the round of 1,024 weeks in which something was recorded.

    Attributes:
        now_us: The present, UTC microseconds: nothing was recorded later.
        about_us: When the source or its name says that it was recorded, or None.
    """

    now_us: int
    about_us: int | None = None

    def shifts_us(self, time_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what to add to each time: whole rounds, 0 for most.

        With ``about_us`` the round nearest to it is meant, otherwise the newest
        one that is not in the future.
        """
        if self.about_us is None:
            rounds = (self.now_us + LATE_US - time_us) // ROLLOVER_US
        else:
            rounds = (self.about_us + ROLLOVER_US // 2 - time_us) // ROLLOVER_US
        rounds[(np.abs(rounds) > MOST_ROUNDS) | (time_us < GPS_BEGAN_US)] = 0
        return rounds * ROLLOVER_US


def corrected(part: ReadResult, bearings: Bearings) -> tuple[ReadResult, NDArray[np.int64]]:
    """Return the same with every time in the round that ``bearings`` tell, and the moved times.

    What the source says of itself counts where ``bearings`` know no better.
    """
    if bearings.about_us is None:
        bearings = replace(bearings, about_us=part.written_us)
    moved = [
        (trace.fixes.time_us + shifts_us)[shifts_us != 0]
        for trace in part.traces
        for shifts_us in (bearings.shifts_us(trace.fixes.time_us),)
    ]
    traces = tuple(_trace(trace, bearings) for trace in part.traces)
    log = ProblemLog()
    for trace in traces:
        log.doubts(trace.fixes)
    kept = tuple(p for p in part.problems if p.what not in {ODD_YEARS, ROLLOVER})
    again = tuple(p for p in log.entries() if p.what in {ODD_YEARS, ROLLOVER})
    labels = tuple(_label(label, bearings) for label in part.labels)
    result = replace(part, traces=traces, problems=kept + again, labels=labels)
    return result, np.concatenate([np.zeros(0, dtype=np.int64), *moved])


def _trace(trace: Trace, bearings: Bearings) -> Trace:
    time_us = trace.fixes.time_us + bearings.shifts_us(trace.fixes.time_us)
    order = np.argsort(time_us, kind="stable")
    columns = (column[order] for column in trace.fixes.columns()[1:])
    return replace(trace, fixes=Fixes(time_us[order], *columns))


def _label(label: SourceLabel, bearings: Bearings) -> SourceLabel:
    ends_us = np.array([label.start_us, label.end_us], dtype=np.int64)
    start_us, end_us = (ends_us + bearings.shifts_us(ends_us)).tolist()
    return replace(label, start_us=min(start_us, end_us), end_us=max(start_us, end_us))
