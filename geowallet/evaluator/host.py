"""Starts the confined child, sends it rows once it is shut in, and distrusts its answer."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.evaluator.child import NO_START, command, started
from geowallet.evaluator.layers import GUARDS, LACKS, missing
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.worker import AMOUNT
from geowallet.model.errors import EvaluationFailedError, SandboxError
from geowallet.model.words import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geowallet.evaluator.child import Child

WORKER = "geowallet.evaluator.worker"
DEEPEST = 8
"""Levels of nesting in a result."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the confinement, tried on this machine.

    Attributes:
        name: Stable id, not translated.
        holds: Whether it was closed in a child and refused what it should.
        detail: What it is for, or what its lack means.
    """

    name: str
    holds: bool
    detail: Phrase


def run(
    job: dict[str, Any], rows: dict[str, Any], *, limits: Limits | None = None
) -> dict[str, Any]:
    """Return what the confined evaluation makes of ``rows``, unchecked against any contract.

    The same job and rows give the same result. Rows are sent only after the
    child has said that the layers hold. The result holds whole numbers and nulls, and of
    texts only those that stand in ``job``.

    Args:
        job: `Job.as_json`.
        rows: `Rows.as_json`.
        limits: `Limits()` where None.

    Raises:
        SandboxError: A needed layer does not hold here: nothing was sent.
        EvaluationTimeoutError: The time limit was reached.
        EvaluationFailedError: No result, or one of another shape.
    """
    limits = limits or Limits()
    message = json.dumps({"job": job, "rows": rows}, separators=(",", ":")).encode()
    if len(message) > limits.input_bytes:
        raise EvaluationFailedError
    require_linux()
    arguments = [*limits.as_arguments(), *([AMOUNT] if job.get(AMOUNT) else [])]
    with started(command(WORKER, arguments), limits) as child:
        lacking = missing(layer_report(child))
        if lacking:
            raise SandboxError(reason=", ".join(lacking))
        answer = child.ask(message)
    result = json_object(answer)
    if result is None or not _holds_only(result, _words(job), DEEPEST):
        raise EvaluationFailedError
    return result


def layers(*, limits: Limits | None = None) -> tuple[Layer, ...]:
    """Return every layer, tried in a child that gets no rows; none holds off Linux.

    Raises:
        SandboxError: The child does not start.
    """
    limits = limits or Limits()
    report: Mapping[str, int] = {}
    if sys.platform == "linux":
        with started(command(WORKER, limits.as_arguments()), limits) as child:
            report = layer_report(child)
    return tuple(
        Layer(name.value, worth > 0, phrase(text, version=worth) if worth else phrase(LACKS[name]))
        for name, text in GUARDS.items()
        for worth in (report.get(name, 0),)
    )


def require_linux() -> None:
    """Let go on where the layers can exist.

    Raises:
        SandboxError: They cannot.
    """
    if sys.platform != "linux":
        raise SandboxError(reason=", ".join(missing({})))


def json_object(data: bytes) -> dict[str, Any] | None:
    """Return the JSON object in ``data``; None where there is none, or a name comes twice.

    No exception leaves here: it would carry the text that it could not read.
    """
    try:
        value = json.loads(data, object_pairs_hook=_members)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def layer_report(child: Child) -> dict[str, int]:
    """Return what each layer is worth, as the child found before it may read anything.

    Raises:
        SandboxError: It said nothing of the kind.
    """
    value = json_object(child.line())
    if value is None or any(type(worth) is not int for worth in value.values()):
        raise SandboxError(reason=NO_START)
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name comes twice")
    return members


def _holds_only(value: Any, words: frozenset[str | None], depth: int) -> bool:
    """Say whether ``value`` is whole numbers and ``words``, no deeper than ``depth``."""
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_holds_only(item, words, depth - 1) for item in inside)
    return type(value) is int or ((value is None or type(value) is str) and value in words)


def _words(job: dict[str, Any]) -> frozenset[str | None]:
    """Return what may stand for a number: the texts of the job, and null where it keeps back."""
    return frozenset([*_texts(job), *([None] if job.get("small_cells") else [])])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
