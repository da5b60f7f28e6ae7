"""What a recipient's scoring module costs: its child, and one call once the child is warm.

Run with ``python -m benchmarks.bench_module``. The module is the one in
``samples/module``; the rows are a month and a year of trips.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path

from benchmarks.timing import Timing, ran, say, timed
from geowallet.contracts.evaluation.module_rows import ROW_BYTES, records
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.rows import Row
from geowallet.evaluator.host import run
from geowallet.evaluator.module import ModuleTask, run_module
from geowallet.evaluator.module_code import read_module
from geowallet.evaluator.module_worker import Machine, Order

ROUNDS = 20
GENTLE = Path(__file__).parent.parent / "samples" / "module" / "gentle.wasm"
OUTPUTS = ("score", "premium_cents")
FUEL, PAGES = 10_000_000, 16
MONTH, YEAR = 90, 1_100
CALLS = (1, 100)
"""Calls in one child: the difference is that of calls alone."""


def main() -> None:
    """Print the medians."""
    data = GENTLE.read_bytes()
    read_module(data)
    empty = {"measures": [], "group_by": [], "keys": [], "small_cells": 0, "amount": None}
    bare = [sys.executable, "-I", "-S", "-c", ""]
    say(f"{'bare interpreter':44} {timed(partial(ran, bare), rounds=ROUNDS)}")
    plain = timed(partial(run, empty | {"words": []}, Rows.of(()).as_json()), rounds=ROUNDS)
    say(f"{'child of the measures, no rows':44} {plain}")
    say(f"{'reading and checking 602 bytes':44} {timed(partial(read_module, data), rounds=ROUNDS)}")
    for rows in (MONTH, YEAR):
        _module(data, rows)


def _module(data: bytes, count: int) -> None:
    rows = records([_row(number) for number in range(count)])
    task = ModuleTask(data, OUTPUTS, FUEL, PAGES)
    found = run_module(task, [rows], row_bytes=ROW_BYTES)
    say(
        f"{count} rows: {json.dumps(dict(zip(OUTPUTS, found.values[0], strict=True)))}, "
        f"{found.fuel} steps"
    )
    times: list[Timing] = []
    for calls in CALLS:
        work = partial(run_module, task, [rows] * calls, row_bytes=ROW_BYTES)
        times.append(timed(work, rounds=ROUNDS))
        say(f"{f'  child with {calls} group(s), two outputs each':44} {times[-1]}")
    for (few, short), (many, long) in pairwise(zip(CALLS, times, strict=True)):
        call_ms = 1_000 * (long.wall_s - short.wall_s) / (many - few) / len(OUTPUTS)
        say(f"{'  one warm call, rows sent along':44} {call_ms:.2f} ms")
    order = Order(len(data), ROW_BYTES, (count,), OUTPUTS, FUEL, PAGES)
    say(f"{'  compiling':44} {timed(partial(Machine, data, order), rounds=ROUNDS)}")


def _row(number: int) -> Row:
    driven = (9_500, 9_000, 8_500, number % 4, number % 2, 0, 0, 0, 1, 0)
    return Row("2026-05-04", "car", number + 1, 9_500, 0, seconds=900, night_m=300, driven=driven)


if __name__ == "__main__":
    main()
