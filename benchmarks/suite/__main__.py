"""Run the suite and write the page: ``python -m benchmarks.suite [--quick] [--page PATH]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.suite import jobs, page, query
from benchmarks.timing import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

ROOT = Path(__file__).parent.parent.parent
MEASURED = ROOT / "docs" / "performance" / "measured.json"
MOST_DAILY = 1.5
"""What a day more in a long wallet may cost beside the same day in an empty one."""

MOST_GROWTH = 2.0
"""How much more a fix may cost in ten times as many."""


def main() -> None:
    """Measure, say what was found, write the page; fail where a ratio is out of bounds."""
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--quick", action="store_true", help="a tenth of the fixes, fewer rounds")
    parser.add_argument("--lifetime", action="store_true", help="ten million fixes too")
    parser.add_argument("--page", type=Path, default=None, help="write the page here")
    parser.add_argument("--only", nargs="+", default=(), help="parts; the others stay as they are")
    wanted = parser.parse_args()
    measured = measure(quick=wanted.quick, lifetime=wanted.lifetime, only=wanted.only)
    target = wanted.page or (None if wanted.quick else ROOT / "docs" / "performance.md")
    if target is not None:
        folder = target.parent / "performance"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(measured, indent=1) + "\n"
        (folder / "measured.json").write_text(text, encoding="utf-8")
        page.write(target, measured)
    _check(measured)


def measure(*, quick: bool, lifetime: bool, only: Collection[str] = ()) -> dict[str, Any]:
    """Return all figures; each part is said as soon as it is known.

    Args:
        quick: A tenth of the fixes.
        lifetime: Ten million fixes too.
        only: Names of the parts to measure; what the page says of the others stays.
    """
    n, rounds = (10_000, 3) if quick else (100_000, 5)
    sizes = (1_000, 10_000, 100_000) if quick else jobs.GROWTH
    sizes += (jobs.LIFETIME,) if lifetime else ()
    parts: dict[str, Callable[[], Any]] = {
        "reading": lambda: jobs.reading(n, rounds=rounds),
        "memory": lambda: jobs.memory(10 * n),
        "engine": lambda: jobs.engine(n, rounds=3),
        "long_engine": lambda: [] if quick else jobs.engine(10 * n, rounds=1),
        "whole": lambda: jobs.whole(n),
        "long_reading": lambda: {} if quick else jobs.long_reading(10 * n),
        "long_whole": lambda: [] if quick else jobs.whole(10 * n),
        "beside": lambda: jobs.beside(2 * n),
        "growth": lambda: jobs.growth(sizes),
        "watch": lambda: jobs.watch(10 * n),
        "daily": lambda: jobs.daily(min(sizes[-1], jobs.GROWTH[-1]), rounds=3),
        "query": lambda: query.asked(rounds=rounds),
        "starting": lambda: jobs.starting(rounds=4 * rounds),
    }
    measured: dict[str, Any] = {"machine": _machine()}
    if only:
        measured |= json.loads(MEASURED.read_text(encoding="utf-8"))
        parts = {name: parts[name] for name in only}
    for name, part in parts.items():
        measured[name] = part()
        say(f"{name}: {json.dumps(measured[name])}")
    return measured


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}, "
        f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"numpy {np.__version__}"
    )


def _check(measured: dict[str, Any]) -> None:
    """Leave with an error where time grows faster than the data."""
    daily, rows = measured["daily"], measured["growth"]
    costs = [row["cpu_s"] / row["n"] for row in rows]
    grown = max(costs[-1] / costs[-2], 0)
    if daily["full"] > MOST_DAILY * daily["empty"]:
        say(f"a day more costs {daily['full'] / daily['empty']:.2f} times as much in a long wallet")
        sys.exit(1)
    if grown > MOST_GROWTH:
        say(f"a fix costs {grown:.2f} times as much in ten times as many")
        sys.exit(1)


if __name__ == "__main__":
    main()
