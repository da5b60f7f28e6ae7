from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geowallet.track.motion import gap_limit_s, path_of, runs, speeds_mps
from geowallet.track.pipeline import SourcedFixes, analyse
from tests.track.synthetic import MONDAY_US, Traveller


def test_speed_is_that_of_the_traveller_despite_noise() -> None:
    path = path_of(Traveller(noise_m=5.0).go(3000, 10.0, every_s=1).fixes())
    assert np.median(speeds_mps(path, half_s=10)) == pytest.approx(10.0, rel=0.05)


def test_a_slow_source_uses_its_neighbours_however_far() -> None:
    path = path_of(Traveller(noise_m=0.0).go(6000, 10.0, every_s=60).fixes())
    assert speeds_mps(path, half_s=6) == pytest.approx(np.full(len(path), 10.0), rel=0.004)


def test_speed_does_not_reach_across_a_silence() -> None:
    ride = Traveller(noise_m=0.0).go(1000, 10.0).silence(600).jump_to(30_000, 0).go(1000, 10.0)
    assert float(np.max(speeds_mps(path_of(ride.fixes()), half_s=60))) < 10.5


def test_a_fix_alone_in_its_piece_has_no_speed() -> None:
    one = Traveller().stay(1, every_s=1)
    assert speeds_mps(path_of(one.fixes()), half_s=10).tolist() == [0.0]


@pytest.mark.parametrize(("every_s", "limit_s"), [(1, 120.0), (30, 300.0), (300, 900.0)])
def test_a_gap_is_ten_times_the_usual_interval_within_limits(
    every_s: float, limit_s: float
) -> None:
    path = path_of(Traveller(noise_m=0.0).go(60_000, 20.0, every_s=every_s).fixes())
    assert gap_limit_s(path.step_m, np.diff(path.time_s)) == pytest.approx(limit_s)


@pytest.mark.parametrize("mps", [-1.0, 1e300, np.inf, -np.inf])
def test_speeds_and_accuracies_that_nothing_measures_are_unknown(mps: float) -> None:
    fixes = Traveller().zigzag(3000, 12.0, block_m=500, every_s=2.0).fixes()
    broken = np.full(len(fixes), mps)
    said = replace(fixes, speed_mps=broken, accuracy_m=-np.abs(broken))
    path = path_of(said)
    assert np.all(np.isnan((path.speed_mps, path.accuracy_m)))
    found, plain = (analyse([SourcedFixes("a" * 64, "", some)]) for some in (said, fixes))
    assert found.trips == plain.trips != ()


def test_runs_are_first_and_last_of_each() -> None:
    mask = np.array([True, True, False, True, False])
    assert runs(mask) == [(0, 1), (3, 3)]
    assert runs(np.zeros(3, dtype=np.bool_)) == []


def test_instants_are_exact() -> None:
    path = path_of(Traveller().go(100, 1.3, every_s=0.7).fixes())
    assert path.instant_us(10) == MONDAY_US + 7_000_000
