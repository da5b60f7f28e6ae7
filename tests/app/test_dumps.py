from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

DIE = """
import os, resource, signal, sys
from geowallet.app import dumps
resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2)
sys.platform = sys.argv[1]
print(dumps.forbid_dumps(), *resource.getrlimit(resource.RLIMIT_CORE), flush=True)
os.kill(os.getpid(), signal.SIGSEGV)
"""


class TestForbidDumps:
    """Promise: "Let this process leave no core file"."""

    @pytest.mark.parametrize(("system", "said"), [("linux", "True 0 0"), ("darwin", "False 0 0")])
    def test_a_process_that_crashes_leaves_none(
        self, tmp_path: Path, system: str, said: str
    ) -> None:
        command = [sys.executable, "-c", DIE, system]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout.strip()) == (-signal.SIGSEGV, said)
        assert list(tmp_path.iterdir()) == []

    def test_the_program_forbids_them_before_it_does_anything(self) -> None:
        code = (
            "import sys, resource; sys.argv = ['geowallet', 'lock']\n"
            "from geowallet import __main__\n"
            "import geowallet.cli.main as cli\n"
            "cli.run = lambda words: print(resource.getrlimit(resource.RLIMIT_CORE)) or 0\n"
            "__main__.main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "(0, 0)"
