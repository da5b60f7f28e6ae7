from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, FixFlag, fixes_from
from geowallet.track.carried import follow
from geowallet.track.pipeline import Analysis, analyse
from geowallet.track.sources import CUT_GAP_US, SourcedFixes, merge
from tests.track.synthetic import MONDAY_US, Traveller, workday

HOUR_S = 3600.0


def lying(
    *, every_s: float, hours: float = 24, seed: int = 5, at_s: float = 0.0, source: str = "b"
) -> SourcedFixes:
    """A phone on the table at home, from midnight on."""
    return Traveller(at_s=at_s, seed=seed).stay(hours * HOUR_S, every_s=every_s).sourced(source)


def mixed(*tables: Fixes) -> Fixes:
    """The positions of several devices in one list, without a word of it."""
    columns = [np.concatenate(c) for c in zip(*(t.columns()[:3] for t in tables), strict=True)]
    return fixes_from(*columns)


def same_trips(found: Analysis, true: Analysis) -> None:
    """Same instants, modes and sources; metres but for the centre of the first stop."""
    assert found.trips
    assert [t.id for t in found.trips] == [t.id for t in true.trips]
    assert [t.main_leg.mode for t in found.trips] == [t.main_leg.mode for t in true.trips]
    assert [t.gap_m for t in found.trips] == [t.gap_m for t in true.trips]
    for one, two in zip(found.trips, true.trips, strict=True):
        assert one.distance_m == pytest.approx(two.distance_m, abs=5)


@pytest.fixture(scope="module")
def carried() -> SourcedFixes:
    return workday().sourced("a")


@pytest.fixture(scope="module")
def alone(carried: SourcedFixes) -> Analysis:
    return analyse([carried])


class TestSecondPhoneAtHome:
    """Promise: a device left at home changes no trip by a metre or a second."""

    @pytest.mark.parametrize("every_s", [2.0, 60.0, 300.0, 1500.0])
    @pytest.mark.parametrize("source", ["0", "b"])
    def test_gives_the_same_trips(
        self, *, carried: SourcedFixes, alone: Analysis, every_s: float, source: str
    ) -> None:
        same_trips(analyse([carried, lying(every_s=every_s, source=source)]), alone)

    @settings(max_examples=10)
    @given(st.floats(0, 7), st.floats(10, 30), st.integers(0, 2000), st.sampled_from([20, 200]))
    def test_however_the_files_are_cut(
        self, at_h: float, hours: float, cut: int, every_s: float
    ) -> None:
        whole = workday().sourced("a")
        phone = lying(every_s=every_s, hours=hours, at_s=at_h * HOUR_S)
        cut = min(cut, len(whole.fixes) - 1)
        first = SourcedFixes("c" * 64, "phone", whole.fixes.take(slice(0, cut)))
        rest = SourcedFixes("d" * 64, "phone", whole.fixes.take(slice(cut, None)))
        found = [analyse(traces) for traces in ([first, rest, phone], [phone, rest, first])]
        same_trips(found[0], analyse([whole]))
        assert found[0].trips == found[1].trips

    def test_is_told_with_the_device_that_was_followed(self, carried: SourcedFixes) -> None:
        found = analyse([carried, lying(every_s=60)])
        assert {item.source for item in found.elsewhere} == {"b" * 64}
        assert {item.carried for item in found.elsewhere} == {"a" * 64}
        assert sum(item.fixes for item in found.elsewhere) == int(
            np.sum(~found.fixes.unflagged(FixFlag.ELSEWHERE))
        )

    def test_counts_where_the_carried_one_says_nothing(self) -> None:
        away = (
            Traveller(at_s=8 * HOUR_S)
            .stay(600, every_s=30)
            .go(5000, 10.0)
            .go(5000, 10.0, heading_deg=270)
        )
        found = analyse([away.stay(600, every_s=30).sourced("a"), lying(every_s=300)])
        left = found.fixes.time_us[~found.fixes.unflagged(FixFlag.ELSEWHERE)]
        assert (left.min() - MONDAY_US) / 1e6 > 8 * HOUR_S - 300
        assert (left.max() - MONDAY_US) / 1e6 < 9 * HOUR_S
        assert any(s.is_activity and s.n_fixes > 80 for s in found.stops)


class TestMixedInOneList:
    """Promise: positions of two phones in one list are told apart."""

    @pytest.mark.parametrize("every_s", [45.0, 240.0])
    def test_a_phone_at_home_gives_the_same_trips(self, *, every_s: float) -> None:
        true = workday()
        both = mixed(true.fixes(), lying(every_s=every_s).fixes)
        found = analyse([SourcedFixes("a" * 64, "", both)])
        alone = analyse([workday().sourced("a")])
        assert len(found.trips) == len(alone.trips)
        for one, two in zip(found.trips, alone.trips, strict=True):
            assert one.distance_m == pytest.approx(two.distance_m, rel=0.02, abs=30)
            assert one.gap_m == pytest.approx(two.gap_m, abs=50)
            assert abs(one.start_us - two.start_us) < 400e6

    def test_sparse_positions_of_both_do_not_shuttle(self) -> None:
        away = Traveller(at_s=7 * HOUR_S).go(9000, 12.0, every_s=60)
        away.stay(8 * HOUR_S, every_s=290).go(9000, 12.0, heading_deg=270, every_s=60)
        both = mixed(away.fixes(), lying(every_s=310, hours=20).fixes)
        found = analyse([SourcedFixes("a" * 64, "", both)])
        assert sum(t.distance_m + t.gap_m for t in found.trips) == pytest.approx(18_000, rel=0.05)

    def test_reflections_that_keep_their_distance_are_no_second_device(self) -> None:
        true = Traveller().zigzag(12_000, 12.0, block_m=800, every_s=5).fixes()
        lat_deg = true.lat_deg.copy()
        lat_deg[10:190:9] += 3000 / 111_195.0
        found = analyse([SourcedFixes("a" * 64, "", replace(true, lat_deg=lat_deg))])
        assert not found.elsewhere
        assert int(np.sum(~found.fixes.unflagged(FixFlag.JUMP))) == 20

    def test_a_courier_who_shuttles_is_one_device(self) -> None:
        courier = Traveller()
        for turn in range(12):
            courier.go(2500, 9.0, heading_deg=90 + 180 * (turn % 2), every_s=20).stay(
                60, every_s=20
            )
        merged = merge([courier.sourced("a")])
        assert len(merged.sources) == 1


class TestChange:
    """Promise: where the owner takes up another device elsewhere, nothing is driven between."""

    def test_the_next_device_is_followed_and_no_kilometre_invented(self) -> None:
        phone = Traveller(at_s=8 * HOUR_S).go(20_000, 12.0, every_s=10)
        phone.stay(12 * HOUR_S, every_s=120)
        tablet = Traveller(at_s=8 * HOUR_S, seed=3).stay(11 * HOUR_S, every_s=120)
        tablet.go(30_000, 12.0, heading_deg=0, every_s=10)
        tablet.go(30_000, 12.0, heading_deg=180, every_s=10)
        found = analyse([phone.sourced("a"), tablet.sourced("b")])
        assert sum(t.distance_m for t in found.trips) == pytest.approx(80_000, rel=0.02)
        assert sum(t.gap_m for t in found.trips) < 100

    def test_a_short_errand_of_a_device_left_at_home_is_not_the_owners(self) -> None:
        phone = Traveller(at_s=8 * HOUR_S).go(20_000, 12.0, every_s=10)
        phone.stay(9 * HOUR_S, every_s=120).go(20_000, 12.0, heading_deg=270, every_s=10)
        tablet = Traveller(at_s=8 * HOUR_S, seed=3).stay(4 * HOUR_S, every_s=120)
        tablet.go(4000, 9.0, heading_deg=0, every_s=10).go(4000, 9.0, heading_deg=180, every_s=10)
        tablet.stay(7 * HOUR_S, every_s=120)
        found = analyse([phone.sourced("a"), tablet.sourced("b")])
        assert sum(t.distance_m for t in found.trips) == pytest.approx(40_000, rel=0.02)


def test_two_devices_on_one_person_are_never_apart() -> None:
    phone, watch = workday().sourced("b"), workday(seed=9, every_s=2).sourced("a", "watch")
    merged = merge([phone, watch])
    assert not merged.lying
    assert np.all(merged.fixes.unflagged(FixFlag.ELSEWHERE))


def test_a_watch_that_wakes_seldom_on_a_drive_lies_nowhere() -> None:
    phone = Traveller().go(30_000, 25.0, every_s=2).sourced("a")
    watch = Traveller(seed=4).go(30_000, 25.0, every_s=240).sourced("b", "watch")
    assert not merge([phone, watch]).lying


def test_nothing_is_compared_where_one_device_is_alone() -> None:
    fixes = workday().fixes()
    stream = np.zeros(len(fixes), dtype=np.int32)
    found = follow(fixes, stream, np.ones(len(fixes), dtype=np.bool_), cut_us=CUT_GAP_US)
    assert not np.any(found.left)
    assert not len(found.breaks_us)
