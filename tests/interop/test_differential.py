"""Verifiers written apart agree on exports that nobody would send."""

from __future__ import annotations

import shutil

import pytest

from tests.interop.differential import HERE, ask, disagreements
from tests.interop.mutants import SOUND, mutants

COUNT = 300
"""By default; 10,000 with ``python -m tests.interop.differential``."""


class TestFourVerifiers:
    """Promise: "ours, the one to take away, the page, and a stock library agree"."""

    def test_they_agree_on_every_mutant(self) -> None:
        if not shutil.which("node") or not (HERE / "node_modules" / "jose").is_dir():
            pytest.skip("node with jose is not installed: run 'npm ci' in tests/interop")
        answers = ask(list(mutants(COUNT, seed=7)))
        assert disagreements(answers) == []
        statuses = {one.alone[0] for one in answers}
        assert {"accepted", "malformed", "bad_signature", "contract_mismatch"} <= statuses

    def test_mutants_are_of_every_kind_and_origin(self) -> None:
        found = list(mutants(COUNT, seed=7))
        assert len({one.kind for one in found}) == 4
        assert {one.origin.name for one in found} == {one.name for one in SOUND}
