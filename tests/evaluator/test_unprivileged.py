"""A run as whoever is no administrator: what a root user's rights could hide."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import geowallet
from tests.evaluator.test_host import JOB, ROWS_JSON

NOBODY = 65_534
READS = "+dac_read_search"
"""The one right that is left: the interpreter may lie in a folder of root's."""

PROGRAM = """
import json, os, sys
from geowallet.evaluator import host
job, rows = json.load(sys.stdin)
layers = {layer.name: layer.holds for layer in host.layers()}
print(json.dumps([os.geteuid(), layers, host.run(job, rows)["totals"]]))
"""


def as_nobody() -> list[str]:
    """Return what starts a command without rights: nothing where there are none to lose."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv (util-linux) is not here to give up rights")
    ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    rights = [f"--bounding-set=-all,{READS}", f"--inh-caps=-all,{READS}", f"--ambient-caps={READS}"]
    return [setpriv, *ids, *rights]


def test_a_user_without_rights_computes_behind_the_same_layers() -> None:
    done = subprocess.run(
        [*as_nobody(), sys.executable, "-c", PROGRAM],
        input=json.dumps([JOB.as_json(), ROWS_JSON]),
        cwd=Path(geowallet.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    user, layers, totals = json.loads(done.stdout)
    assert user != 0
    assert {name for name, holds in layers.items() if not holds} <= {"network-namespace"}
    assert totals == {"distance_m": 48_159_600, "days": 2}
