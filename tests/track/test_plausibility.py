from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.model.flags import WORDS, TripFlag
from geowallet.model.mobility import Leg, Mode, Point, Trip
from geowallet.track.clocks import clock_leaps
from geowallet.track.copies import copies, rows_of
from geowallet.track.plausibility import is_even, own_flags, unconnected
from tests.track.synthetic import EAST_DEG, METRE_DEG
from tests.track.test_replays import drive, fixes_of


def day_of(accuracy_m: np.ndarray, *, hours: float = 4.0) -> Fixes:
    times = np.linspace(0, hours * 3.6e9, len(accuracy_m)).astype(np.int64)
    spot = np.zeros(len(accuracy_m))
    return fixes_from(times, spot + 48.0, spot + 2.0, accuracy_m=accuracy_m)


NO_ACCURACY = day_of(np.full(400, np.nan))


def leg(mode: Mode, metres: float, seconds: int, *, gap_s: float = 0.0, jumps: int = 0) -> Leg:
    known = Leg(0, seconds * 1_000_000, mode, 1.0, (), metres, 5.0, 0.0, gap_s, 200)
    return dataclasses.replace(known, set_aside=(("coarse", 50), ("jump", jumps)))


def trip(*legs: Leg, name: str = "t", lon_deg: float = 2.0) -> Trip:
    ends = Point(48.0, lon_deg), Point(48.0, 2.0)
    return Trip(name, 0, legs[-1].end_us, legs, *ends, ("a" * 64,))


def flags(*legs: Leg, fixes: Fixes | None = None, beside: Fixes = NO_ACCURACY) -> set[str]:
    way = fixes or fixes_of(*drive(1), jitter_m=2)
    return {str(flag) for flag in own_flags(trip(*legs), way, beside)}


def planned(length_m: np.ndarray, turn: np.ndarray, at_s: np.ndarray) -> Fixes:
    """Return the bends of a drawn route, each with its moment."""
    spots = np.cumsum(length_m * np.exp(1j * np.cumsum(turn)))
    lat_deg, lon_deg = spots.real * METRE_DEG + 48.0, spots.imag * EAST_DEG + 2.0
    return fixes_from((at_s * 1e6).astype(np.int64), lat_deg, lon_deg)


CAR = leg(Mode.CAR, 14_000.0, 1_200)


class TestOwnFlags:
    """Promise: a drawn, an impossible and a cut trip are named; a recorded one is not."""

    @settings(max_examples=15, deadline=None)
    @given(seed=st.integers(0, 10_000), jitter_m=st.floats(0.5, 5))
    def test_a_recorded_drive_has_none(self, seed: int, jitter_m: float) -> None:
        assert flags(CAR, fixes=fixes_of(*drive(seed), jitter_m=jitter_m, seed=seed)) == set()

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(300, 900), st.floats(-1, 1)), min_size=30, max_size=40),
        st.floats(5, 30),
    )
    def test_a_route_with_computed_times_is_noiseless(
        self, sections: list[tuple[int, float]], mps: float
    ) -> None:
        """A planner's points stand at bends, its times follow from the speed of the road."""
        length_m, turn = np.array(sections).T
        assert flags(CAR, fixes=planned(length_m, turn, np.cumsum(length_m) / mps)) == {"noiseless"}

    @pytest.mark.parametrize("seed", range(5))
    def test_so_is_one_in_whole_seconds(self, seed: int) -> None:
        """Half a second here and there may hide it; in most routes it does not."""
        chance = np.random.default_rng(seed)
        length_m, turn = chance.uniform(300, 900, 40), chance.uniform(-1, 1, 40)
        at_s = np.round(np.cumsum(length_m) / chance.uniform(5, 30))
        assert flags(CAR, fixes=planned(length_m, turn, at_s)) == {"noiseless"}

    def test_positions_on_a_ruled_line_are_noiseless(self) -> None:
        """Twenty metres a step at two paces in turn: no pace is even, but every line is."""
        at_s = np.arange(0.0, 900.0, 5.0)
        along_m = np.cumsum(np.where(at_s % 300 < 150, 20.0, 90.0))
        lat, lon = 48.0 + along_m / 111_195.0, np.full(len(at_s), 2.0)
        drawn = fixes_from((at_s * 1e6).astype(np.int64), lat, lon)
        assert is_even(drawn)
        shaken = fixes_from(drawn.time_us, lat + np.where(np.arange(180) % 3, 0, 4e-5), lon)
        assert not is_even(shaken)

    def test_too_little_is_not_judged(self) -> None:
        assert not is_even(fixes_of(np.arange(4.0), np.arange(4.0)))
        assert not is_even(fixes_of(np.arange(0.0, 90.0, 10.0), np.arange(0.0, 900.0, 100.0)))

    @pytest.mark.parametrize(
        ("mode", "metres", "seconds", "gap_s", "flagged"),
        [
            (Mode.BIKE, 9_000.0, 600, 0.0, True),  # 54 km/h
            (Mode.BIKE, 4_000.0, 600, 0.0, False),  # 24 km/h
            (Mode.BIKE, 7_509.0, 600, 0.0, False),  # 45 km/h, and what the length may err
            (Mode.WALK, 3_000.0, 600, 0.0, True),  # 18 km/h
            (Mode.CAR, 36_000.0, 900, 0.0, False),  # 144 km/h
            (Mode.AIRPLANE, 240_000.0, 1_000, 0.0, False),
            (Mode.BIKE, 1_500.0, 100, 0.0, False),  # too short
            (Mode.TRAIN, 23_500.0, 3_652, 3_138.0, False),  # mostly silence
        ],
    )
    def test_faster_than_the_mode_goes(
        self, *, mode: Mode, metres: float, seconds: int, gap_s: float, flagged: bool
    ) -> None:
        assert flags(leg(mode, metres, seconds, gap_s=gap_s)) == (
            {"too_fast"} if flagged else set()
        )

    def test_positions_that_nobody_reaches(self) -> None:
        assert flags(leg(Mode.CAR, 14_000.0, 1_200, jumps=4)) == set()
        assert flags(leg(Mode.CAR, 14_000.0, 1_200, jumps=12)) == {"leaps"}
        sparse = dataclasses.replace(leg(Mode.CAR, 14_000.0, 1_200, jumps=4), n_fixes=20)
        assert flags(sparse) == set()

    def test_one_accuracy_all_day(self) -> None:
        same, steps = np.full(300, 5.0), np.where(np.arange(300) == 7, 10.0, 5.0)
        assert flags(CAR, beside=day_of(same)) == {"one_accuracy"}
        for honest in (day_of(steps), day_of(same[:299]), day_of(same, hours=0.5)):
            assert flags(CAR, beside=honest) == set()


def test_a_trip_that_begins_elsewhere_is_unconnected() -> None:
    starts = {"first": 2.5, "near": 2.06, "far": 2.08}  # 4.5 and 6 km
    trips = [trip(CAR, name=name, lon_deg=lon) for name, lon in starts.items()]
    assert list(unconnected(trips)) == ["far"]


class TestClockLeaps:
    """Promise: a clock that leaps in motion is found; a halt, a tunnel and a stay are not."""

    @pytest.mark.parametrize(
        ("leap_s", "ahead_m", "found"),
        [(3_600, 0.0, True), (90, 0.0, False), (600, 8_000.0, False)],
    )
    def test_only_a_leap_in_place_and_in_motion(
        self, leap_s: int, ahead_m: float, found: bool
    ) -> None:
        at_s, along_m = np.arange(0.0, 600.0, 5.0), np.arange(0.0, 600.0, 5.0) * 14
        late = np.arange(len(at_s)) >= 60
        turned = fixes_of(at_s + leap_s * late, along_m + ahead_m * late, jitter_m=3)
        edges = [int(turned.time_us[row]) for row in (59, 60)]
        assert clock_leaps(turned) == ((tuple(edges),) if found else ())

    def test_a_halt_with_a_sleeping_device_is_none(self) -> None:
        at_s, along_m = drive(3)
        stands = np.flatnonzero(np.diff(along_m) == 0)[3]
        later = np.where(np.arange(len(at_s)) > stands, 1_200.0, 0.0)
        assert clock_leaps(fixes_of(at_s + later, along_m, jitter_m=2)) == ()

    def test_a_source_that_is_often_silent_has_none(self) -> None:
        at_s = np.arange(0.0, 9_000.0, 90.0)
        late = np.where(np.arange(len(at_s)) >= 60, 3_600.0, 0.0)
        assert clock_leaps(fixes_of(at_s + late, at_s * 14, jitter_m=3)) == ()

    def test_a_few_positions_hold_none(self) -> None:
        assert clock_leaps(fixes_of(np.arange(8.0), np.arange(8.0))) == ()


class TestCopies:
    """Promise: the very positions of another trip are found, whatever their order and times."""

    def names(self, **ways: Fixes) -> list[tuple[str, str]]:
        found = [rows_of(name, fixes) for name, fixes in ways.items()]
        return list(copies([rows for rows in found if rows is not None]))

    def backwards(self, fixes: Fixes, *, day: int) -> Fixes:
        times = np.sort(np.random.default_rng(1).integers(0, 3_000_000_000, len(fixes)))
        start_us = int(fixes.time_us[0]) + day * 86_400_000_000
        return fixes_from(start_us + times, fixes.lat_deg[::-1].copy(), fixes.lon_deg[::-1].copy())

    def test_the_way_out_written_as_the_way_back_at_other_times(self) -> None:
        out = fixes_of(*drive(1), jitter_m=3)
        assert self.names(out=out, back=self.backwards(out, day=1)) == [("back", "out")]

    def test_the_same_road_again_is_no_copy(self) -> None:
        days = {f"d{n}": fixes_of(*drive(n), day=n, jitter_m=1, seed=n) for n in range(20)}
        assert self.names(**days) == []

    def test_a_trip_in_two_files_and_coarse_positions_are_none(self) -> None:
        out = fixes_of(*drive(1), jitter_m=3)
        assert self.names(a=out, b=out) == []
        lat, lon = np.round(out.lat_deg, 4), np.round(out.lon_deg, 4)
        assert rows_of("coarse", fixes_from(out.time_us, lat, lon)) is None
        assert rows_of("short", out.take(slice(0, 12))) is None
        assert list(copies([])) == []

    def test_a_small_part_in_common_is_none(self) -> None:
        out, other = (fixes_of(*drive(n), day=n, jitter_m=3, seed=n) for n in (1, 2))
        mixed = fixes_from(
            other.time_us,
            *(
                np.concatenate((getattr(out, name)[:60], getattr(other, name)[60:]))
                for name in ("lat_deg", "lon_deg")
            ),
        )
        assert self.names(out=out, mixed=mixed) == []


def test_each_flag_has_words() -> None:
    assert set(WORDS) == set(TripFlag)
