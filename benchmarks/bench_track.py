"""The analysis of a long trace in memory, and that its time grows no faster than the trace.

Run with ``python -m benchmarks.bench_track``. The same trips are analysed once more as a
logger gives them, which sleeps between them and so cuts its timeline into pieces. Where
``./dev accuracy`` has set up trackintel, it runs on the same fixes, and the ratio of
processor times is printed.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.accuracy.trackintel_peer import NoPeerError, ask, interpreter
from benchmarks.timing import say, timed
from benchmarks.track_of import trace_of
from geowallet.track.pipeline import CUT_GAP_US, SourcedFixes, analyse
from geowallet.vault.columns import decode_fixes, encode_fixes, split_fixes

SIZES = (250_000, 1_000_000)
LOGGED = 100_000
MINUTE_US = 60_000_000
ROUNDS = 3
MOST_GROWTH = 2.0
"""How much slower a fix may get in a trace four times as long."""


def main() -> None:
    """Print the medians; fail where time grows faster than the trace."""
    a_fix_s = []
    for n in SIZES:
        fixes = trace_of(n)
        traces = [SourcedFixes("0" * 64, "phone", fixes)]
        found = analyse(traces)
        taken = timed(partial(analyse, traces), rounds=ROUNDS)
        a_fix_s.append(taken.cpu_s / n)
        say(f"analyse {n:,} fixes, {len(found.trips):,} trips: {taken}")
    _as_a_logger()
    _beside_trackintel(a_fix_s[0])
    fixes = trace_of(SIZES[-1])
    blobs = [encode_fixes(piece) for piece in split_fixes(fixes)]
    size = sum(map(len, blobs))
    encoded = timed(lambda: [encode_fixes(p) for p in split_fixes(fixes)], rounds=ROUNDS)
    decoded = timed(lambda: [decode_fixes(blob) for blob in blobs], rounds=ROUNDS)
    say(f"columns: {size / len(fixes):.2f} bytes a fix in {len(blobs)} blobs")
    say(f"encode {len(fixes):,} fixes: {encoded}")
    say(f"decode {len(fixes):,} fixes: {decoded}")
    if a_fix_s[1] > MOST_GROWTH * a_fix_s[0]:
        raise SystemExit("the analysis grows faster than the trace")


def _as_a_logger() -> None:
    """Print what the same trips cost where nothing is recorded between them."""
    fixes = trace_of(LOGGED)
    kept = np.zeros(len(fixes), dtype=np.bool_)
    for trip in analyse([SourcedFixes("0" * 64, "phone", fixes)]).trips:
        low, high = trip.start_us - MINUTE_US, trip.end_us + MINUTE_US
        kept |= (fixes.time_us >= low) & (fixes.time_us <= high)
    logged = [SourcedFixes("0" * 64, "logger", fixes.take(kept))]
    pieces = int(np.sum(np.diff(logged[0].fixes.time_us) >= CUT_GAP_US)) + 1
    taken = timed(partial(analyse, logged), rounds=ROUNDS)
    say(f"a logger of {int(np.sum(kept)):,} fixes in {pieces} pieces of time: {taken}")


def _beside_trackintel(ours_s: float) -> None:
    """Print how trackintel fares: stay points, legs and modes of the smaller trace."""
    try:
        python = interpreter(install=False)
    except NoPeerError:
        say("trackintel: not set up, see ./dev accuracy")
        return
    fixes = trace_of(SIZES[0])
    columns = {"time_s": fixes.time_us / 1e6, "lat_deg": fixes.lat_deg, "lon_deg": fixes.lon_deg}
    found = ask(python, {name: column.tolist() for name, column in columns.items()})
    theirs_s = float(found["seconds"]) / SIZES[0]
    say(f"trackintel on {SIZES[0]:,} fixes: {found['seconds']:.3f} s processor")
    say(f"trackintel takes {theirs_s / ours_s:.1f} times as long")


if __name__ == "__main__":
    main()
