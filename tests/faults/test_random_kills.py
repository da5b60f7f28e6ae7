"""SIGKILL at any moment costs nothing that was said to be done."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from geowallet.app.locations import Locations
from geowallet.vault.store import open_vault
from tests.faults import random_kills


def draws() -> random.Random:
    return random.Random()  # noqa: S311  moments, drawn anew in each run


def test_nothing_is_lost_or_torn(tmp_path: Path) -> None:
    """By command: 2,000 rounds (``python -m tests.faults.random_kills``)."""
    deaths = random_kills.kill_at_random(tmp_path, 20, draws())
    assert (deaths.rounds, deaths.lost, deaths.torn) == (20, [], [])
    assert deaths.said > 0


def test_a_program_that_speaks_too_soon_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boast(here: Locations, master: bytes, writing: int) -> None:
        with open_vault(here.wallet, master, random=os.urandom) as vault:
            os.write(writing, b"ready\n%d\n" % (vault.mark().size + 9))
            random_kills._commit(vault)

    monkeypatch.setattr(random_kills, "_write_for_ever", boast)
    assert random_kills.kill_at_random(tmp_path, 1, draws()).lost
