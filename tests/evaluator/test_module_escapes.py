"""The child that runs modules, taken over: what its own code can no longer do.

A module has no way out of its engine (`test_module_code.TestTwelveWaysOut`). Here the
engine is taken for broken: the attempts are made by the process itself, after it has
loaded the engine and compiled a module.
"""

from __future__ import annotations

import errno
import json
from contextlib import ExitStack
from pathlib import Path

import pytest
import wasmtime

from geowallet.evaluator import trial
from geowallet.evaluator.escapes import ATTEMPTS
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits
from geowallet.evaluator.visit import visit
from tests.evaluator.modules import module

HOUSE = """
import json
from functools import partial
from geowallet.evaluator import module_worker
from geowallet.evaluator.confine import lock_down
from geowallet.evaluator import resident
from geowallet.evaluator.escapes import ATTEMPTS, Targets, refusal

def prepare(setting):
    global targets
    targets = Targets(*setting["targets"])
    module_worker.prepare(setting)
    if setting["layers"]:
        resident.lock_down = partial(lock_down, layers=setting["layers"])

def serve(read, send):
    rest = b""
    while part := read(65536):
        rest += part
    parts = [rest]
    module_worker.serve(lambda count: _take(parts, count), send)
    for name, attempt in ATTEMPTS.items():
        send((json.dumps({name: refusal(attempt, targets)}) + "\\n").encode())

def _take(parts, count):
    head, parts[0] = parts[0][:count], parts[0][count:]
    return head
"""

ALL: tuple[LayerName, ...] = ()
FILTER_ALONE = (LayerName.PRIVILEGES, LayerName.LIMITS, LayerName.SECCOMP)


@pytest.mark.parametrize("layers", [ALL, FILTER_ALONE], ids=["all layers", "the filter alone"])
def test_eleven_of_eleven_are_refused_after_a_module_ran(
    layers: tuple[LayerName, ...], tmp_path: Path
) -> None:
    """The twelfth, computing without end, ends in `test_module` by fuel and by the clock."""
    (tmp_path / "a_house.py").write_text(HOUSE)
    data = module()
    order = {
        "module_bytes": len(data),
        "row_bytes": 4,
        "rows": [1],
        "outputs": ["score"],
        "fuel": 1_000,
        "memory_pages": 2,
    }
    message = json.dumps(order).encode() + b"\n" + data + b"\x07\0\0\0"
    folders = [str(tmp_path), str(Path(wasmtime.__file__).parent.parent)]
    with ExitStack() as stack:
        folder, *numbers = trial._targets(stack)
        setting = {
            "folders": folders,
            "targets": [folder, *map(int, numbers)],
            "layers": list(layers),
        }
        said = b"".join(visit("a_house", setting, iter([message]), limits=Limits()))
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines[0]["values"] == [7]
    refused = {name: value for line in lines[1:] for name, value in line.items()}
    assert list(refused) == list(ATTEMPTS)
    assert {name for name, value in refused.items() if not value} == set()
    assert refused["udp"] in {errno.EPERM, errno.EMFILE, errno.EACCES, errno.ENETUNREACH}
