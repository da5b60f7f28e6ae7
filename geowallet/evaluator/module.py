"""Has a scoring module run in the confined child, and distrusts what comes back.

Everybody who has the same module and the same rows gets the same bytes: the
module sees whole numbers, imports nothing, and starts anew for each group.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geowallet.evaluator.child import Pace
from geowallet.evaluator.host import json_object
from geowallet.evaluator.limits import MIB, Limits
from geowallet.evaluator.visit import visit
from geowallet.model.errors import (
    BadModuleError,
    EvaluationFailedError,
    MissingExtraError,
    ModuleFuelError,
    ModuleMemoryError,
    ModuleTrapError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geowallet.model.errors import GeowalletError

WORKER = "geowallet.evaluator.module_worker"
LIBRARY = "wasmtime"
EXTRA = "modules"
LIMITS = Limits(seconds=60, memory_bytes=512 * MIB)
"""Of the processor's time and the address space; steps and pages of the contract are stricter."""

PACE = Pace(quiet_s=20, start_s=60)

_TRAPS: Mapping[str, str] = MappingProxyType(
    {
        "stack": N_("its calls are nested too deep"),
        "bounds": N_("it reached outside its own memory"),
        "division": N_("it divided by zero, or beyond the largest number"),
        "unreachable": N_("it gave up by itself"),
        "trap": N_("it called what is no function"),
    }
)


PROBE = bytes.fromhex(
    "0061736d01000000010c0260017f017f60027f7f017e0303020001050401010101071b03066d656d6f7279"
    "02000772657365727665000004726f777300010a0c02040041000b05002001ad0b"
)
"""A module whose one output, ``rows``, is how many rows it sees."""


@dataclass(frozen=True, slots=True)
class ModuleTask:
    """What to run, and within which bounds.

    Attributes:
        wasm: The module, as `module_code.read_module` let it pass.
        outputs: Functions to call for each group, in this order.
        fuel: Steps of one call.
        memory_pages: Pages of 64 KiB.
    """

    wasm: bytes
    outputs: tuple[str, ...]
    fuel: int
    memory_pages: int


@dataclass(frozen=True, slots=True)
class Scored:
    """What a module said.

    Attributes:
        values: For each group the value of each output, unchecked against any range.
        fuel: Most steps that one call took.
    """

    values: tuple[tuple[int, ...], ...]
    fuel: int


def run_module(
    task: ModuleTask, groups: Sequence[Sequence[bytes]], *, row_bytes: int, limits: Limits = LIMITS
) -> Scored:
    """Return what the module makes of each group of rows; rows go to a child that is shut in.

    Args:
        task: What to run.
        groups: Rows of each group, each of ``row_bytes`` bytes.
        row_bytes: Length of a row.
        limits: Of the child.

    Raises:
        MissingExtraError: The engine is not installed.
        SandboxError: A needed layer does not hold here: nothing was sent.
        BadModuleError: The engine does not take the module.
        ModuleFuelError: A call did not end within its steps.
        ModuleMemoryError: The rows get no room in its memory.
        ModuleTrapError: It broke off.
        EvaluationTimeoutError: It was stopped by the clock.
        EvaluationFailedError: What came back is no answer.
    """
    order = {
        "module_bytes": len(task.wasm),
        "row_bytes": row_bytes,
        "rows": [len(rows) for rows in groups],
        "outputs": list(task.outputs),
        "fuel": task.fuel,
        "memory_pages": task.memory_pages,
    }
    head = json.dumps(order, separators=(",", ":")).encode() + b"\n" + task.wasm
    parts = chain([head], (b"".join(rows) for rows in groups if rows))
    setting = {"folders": [_library_folder()]}
    said = visit(WORKER, setting, parts, pace=PACE, limits=limits)
    return _scored(_bounded(said, limits.output_bytes), task, len(groups))


def probe() -> None:
    """Run a module that counts, to see whether modules can run here.

    Raises:
        MissingExtraError: The engine is not installed.
        SandboxError: It cannot be confined here.
        EvaluationFailedError: It does not count.
    """
    task = ModuleTask(PROBE, ("rows",), fuel=100, memory_pages=1)
    found = run_module(task, [[b"\0"] * 3, []], row_bytes=1)
    if found.values != ((3,), (0,)):
        raise EvaluationFailedError


def _library_folder() -> str:
    """Return where the engine lies; it is never loaded in this process.

    Raises:
        MissingExtraError: Nowhere.
    """
    found = find_spec(LIBRARY)
    if found is None or found.origin is None:
        raise MissingExtraError(extra=EXTRA)
    return str(Path(found.origin).parent.parent)


def _bounded(said: Iterator[bytes], most_bytes: int) -> bytes:
    heard = bytearray()
    for part in said:
        heard += part
        if len(heard) > most_bytes:
            raise EvaluationFailedError
    return bytes(heard)


def _scored(answer: bytes, task: ModuleTask, groups: int) -> Scored:
    lines = [json_object(line) or {} for line in answer.splitlines()]
    if lines and set(lines[-1]) == {"refused"}:
        raise _refusal(lines[-1]["refused"], task)
    if len(lines) != groups or not all(_is_answer(line, task) for line in lines):
        raise EvaluationFailedError
    return Scored(
        tuple(tuple(line["values"]) for line in lines),
        max((steps for line in lines for steps in line["fuel"]), default=0),
    )


def _refusal(word: Any, task: ModuleTask) -> GeowalletError:
    if word == "fuel":
        return ModuleFuelError(fuel=task.fuel)
    if word == "memory":
        return ModuleMemoryError(pages=task.memory_pages)
    if word == "malformed":
        return BadModuleError(reason=N_("the engine does not take it"))
    if type(word) is str and word in _TRAPS:
        return ModuleTrapError(reason=_TRAPS[word])
    return EvaluationFailedError()


def _is_answer(line: dict[str, Any], task: ModuleTask) -> bool:
    """Say whether ``line`` holds one whole number of 64 bits, and steps, for each output."""
    if set(line) != {"values", "fuel"}:
        return False
    values, fuel = line["values"], line["fuel"]
    bounds = ((values, -(1 << 63), (1 << 63) - 1), (fuel, 0, task.fuel))
    return all(
        isinstance(items, list)
        and len(items) == len(task.outputs)
        and all(type(item) is int and low <= item <= high for item in items)
        for items, low, high in bounds
    )
