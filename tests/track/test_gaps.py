from __future__ import annotations

import numpy as np
import pytest

from geowallet.model.fixes import Fixes, fixes_from
from geowallet.model.mobility import Gap, GapKind
from geowallet.track.motion import path_of
from geowallet.track.pipeline import analyse
from geowallet.track.sources import SourcedFixes
from tests.track.synthetic import Traveller


def gaps_of(*tables: Fixes) -> tuple[Gap, ...]:
    traces = [SourcedFixes(str(n) * 64, "phone", table) for n, table in enumerate(tables)]
    return tuple(gap for t in analyse(traces).trips for leg in t.legs for gap in leg.gaps)


def ride(silent_s: float, ahead_m: float) -> Traveller:
    before = Traveller().stay(3600).go(6000, 15.0).silence(silent_s)
    return before.jump_to(6000 + ahead_m, 0).go(6000, 15.0).stay(3600)


@pytest.mark.parametrize(
    ("silent_s", "ahead_m", "kind"),
    [
        (240, 3600, GapKind.COVERED),
        (1500, 15_000, GapKind.COVERED),
        (900, 1200, GapKind.OFF),
        (3600, 30_000, GapKind.OFF),
    ],
)
def test_the_kind_follows_from_time_and_way(silent_s: float, ahead_m: float, kind: GapKind) -> None:
    found = analyse([ride(silent_s, ahead_m).sourced()])
    gaps = [gap for trip in found.trips for leg in trip.legs for gap in leg.gaps]
    driven_m = sum(trip.distance_m for trip in found.trips)
    assert driven_m == pytest.approx(12_000, rel=0.02)
    assert [gap.kind for gap in gaps if gap.kind is not kind] == []
    # A silence that hides ten minutes of staying parts trips and lies in none of them.
    assert len(gaps) == (silent_s - ahead_m / 3 < 600)
    assert all(gap.metres == pytest.approx(ahead_m, abs=100) for gap in gaps)


def test_coarse_positions_in_the_silence_say_that_the_device_was_on() -> None:
    table = ride(240, 3600).fixes(accuracy_m=8.0)
    (start, end) = (int(table.time_us[i]) for i in _longest_step(table))
    times = np.linspace(start, end, 6)[1:-1].astype(np.int64)
    far = np.full(4, 900.0)
    coarse = fixes_from(times, np.full(4, 48.02), np.full(4, 2.1), accuracy_m=far)
    pairs = zip(table.columns()[:3], coarse.columns()[:3], strict=True)
    merged = fixes_from(
        *(np.concatenate(pair) for pair in pairs),
        accuracy_m=np.concatenate((table.accuracy_m, coarse.accuracy_m)),
    )
    (gap,) = gaps_of(merged)
    assert gap.kind is GapKind.NO_SIGNAL
    assert [one.kind for one in gaps_of(table)] == [GapKind.COVERED]


class TestLeaps:
    """Promise: what nothing can travel is a gap, and no metre of it counts."""

    @pytest.mark.parametrize(("silent_s", "woken_s"), [(6000, 7.0), (400, 1.0), (60, 2.0)])
    def test_a_place_remembered_once_more_after_a_silence(
        self, silent_s: float, woken_s: float
    ) -> None:
        home = Traveller().stay(3600).silence(silent_s).stay(1, every_s=1).silence(woken_s)
        away = home.jump_to(50_000, 0).go(6000, 15.0).stay(3600)
        found = analyse([away.sourced()])
        assert sum(t.distance_m for t in found.trips) == pytest.approx(6000, rel=0.02)
        leaps = [g for t in found.trips for leg in t.legs for g in leg.gaps]
        assert all(leap.metres == pytest.approx(50_000, rel=0.01) for leap in leaps)

    def test_within_a_ride_it_is_told(self) -> None:
        before = Traveller().stay(3600).go(6000, 15.0, every_s=2).silence(1)
        ride = before.jump_to(8000, 0).go(6000, 15.0, every_s=2).stay(3600)
        (leap,) = gaps_of(ride.fixes())
        assert leap.kind is GapKind.LEAP
        assert leap.metres == pytest.approx(2000, abs=50)

    def test_where_fixes_are_rare_it_hides_in_a_long_step(self) -> None:
        before = Traveller().stay(3600).go(7200, 12.0, every_s=40)
        ride = before.jump_to(10_200, 0).go(7200, 12.0, every_s=40).stay(3600)
        (leap,) = gaps_of(ride.fixes())
        assert leap.kind is GapKind.LEAP
        assert leap.metres == pytest.approx(3480, abs=50)

    @pytest.mark.parametrize(("mps", "pull_mps2"), [(55.0, 1.0), (85.0, 2.5)])
    def test_a_train_and_a_plane_that_brakes_again_hide_none(
        self, mps: float, pull_mps2: float
    ) -> None:
        at_s = np.arange(0.0, 4 * mps / pull_mps2, 20.0)
        there_s = np.minimum(at_s, np.maximum(2 * mps / pull_mps2 - at_s, 0.0))
        along_m = np.cumsum(pull_mps2 * there_s * 20.0)
        table = fixes_from((at_s * 1e6).astype(np.int64), 48 + along_m / 111_195, at_s * 0 + 2)
        assert not path_of(table).gap.any()

    @pytest.mark.parametrize(("mps", "every_s"), [(36.0, 10.0), (90.0, 5.0), (260.0, 1.0)])
    def test_what_is_only_fast_is_none(self, mps: float, every_s: float) -> None:
        ride = Traveller().go(mps * 600, mps, every_s=every_s)
        assert not path_of(ride.fixes()).gap.any()


def test_a_halt_with_a_sleeping_device_is_a_silence_without_movement() -> None:
    way = Traveller().stay(3600).go(6000, 15.0).silence(400).go(6000, 15.0).stay(3600)
    (gap,) = gaps_of(way.fixes())
    assert gap.kind is GapKind.STILL
    assert gap.metres < 100


def _longest_step(table: Fixes) -> tuple[int, int]:
    moving = np.flatnonzero(np.diff(table.lon_deg) > 0.03)
    return int(moving[0]), int(moving[0]) + 1
