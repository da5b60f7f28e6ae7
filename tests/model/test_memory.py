from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
import numpy as np
from geowallet.model.memory import keep_memory
if "keep" in sys.argv:
    keep_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    for _ in range(20):
        some = [np.ones(1 << 17) for _ in range(4)]
work()
before = faults()
work()
print(faults() - before)
"""


def faults(*words: str) -> int:
    """How many pages twenty times four arrays of a megabyte ask for, the second time."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc learns so")
def test_what_is_freed_serves_what_comes_next() -> None:
    assert faults("keep") < 300
    assert faults() > 1_000
