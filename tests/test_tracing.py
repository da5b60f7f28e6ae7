from __future__ import annotations

import os
import sys

import pytest


@pytest.mark.untraced
def test_no_tracer_of_coverage_watches_what_repeats() -> None:
    assert not type(sys.gettrace()).__module__.startswith("coverage")
    assert "COVERAGE_PROCESS_CONFIG" not in os.environ
