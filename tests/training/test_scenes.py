from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geowallet.model.fixes import Fixes, fixes_from
from training.scenes import goal_archive, labelled_folder, scene_of

MINUTE_US = 60_000_000


def _ride(minutes: int, *, from_us: int = 0, metres_a_minute: float = 300.0) -> Fixes:
    """One fix each ten seconds, due north."""
    n = minutes * 6 + 1
    time_us = from_us + np.arange(n, dtype=np.int64) * MINUTE_US // 6
    lat_deg = 45.0 + np.arange(n) * metres_a_minute / 6 / 111_195.0
    return fixes_from(time_us, lat_deg, np.full(n, 5.0))


def test_a_later_label_ends_the_one_before() -> None:
    labels = [(0, 6 * MINUTE_US, "bus"), (3 * MINUTE_US, 6 * MINUTE_US, "bike")]
    scene = scene_of("set", "her", _ride(6), labels)
    assert scene.modes == ("bus", "bike")
    assert scene.bounds_us[0].tolist() == [0, 3 * MINUTE_US]


def test_a_leg_runs_from_its_first_fix_to_its_last() -> None:
    scene = scene_of("set", "her", _ride(5), [(5_000_000, 4 * MINUTE_US + 5_000_000, "bike")])
    assert scene.bounds_us.tolist() == [[10_000_000, 4 * MINUTE_US]]
    assert scene.modes == ("bike",)
    assert scene.metres[0] == pytest.approx(300.0 * 23 / 6, rel=1e-3)


def test_a_silence_of_more_than_twenty_minutes_parts_a_leg() -> None:
    early, late = _ride(5), _ride(5, from_us=26 * MINUTE_US)
    columns = zip(early.columns(), late.columns(), strict=True)
    fixes = Fixes(*(np.concatenate(pair) for pair in columns))
    scene = scene_of("set", "her", fixes, [(0, 40 * MINUTE_US, "bike")])
    assert scene.bounds_us.tolist() == [[0, 5 * MINUTE_US], [26 * MINUTE_US, 31 * MINUTE_US]]


@pytest.mark.parametrize(
    ("minutes", "metres_a_minute"), [(1, 90.0), (5, 10.0)], ids=["few fixes", "short"]
)
def test_what_is_too_short_to_tell_is_left_out(minutes: int, metres_a_minute: float) -> None:
    fixes = _ride(minutes, metres_a_minute=metres_a_minute)
    assert scene_of("set", "her", fixes, [(0, 60 * MINUTE_US, "walk")]).modes == ()


def test_the_truth_legs_are_those_of_the_field_s_scorer(shared_data: Path) -> None:
    """Counts made by the scorer that the data came with."""
    counts = {}
    for name in ("mobilitynet", "ssi"):
        scenes = list(labelled_folder(shared_data / "labelled" / name, name))
        counts[name] = sum(len(scene.modes) for scene in scenes)
    assert counts == {"mobilitynet": 137, "ssi": 103}


def test_the_chunks_of_goal_are_walks_and_drives_after_gps_began(shared_data: Path) -> None:
    scenes = list(goal_archive(shared_data / "labelled" / "goal" / "trajectories.zip"))
    assert {mode for scene in scenes for mode in scene.modes} == {"walk", "car"}
    assert min(int(scene.fixes.time_us[0]) for scene in scenes) > 315_964_800_000_000
