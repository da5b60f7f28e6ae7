from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geowallet.model.mobility import Mode
from geowallet.track.modes.mapped_shares import SHARES
from geowallet.track.modes.surroundings import DrawnMap, Kind
from tests.app.maps.extracts import extract, write_extract
from tests.track.synthetic import Traveller
from training import map_gain, map_ways
from training.simulation.chance import generator

KINDS = tuple(Kind)
CYCLEWAY = ({"highway": "cycleway"}, [(x, 600.0) for x in range(-500, 16_001, 500)])
RAILS = ({"railway": "rail"}, [(x, 0.0) for x in range(-500, 16_001, 500)])
STREET = ({"highway": "residential"}, [(x, 300.0) for x in range(-500, 16_001, 500)])


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(map_ways, "RIDES", 6)
    return write_extract(tmp_path, extract([RAILS, STREET, CYCLEWAY], ()))


class TestWays:
    def test_each_mode_keeps_to_its_own_lines(self, town: Path) -> None:
        found = map_ways.measured([town], seed=1)
        for mode, kind in (("train", Kind.RAIL), ("car", Kind.ROAD)):
            (shares,) = found[mode].values()
            assert np.nanmean(shares[:, KINDS.index(kind)]) > 0.9
        assert not found["tram"]
        rail = map_ways.table(found, Kind.RAIL, "car")
        assert rail.tolist() == pytest.approx([0.94, 0.02, 0.02, 0.02])
        assert map_ways.table(found, Kind.TRAM, "car")[0] == pytest.approx(0.94)

    def test_are_the_same_for_the_same_seed(self, town: Path) -> None:
        drawn = map_ways.read_extract(town)
        around = DrawnMap({kind: np.array(lines) for kind, lines in drawn.lines.items()})
        once, again = (
            map_ways.ride_shares(drawn, "bike", around, generator(3, "map")) for _ in range(2)
        )
        assert np.array_equal(once, again, equal_nan=True)

    def test_the_tables_in_use_have_every_mode_that_is_drawn(self) -> None:
        for kind in Kind:
            assert set(SHARES[kind]) == {Mode(mode) for mode in map_ways.RIDE_M}


class TestGain:
    def test_a_ride_on_rails_gains_by_its_own_share(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fixes = Traveller(noise_m=2.0).go(15_000, 22.0).fixes()
        day = tmp_path / "day.npz"
        columns = ("time_us", "lat_deg", "lon_deg", "accuracy_m", "speed_mps")
        np.savez(
            day,
            **{name: getattr(fixes, name) for name in columns},
            start_us=fixes.time_us[:1],
            end_us=fixes.time_us[-1:],
            mode=np.array(["train"]),
        )
        row = np.full((1, len(KINDS)), np.nan)
        row[0, KINDS.index(Kind.RAIL)] = 1.0
        ((before, after),) = map_gain.day_told(day, {"train": [row]})
        assert after.guess.mode is Mode.TRAIN
        assert after.guess.probability > before.guess.probability
        map_gain.show("with a map", [after])
        assert "1 legs, right 1.000" in capsys.readouterr().out
