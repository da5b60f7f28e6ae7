from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import geowallet
from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.job import Job, Task
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.rows import Row
from geowallet.evaluator import host
from geowallet.evaluator.child import command, started
from geowallet.evaluator.layers import GUARDS, LayerName, missing
from geowallet.evaluator.limits import MIB, Limits
from geowallet.model.errors import (
    EvaluationFailedError,
    EvaluationTimeoutError,
    GeowalletError,
    SandboxError,
)
from tests.evaluator import rogues

TASKS = (Task("distance_m", 100), Task("days", 1))
JOB = Job(TASKS, ("month",), (("2026-09",), ("2026-10",)))
CANARY_M = 48_137_219
ROWS = [
    Row("2026-10-05", "", 1, 12_345, 1),
    Row("2026-10-05", "", 2, 10_000, 0),
    Row("2026-10-07", "", 3, CANARY_M, 3),
]
ROWS_JSON = Rows.of(ROWS).as_json()
ONE_SECOND = Limits(seconds=1)


def test_the_child_finds_what_the_function_finds() -> None:
    result = host.run(JOB.as_json(), ROWS_JSON)
    assert result == evaluate(JOB, ROWS)
    assert result["totals"] == {"distance_m": 48_159_600, "days": 2}  # 48,159,564 m


def test_no_rows_are_a_normal_case() -> None:
    assert host.run(JOB.as_json(), Rows.of([]).as_json())["totals"] == {"distance_m": 0, "days": 0}


def test_two_runs_give_the_same_bytes() -> None:
    message = json.dumps({"job": JOB.as_json(), "rows": ROWS_JSON}).encode()
    answers = set()
    for _ in range(2):
        with started(command(host.WORKER, Limits().as_arguments()), Limits()) as child:
            child.line()
            answers.add(child.ask(message))
    assert len(answers) == 1


def test_many_rows_pass_in_pieces() -> None:
    rows = Rows.of(ROWS[:2] * 10_000).as_json()
    assert host.run(JOB.as_json(), rows)["totals"]["distance_m"] == 223_450_000


def test_a_package_of_its_own_works_as_an_editable_install_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(geowallet.__file__).parent
    unpacked = tmp_path / "site-packages" / "geowallet"
    shutil.copytree(package, unpacked, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(geowallet, "__file__", str(unpacked / "__init__.py"))
    assert host.run(JOB.as_json(), ROWS_JSON) == evaluate(JOB, ROWS)
    assert list(unpacked.glob("evaluator/__pycache__/worker.*"))


class TestARogueEvaluation:
    """Promise: "EvaluationFailedError: No result, or one of another shape"."""

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param("raise ValueError(rows)", id="raises"),
            pytest.param("return bytearray(1 << 30)", id="takes a gibibyte"),
            pytest.param("worker.send(b'\\xff garbage'); os._exit(0)", id="says no JSON"),
            pytest.param("worker.send(b'5' * (2 << 20)); os._exit(0)", id="says too much"),
            pytest.param("os._exit(0)", id="says nothing"),
            pytest.param("worker.send(b'{}'); os._exit(3)", id="fails after its result"),
            pytest.param("return [1]", id="a list"),
            pytest.param("return {'totals': 1.5}", id="a float"),
            pytest.param("return {'totals': float('nan')}", id="not a number"),
            pytest.param("return {'totals': True}", id="a boolean"),
            pytest.param("return {'totals': None}", id="a null"),
            pytest.param("return {'totals': [{'at': 'home'}]}", id="a text of its own"),
            pytest.param("return {'totals': rows[0].day}", id="a text of a row"),
            pytest.param(
                'worker.send(b\'{"a":1,"a":2}\'); os._exit(0)', id="a name that comes twice"
            ),
            pytest.param(
                "value = 1\nfor _ in range(9): value = {'a': value}\nreturn value", id="too deep"
            ),
            pytest.param(
                "worker.send(b'{\"a\":' * 9000 + b'1' + b'}' * 9000); os._exit(0)",
                id="far too deep",
            ),
        ],
    )
    def test_gives_no_result(self, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(host, "command", rogues.confined(body))
        with pytest.raises(EvaluationFailedError):
            host.run(JOB.as_json(), ROWS_JSON)

    def test_may_use_the_words_of_the_job(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(host, "command", rogues.confined("return {'key': '2026-10'}"))
        assert host.run(JOB.as_json(), ROWS_JSON) == {"key": "2026-10"}

    def test_that_does_not_end_is_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(host, "command", rogues.confined("while True: pass"))
        with pytest.raises(EvaluationTimeoutError, match="1 s"):
            host.run(JOB.as_json(), ROWS_JSON, limits=ONE_SECOND)

    def test_sees_no_variable_of_the_host(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GEOWALLET_SECRET", "canary")
        body = "return {'found': len(set(os.environ) - {'LC_CTYPE'})}"
        monkeypatch.setattr(host, "command", rogues.confined(body))
        assert host.run(JOB.as_json(), ROWS_JSON) == {"found": 0}

    def test_finds_neither_key_nor_table_nor_socket_loaded(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = "{'socket', 'subprocess', 'sqlite3', 'nacl', 'cryptography', 'numpy', 'site'}"
        body = f"return {{'found': len({names} & set(sys.modules))}}"
        monkeypatch.setattr(host, "command", rogues.confined(body))
        assert host.run(JOB.as_json(), ROWS_JSON) == {"found": 0}


class TestErrorsCarryNoRows:
    """Promise: rows never appear in an error, in no link of its chain."""

    @pytest.mark.parametrize(
        "body",
        [
            "raise ValueError(rows)",
            "worker.send(str(rows).encode()); os._exit(0)",
            "return {'rows': str(rows)}",
            "worker.send(str(rows).encode())\nwhile True: pass",
        ],
    )
    def test_whatever_the_worker_says(
        self, body: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(host, "command", rogues.confined(body))
        with pytest.raises(GeowalletError) as caught:
            host.run(JOB.as_json(), ROWS_JSON, limits=ONE_SECOND)
        shown = "".join(capfd.readouterr())
        link: BaseException | None = caught.value
        while link is not None:
            shown += f"{link!r} {vars(link)}"
            link = link.__cause__ or link.__context__
        assert str(CANARY_M) not in shown
        assert "2026-10-07" not in shown


class TestNoLayerNoRun:
    """Promise: "A needed layer does not hold here: nothing was sent"."""

    @pytest.mark.parametrize(
        ("report", "reason"),
        [
            ({"limits": 1, "no-new-privileges": 1, "landlock": 7}, "seccomp/network-namespace"),
            ({"limits": 0, "no-new-privileges": 1, "seccomp": 1}, "limits"),
            ({}, "limits, no-new-privileges, seccomp/landlock, seccomp/network-namespace"),
        ],
    )
    def test_rows_stay_with_the_host(
        self,
        report: dict[str, int],
        reason: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        leak = tmp_path / "leak"
        code = (
            f"import os\nos.write(1, b'{json.dumps(report)}\\n')\n"
            f"open({str(leak)!r}, 'wb').write(os.read(0, 9) + b'.')\nos.write(1, b'{{}}')"
        )
        monkeypatch.setattr(host, "command", rogues.bare(code))
        with pytest.raises(SandboxError, match=f": {re.escape(reason)}$"):
            host.run(JOB.as_json(), ROWS_JSON)
        assert not leak.exists() or leak.read_bytes() in {b"", b"."}  # killed, or end of input

    @pytest.mark.parametrize("said", ["", "garbage", "[]\\n", '{"limits": true}\\n', "{}{}\\n"])
    def test_a_child_that_does_not_report_gets_nothing(
        self, said: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(host, "command", rogues.bare(f"import os; os.write(1, b'{said}')"))
        with pytest.raises(SandboxError, match="does not start"):
            host.run(JOB.as_json(), ROWS_JSON)

    def test_an_interpreter_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(SandboxError, match="does not start"):
            host.run(JOB.as_json(), ROWS_JSON)

    def test_another_system(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")
        with pytest.raises(SandboxError, match="limits, no-new-privileges"):
            host.run(JOB.as_json(), ROWS_JSON)
        found = host.layers()
        assert {layer.holds for layer in found} == {False}
        assert all(str(layer.detail).startswith("not available") for layer in found)

    def test_more_rows_than_the_limit_start_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(host, "started", None)
        with pytest.raises(EvaluationFailedError):
            host.run(JOB.as_json(), ROWS_JSON, limits=Limits(input_bytes=100))


def test_every_layer_is_named_once_with_what_it_is_for() -> None:
    found = host.layers()
    assert [layer.name for layer in found] == list(GUARDS) == list(LayerName)
    assert all(str(layer.detail) for layer in found)


def test_what_must_hold_holds_here() -> None:
    assert missing({layer.name: int(layer.holds) for layer in host.layers()}) == ()


def test_a_small_memory_limit_is_enough_for_a_month() -> None:
    result: dict[str, Any] = host.run(
        JOB.as_json(), Rows.of(ROWS * 100).as_json(), limits=Limits(memory_bytes=128 * MIB)
    )
    assert result["totals"]["days"] == 2
