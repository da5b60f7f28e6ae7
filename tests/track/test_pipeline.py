from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, FixFlag, fixes_from
from geowallet.model.mobility import Mode, Trip
from geowallet.track import chunks
from geowallet.track.chunks import ALWAYS_US
from geowallet.track.drafts import Draft, draft_of
from geowallet.track.modes import ground
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.labels import ModeLabel
from geowallet.track.motion import Path
from geowallet.track.pipeline import (
    CUT_GAP_US,
    Analysis,
    SourcedFixes,
    algorithms,
    analyse,
)
from geowallet.track.trips import trip_id
from geowallet.track.windows import affected_window
from tests.strategies import fixes as any_fixes
from tests.track.synthetic import MONDAY_US, Traveller, workday

HOUR_US = 3_600_000_000


def anonymous(trips: tuple[Trip, ...]) -> list[Trip]:
    """The trips without the digests of their files."""
    return [dataclasses.replace(trip, sources=()) for trip in trips]


def part(trace: SourcedFixes, source: str, rows: slice) -> SourcedFixes:
    return SourcedFixes(source * 64, trace.device, trace.fixes.take(rows))


def shared_m(found: Analysis) -> int:
    return found.counted_once.metres_in([ALWAYS_US])


def shifted(fixes: Fixes, by_us: int) -> Fixes:
    return dataclasses.replace(fixes, time_us=fixes.time_us + by_us)


@pytest.fixture(scope="module")
def day() -> SourcedFixes:
    return workday().sourced("a")


@pytest.fixture(scope="module")
def analysis(day: SourcedFixes) -> Analysis:
    return analyse([day])


@pytest.mark.parametrize("together", [1, 2_000])
def test_chunks_finished_together_are_as_each_alone(
    together: int, day: SourcedFixes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what a source says of the mode in one of them: it is not heard in the others."""
    days = [SourcedFixes(str(n) * 64, "", shifted(day.fixes, 24 * n * HOUR_US)) for n in range(3)]
    start_us, end_us = (int(days[1].fixes.time_us[at]) for at in (0, -1))
    label = ModeLabel(start_us, end_us, "IN_BUS", "google_timeline")
    hints = Hints(labels={days[1].source: (label,)})
    whole = analyse(days, hints=hints)
    for module in (chunks, ground):
        monkeypatch.setattr(module, "FIXES_TOGETHER", together)
    apart = analyse(days, hints=hints)
    assert apart.trips == whole.trips
    assert apart.stops == whole.stops
    heard = [["its source" in str(leg.reasons) for leg in trip.legs] for trip in whole.trips]
    assert [any(said) for said in heard] == [3 <= n < 6 for n in range(9)]


def test_days_that_hear_each_other_are_surer_however_they_are_grouped(
    day: SourcedFixes, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [SourcedFixes(str(n) * 64, "", shifted(day.fixes, 24 * n * HOUR_US)) for n in range(3)]
    heard = analyse(days, together=True)
    alone, first = ([t.main_leg for t in some.trips[:3]] for some in (analysis, heard))
    assert [leg.start_us for leg in first] == [leg.start_us for leg in alone]
    assert [a.confidence > b.confidence for a, b in zip(first, alone, strict=True)] == [True] * 3
    monkeypatch.setattr(chunks, "FIXES_TOGETHER", 1)
    assert analyse(days[::-1], together=True).trips == heard.trips


def test_within_some_chunks_is_found_what_begins_there_and_nothing_else_is_sought(
    day: SourcedFixes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two devices, so that something counts once, and an evening that ends a parked silence."""
    evening = shifted(day.fixes.take(slice(-1, None)), 3 * HOUR_US)
    parts = [shifted(day.fixes, 24 * n * HOUR_US) for n in range(3)] + [evening]
    traces = [SourcedFixes(s * 64, "", p) for p in parts for s in "ab"]
    whole, sought = analyse(traces), []

    def seen(path: Path, *rest: object) -> Draft:
        sought.append(path.start_us)
        return draft_of(path, *rest)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(chunks, "draft_of", seen)
    edges = [int(parts[n].time_us[0]) for n in (0, 3, 1, 2)]
    inside = [analyse(traces, within_us=span) for span in pairwise(edges)]
    assert sought == edges[:3]
    for found, (start_us, end_us) in zip(inside, pairwise(edges), strict=True):
        assert found.trips == tuple(t for t in whole.trips if start_us <= t.start_us < end_us)
        assert found.stops == tuple(s for s in whole.stops if start_us <= s.start_us < end_us)
    assert inside[0].stops[-1].end_us == edges[1]
    assert shared_m(inside[0]) == pytest.approx(shared_m(whole) / 3, abs=1)
    assert shared_m(inside[1]) == 0
    assert inside[1].counted_once.fixes_used == (("a" * 64, 1), ("b" * 64, 0))


def test_a_workday_is_a_drive_a_lunch_walk_and_a_way_home_by_train(analysis: Analysis) -> None:
    modes = [[leg.mode for leg in trip.legs] for trip in analysis.trips]
    assert modes == [[Mode.CAR], [Mode.WALK], [Mode.WALK, Mode.TRAIN, Mode.WALK]]
    metres = [trip.distance_m for trip in analysis.trips]
    assert metres == pytest.approx([9000, 1000, 21_100], rel=0.02)


def test_nothing_gives_nothing() -> None:
    analysis = analyse([])
    assert (analysis.trips, analysis.stops, len(analysis.fixes)) == ((), (), 0)
    assert shared_m(analysis) == 0


class TestOrderDoesNotMatter:
    """Promise: importing the same files in any order, in one run or many, twice or
    once, gives the same trips and the same totals."""

    @settings(max_examples=15)
    @given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=3))
    def test_any_order_and_any_repetition_gives_the_same_bytes(
        self, order: list[int], again: list[int]
    ) -> None:
        whole = workday().sourced("a")
        cuts = np.array_split(np.arange(len(whole.fixes)), 4)
        files = [part(whole, "abcd"[n], slice(c[0], c[-1] + 1)) for n, c in enumerate(cuts)]
        files += [workday(seed=5, every_s=15).sourced("e"), workday(seed=6).sourced("f")]
        expected = analyse(files)
        mixed = analyse([files[n] for n in [*order, *again]])
        assert mixed.trips == expected.trips
        assert mixed.stops == expected.stops

    def test_twice_is_once(self, day: SourcedFixes, analysis: Analysis) -> None:
        twice = analyse([day, day])
        assert twice.trips == analysis.trips
        assert twice.stops == analysis.stops

    def test_the_same_fixes_in_another_file_count_once(
        self, day: SourcedFixes, analysis: Analysis
    ) -> None:
        copied = analyse([day, SourcedFixes("b" * 64, "other", day.fixes)])
        assert copied.trips == analysis.trips

    @settings(max_examples=25)
    @given(st.integers(1, 2000))
    def test_a_file_split_in_two_gives_the_same_trips(self, cut: int) -> None:
        whole = workday().sourced("a")
        cut = min(cut, len(whole.fixes) - 1)
        halves = [part(whole, "c", slice(0, cut)), part(whole, "b", slice(cut, None))]
        assert anonymous(analyse(halves).trips) == anonymous(analyse([whole]).trips)

    def test_two_exports_that_overlap_give_the_same_trips(
        self, day: SourcedFixes, analysis: Analysis
    ) -> None:
        exports = [part(day, "b", slice(0, 900)), part(day, "c", slice(500, None))]
        assert anonymous(analyse(exports).trips) == anonymous(analysis.trips)

    @settings(max_examples=10)
    @given(st.integers(-10_000, 10_000))
    def test_a_shift_in_time_shifts_the_trips(self, hours: int) -> None:
        whole = workday().sourced("a")
        later = SourcedFixes("a" * 64, "phone", shifted(whole.fixes, hours * HOUR_US))
        before, after = analyse([whole]).trips, analyse([later]).trips
        assert [t.start_us + hours * HOUR_US for t in before] == [t.start_us for t in after]
        assert [t.distance_m for t in before] == [t.distance_m for t in after]


class TestOverlap:
    """Promise: overlapping sources never count a kilometre twice."""

    def test_phone_and_watch_together_are_as_long_as_one(self, analysis: Analysis) -> None:
        both = analyse([workday().sourced("a"), workday(seed=9, every_s=2).sourced("b", "watch")])
        assert len(both.trips) == len(analysis.trips)
        one, two = (sum(t.distance_m for t in a.trips) for a in (analysis, both))
        assert two == pytest.approx(one, rel=0.01)
        assert shared_m(both) > 25_000

    def test_the_sources_of_a_trip_are_those_whose_fixes_were_used(self) -> None:
        both = analyse([workday().sourced("b"), workday(seed=9, every_s=1).sourced("a", "watch")])
        assert "a" * 64 in both.trips[0].sources
        used = dict(both.counted_once.fixes_used)
        assert set(used) == {"a" * 64, "b" * 64}


class TestEveryTable:
    """Promise: cleaning flags, never deletes; every number is finite and not negative."""

    @settings(max_examples=60)
    @given(any_fixes(), any_fixes())
    def test_keeps_n_and_gives_sane_trips(self, a: Fixes, b: Fixes) -> None:
        analysis = analyse([SourcedFixes("a" * 64, "", a), SourcedFixes("b" * 64, "", b)])
        assert len(analysis.fixes) == len(a) + len(b)
        for trip in analysis.trips:
            assert trip.legs
            for leg in trip.legs:
                assert leg.start_us <= leg.end_us
                figures = (leg.distance_m, leg.distance_sd_m, leg.gap_m, leg.gap_s)
                assert all(np.isfinite(x) and x >= 0 for x in figures)
        starts = [trip.start_us for trip in analysis.trips]
        assert starts == sorted(starts)
        assert all(x.end_us <= y.start_us for x, y in pairwise(analysis.trips))


def test_a_trip_across_the_antimeridian_is_short() -> None:
    lon = (np.linspace(179.95, 180.05, 300) + 180) % 360 - 180
    times = MONDAY_US + np.arange(300) * 5_000_000
    table = fixes_from(times, np.full(300, -17.0), lon)
    (trip,) = analyse([SourcedFixes("a" * 64, "", table)]).trips
    assert trip.distance_m == pytest.approx(10_634, rel=0.01)


def test_future_fixes_are_flagged_when_the_moment_of_reading_is_given() -> None:
    day = Traveller().go(2000, 10.0).sourced()
    analysis = analyse([day], latest_us=MONDAY_US + 100_000_000)
    assert int(np.sum(~analysis.fixes.unflagged(FixFlag.IMPLAUSIBLE_TIME))) == 19


class TestAffectedWindow:
    def test_is_empty_where_nothing_changed(self) -> None:
        assert affected_window([(0, 10)], []) == []

    def test_holds_the_touched_chunk_and_its_neighbours(self) -> None:
        days = [(n * 24 * HOUR_US, n * 24 * HOUR_US + 10 * HOUR_US) for n in range(5)]
        touched = [(2 * 24 * HOUR_US, 2 * 24 * HOUR_US + 1)]
        assert affected_window(days, touched) == [(days[1][0], days[3][1])]

    def test_joins_runs_less_than_two_hours_apart(self) -> None:
        runs = [(0, 10), (CUT_GAP_US, CUT_GAP_US + 5), (3 * CUT_GAP_US, 3 * CUT_GAP_US + 1)]
        assert affected_window(runs[:2], [(3, 4)]) == [(0, CUT_GAP_US + 5)]
        assert affected_window(runs[2:], [(0, 1)]) == [(0, 3 * CUT_GAP_US + 1)]

    @settings(max_examples=20)
    @given(st.integers(0, 4))
    def test_analysing_the_window_alone_gives_what_analysing_all_gives(self, changed: int) -> None:
        days = [
            SourcedFixes(f"{n}" * 64, "phone", shifted(workday(seed=n).fixes(), n * 24 * HOUR_US))
            for n in range(5)
        ]
        spans = [(int(d.fixes.time_us[0]), int(d.fixes.time_us[-1])) for d in days]
        whole = analyse(days)
        ((first, last),) = affected_window(spans, [spans[changed]])
        inside = [d for d, (a, b) in zip(days, spans, strict=True) if a >= first and b <= last]
        alone = analyse(inside)
        within = [t for t in whole.trips if t.start_us >= first and t.end_us <= last]
        assert list(alone.trips) == within
        within_stops = [s for s in whole.stops if s.start_us >= first and s.end_us <= last]
        assert list(alone.stops) == within_stops


def test_a_trip_id_is_a_function_of_its_instants() -> None:
    assert trip_id(1, 2) == trip_id(1, 2) != trip_id(1, 3)
    assert trip_id(1, 2)[0] == "t"
    assert len(trip_id(1, 2)) == 13
    assert set(trip_id(1, 2)[1:]) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_every_stage_names_its_version_and_the_digest_of_its_parameters() -> None:
    names = [algorithm.name for algorithm in algorithms()]
    assert names == [
        f"geowallet.track.{stage}"
        for stage in ("clean", "sources", "stops", "legs", "mode", "distance", "trips", "pipeline")
    ]
    assert all(len(algorithm.parameters_sha256) == 64 for algorithm in algorithms())
    assert algorithms() == algorithms()


def test_the_digests_of_the_algorithms_are_those_of_every_other_process() -> None:
    """A set is written in another order by each process, unless its hashes are fixed."""
    line = "from geowallet.track.pipeline import algorithms; print(algorithms())"
    said = {
        subprocess.run(
            [sys.executable, "-c", line],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert said == {f"{algorithms()}\n"}
