from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.track.replays import Course, course_of, replays

DAY_S = 86_400
START_S = 1_780_000_000
METRE_DEG = 1 / 111_195.0


def drive(seed: int, *, minutes: int = 20, mps: float = 14.0) -> tuple[np.ndarray, np.ndarray]:
    """Seconds and metres along a road, a fix every three seconds, with lights where they fell."""
    rng = np.random.default_rng(seed)
    at_s = np.arange(0.0, minutes * 60, 3.0)
    cruise = mps * (1 + 0.15 * np.sin(at_s / rng.uniform(60, 120) + rng.uniform(0, 6)))
    for light_s in rng.uniform(60, minutes * 60 - 60, 5):
        cruise[np.abs(at_s - light_s) < rng.uniform(5, 25)] = 0.0
    return at_s, np.cumsum(cruise * 3.0)


def fixes_of(
    at_s: np.ndarray,
    along_m: np.ndarray,
    *,
    day: int = 0,
    later_s: float = 0.0,
    jitter_m: float = 0.0,
    aside_m: float = 0.0,
    kept: float = 1.0,
    seed: int = 0,
) -> Fixes:
    """Return what a receiver writes on a winding road, or what a forger makes of it."""
    rng = np.random.default_rng(seed)
    east_m = along_m * 0.8 + aside_m + rng.normal(0, 1, len(at_s)) * jitter_m
    north_m = 900 * np.sin(along_m / 2_000) + aside_m + rng.normal(0, 1, len(at_s)) * jitter_m
    rows = rng.random(len(at_s)) < kept
    rows[[0, -1]] = True  # who cuts the last seconds off ends elsewhere: ENDS_M, not thinning
    time_us = ((START_S + day * DAY_S + later_s + at_s) * 1e6).astype(np.int64)
    lat = 48.0 + north_m * METRE_DEG
    lon = 2.0 + east_m * METRE_DEG / np.cos(np.radians(48.0))
    return fixes_from(time_us[rows], lat[rows], lon[rows])


def course(name: str, fixes: Fixes) -> Course:
    found = course_of(name, fixes)
    assert found is not None
    return found


def found(*courses: Course) -> list[tuple[str, str]]:
    return [(one.id, one.of) for one in replays(courses)]


class TestReplays:
    """Promise: a trip played again is found though shifted, jittered and thinned; one that was
    travelled again is not."""

    @settings(max_examples=40, deadline=None)
    @given(
        seed=st.integers(0, 1_000),
        day=st.integers(1, 400),
        later_s=st.floats(-40_000, 40_000),
        jitter_m=st.floats(0, 8),
        aside_m=st.floats(-200, 200),
        kept=st.floats(0.5, 1.0),
    )
    def test_a_forged_day_is_found(
        self,
        *,
        seed: int,
        day: int,
        later_s: float,
        jitter_m: float,
        aside_m: float,
        kept: float,
    ) -> None:
        way = drive(seed)
        forged = fixes_of(
            *way, day=day, later_s=later_s, jitter_m=jitter_m, aside_m=aside_m, kept=kept, seed=seed
        )
        genuine = course("true", fixes_of(*way, jitter_m=2, seed=seed + 1))
        assert found(course("forged", forged), genuine) == [("forged", "true")]

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 10_000), st.integers(1, 400))
    def test_the_same_road_on_another_day_is_not(self, seed: int, day: int) -> None:
        again = course("again", fixes_of(*drive(seed + 1), day=day, jitter_m=3))
        assert found(course("first", fixes_of(*drive(seed), jitter_m=3)), again) == []

    def test_ends_that_were_cut_otherwise_do_not_matter(self) -> None:
        at_s, along_m = drive(7)
        parked = np.arange(3.0, 120.0, 3.0)
        longer_s = np.concatenate((at_s, at_s[-1] + parked))
        longer_m = np.concatenate((along_m, np.full(len(parked), along_m[-1])))
        again = course("again", fixes_of(longer_s, longer_m, day=3))
        assert found(course("first", fixes_of(at_s, along_m)), again) == [("again", "first")]

    def test_a_copy_that_begins_between_two_steps_is_found(self) -> None:
        at_s, along_m = drive(7)
        copy = fixes_of(at_s[4:], along_m[4:], day=3, jitter_m=2)
        (one,) = replays([course("first", fixes_of(at_s, along_m)), course("copy", copy)])
        assert one.away_m < 10

    def test_says_how_alike_they_are(self) -> None:
        way = drive(7)
        (one,) = replays([course("a", fixes_of(*way)), course("b", fixes_of(*way, day=1))])
        assert (one.id, one.of) == ("b", "a")
        assert one.away_m < 0.1
        assert 1_190 < one.seconds < 1_210

    def test_names_the_trip_that_is_most_alike(self) -> None:
        way = drive(7)
        first = course("first", fixes_of(*way))
        blurred = course("blurred", fixes_of(*way, day=1, jitter_m=6))
        assert found(blurred, course("last", fixes_of(*way, day=2)), first) == [
            ("blurred", "first"),
            ("last", "first"),
        ]

    def test_all_forged_ones_among_many_on_the_same_road_are_found(self) -> None:
        ways = [drive(seed, minutes=15) for seed in range(120)]
        honest = [
            course(f"{n}", fixes_of(*way, day=n, jitter_m=3, seed=n)) for n, way in enumerate(ways)
        ]
        forged = [
            course(
                f"f{n}", fixes_of(*ways[n], day=200 + n, jitter_m=5, aside_m=9 * n, seed=500 + n)
            )
            for n in range(0, 120, 8)
        ]
        assert found(*honest, *forged) == [(f"f{n}", f"{n}") for n in range(0, 120, 8)]

    def test_only_those_that_are_asked_for_are_looked_at(self) -> None:
        way = drive(7)
        days = [course(str(day), fixes_of(*way, day=day, jitter_m=day)) for day in range(3)]
        assert [(one.id, one.of) for one in replays(days, {"2"})] == [found(*days)[1]]
        assert list(replays(days, set())) == []

    def test_one_trip_recorded_twice_is_no_replay(self) -> None:
        way = drive(7)
        assert found(course("a", fixes_of(*way)), course("b", fixes_of(*way, later_s=60))) == []

    def test_two_stays_are_no_replay(self) -> None:
        at_s = np.arange(0.0, 1_200.0, 3.0)
        stay = np.zeros(len(at_s))
        days = [course(str(day), fixes_of(at_s, stay, day=day, jitter_m=3)) for day in (0, 1)]
        assert found(*days) == []

    def test_other_ways_of_other_lengths_are_not_compared(self) -> None:
        short, long = drive(7, minutes=5), drive(7, minutes=20)
        assert found(course("a", fixes_of(*short)), course("b", fixes_of(*long, day=1))) == []

    def test_nothing_holds_none(self) -> None:
        assert list(replays([])) == []


class TestCourseOf:
    """Promise: only what has moments to compare is compared."""

    @pytest.mark.parametrize("every", [15, 200])
    def test_sparse_and_short_ones_are_left_out(self, every: int) -> None:
        at_s, along_m = drive(1, minutes=60)
        assert course_of("a", fixes_of(at_s[::every], along_m[::every])) is None
        assert course_of("a", fixes_of(at_s[:40], along_m[:40])) is None
