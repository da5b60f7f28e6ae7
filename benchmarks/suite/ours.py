"""The same work by geowallet: ``python -m benchmarks.suite.ours NAME PATH...``.

Prints one line of JSON, as the peers do: see `benchmarks.suite.peers.readers`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.registry import by_name
from geowallet.model.fixes import fixes_from
from geowallet.track import pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


AT_ONCE = 1 << 16
"""Fixes that are summed together, so that the sums need no memory of their own."""


def read(connector: str, paths: Sequence[str]) -> list[int]:
    """Return how many fixes the files have, and the sums of their columns."""
    reader = by_name(connector)
    sums = np.zeros(4, dtype=np.int64)
    for path in paths:
        with Path(path).open("rb") as stream:
            result = reader.read(stream, ReadOptions())
        for trace in result.traces:
            for start in range(0, len(trace.fixes), AT_ONCE):
                fixes = trace.fixes.take(slice(start, start + AT_ONCE))
                degrees = (np.rint(part * 1e7).sum() for part in (fixes.lat_deg, fixes.lon_deg))
                sums += [len(fixes), *map(int, degrees), int((fixes.time_us // 1000).sum())]
    return [int(value) for value in sums]


def analyse(paths: Sequence[str]) -> list[int]:
    """Return how many fixes the stored table has, after the analysis of all of it."""
    with np.load(paths[0]) as table:
        fixes = fixes_from(table["time_us"], table["lat_deg"], table["lon_deg"])
    found = pipeline.analyse([pipeline.SourcedFixes("0" * 64, "phone", fixes)])
    return [len(found.fixes)]


LATE = {"fit": ("fitdecode",)}
"""What is imported at the first file: part of the start, as with the peers."""

WORK: dict[str, Callable[[Sequence[str]], Any]] = {"analyse": analyse}


def peak_mb() -> float:
    """Return the most memory that this process ever held; not what started it, as rusage says."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Do the work and say what was found."""
    name, *paths = sys.argv[1:]
    for library in LATE.get(name, ()):
        import_module(library)
    before_s = time.process_time()
    sums = WORK[name](paths) if name in WORK else read(name, paths)
    answer = {
        "sums": sums,
        "start_s": before_s,
        "cpu_s": time.process_time() - before_s,
        "peak_mb": peak_mb(),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
