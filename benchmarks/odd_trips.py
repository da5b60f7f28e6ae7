"""How many recorded trips carry a flag: nobody's forgery, so each is a false alarm or a drawing.

    python -m benchmarks.odd_trips FILE...

Each file is a wallet of its own; trips are compared with those of all files.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.timing import say
from geowallet.app.intake.reading import read_traces
from geowallet.connectors.api import ReadOptions
from geowallet.track.clean import BAD
from geowallet.track.clocks import clock_leaps
from geowallet.track.copies import copies, rows_of
from geowallet.track.pipeline import analyse
from geowallet.track.plausibility import own_flags, unconnected
from geowallet.track.replays import course_of, replays
from geowallet.track.sources import SourcedFixes

if TYPE_CHECKING:
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Trip

BESIDE_US = 6 * 3_600_000_000


def main() -> None:
    """Read the command line and print one line for each flag that occurs."""
    parser = argparse.ArgumentParser(prog="benchmarks.odd_trips", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    found: Counter[str] = Counter()
    courses, rows, trips, metres = [], [], 0, 0.0
    for path in parser.parse_args().files:
        traces, _ = read_traces([str(path)], options=ReadOptions(zone="UTC"))
        sourced = [SourcedFixes(t.source, t.trace.device, t.trace.fixes) for t in traces]
        analysis = analyse(sourced)
        good = analysis.fixes.take(analysis.fixes.unflagged(BAD))
        found.update("unconnected" for _ in unconnected(analysis.trips))
        for trip in analysis.trips:
            fixes = _between(good, trip, 0)
            found.update(_flags(trip, fixes, _between(good, trip, BESIDE_US)))
            name = f"{path.name} {trip.id}"
            courses += [course] if (course := course_of(name, fixes)) else []
            rows += [row] if (row := rows_of(name, fixes)) else []
            trips, metres = trips + 1, metres + trip.distance_m
    found.update("replayed" for _ in replays(courses))
    found.update("copied_way" for _ in copies(rows))
    say(f"{trips} trips, {metres / 1000:.0f} km: {dict(found.most_common()) or 'no flag'}")


def _flags(trip: Trip, fixes: Fixes, beside: Fixes) -> list[str]:
    flags = [str(flag) for flag in own_flags(trip, fixes, beside)]
    leaps = clock_leaps(beside)
    if any(start <= trip.end_us and end >= trip.start_us for start, end in leaps):
        flags.append("clock")
    return flags


def _between(fixes: Fixes, trip: Trip, beside_us: int) -> Fixes:
    first = int(np.searchsorted(fixes.time_us, trip.start_us - beside_us))
    last = int(np.searchsorted(fixes.time_us, trip.end_us + beside_us, side="right"))
    return fixes.take(slice(first, last))


if __name__ == "__main__":
    main()
