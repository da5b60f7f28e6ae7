from __future__ import annotations

import numpy as np
import pytest

from tests.training.test_simulation_days import mean_kmh, town
from training.simulation.broad import LINES, OFTEN, WAYS, broad_ride
from training.simulation.chance import generator
from training.simulation.days import day
from training.simulation.rails import railway
from training.simulation.streets import ride
from training.simulation.travellers import traveller


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("sport", 22, 36),
        ("loaded", 7, 14),
        ("ring", 45, 100),
        ("busway", 18, 42),
        ("minibus", 10, 32),
    ],
)
def test_rarer_rides_run_at_published_mean_speeds(kind: str, low: float, high: float) -> None:
    base, style = WAYS[kind]
    chance = generator(1, kind)
    assert low <= mean_kmh([ride(base, chance, style=style) for _ in range(7)]) <= high


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("own track", 20, 45), ("branch", 25, 60)],
)
def test_rarer_lines_run_at_published_commercial_speeds(kind: str, low: float, high: float) -> None:
    base, rail = LINES[kind]
    chance = generator(1, kind)
    assert low <= mean_kmh([railway(base, chance, rail=rail) for _ in range(7)]) <= high


def test_every_broad_ride_is_finite_and_moves() -> None:
    chance = generator(2)
    for mode, kinds in OFTEN.items():
        assert sum(kinds.values()) == pytest.approx(1.0)
        for _ in range(len(kinds)):
            each = broad_ride(mode, [town()], chance)
            assert np.all(np.isfinite(each.turn_rad))
            assert np.min(each.speed_mps) >= 0
            assert each.length_m > 40


def test_only_travellers_of_the_broad_part_stray() -> None:
    towns = [town("a"), town("b")]
    narrow, broad = (traveller("t", 1, towns, generator(3), broad=yes) for yes in (False, True))
    chance = generator(4)
    assert not any(narrow.strays("car", chance) for _ in range(50))
    assert 10 < sum(broad.strays("car", chance) for _ in range(50)) < 40
    assert not any(broad.strays("ferry", chance) for _ in range(50))
    for number in range(3):
        assert day(broad, generator(5, number))[0].mode == ""
