"""The confined child for a module of ours that runs code of others on a stream.

It imports the module and lets it prepare from what the host says first, shuts
itself in, says what each layer is worth, and only then lets the module serve.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from geowallet.evaluator.confine import lock_down
from geowallet.evaluator.kernel import Libc
from geowallet.evaluator.layers import missing
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.seccomp import STDIN
from geowallet.evaluator.worker import as_line, send

MAX_SETTING_BYTES = 1 << 16
ONE_THREAD = "OPENBLAS_NUM_THREADS"
"""Or numpy's library makes a thread, and memory for it, for every core."""


def main(arguments: list[str]) -> None:
    """Serve one conversation, and end the process.

    Exit status: 0 after it, 1 after an exception, 2 where a needed layer does not hold.

    Args:
        arguments: `Limits.as_arguments`, then the module, which has ``prepare(setting)``
            and ``serve(read, send)``.
    """
    limits = Limits.from_arguments(arguments[:4])
    setting = json.loads(setting_line())
    sys.path.extend(setting["folders"])
    os.environ[ONE_THREAD] = "1"
    module = import_module(arguments[4])
    module.prepare(setting)
    del os.environ[ONE_THREAD]
    report = lock_down(limits, Libc())
    send(as_line(report))
    if missing(report):
        os._exit(2)
    module.serve(read, send)
    os._exit(0)  # at once: what code of others left behind has no last word


def setting_line() -> bytes:
    """Return the first line on standard input, and not a byte more.

    Raises:
        ValueError: It is too long.
    """
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = read(1)
        line += byte
        if not byte or len(line) > MAX_SETTING_BYTES:
            raise ValueError("no line with the setting")
    return bytes(line)


def read(count: int) -> bytes:
    """Return up to ``count`` bytes of standard input, none at its end."""
    return os.read(STDIN, count)
