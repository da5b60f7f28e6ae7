from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.app.intake.held import Held, hold
from geowallet.app.intake.sources import runs_of
from geowallet.connectors.api import Problem, ReadResult, SourceLabel, Trace
from geowallet.model.fixes import Fixes, TimeKind, fixes_from
from geowallet.model.words import phrase
from geowallet.track.windows import joined_runs
from geowallet.vault.columns import BLOB_FIXES, encode_fixes, join_fixes, split_fixes

HOUR_US = 3_600_000_000
START_US = 1_772_436_600_000_000


def at(*seconds: float, lat_deg: float = 48.7) -> Fixes:
    """Fixes at seconds after the start, told apart by their longitude."""
    time_us = np.array([START_US + round(s * 1e6) for s in seconds], dtype=np.int64)
    lon_deg = np.arange(len(seconds)) / 1e4
    return fixes_from(time_us, np.full(len(seconds), lat_deg), lon_deg)


def part(*traces: tuple[str, Fixes], kind: TimeKind = TimeKind.UTC) -> ReadResult:
    return ReadResult(tuple(Trace(device, fixes, kind) for device, fixes in traces))


def bodies(held: Held) -> dict[str, list[bytes]]:
    return {t.device: [encode_fixes(piece) for piece in t.pieces()] for t in held.traces}


def test_one_part_is_held_as_it_is() -> None:
    fixes = at(0.000_001, 1)
    (trace,) = hold([part(("watch", fixes))]).traces
    assert trace.whole() == Trace("watch", fixes, TimeKind.UTC)
    assert trace.fix_count == 2


def test_no_part_at_all_holds_nothing() -> None:
    assert hold([]) == Held((), (), 0, None, ())


def test_devices_go_on_in_later_parts() -> None:
    said = (SourceLabel(START_US, START_US, "mode", "walk"),)
    end = ReadResult((), (Problem("*", phrase("odd"), 3),), 2, phrase("note"), said)
    first, second = part(("a", at(0)), ("b", at(1))), part(("a", at(2)), kind=TimeKind.OFFSET)
    held = hold([first, second, end])
    assert [(t.device, t.fix_count, t.time_kind) for t in held.traces] == [
        ("a", 2, TimeKind.OFFSET),
        ("b", 1, TimeKind.UTC),
    ]
    assert (held.fix_count, held.problem_count, held.untimed) == (3, 3, 2)
    assert (held.note, held.labels) == (phrase("note"), said)
    assert held.traces[0].whole().fixes.time_us.tolist() == [START_US, START_US + 2_000_000]


def test_the_runs_of_pieces_are_those_of_the_whole() -> None:
    fixes = at(*range(0, 90_000, 10), *range(100_000, 110_000, 10))
    pieces = [run for piece in split_fixes(fixes) for run in runs_of(piece)]
    assert joined_runs(pieces) == runs_of(fixes)
    assert joined_runs([(0, HOUR_US), (HOUR_US, 2 * HOUR_US), (4 * HOUR_US, 5 * HOUR_US)]) == (
        (0, 2 * HOUR_US),
        (4 * HOUR_US, 5 * HOUR_US),
    )
    assert joined_runs([(0, 9 * HOUR_US), (1, 2)]) == ((0, 9 * HOUR_US),)


@pytest.mark.parametrize("order", ["forwards", "backwards", "shuffled"])
def test_parts_in_any_order_give_the_pieces_of_the_whole(order: str) -> None:
    count, size = 3 * BLOB_FIXES + 100, 5_000
    seconds = np.arange(count) // 3 * 7
    if order == "backwards":
        seconds = seconds[::-1]
    if order == "shuffled":
        np.random.default_rng(1).shuffle(seconds)
    whole = at(*seconds.tolist())
    unsorted = np.array([START_US + s * 1_000_000 for s in seconds.tolist()], dtype=np.int64)
    lon_deg = np.arange(count) / 1e4
    parts = [
        fixes_from(
            unsorted[n : n + size], np.full(len(lon_deg[n : n + size]), 48.7), lon_deg[n : n + size]
        )
        for n in range(0, count, size)
    ]
    held = hold([part(("", fixes)) for fixes in parts])
    assert bodies(held) == {"": [encode_fixes(piece) for piece in split_fixes(whole)]}


class TestAnyParts:
    """Promise: "fixes of the same instant keep the order of the source"."""

    @settings(max_examples=60)
    @given(st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=6), min_size=2, max_size=6))
    def test_are_merged_as_a_stable_sort_would(self, parts: list[list[int]]) -> None:
        tables, flat, number = [], [], 0
        for seconds in parts:
            time_us = np.array([START_US + s * 1_000_000 for s in seconds], dtype=np.int64)
            lon_deg = (number + np.arange(len(seconds))) / 1e4
            number += len(seconds)
            tables.append(fixes_from(time_us, np.zeros(len(seconds)), lon_deg))
            flat += list(zip(seconds, lon_deg.tolist(), strict=True))
        (trace,) = hold([part(("", table)) for table in tables]).traces
        merged = join_fixes(list(trace.pieces()))
        expected = [lon for _, lon in sorted(flat, key=lambda row: row[0])]
        assert np.allclose(merged.lon_deg, expected, atol=1e-9)
