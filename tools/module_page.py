"""Writes docs/reference/modules.md: what a scoring module must be, from the code that checks it."""

from __future__ import annotations

from itertools import count, groupby
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.module_rows import FIELDS, MODE_CODES, PURPOSE_CODES, ROW_BYTES
from geowallet.contracts.terms.module_terms import LARGEST, MOST_FUEL, MOST_OUTPUTS, MOST_PAGES
from geowallet.evaluator.module_code import MAX_MODULE_BYTES
from geowallet.evaluator.module_instructions import ALLOWED, BULK
from geowallet.evaluator.module_worker import MOST_TABLE_ELEMENTS, STACK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HEAD = f"""# Scoring modules

A contract may name a module of the recipient's own: a WebAssembly file that makes whole numbers
of the rows that the contract selects. It runs on the owner's machine, and its outputs, in the
ranges that the contract names, are all that leaves of it. Why it is built this way: [ADR
0014](../adr/0014-scoring-modules.md). A sample with its source is in `samples/module`.

## What a module must be

- One file of at most {MAX_MODULE_BYTES // 1024} KiB, in the binary format of WebAssembly.
- **No import**, and no function that starts by itself.
- One memory, exported as `memory`, with a declared maximum, at most `memory_pages` of the
  contract (1 to {MOST_PAGES} pages of 64 KiB).
- `reserve`, a function `(i32 bytes) -> i32`: returns the address at which so many bytes of rows
  may be written.
- For each output of the contract a function of its name, `(i32 address, i32 rows) -> i64`:
  returns the value for the rows at that address. A contract names 1 to {MOST_OUTPUTS} outputs,
  each with its minimum and maximum, from 0 to {LARGEST}.
- Only the instructions listed below: whole numbers of 32 and 64 bits.

For each group of the contract, and once more for all rows together, each output is called on a
fresh instance: first `reserve`, then the function of the output. Both together may take `fuel`
steps (1 to {MOST_FUEL}). Calls may nest as far as {STACK_BYTES // 1024} KiB reach, tables may
have {MOST_TABLE_ELEMENTS} elements. A group without rows is called too, with 0 rows.

Rows come sorted, the same trips in the same order each time. In `contract simulate`, an output
whose name ends in `_cents` is an amount in hundredths of the tariff's currency and is added to
the cost; every other is shown as it is.

## How rows lie in memory

One after the other, {ROW_BYTES} bytes each: {len(FIELDS)} unsigned numbers of 32 bits, the lowest
byte first. What the contract does not give is 0. There is no instant, no position, no place and
no name in a row.
"""

REFUSALS = """
## What is refused, and how it is called

| when | code |
|---|---|
| not WebAssembly, too large, sections out of order, not valid for the engine | `module.malformed` |
| any import: functions, memories, tables, globals | `module.imports` |
| floats (so no NaN), vectors, threads, references, a start, all not listed | `module.feature` |
| no `memory`, no `reserve`, no function for an output | `module.interface` |
| a memory without maximum, or larger than granted; no room for rows | `module.memory` |
| other bytes than the contract names | `module.digest` |
| not beside its offer, nor in the wallet | `module.missing` |
| not ended after `fuel` steps, such as an endless loop | `module.fuel` |
| out of bounds, division by zero, calls nested too deep, `unreachable` | `module.trap` |
| a value outside the range of its output | `module.output` |

In each case nothing leaves.
"""


def module_page() -> Iterator[str]:
    """Yield the page, line by line."""
    yield from HEAD.splitlines()
    yield ""
    yield "| offset | name | says |"
    yield "|---|---|---|"
    for number, (name, says) in enumerate(FIELDS.items()):
        yield f"| {4 * number} | `{name}` | {says} |"
    yield ""
    yield f"Modes: {_codes(MODE_CODES)}. Purposes: {_codes(PURPOSE_CODES)}."
    yield from REFUSALS.splitlines()
    yield ""
    yield "## Instructions"
    yield ""
    yield f"By their first byte: {_ranges(ALLOWED)}. After the byte `fc`: {_ranges(BULK)}."
    yield "These are control, calls, locals, globals, loads and stores of integers, constants,"
    yield "comparison and arithmetic of integers, sign extension, filling and copying of memory."


def _codes(codes: Mapping[str, int]) -> str:
    return ", ".join(f"{number} `{name}`" for name, number in codes.items())


def _ranges(numbers: Iterable[int]) -> str:
    """Return numbers in hexadecimal, runs as their ends."""
    step = count()
    runs = [list(run) for _, run in groupby(sorted(numbers), lambda number: number - next(step))]
    return ", ".join(
        f"`{run[0]:02x}`" if len(run) == 1 else f"`{run[0]:02x}` to `{run[-1]:02x}`" for run in runs
    )
