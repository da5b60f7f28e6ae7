from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.accuracy.roads import Receiver, ride
from geowallet.track.distance import Length, path_length, path_lengths
from geowallet.track.legs import EDGE_WINDOW_S
from geowallet.track.modes.ragged import rows_of
from geowallet.track.motion import path_of, speeds_mps
from geowallet.track.ways import plane_m
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
    assert length.metres == pytest.approx(3000, rel=0.04 if noise_m > 5 else 0.03)
    assert abs(length.metres - 3000) < 3 * length.sd_m
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


@pytest.mark.parametrize("silent_s", [60, 115])
def test_one_tunnel_does_not_make_a_dense_way_sparse(silent_s: float) -> None:
    drive = Traveller(noise_m=3.0).zigzag(8000, 16.0, block_m=800, every_s=1)
    drive.jump_to(drive.x_m + 16.0 * silent_s, drive.y_m).silence(silent_s)
    drive.zigzag(8000, 16.0, block_m=800, every_s=1)
    length, raw_m = measured(drive)
    assert length.metres == pytest.approx(16_000 + 16.0 * silent_s, rel=0.015)
    assert raw_m > 1.03 * length.metres


def test_waiting_adds_no_metres() -> None:
    waiting = Traveller(noise_m=3.0).go(2000, 10.0, every_s=1).stay(300, every_s=1)
    length, raw_m = measured(waiting.go(2000, 10.0, every_s=1))
    assert length.metres == pytest.approx(4000, rel=0.02)
    assert raw_m > 4500


def test_a_degree_is_as_long_as_on_the_ellipsoid() -> None:
    # Paris: 73,382 m a degree of longitude (a sphere says 73,164), 111,207 m of latitude.
    two = rows_of(np.array([2]))
    east_m, _ = plane_m(np.array([48.856, 48.856]), np.array([2.0, 3.0]), two)
    _, north_m = plane_m(np.array([48.356, 49.356]), np.array([2.0, 2.0]), two)
    assert east_m[1] == pytest.approx(73_382, abs=5)
    assert north_m[1] == pytest.approx(111_206, abs=20)


def rated(
    mode: str, kind: str, receiver: Receiver, *, rides: int
) -> tuple[list[float], list[float]]:
    """Return relative errors of rides of known length, and errors in standard deviations."""
    relative, in_sd = [], []
    for seed in range(rides):
        true = ride(mode, kind, 6000.0, receiver, seed=seed)
        path = path_of(true.fixes)
        speed = speeds_mps(path, half_s=EDGE_WINDOW_S)
        known = None if np.isnan(receiver.speed_sd_mps) else true.fixes.speed_mps
        length = path_length(path.time_s, path.lat_deg, path.lon_deg, speed, known)
        relative.append(length.metres / true.true_m - 1)
        in_sd.append((length.metres - true.true_m) / length.sd_m)
    return relative, in_sd


@pytest.mark.parametrize("every_s", [1, 5, 30])
def test_rides_through_drawn_streets_have_no_bias_and_an_honest_deviation(every_s: float) -> None:
    """Trips over 2 km: bias within half a per cent; the stated deviation covers."""
    relative, in_sd = rated("bike", "suburb", Receiver(3.0, 40.0, 1.0, every_s), rides=30)
    assert abs(float(np.mean(relative))) < (0.01 if every_s == 30 else 0.005)
    assert np.mean(np.abs(in_sd) < 2) >= 0.9


def test_a_measured_speed_halves_the_error_of_a_sparse_trace() -> None:
    blind, _ = rated("car in town", "old town", Receiver(3.0, 40.0, 1.0, 30.0), rides=30)
    seeing, in_sd = rated(
        "car in town", "old town", Receiver(3.0, 40.0, 1.0, 5.0, speed_sd_mps=0.2), rides=30
    )
    assert np.median(np.abs(seeing)) < 0.5 * np.median(np.abs(blind))
    assert np.mean(np.abs(in_sd) < 2) >= 0.9


def line(measured_mps: float | None) -> Length:
    path = path_of(Traveller(noise_m=0.0).go(6000, 10.0, every_s=10).fixes())
    speed = speeds_mps(path, half_s=EDGE_WINDOW_S)
    known = None if measured_mps is None else np.full(len(path), measured_mps)
    return path_length(path.time_s, path.lat_deg, path.lon_deg, speed, known)


def test_speeds_that_contradict_the_positions_are_not_believed() -> None:
    assert line(0.0) == line(11.0) == line(14.0) == line(None)


def test_speeds_that_are_mostly_unknown_are_not_used() -> None:
    assert line(float("nan")) == line(None)


def test_two_opinions_that_agree_are_surer_than_one() -> None:
    assert line(10.02).sd_m < line(None).sd_m
    assert line(None).metres < line(10.02).metres < 10.02 * 590


class TestAmongOthers:
    """Promise: a way has the length that it has alone, whatever ways lie beside it."""

    @given(st.permutations(range(5)))
    @settings(max_examples=20)
    def test_in_any_order(self, order: list[int]) -> None:
        travellers = [
            Traveller(noise_m=4.0).zigzag(3000, 1.35, block_m=250, every_s=2),
            Traveller(noise_m=0.0).go(3000, 10.0, every_s=1),
            Traveller(noise_m=9.0).zigzag(9000, 9.0, block_m=700, every_s=20),
            Traveller(),
            Traveller(noise_m=3.0).go(900, 12.0, every_s=30),
        ]
        paths = [path_of(travellers[number].stay(1, every_s=1).fixes()) for number in order]
        columns = [
            (p.time_s, p.lat_deg, p.lon_deg, speeds_mps(p, half_s=EDGE_WINDOW_S)) for p in paths
        ]
        # Every other one was measured by the receiver, too.
        known = [
            c[3] if number % 2 else np.full(len(c[3]), np.nan) for number, c in enumerate(columns)
        ]
        flat = (np.concatenate(column) for column in zip(*columns, strict=True))
        rows = rows_of(np.array([len(path) for path in paths]))
        metres, sd_m = path_lengths(rows, *flat, measured_mps=np.concatenate(known))
        alone = [path_length(*c, speed) for c, speed in zip(columns, known, strict=True)]
        assert metres.tolist() == [length.metres for length in alone]
        assert sd_m.tolist() == [length.sd_m for length in alone]
