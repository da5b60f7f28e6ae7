from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from geowallet.app.intake import ingest
from geowallet.app.locations import Locations
from geowallet.app.travel.replays import find_replays
from geowallet.connectors.api import ReadOptions
from geowallet.vault.store import Vault
from tests.app import scene

YEAR_US = 365 * 86_400_000_000


def read(vault: Vault, *paths: Path) -> None:
    manner = ingest.Manner(ReadOptions(), None, lambda: scene.NOON_US + YEAR_US)
    named = [str(path) for path in paths]
    done = ingest.ingest(vault, named, manner, progress=lambda *_: None)
    assert {item.outcome for item in done.files} == {"read"}


def forged(trace: bytes, *, days: int, minutes: int, jitter_m: float) -> bytes:
    """Return a GPX file under a later date, every position moved by chance."""
    rng = np.random.default_rng(days)

    def moved(match: re.Match[bytes]) -> bytes:
        north, east = rng.normal(0.0, jitter_m, 2) / 111_195.0
        lat, lon = float(match[1]) + north, float(match[2]) + east * 1.5
        return f'lat="{lat:.7f}" lon="{lon:.7f}"'.encode()

    def dated(match: re.Match[bytes]) -> bytes:
        when = dt.datetime.fromisoformat(match[1].decode())
        when += dt.timedelta(days=days, minutes=minutes)
        return b"<time>" + when.isoformat().encode() + b"</time>"

    trace = re.sub(rb'lat="([^"]+)" lon="([^"]+)"', moved, trace)
    return re.sub(rb"<time>([^<]+)</time>", dated, trace)


@pytest.fixture
def new(empty: Locations) -> Iterator[Vault]:
    with scene.opened(empty) as opened:
        yield opened


@pytest.fixture(scope="module")
def days(samples: Path) -> list[Path]:
    found = sorted((samples / "simulated-month" / "phone").rglob("*.gpx"))
    assert len(found) > 5
    return found


class TestFindReplays:
    """Promise: a day played again under another date is found among honest ones."""

    def test_a_month_of_commutes_holds_none(self, new: Vault, days: list[Path]) -> None:
        read(new, *days)
        assert find_replays(new) == ()

    def test_a_shifted_and_jittered_day_is_found(
        self, new: Vault, days: list[Path], tmp_path: Path
    ) -> None:
        copy = tmp_path / "copy.gpx"
        copy.write_bytes(forged(days[1].read_bytes(), days=200, minutes=23, jitter_m=5))
        read(new, *days[:5], copy)
        found = find_replays(new)
        assert len(found) >= 2
        for replay, later, earlier in found:
            apart_us = later.start_us - earlier.start_us
            assert abs(apart_us / 60e6 - (200 * 1_440 + 23)) < 4
            assert (replay.id, replay.of) == (later.id, earlier.id)

    def test_an_empty_wallet_holds_none(self, new: Vault) -> None:
        assert find_replays(new) == ()
