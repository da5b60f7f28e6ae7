"""A disk that refuses is named, with its own exit status, and costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.failing import sweep
from tests.faults.recorded import needs_strace

pytestmark = [pytest.mark.slow, needs_strace]


def test_some_calls_of_a_correction_that_fail(tmp_path: Path, no_keyring_at_all: None) -> None:
    """By command: all kinds of calls and use cases (``python -m tests.faults.failing``)."""
    ends = sweep(("correct",), ("pwrite64", "fdatasync", "unlink"), 60, tmp_path)
    assert {how for _, how in ends} <= {"told", "done"}, ends
    assert ends["correct", "told"] >= 4
