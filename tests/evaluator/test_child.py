from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from geowallet.evaluator.child import Child, Pace, started
from geowallet.evaluator.limits import Limits
from geowallet.model.errors import EvaluationFailedError, EvaluationTimeoutError, SandboxError
from tests.evaluator import rogues

ONE_SECOND = Limits(seconds=1)
BIG = b"x" * (1 << 20)
"""More than a pipe holds."""

READ_ALL = "import sys; data = sys.stdin.buffer.read();"


def line_of(code: str) -> list[str]:
    return rogues.bare(code)("", ())


def is_gone(pid: int) -> bool:
    """Neither running nor waiting to be reaped by us."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def ask(code: str, message: bytes, limits: Limits | None = None) -> bytes:
    """Ask a program, and check that nothing is left of it whatever it did."""
    seen: list[Child] = []
    try:
        with started(line_of(code), limits or Limits()) as child:
            seen.append(child)
            return child.ask(message)
    finally:
        assert is_gone(seen[0]._process.pid)
        with pytest.raises(ChildProcessError):
            os.waitpid(seen[0]._process.pid, os.WNOHANG)


def test_it_hears_what_was_sent_and_says_what_is_heard() -> None:
    code = READ_ALL + "sys.stdout.buffer.write(data[::-1])"
    assert ask(code, b"abc") == b"cba"


def test_a_message_larger_than_a_pipe_arrives_whole() -> None:
    assert ask(READ_ALL + "print(len(data))", BIG) == b"1048576\n"


def test_no_message_is_an_end_of_input() -> None:
    assert ask(READ_ALL + "print(len(data))", b"") == b"0\n"


def test_lines_come_one_by_one_and_the_last_may_be_broken_off() -> None:
    with started(line_of("print('one\\ntwo\\nthr', end='')"), Limits()) as child:
        assert [child.line() for _ in range(4)] == [b"one\n", b"two\n", b"thr", b""]


def test_it_starts_with_nothing_but_its_pipes(tmp_path: Path) -> None:
    code = (
        "import os; "
        "print(os.getcwd(), sorted(set(os.environ) - {'LC_CTYPE'}), os.getsid(0) == os.getpid(), "
        "os.readlink('/proc/self/fd/2'), len(os.listdir('/proc/self/fd')) - 1)"
    )
    with (tmp_path / "open").open("wb") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        assert ask(code, b"") == b"/ [] True /dev/null 3\n"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import time; time.sleep(60)", id="sleeps"),
        pytest.param("print('x', flush=True)\nwhile True: pass", id="spins"),
        pytest.param("import os, time; os.close(1); time.sleep(60)", id="hangs up and stays"),
        pytest.param("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", id="out of time"),
    ],
)
def test_one_that_does_not_end_is_stopped(code: str) -> None:
    with pytest.raises(EvaluationTimeoutError):
        ask(code, BIG, ONE_SECOND)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("raise SystemExit(1)", id="fails"),
        pytest.param("import os; os.kill(os.getpid(), 9)", id="is killed"),
        pytest.param("print('x' * (2 << 20))", id="says too much"),
        pytest.param("while True: print('x' * 1000)", id="says too much without end"),
    ],
)
def test_one_that_fails_is_a_failure(code: str) -> None:
    with pytest.raises(EvaluationFailedError):
        ask(code, BIG)


def test_one_that_does_not_listen_may_still_answer() -> None:
    assert ask("print('so what')", BIG) == b"so what\n"


def test_a_line_without_end_is_a_failure() -> None:
    with (
        started(line_of("while True: print(end='x' * 999)"), Limits()) as child,
        pytest.raises(EvaluationFailedError),
    ):
        child.line()


def test_no_line_in_time_is_a_timeout() -> None:
    with (
        started(line_of("import time; time.sleep(60)"), ONE_SECOND) as child,
        pytest.raises(EvaluationTimeoutError),
    ):
        child.line()


def test_what_it_started_goes_with_it() -> None:
    code = "import os, time\npid = os.fork()\nif pid: print(pid, flush=True)\ntime.sleep(60)"
    with started(line_of(code), Limits()) as child:
        grandchild = int(child.line())
    status = Path(f"/proc/{grandchild}/stat")
    until_s = time.monotonic() + 60
    with suppress(FileNotFoundError, ProcessLookupError):  # whoever adopted it has reaped it
        while status.read_text().split()[2] != "Z":
            assert time.monotonic() < until_s, "the grandchild lives on"
            time.sleep(0.01)


def test_an_error_of_the_host_ends_it_too() -> None:
    context = started(line_of("import time; time.sleep(60)"), Limits())
    child = context.__enter__()
    interrupt = KeyboardInterrupt()
    assert not context.__exit__(KeyboardInterrupt, interrupt, None)
    assert is_gone(child._process.pid)


def test_what_cannot_be_started_is_a_sandbox_error() -> None:
    with pytest.raises(SandboxError), started(["/nowhere/python"], ONE_SECOND):
        pytest.fail("it started")


ECHO = "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line)"


def heard(code: str, pieces: Iterator[bytes], pace: Pace, limits: Limits | None = None) -> bytes:
    """Hear a program out that is sent ``pieces``, and check that nothing is left of it."""
    with started(line_of(code), limits or Limits()) as child:
        try:
            return b"".join(child.stream(pieces, pace))
        finally:
            child.close()
            assert is_gone(child._process.pid)


class TestStreams:
    """Promise: "Send ``pieces`` as it takes them, and yield what it says until it ends"."""

    def test_both_sides_are_larger_than_any_pipe(self) -> None:
        pieces = (b"%d\n" % number * 10_000 for number in range(50))
        said = heard(ECHO, pieces, Pace())
        assert said == b"".join(b"%d\n" % number * 10_000 for number in range(50))

    def test_what_was_said_before_comes_first(self) -> None:
        with started(line_of("print('a\\nb', flush=True)\n" + ECHO), Limits()) as child:
            assert child.line() == b"a\n"
            assert b"".join(child.stream(iter([b"c\n"]), Pace())) == b"b\nc\n"

    def test_a_first_line_may_be_sent_alone(self) -> None:
        with started(line_of(ECHO), Limits()) as child:
            child.say(b"first\n")
            assert b"".join(child.stream(iter([b"second\n"]), Pace())) == b"first\nsecond\n"
            with pytest.raises(ValueError, match="pipe"):
                child.say(BIG)

    def test_one_that_listens_to_nothing_may_still_answer(self) -> None:
        assert heard("print('so what')", itertools.repeat(BIG), Pace()) == b"so what\n"

    def test_one_that_has_ended_is_told_nothing(self) -> None:
        with started(line_of("pass"), Limits()) as child:
            child._process.wait()
            child.say(b"x\n")
            assert b"".join(child.stream(iter([]), Pace())) == b""

    @pytest.mark.parametrize(
        "code",
        [
            pytest.param("import time; time.sleep(60)", id="sleeps"),
            pytest.param("while True: pass", id="spins"),
            pytest.param("import os, time; os.close(1); time.sleep(60)", id="hangs up and stays"),
        ],
    )
    def test_one_that_is_quiet_is_stopped(self, code: str) -> None:
        with pytest.raises(EvaluationTimeoutError):
            heard(code, iter([BIG]), Pace(quiet_s=1))

    def test_one_that_takes_long_for_what_it_takes_is_stopped(self) -> None:
        drip = "import time\nwhile True: print('x', flush=True); time.sleep(.01)"
        with pytest.raises(EvaluationTimeoutError):
            heard(drip, iter([]), Pace(start_s=0))

    def test_the_time_of_the_source_is_not_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        passed_s = itertools.count(0, 0)

        def slow() -> Iterator[bytes]:
            nonlocal passed_s
            for hour in range(1, 4):
                passed_s = itertools.count(3600 * hour, 0)
                yield b"x\n"

        clock = SimpleNamespace(monotonic=lambda: next(passed_s))
        monkeypatch.setattr("geowallet.evaluator.child.time", clock)

        assert heard(ECHO, slow(), Pace(start_s=1, bytes_per_s=10**9)) == b"x\n" * 3

    @pytest.mark.parametrize("code", ["raise SystemExit(1)", "import os; os.kill(os.getpid(), 9)"])
    def test_one_that_fails_is_a_failure(self, code: str) -> None:
        with pytest.raises(EvaluationFailedError):
            heard(code, iter([b"x"]), Pace())
