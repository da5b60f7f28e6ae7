from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.maps.extracts import write_extract
from tests.cli.conftest import Terminal
from tests.track.synthetic import Traveller


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    fixes = Traveller(noise_m=2.0).stay(900, every_s=60).go(15_000, 25.0).stay(900).fixes()
    rows = zip(fixes.time_us.tolist(), fixes.lat_deg, fixes.lon_deg, strict=True)
    path = tmp_path / "ride.csv"
    lines = [f"{when / 1e6:.0f},{lat:.7f},{lon:.7f}" for when, lat, lon in rows]
    path.write_text("\n".join(["timestamp,lat,lon", *lines]) + "\n", encoding="utf-8")
    return path


class TestAnalyseWithAMap:
    def test_says_what_a_leg_follows_and_nothing_new_without(
        self, terminal: Terminal, ride: Path, tmp_path: Path
    ) -> None:
        plain = terminal("analyse", str(ride))
        mapped = terminal("analyse", str(ride), "--map", str(write_extract(tmp_path)))
        assert "ON THE MAP" not in plain.out
        assert "follows rails for 100 % of its way" in mapped.out
        assert "train" in mapped.out

    def test_says_that_a_map_of_elsewhere_does_not_help(
        self, terminal: Terminal, ride: Path, tmp_path: Path
    ) -> None:
        empty = write_extract(tmp_path, b"<osm version='0.6'></osm>")
        done = terminal("analyse", str(ride), "--map", str(empty))
        assert "this map draws nothing where these traces are" in done.err
        assert done.out == terminal("analyse", str(ride)).out

    def test_refuses_what_is_no_map(self, terminal: Terminal, ride: Path) -> None:
        done = terminal("analyse", str(ride), "--map", str(ride))
        assert done.status == 3
        assert "[map.unreadable]" in done.err
