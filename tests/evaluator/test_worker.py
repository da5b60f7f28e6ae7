from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from geowallet.contracts.evaluation.job import Job, Task
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.rows import Row
from geowallet.evaluator import worker
from geowallet.evaluator.kernel import Kernel
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits

JOB = Job((Task("distance_m", 100),), ("month",), (("2026-10",),))
ROWS = [Row("2026-10", "", 0, 1234, 1), Row("2026-10", "", 0, 1000, 0)]
MESSAGE = json.dumps({"job": JOB.as_json(), "rows": Rows.of(ROWS).as_json()}).encode()


class Ended(BaseException):
    """Stands for the end of the process."""


class Pipes:
    """Standard input and output of a worker that runs in the test."""

    def __init__(self, message: bytes) -> None:
        self.message = message
        self.said = b""
        self.locked = False

    def read(self, descriptor: int, most: int) -> bytes:
        assert descriptor == 0
        assert self.locked, "read before the lockdown"
        part, self.message = self.message[: min(most, 7)], self.message[min(most, 7) :]
        return part

    def write(self, descriptor: int, data: bytes) -> int:
        assert descriptor == 1
        self.said += data[:11]
        return len(data[:11])


Serve = Callable[[bytes, int], tuple[int, list[dict[str, object]]]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Run the worker's main on a message; exit status and the lines it said."""

    def run(message: bytes, worth: int) -> tuple[int, list[dict[str, object]]]:
        pipes = Pipes(message)

        def lock_down(limits: Limits, kernel: Kernel) -> dict[str, int]:
            pipes.locked = True
            return dict.fromkeys(LayerName, worth)

        def end(status: int) -> None:
            raise Ended(status)

        with monkeypatch.context() as patch:
            patch.setattr(worker, "lock_down", lock_down)
            patch.setattr(os, "read", pipes.read)
            patch.setattr(os, "write", pipes.write)
            patch.setattr(os, "_exit", end)
            with pytest.raises(Ended) as ended:
                worker.main(Limits().as_arguments())
        return ended.value.args[0], [json.loads(line) for line in pipes.said.splitlines()]

    return run


def test_it_reports_its_layers_and_then_answers(serve: Serve) -> None:
    status, (report, result) = serve(MESSAGE, 1)
    assert status == 0
    assert report == dict.fromkeys(LayerName, 1)
    assert result["totals"] == {"distance_m": 2200}  # 2234 to the nearest hundred
    assert result["share_m"] == {"L0": 1000, "L1": 1200, "L2": 0, "L3": 0}


def test_it_reads_nothing_where_the_layers_do_not_hold(serve: Serve) -> None:
    status, lines = serve(MESSAGE, 0)
    assert status == 2
    assert lines == [dict.fromkeys(LayerName, 0)]


def test_without_a_job_it_only_reports(serve: Serve) -> None:
    assert serve(b"", 1) == (0, [dict.fromkeys(LayerName, 1)])


@pytest.mark.parametrize(
    "message",
    [
        b"{",
        b"[]",
        b"\xff",
        b'{"rows":[]}',
        b'{"job":{},"rows":[]}',
        b'{"job":null,"rows":[[1]]}',
    ],
)
def test_a_message_of_another_shape_is_no_result(message: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        worker.answer(message)


def test_a_message_larger_than_allowed_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipes = Pipes(b"x" * 100)
    pipes.locked = True
    monkeypatch.setattr(os, "read", pipes.read)
    with pytest.raises(ValueError, match="larger"):
        worker.receive(20)
    assert len(pipes.message) == 100 - 21


def test_the_same_value_is_the_same_bytes() -> None:
    assert worker.as_line({"b": 1, "a": [2]}) == b'{"a":[2],"b":1}\n'
    assert worker.as_line({"a": [2], "b": 1}) == b'{"a":[2],"b":1}\n'
