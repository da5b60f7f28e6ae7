"""Starts a confined child for code of others, feeds it a stream, and hands on what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.evaluator.child import Pace, command, started
from geowallet.evaluator.host import layer_report, require_linux
from geowallet.evaluator.layers import missing
from geowallet.evaluator.limits import MIB, Limits
from geowallet.evaluator.worker import as_line
from geowallet.model.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

RESIDENT = "geowallet.evaluator.resident"
LIMITS = Limits(seconds=3600, memory_bytes=768 * MIB)
"""Of the processor's time and the address space, numpy's 200 MiB included; `Pace` is stricter."""


def visit(
    module: str,
    setting: dict[str, Any],
    pieces: Iterator[bytes],
    *,
    pace: Pace | None = None,
    limits: Limits = LIMITS,
) -> Generator[bytes, None, None]:
    """Yield what a confined child says; nothing of ``pieces`` is sent before it is shut in.

    Args:
        module: Module of ours that serves in the child.
        setting: What it prepares from, while it still can load modules: no data,
            no code of others. ``folders`` are those it may import from.
        pieces: What it is sent, in pieces none of which is empty.
        pace: How long it may take.
        limits: What it may use.

    Raises:
        SandboxError: A needed layer does not hold here: nothing was sent.
        EvaluationTimeoutError: It was stopped.
        EvaluationFailedError: It ended with a failure.
    """
    require_linux()
    arguments = [*limits.as_arguments(), module]
    with started(command(RESIDENT, arguments), limits) as child:
        child.say(as_line(setting))
        lacking = missing(layer_report(child))
        if lacking:
            raise SandboxError(reason=", ".join(lacking))
        yield from child.stream(pieces, pace or Pace())
