from __future__ import annotations

import numpy as np

from geowallet.model.fixes import fixes_from
from training.cuts import as_cut
from training.scenes import Scene, scene_of

S = 1_000_000


def _scene(legs: list[tuple[int, int, str]]) -> Scene:
    """Five minutes on foot, twenty at 12 m/s, five on foot, then a night without fixes."""
    speed = np.repeat([1.3, 12.0, 1.3], [300, 1200, 300])
    lat_deg = 45.0 + np.cumsum(speed) / 111_195.0
    time_us = 1_700_000_000 * S + np.arange(len(speed)) * S
    fixes = fixes_from(time_us, lat_deg, np.full(len(speed), 5.0))
    start_us = int(time_us[0])
    return scene_of(
        "set", "her", fixes, [(start_us + a * S, start_us + b * S, m) for a, b, m in legs]
    )


class TestAsCut:
    def test_a_ride_between_walks_has_the_ends_that_the_analysis_finds(self) -> None:
        before = _scene([(0, 299, "walk"), (300, 1499, "bus"), (1500, 1799, "walk")])
        after = as_cut(before)
        assert after.modes == ("walk", "bus", "walk")
        np.testing.assert_allclose(after.bounds_us, before.bounds_us, atol=60 * S)
        np.testing.assert_array_equal(after.bounds_us[1:, 0], after.bounds_us[:-1, 1])
        np.testing.assert_allclose(after.metres, before.metres, rtol=0.1, atol=200)

    def test_a_piece_of_two_modes_in_equal_parts_teaches_nothing(self) -> None:
        after = as_cut(_scene([(0, 299, "walk"), (300, 900, "bus"), (901, 1499, "car")]))
        assert after.modes == ("walk",)

    def test_a_piece_that_nobody_labelled_teaches_nothing(self) -> None:
        after = as_cut(_scene([(0, 299, "walk"), (300, 700, "bus")]))
        assert after.modes == ("walk",)

    def test_without_fixes_there_is_no_leg(self) -> None:
        scene = _scene([])
        nothing = Scene(
            "set", "her", scene.fixes.take(slice(0, 0)), scene.bounds_us, (), scene.metres
        )
        assert as_cut(nothing).modes == ()
