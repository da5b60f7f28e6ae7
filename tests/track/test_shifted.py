from __future__ import annotations

import numpy as np
import pytest

from geowallet.model.fixes import Fixes, FixFlag, fixes_from
from geowallet.track.pipeline import Analysis, analyse
from geowallet.track.sources import SourcedFixes, merge
from tests.track.synthetic import EAST_DEG, METRE_DEG, Traveller, workday

HOUR_S = 3600.0


def watch(table: Fixes, *, later_s: float, every: int, source: str = "b") -> SourcedFixes:
    """The same way as another device writes it, with its clock off."""
    rows = slice(1, None, every)
    noise = np.random.default_rng(8).normal(0.0, 4.0, (2, len(table.time_us[rows])))
    lat = table.lat_deg[rows] + noise[0] * METRE_DEG
    lon = table.lon_deg[rows] + noise[1] * EAST_DEG
    other = fixes_from(table.time_us[rows] + round(later_s * 1e6), lat, lon)
    return SourcedFixes(source * 64, "watch", other)


def files(*tables: Traveller) -> list[SourcedFixes]:
    return [one.sourced(str(number)) for number, one in enumerate(tables)]


@pytest.fixture(scope="module")
def phone() -> SourcedFixes:
    return workday().sourced("a")


@pytest.fixture(scope="module")
def alone(phone: SourcedFixes) -> Analysis:
    return analyse([phone])


class TestAnotherHour:
    """Promise: a way that another recording tells at another hour counts once."""

    @pytest.mark.parametrize(
        ("later_s", "every"), [(HOUR_S, 1), (2 * HOUR_S + 10, 12), (-HOUR_S, 6), (-5.5 * HOUR_S, 2)]
    )
    def test_no_kilometre_counts_twice(
        self, *, phone: SourcedFixes, alone: Analysis, later_s: float, every: int
    ) -> None:
        other = watch(phone.fixes, later_s=later_s, every=every)
        found = analyse([other, phone])
        assert [trip.id for trip in found.trips] == [trip.id for trip in alone.trips]
        assert found.trips == analyse([phone, other]).trips
        (told,) = merge([phone, other]).shifted
        assert told.later_s == pytest.approx(later_s, abs=3)
        aside = np.count_nonzero(~found.fixes.unflagged(FixFlag.SHIFTED))
        assert aside == np.count_nonzero(
            (other.fixes.time_us >= told.start_us) & (other.fixes.time_us <= told.end_us)
        )

    def test_two_that_agree_outweigh_a_finer_one(self, phone: SourcedFixes) -> None:
        others = [
            watch(phone.fixes, later_s=HOUR_S, every=n, source=s) for n, s in ((3, "b"), (5, "c"))
        ]
        found = merge([phone, *others])
        assert {found.sources[one.stream][0] for one in found.shifted} == {"a"}
        assert len(found.shifted) == 2

    def test_what_only_the_other_saw_still_counts(self, phone: SourcedFixes) -> None:
        table = phone.fixes
        half = SourcedFixes("a" * 64, "phone", table.take(slice(0, len(table) // 2)))
        found = analyse([half, watch(table, later_s=HOUR_S, every=4)])
        ends_us = int(half.fixes.time_us[-1]) + round(HOUR_S * 1e6)
        left = found.fixes.time_us[~found.fixes.unflagged(FixFlag.SHIFTED)]
        assert len(left)
        assert left.max() <= ends_us


class TestHonest:
    """Promise: who travels a way again is believed."""

    def test_the_same_way_with_other_halts(self) -> None:
        def ride(at_s: float, halts_s: tuple[float, ...]) -> Traveller:
            way = Traveller(at_s=at_s, seed=int(at_s))
            for halt_s in halts_s:
                way.zigzag(1800, 9.0, block_m=300, every_s=2).stay(halt_s, every_s=2)
            return way

        rides = ride(0, (20, 45, 5, 60)), ride(HOUR_S, (50, 5, 40, 10))
        assert merge(files(*rides)).shifted == ()

    def test_rounds_in_two_files(self) -> None:
        first, second = _rounds(36, side_m=150), _rounds(36, side_m=150, at_s=HOUR_S)
        assert merge(files(first, second)).shifted == ()

    def test_one_ride_at_one_hour(self) -> None:
        half_hours = _rounds(8, side_m=1350).sourced()
        assert merge([half_hours, watch(half_hours.fixes, later_s=20, every=3)]).shifted == ()


def _rounds(sides: int, *, side_m: float, at_s: float = 0.0) -> Traveller:
    """Squares, each exactly as long as the one before."""
    way = Traveller(at_s=at_s, seed=1 + int(at_s))
    for number in range(sides):
        way.go(side_m, 3.0, heading_deg=90.0 * number, every_s=2)
    return way
