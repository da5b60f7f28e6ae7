"""One child process on two pipes: started bare, heard within bounds, always ended."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import geowallet
from geowallet.model.errors import EvaluationFailedError, EvaluationTimeoutError, SandboxError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geowallet.evaluator.limits import Limits

START = (
    "import sys;"
    "sys.path.append(sys.argv[1]);"
    "from importlib import import_module;"
    "import_module(sys.argv[2]).main(sys.argv[3:])"
)
"""Appended, so that nothing beside geowallet can stand in for the standard library."""

CHUNK_BYTES = 1 << 16
NO_START = N_("the worker does not start")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a stream may take, as only the child's own time counts.

    Attributes:
        quiet_s: Longest time in which it neither takes nor gives a byte.
        start_s: Time in all for an empty source.
        bytes_per_s: Each so many bytes that it takes earn it a second more.
    """

    quiet_s: int = 20
    start_s: int = 30
    bytes_per_s: int = 100_000


def command(module: str, arguments: Sequence[str]) -> list[str]:
    """Return the command line that runs ``main(arguments)`` of a geowallet module.

    Isolated (-I) and without site (-S): no variable, no current folder, no
    user folder and no .pth file has a say. The folder that holds geowallet is
    named outright, so that an editable install and a wheel are the same.
    """
    folder = str(Path(geowallet.__file__).parent.parent)
    return [sys.executable, "-I", "-S", "-c", START, folder, module, *arguments]


class Child:
    """A running child. Made by `started`; its time counts from there."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._deadline_s = time.monotonic() + limits.seconds
        self._input, self._output = _pipes(process)
        self._unsent = memoryview(b"")
        self._heard = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)

    def line(self) -> bytes:
        """Return its next line, with the line feed unless it ended before.

        Raises:
            EvaluationTimeoutError: No line in time.
            EvaluationFailedError: A line longer than the output may be.
        """
        while b"\n" not in self._heard and self._turn():
            pass
        end = self._heard.find(b"\n") + 1 or len(self._heard)
        line = bytes(self._heard[:end])
        del self._heard[:end]
        return line

    def say(self, line: bytes) -> None:
        """Send a line that fits the pipe, before anything else is sent.

        Raises:
            ValueError: It does not fit.
        """
        if len(line) > CHUNK_BYTES:
            raise ValueError("a line longer than a pipe holds")
        with suppress(BrokenPipeError):  # it has ended, and says nothing
            self._input.write(line)

    def ask(self, message: bytes) -> bytes:
        """Send ``message``, close its input, and return all it says until it ends.

        Raises:
            EvaluationTimeoutError: Still running at the limit, or stopped there by the kernel.
            EvaluationFailedError: It said too much, or ended with a failure.
        """
        self._unsent = memoryview(message)
        if message:
            self._selector.register(self._input, selectors.EVENT_WRITE)
        else:
            self._input.close()
        while self._turn():
            pass
        self._check_end(max(0.0, self._deadline_s - time.monotonic()))
        return bytes(self._heard)

    def stream(self, pieces: Iterator[bytes], pace: Pace) -> Iterator[bytes]:
        """Send ``pieces`` as it takes them, and yield what it says until it ends.

        Raises:
            EvaluationTimeoutError: It was quiet too long, or is slow beyond ``pace``.
            EvaluationFailedError: It ended with a failure.
        """
        if self._heard:
            yield bytes(self._heard)
            self._heard.clear()
        self._selector.register(self._input, selectors.EVENT_WRITE)
        waited_s, taken = 0.0, 0
        goes_on = True
        while goes_on:
            before_s = time.monotonic()
            ready = self._selector.select(pace.quiet_s)
            waited_s += time.monotonic() - before_s
            if not ready or waited_s > pace.start_s + taken / pace.bytes_per_s:
                raise EvaluationTimeoutError(seconds=round(waited_s))
            for key, _ in ready:
                if key.fileobj is self._input:
                    taken += self._feed(pieces)
                    continue
                part = self._output.read(CHUNK_BYTES)
                goes_on = part != b""
                if part:
                    yield part
        self._check_end(pace.quiet_s)

    def close(self) -> None:
        """End it and all it may have started, and leave nothing behind."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._selector.close()
        self._input.close()
        self._output.close()
        self._process.wait()

    def _turn(self) -> bool:
        """Write and read what is possible now; return False after its last word."""
        left_s = self._deadline_s - time.monotonic()
        ready = self._selector.select(left_s) if left_s > 0 else []
        if not ready:
            raise EvaluationTimeoutError(seconds=self._limits.seconds)
        goes_on = True
        for key, _ in ready:
            if key.fileobj is self._input:
                self._write()
            else:
                goes_on = self._read()
        return goes_on

    def _feed(self, pieces: Iterator[bytes]) -> int:
        """Send what it takes now of the next piece, and return how many bytes it took."""
        if not self._unsent:
            self._unsent = memoryview(next(pieces, b""))
        before = len(self._unsent)
        if not before or not self._send():
            self._hang_up()
            return 0
        return before - len(self._unsent)

    def _write(self) -> None:
        if not self._send() or not self._unsent:
            self._hang_up()

    def _send(self) -> bool:
        """Send what it takes now; return False where it ended or stopped listening."""
        try:
            sent = self._input.write(self._unsent[:CHUNK_BYTES]) or 0
        except OSError:  # mostly a broken pipe; its answer says which
            return False
        self._unsent = self._unsent[sent:]
        return True

    def _hang_up(self) -> None:
        self._unsent = memoryview(b"")
        self._selector.unregister(self._input)
        self._input.close()

    def _read(self) -> bool:
        part = self._output.read(CHUNK_BYTES)
        if part:
            self._heard += part
        if len(self._heard) > self._limits.output_bytes:
            raise EvaluationFailedError
        return part != b""

    def _check_end(self, left_s: float) -> None:
        try:
            status = self._process.wait(left_s)
        except subprocess.TimeoutExpired:
            status = -signal.SIGXCPU
        if status == -signal.SIGXCPU:
            raise EvaluationTimeoutError(seconds=self._limits.seconds)
        if status != 0:
            raise EvaluationFailedError


@contextmanager
def started(command_line: Sequence[str], limits: Limits) -> Iterator[Child]:
    """Yield a child with no environment, no folder, no descriptor but its two pipes.

    What it says on standard error goes nowhere: it could quote rows. When the
    block is left, however that happens, the child and its whole group are gone.

    Raises:
        SandboxError: It cannot be started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  our own interpreter and module, no shell
            command_line,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            close_fds=True,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(reason=NO_START) from error
    child = Child(process, limits)
    try:
        yield child
    finally:
        child.close()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a child is heard through pipes")
    for pipe in (process.stdin, process.stdout):
        os.set_blocking(pipe.fileno(), False)
    return process.stdin, process.stdout
