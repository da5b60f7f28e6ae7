from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from geowallet.track.modes.course import SILENT
from tests.track.synthetic import Traveller
from training.courses import (
    MARGIN_ROWS,
    NOBODY_KNOWS,
    STILL,
    WAYS,
    Courses,
    seen,
    seen_days,
    smoothed,
)
from training.scenes import Scene
from training.tables import CLASSES

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is only where ./dev train put it"
)
WALK, BUS = CLASSES.index("walk"), CLASSES.index("bus")


def day() -> Scene:
    """Ten minutes on foot, a wait of two, a bus; an hour later the way back, in a lift."""
    way = Traveller(noise_m=0.0).go(840, 1.4).stay(120, every_s=5.0).go(9000, 10.0)
    way.stay(3600, every_s=60.0).go(840, 1.4)
    fixes = way.fixes()
    start_us = int(fixes.time_us[0])
    bounds_s = ((0, 600), (600, 720), (720, 1620), (5220, 5820))
    bounds_us = start_us + np.array(bounds_s) * 1_000_000
    modes = ("walk", "stop", "bus", "elevator")
    return Scene("simulation", "somebody", fixes, bounds_us, modes, np.ones(4))


def test_rows_bear_the_class_and_the_leg_that_their_middles_lie_in() -> None:
    first, second = seen_days([day()], _AsItIs())
    rows, classes, legs = first
    edge = MARGIN_ROWS
    assert len(rows) == 162 + 1 + 2 * edge
    assert set(classes[:edge]) == {NOBODY_KNOWS}
    assert set(classes[edge : edge + 60]) == {WALK}
    assert set(classes[edge + 60 : edge + 72]) == {STILL}
    assert set(classes[edge + 72 : edge + 162]) == {BUS}
    assert set(classes[edge + 162 :]) == {STILL}
    assert legs[[0, edge, edge + 65, edge + 80]].tolist() == [-1, 0, -1, 2]
    assert rows[:edge, SILENT].min() == 256
    # What has no class teaches nothing: nobody knows it.
    assert set(second[1][edge : edge + 60]) == {NOBODY_KNOWS}


class _AsItIs(np.random.Generator):
    """Draws no other way to see a day than as it is."""

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(1))

    def choice(self, *_: object, **__: object) -> int:  # type: ignore[override]
        return 0


@pytest.mark.parametrize(("way", "fewer"), [(0, False), (2, True), (3, True)])
def test_an_old_logger_and_a_sparse_one_leave_fixes_out(way: int, fewer: bool) -> None:
    assert sum(WAYS) == pytest.approx(1.0)
    fixes = replace(day().fixes)
    found = seen(fixes, way, np.random.default_rng(7))
    assert (len(found) < len(fixes)) is fewer


def test_smoothing_takes_noise_off_and_keeps_the_way() -> None:
    fixes = Traveller(noise_m=5.0).go(3000, 10.0, every_s=1.0).fixes()
    rough, smooth = (np.std(np.diff(f.lat_deg)) for f in (fixes, smoothed(fixes, _Widest())))
    assert smooth < rough / 2
    few = fixes.take(np.arange(5))
    assert smoothed(few, _Widest()) is few


class _Widest(np.random.Generator):
    def __init__(self) -> None:
        super().__init__(np.random.PCG64(1))

    def uniform(self, _: object = 0.0, high: object = 1.0, __: object = None) -> float:  # type: ignore[override]
        return float(str(high))


@needs_torch
def test_the_same_rows_teach_the_same_network() -> None:
    from training.network import Schooling, taught  # noqa: PLC0415  only where torch is

    stretches = list(seen_days([day()] * 8, np.random.default_rng(1)))
    rows, classes, legs = (np.concatenate(column) for column in zip(*stretches, strict=True))
    courses = Courses(rows, classes, legs, np.array([len(each[1]) for each in stretches]))
    first, second = (taught(courses, Schooling(passes=2, batch=4)) for _ in range(2))
    for one, other in zip(first.layers, second.layers, strict=True):
        assert np.array_equal(one.weight, other.weight)
        assert np.array_equal(one.bias, other.bias)
