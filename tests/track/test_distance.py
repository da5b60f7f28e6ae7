from __future__ import annotations

import numpy as np
import pytest

from geowallet.track.distance import Length, path_length
from geowallet.track.legs import EDGE_WINDOW_S
from geowallet.track.motion import path_of, speeds_mps
from tests.track.synthetic import Traveller


def measured(traveller: Traveller) -> tuple[Length, float]:
    path = path_of(traveller.fixes())
    speed = speeds_mps(path, half_s=EDGE_WINDOW_S)
    length = path_length(path.time_s, path.lat_deg, path.lon_deg, speed)
    return length, float(np.sum(path.step_m))


def test_a_single_fix_has_no_length() -> None:
    one = np.zeros(1)
    assert path_length(one, one, one, one) == Length(0.0, 0.0)


def test_a_straight_way_without_noise_is_exact() -> None:
    length, _ = measured(Traveller(noise_m=0.0).go(3000, 10.0, every_s=1))
    assert length.metres == pytest.approx(2990.0, rel=0.001)


@pytest.mark.parametrize("every_s", [1, 3, 5, 10, 15])
@pytest.mark.parametrize("noise_m", [3.0, 8.0])
def test_a_walk_is_not_overstated_by_noise(every_s: float, noise_m: float) -> None:
    walk = Traveller(noise_m=noise_m).zigzag(3000, 1.35, block_m=250, every_s=every_s)
    length, raw_m = measured(walk)
    assert length.metres == pytest.approx(3000, rel=0.03)
    assert abs(length.metres - 3000) < abs(raw_m - 3000) or every_s >= 10


@pytest.mark.parametrize("every_s", [1, 5, 15])
def test_a_drive_through_streets_is_within_two_percent(every_s: float) -> None:
    drive = Traveller(noise_m=5.0).zigzag(12_000, 9.7, block_m=750, every_s=every_s)
    length, _ = measured(drive)
    assert length.metres == pytest.approx(12_000, rel=0.02)


def test_sparse_fixes_are_less_sure_and_their_corners_are_restored() -> None:
    sparse = Traveller(noise_m=3.0).zigzag(12_000, 10.0, block_m=700, every_s=31)
    dense = Traveller(noise_m=3.0).zigzag(12_000, 10.0, block_m=700, every_s=2)
    (length, raw_m), (dense_length, _) = measured(sparse), measured(dense)
    assert length.metres > raw_m
    assert length.sd_m > dense_length.sd_m
    assert abs(length.metres - 12_000) < 3 * length.sd_m


def test_waiting_adds_no_metres() -> None:
    waiting = Traveller(noise_m=3.0).go(2000, 10.0, every_s=1).stay(300, every_s=1)
    length, raw_m = measured(waiting.go(2000, 10.0, every_s=1))
    assert length.metres == pytest.approx(4000, rel=0.02)
    assert raw_m > 4500
