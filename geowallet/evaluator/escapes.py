"""Runs in a child: tries to get out of the confinement, and reports each attempt.

The targets are real (a file that can be read, a socket that listens, a host
that can be traced), so that without confinement every attempt succeeds.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import sys
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.evaluator.confine import lock_down
from geowallet.evaluator.kernel import Libc
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.worker import as_line, send

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SPIN = "cpu-spin"
EXEC = "exec"
BIG_BYTES = 1 << 30
PTRACE_SEIZE = 0x4206
"""Attaches to a process without stopping it."""
SET_BY_PYTHON = frozenset({"LC_CTYPE"})
"""Python sets it itself in the C locale (PEP 538)."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What to attack: all belongs to the host that started this child.

    Attributes:
        folder: Holds the file ``secret`` and the listening socket ``door``.
        tcp_port: Listens on 127.0.0.1.
        udp_port: Listens on 127.0.0.1.
        host: Process id.
    """

    folder: str
    tcp_port: int
    udp_port: int
    host: int


def main(arguments: list[str]) -> None:
    """Close the named layers, make the named attempt or all but the last, and report.

    Args:
        arguments: `Limits.as_arguments`, layers joined by commas, ``cpu-spin``
            or "", folder, TCP port, UDP port, process id of the host.
    """
    layers, what, folder, *numbers = arguments[4:]
    targets = Targets(folder, *map(int, numbers))
    kernel = Libc()
    wanted = tuple(LayerName(name) for name in layers.split(",") if name)
    send(as_line(lock_down(Limits.from_arguments(arguments[:4]), kernel, layers=wanted)))
    while what == SPIN:
        pass
    for name, attempt in ATTEMPTS.items():
        send(as_line({name: refusal(attempt, targets)}))
    os._exit(0)


def refusal(attempt: Callable[[Targets], None], targets: Targets) -> int:
    """Return the errno with which ``attempt`` was refused; 0 where it succeeded."""
    try:
        attempt(targets)
    except MemoryError:
        return errno.ENOMEM
    except OSError as error:
        return error.errno or errno.EPERM
    return 0


def read_file(targets: Targets) -> None:
    """Read a file."""
    os.close(os.open(f"{targets.folder}/secret", os.O_RDONLY))


def write_file(targets: Targets) -> None:
    """Make a file."""
    os.close(os.open(f"{targets.folder}/written", os.O_WRONLY | os.O_CREAT, 0o600))


def tcp(targets: Targets) -> None:
    """Connect to a listening port."""
    with socket.socket(socket.AF_INET) as client:
        client.connect(("127.0.0.1", targets.tcp_port))


def udp(targets: Targets) -> None:
    """Send one datagram, as a name look-up would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", targets.udp_port))


def unix_socket(targets: Targets) -> None:
    """Connect to a service of the machine by its path."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{targets.folder}/door")


def fork(_: Targets) -> None:
    """Start another process."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def allocate(_: Targets) -> None:
    """Take a gibibyte of address space; untouched, it costs an open machine nothing."""
    mmap.mmap(-1, BIG_BYTES).close()


def kill(targets: Targets) -> None:
    """Send the host a signal (the one that only asks whether one may)."""
    os.kill(targets.host, 0)


def trace(targets: Targets) -> None:
    """Look into the memory of the host."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(PTRACE_SEIZE, targets.host, None, None) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def environment(targets: Targets) -> None:
    """Find a variable of the host, in one's own environment or in that of the host."""
    if set(os.environ) <= SET_BY_PYTHON:
        os.close(os.open(f"/proc/{targets.host}/environ", os.O_RDONLY))


def execute(_: Targets) -> None:
    """Become another program, which reports in its own words that it runs."""
    report = f"print('{{\"{EXEC}\":0}}')"
    os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", report])  # noqa: S606  the attempt


ATTEMPTS: Mapping[str, Callable[[Targets], None]] = MappingProxyType(
    {
        "read-file": read_file,
        "write-file": write_file,
        "tcp": tcp,
        "udp": udp,
        "unix-socket": unix_socket,
        "fork": fork,
        "allocate-1-gib": allocate,
        "kill": kill,
        "ptrace": trace,
        "environment": environment,
        EXEC: execute,
    }
)
"""Every attempt that ends by itself; `EXEC` last, as it would end this program."""
