"""The runner of modules beside its confinement: what it asks of its pipe."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import wasmtime

from geowallet.evaluator import module_worker
from tests.evaluator.modules import module


def reader(data: bytes, *, pieces: int = 3) -> Callable[[int], bytes]:
    """Return ``data`` in pieces that are smaller than what is asked for."""
    rest = bytearray(data)

    def read(count: int) -> bytes:
        part = bytes(rest[: min(count, pieces)])
        del rest[: len(part)]
        return part

    return read


def message(data: bytes, body: bytes, **changes: Any) -> bytes:
    order = {
        "module_bytes": len(data),
        "row_bytes": 4,
        "rows": [len(body) // 4],
        "outputs": ["score"],
        "fuel": 10_000,
        "memory_pages": 2,
    }
    return json.dumps(order | changes).encode() + b"\n" + data + body


def answers(message: bytes) -> list[Any]:
    said: list[bytes] = []
    module_worker.serve(reader(message), said.append)
    return [json.loads(line) for line in said]


def test_one_line_is_said_for_each_group() -> None:
    rows = bytes([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])
    found = answers(message(module(), rows, rows=[1, 2]))
    assert [line["values"] for line in found] == [[1], [5]]
    assert all(len(line["fuel"]) == 1 for line in found)


def test_after_a_refusal_nothing_more_is_run() -> None:
    found = answers(message(module("(unreachable)"), bytes(8), rows=[1, 1]))
    assert found == [{"refused": "unreachable"}]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\0asm\x01\0\0\0\xff", "malformed"),
        (module("(loop $l (br $l)) (i64.const 0)"), "fuel"),
        (module(reserve="(i32.const -4)"), "memory"),
    ],
)
def test_the_word_of_a_refusal_says_nothing_else(data: bytes, word: str) -> None:
    assert answers(message(data, bytes(4))) == [{"refused": word}]


@pytest.mark.parametrize("cut", [0, 5, -1])
def test_a_message_that_ends_early_is_no_order(cut: int) -> None:
    with pytest.raises(ValueError, match=r"no line|less than"):
        answers(message(module(), bytes(4))[:cut])


def test_an_order_without_an_end_is_not_read_for_ever() -> None:
    with pytest.raises(ValueError, match="no line"):
        module_worker.serve(lambda _: b" ", lambda _: None)


def test_the_engine_is_ready_before_the_child_is_shut_in() -> None:
    module_worker.prepare({"folders": []})


@pytest.mark.parametrize("name", module_worker.OFF)
def test_every_switch_is_one_that_the_engine_has(name: str) -> None:
    """Or it would be set on the settings without any effect."""
    assert isinstance(getattr(wasmtime.Config, name), property)
