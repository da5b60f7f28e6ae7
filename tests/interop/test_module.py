"""A scoring module gives the same figures in three engines: ours, compiled code, and V8."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest
import wasmtime

from geowallet.contracts.evaluation.module_rows import ROW_BYTES, records
from geowallet.contracts.evaluation.rows import Row
from geowallet.evaluator.module import ModuleTask, run_module

HERE = Path(__file__).parent
GENTLE = (HERE.parents[1] / "samples" / "module" / "gentle.wasm").read_bytes()
OUTPUTS = ("score", "premium_cents")


def months(count: int) -> list[tuple[bytes, ...]]:
    """Return the rows of so many months, drawn by a fixed seed."""
    draw = random.Random(20_261_122)  # noqa: S311  no secret
    return [records([_row(draw) for _ in range(draw.randrange(60))]) for _ in range(count)]


def _row(draw: random.Random) -> Row:
    metres = draw.randrange(200_000)
    seen = (metres, metres, metres // 2, *(draw.randrange(9) for _ in range(7)))
    mode = draw.choice(["car", "car", "bus"])
    night = draw.choice([0, metres])
    return Row("2026-05-04", mode, 1, metres, 0, night_m=night, driven=draw.choice([(), seen]))


@pytest.fixture(scope="module")
def ours() -> list[tuple[int, ...]]:
    task = ModuleTask(GENTLE, OUTPUTS, 1_000_000, 16)
    return list(run_module(task, months(50), row_bytes=ROW_BYTES).values)


def test_v8_says_the_same(ours: list[tuple[int, ...]]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    question = {
        "wasm": base64.b64encode(GENTLE).decode(),
        "outputs": OUTPUTS,
        "groups": [
            {"rows": base64.b64encode(b"".join(rows)).decode(), "count": len(rows)}
            for rows in months(50)
        ],
    }
    done = subprocess.run(
        [node, str(HERE / "module.mjs")],
        input=json.dumps(question).encode(),
        capture_output=True,
        check=True,
    )
    assert [tuple(map(int, values)) for values in json.loads(done.stdout)] == ours


def test_compiled_code_says_the_same(ours: list[tuple[int, ...]]) -> None:
    engine = wasmtime.Engine()
    module = wasmtime.Module(engine, GENTLE)
    found = []
    for rows in months(50):
        values = []
        for output in OUTPUTS:
            store = wasmtime.Store(engine)
            exports = wasmtime.Instance(store, module, []).exports(store)
            reserve, memory, score = exports["reserve"], exports["memory"], exports[output]
            assert isinstance(reserve, wasmtime.Func)
            assert isinstance(memory, wasmtime.Memory)
            assert isinstance(score, wasmtime.Func)
            data = b"".join(rows)
            address = reserve(store, len(data))
            memory.write(store, data, address)
            values.append(score(store, address, len(rows)))
        found.append(tuple(values))
    assert found == ours


def test_the_months_are_not_all_alike(ours: list[tuple[int, ...]]) -> None:
    assert len(set(ours)) > 40
