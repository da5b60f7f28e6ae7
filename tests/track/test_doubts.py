from __future__ import annotations

import numpy as np

from geowallet.model.fixes import FixFlag, fixes_from
from geowallet.track.pipeline import analyse
from geowallet.track.sources import SourcedFixes
from tests.track.synthetic import METRE_DEG, MONDAY_US, Traveller


def drive() -> Traveller:
    return Traveller().stay(3600).go(9000, 12.0).stay(3600)


def with_jump() -> SourcedFixes:
    table = drive().fixes()
    lat = table.lat_deg.copy()
    lat[100] += 3000 * METRE_DEG
    return SourcedFixes("a" * 64, "", fixes_from(table.time_us, lat, table.lon_deg))


def test_a_leg_counts_what_was_set_aside_in_its_time() -> None:
    (trip,) = analyse([with_jump()]).trips
    assert [leg.set_aside for leg in trip.legs] == [(("jump", 1),)]


def test_importing_the_same_again_counts_nothing_twice() -> None:
    jump = with_jump()
    again = [jump, jump, SourcedFixes("b" * 64, "copy", jump.fixes)]
    assert [t.legs for t in analyse(again).trips] == [t.legs for t in analyse([jump]).trips]


def test_positions_of_another_device_that_lay_elsewhere_are_counted() -> None:
    lying = Traveller(seed=3).stay(3 * 3600, every_s=60).sourced("b")
    (trip,) = analyse([drive().sourced("a"), lying]).trips
    ((flag, count),) = trip.legs[0].set_aside
    assert flag == "elsewhere"
    assert 10 <= count <= 14


def test_wandering_at_a_stop_is_said_but_stays_in_use() -> None:
    table = drive().fixes()
    lat = table.lat_deg.copy()
    lat[5] += 70 * METRE_DEG
    found = analyse([SourcedFixes("a" * 64, "", fixes_from(table.time_us, lat, table.lon_deg))])
    drifting = found.fixes.time_us[~found.fixes.unflagged(FixFlag.DRIFT)]
    assert drifting.tolist() == [MONDAY_US + 5 * 300_000_000]
    assert found.counted_once.fixes_used == (("a" * 64, len(table)),)


def test_no_fix_is_lost_however_it_is_flagged() -> None:
    found = analyse([with_jump()])
    assert len(found.fixes) == len(with_jump().fixes)
    assert np.sum(~found.fixes.unflagged(FixFlag.JUMP)) == 1


def test_coarse_positions_of_a_file_imported_twice_count_once() -> None:
    table = drive().fixes(accuracy_m=8.0)
    accuracy = table.accuracy_m.copy()
    accuracy[100:103] = 900.0
    coarse = fixes_from(table.time_us, table.lat_deg, table.lon_deg, accuracy_m=accuracy)
    files = [SourcedFixes(name * 64, "", coarse) for name in "ab"]
    for traces in (files[:1], files):
        (trip,) = analyse(traces).trips
        assert [leg.set_aside for leg in trip.legs] == [(("poor_accuracy", 3),)]
