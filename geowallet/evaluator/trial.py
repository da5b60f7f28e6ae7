"""Lays out real targets, lets a confined child attack them, and says what was refused."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.evaluator.child import command, started
from geowallet.evaluator.escapes import ATTEMPTS, SPIN
from geowallet.evaluator.host import json_object, require_linux
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits
from geowallet.model.errors import EvaluationFailedError, EvaluationTimeoutError

if TYPE_CHECKING:
    from collections.abc import Collection

ATTACKER = "geowallet.evaluator.escapes"
STOPPED = "stopped"
UNKNOWN = "no report"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way out that was tried.

    Attributes:
        name: Stable id, not translated.
        refused: Whether the confinement held; False also where nothing was reported.
        reason: The name of the errno, ``stopped``, or why it counts as not refused.
    """

    name: str
    refused: bool
    reason: str


def escape_attempts(
    *, layers: Collection[LayerName] = tuple(LayerName), limits: Limits | None = None
) -> tuple[Attempt, ...]:
    """Return twelve attempts to get out of a child closed by ``layers``; takes over a second.

    Raises:
        SandboxError: Not Linux, or the child does not start.
        EvaluationTimeoutError: The attempts did not end in time.
    """
    require_linux()
    with ExitStack() as stack:
        targets = _targets(stack)
        words = [",".join(layers), "", *targets]
        reports = _reports(words, limits or Limits())
        spin = _spin([",".join(layers), SPIN, *targets])
    return (*(_attempt(name, reports.get(name)) for name in ATTEMPTS), spin)


def _reports(words: list[str], limits: Limits) -> dict[str, int]:
    reports: dict[str, int] = {}
    with started(command(ATTACKER, [*limits.as_arguments(), *words]), limits) as child:
        child.line()
        while line := child.line():
            reports |= json_object(line) or {}
    return reports


def _spin(words: list[str]) -> Attempt:
    limits = Limits(seconds=1)
    with started(command(ATTACKER, [*limits.as_arguments(), *words]), limits) as child:
        try:
            child.ask(b"")
        except EvaluationTimeoutError:
            return Attempt(SPIN, refused=True, reason=STOPPED)
        except EvaluationFailedError:
            return Attempt(SPIN, refused=False, reason=UNKNOWN)
    return Attempt(SPIN, refused=False, reason=UNKNOWN)


def _attempt(name: str, refusal: int | None) -> Attempt:
    if refusal is None:
        return Attempt(name, refused=False, reason=UNKNOWN)
    return Attempt(name, refusal != 0, errno.errorcode.get(refusal, str(refusal)))


def _targets(stack: ExitStack) -> list[str]:
    """Return folder, ports and process of targets that live as long as ``stack``."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="geowallet-"))
    (Path(folder) / "secret").write_bytes(b"secret")
    tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    udp.bind(("127.0.0.1", 0))
    door = stack.enter_context(socket.socket(socket.AF_UNIX))
    door.bind(f"{folder}/door")
    door.listen()
    ports = (tcp.getsockname()[1], udp.getsockname()[1])
    return [folder, *map(str, ports), str(os.getpid())]
