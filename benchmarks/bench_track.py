"""The analysis of a long trace in memory, and that its time grows no faster than the trace.

Run with ``python -m benchmarks.bench_track``.
"""

from __future__ import annotations

from functools import partial

from benchmarks.timing import say, timed
from benchmarks.track_of import trace_of
from geowallet.track.pipeline import SourcedFixes, analyse
from geowallet.vault.columns import decode_fixes, encode_fixes, split_fixes

SIZES = (250_000, 1_000_000)
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


if __name__ == "__main__":
    main()
