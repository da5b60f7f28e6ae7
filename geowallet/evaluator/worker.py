"""The confined child: locks itself down, then reads rows, evaluates, and answers.

It says first, in one line of JSON, what each layer is worth; only then does
the host send rows. It imports no key, no file format, no network and no
numerical library, and ends by an exception without a word about it.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from typing import Any

from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.job import Job
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.evaluator.confine import lock_down
from geowallet.evaluator.kernel import Libc
from geowallet.evaluator.layers import missing
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.seccomp import STDIN, STDOUT

CHUNK_BYTES = 1 << 16

AMOUNT = "amount"
"""Member of a job that has a rule, and the word that announces it."""


def main(arguments: list[str]) -> None:
    """Serve one job under the limits given as `Limits.as_arguments`, and end the process.

    Where `AMOUNT` follows them, the job has a rule: what reads rules is loaded while
    files can still be read, and only then, because it takes 20 ms.

    Exit status: 0 after a result or without a job, 1 after an exception, 2 where a needed
    layer does not hold.
    """
    limits = Limits.from_arguments(arguments[:4])
    if AMOUNT in arguments[4:]:
        import_module("geowallet.contracts.evaluation.amount")
    report = lock_down(limits, Libc())
    send(as_line(report))
    if missing(report):
        os._exit(2)
    message = receive(limits.input_bytes)
    if message:
        send(as_line(answer(message)))
    os._exit(0)  # at once: nothing is left to be flushed or written


def answer(message: bytes) -> dict[str, Any]:
    """Return the raw result for one message ``{"job": ..., "rows": ...}``.

    Raises:
        ValueError: Not such a message.
        KeyError: A member is missing.
    """
    value = json.loads(message)
    return evaluate(Job.from_json(value["job"]), Rows.from_json(value["rows"]))


def as_line(value: dict[str, Any]) -> bytes:
    """Return ``value`` as one line of JSON, the same bytes for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def receive(most_bytes: int) -> bytes:
    """Return everything on standard input.

    Raises:
        ValueError: More than ``most_bytes``.
    """
    parts: list[bytes] = []
    total = 0
    while part := os.read(STDIN, CHUNK_BYTES):
        total += len(part)
        if total > most_bytes:
            raise ValueError("the message is larger than allowed")
        parts.append(part)
    return b"".join(parts)


def send(data: bytes) -> None:
    """Write all of ``data`` to standard output."""
    while data:
        data = data[os.write(STDOUT, data) :]
