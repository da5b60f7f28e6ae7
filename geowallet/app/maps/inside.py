"""Runs in a child of its own: reads an extract from standard input, says the lines it draws.

The library for it is C++ and needs threads, which the seccomp filter of the other
children refuses. So this child has every layer but that one: no files, no rights to gain,
bounded memory and time, and a network of its own where the system permits one.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
from typing import TYPE_CHECKING, Any

from geowallet.evaluator.confine import (
    forbid_dumps,
    leave_network,
    renounce_privileges,
    shut_files,
)
from geowallet.evaluator.kernel import Libc
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.resident import setting_line
from geowallet.evaluator.worker import as_line, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from geowallet.evaluator.kernel import Kernel

NEEDED = (LayerName.LIMITS, LayerName.PRIVILEGES, LayerName.LANDLOCK)
"""No layer, no run."""

HEAD = struct.Struct("<BI")
"""Of a frame: what follows, and how many lines of it, four doubles each."""

END, BROKEN, FULL, MEMORY = 255, 254, 253, 252
"""What a frame without lines says: all is read; it cannot be; there is too much; no memory."""

LINES_TOGETHER = 4096
MOST_LINES = 2_000_000
MOST_KM = 200_000.0
"""More than all roads of the Paris region, three times over, within the traces' box."""


def main(arguments: list[str]) -> None:
    """Serve one extract, and end the process.

    Exit status: 0 after a last frame, 2 where a needed layer does not hold.

    Args:
        arguments: `Limits.as_arguments`.
    """
    limits = Limits.from_arguments(arguments)
    setting = json.loads(setting_line())
    sys.path.extend(setting["folders"])
    from geowallet.app.maps import drawing  # noqa: PLC0415  loads the library

    report = shut_in(limits, Libc())
    send(as_line(report))
    if not all(report[layer] for layer in NEEDED):
        os._exit(2)
    for frame in frames(lambda: drawing.lines(setting["format"], setting["box"])):
        send(frame)
    os._exit(0)  # at once: the library has threads


def shut_in(limits: Limits, kernel: Kernel) -> dict[str, int]:
    """Return what each layer is worth, as `confine.lock_down`, without its filter of calls."""
    return {
        LayerName.NETWORK.value: int(leave_network(kernel)),
        LayerName.PRIVILEGES.value: int(renounce_privileges(kernel)),
        LayerName.DUMP.value: int(forbid_dumps(kernel)),
        LayerName.LANDLOCK.value: int(shut_files(kernel)),
        LayerName.LIMITS.value: int(_bounded(limits)),
    }


def frames(drawn: Callable[[], Iterator[tuple[int, Any]]]) -> Iterator[bytes]:
    """Yield frames of lines, and one that says how it ended.

    Args:
        drawn: Yields the number of a kind and lines of it, ``(n, 4)``.
    """
    count, km = 0, 0.0
    try:
        for kind, lines in drawn():
            count, km = count + len(lines), km + _km(lines)
            if count > MOST_LINES or km > MOST_KM:
                yield HEAD.pack(FULL, 0)
                return
            yield HEAD.pack(kind, len(lines)) + lines.astype("<f8").tobytes()
    except MemoryError:
        yield HEAD.pack(MEMORY, 0)
    except (RuntimeError, ValueError, OSError):  # what the library raises for damaged files
        yield HEAD.pack(BROKEN, 0)
    else:
        yield HEAD.pack(END, 0)


def _km(lines: Any) -> float:
    """Return about how long lines are together; a little too much."""
    return float(abs(lines[:, 2:] - lines[:, :2]).sum()) * 111.2


def _bounded(limits: Limits) -> bool:
    """Bound memory and processor time, and let no file grow; say whether that holds.

    Processes are not counted, as threads are among them: other programs cannot be
    started, as none can be opened.
    """
    wanted: Mapping[int, tuple[int, int]] = {
        resource.RLIMIT_AS: (limits.memory_bytes, limits.memory_bytes),
        resource.RLIMIT_CPU: (limits.seconds, limits.seconds + 1),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (0, 0),
    }
    for kind, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(kind)[1]
        lower = ceiling if ceiling != resource.RLIM_INFINITY else hard
        resource.setrlimit(kind, (min(soft, lower), min(hard, lower)))
    return all(resource.getrlimit(kind)[0] <= soft for kind, (soft, _) in wanted.items())
