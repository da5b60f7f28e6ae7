"""The tools that measure connectors notice what is wrong."""

from __future__ import annotations

from typing import BinaryIO

import pytest

from geowallet.app.intake.inspect import FileReport
from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.model.errors import NoTimeError
from tests.connectors.samples_inline import FIRST_US, GPX
from tools import fuzz_connectors, measure_formats

ROW = {
    "n_timed": "103.0",
    "special": "3 segments; 3 duplicate points",
    "first": "2026-03-02T07:30:00Z",
    "last": "2026-03-02T08:30:00Z",
}


def report(fixes: int, *, first_us: int = FIRST_US) -> FileReport:
    return FileReport("x", "gpx", 1, fixes, first_us, FIRST_US + 3_600_000_000)


class TestMeasuring:
    def test_what_the_index_counts_again_is_subtracted(self) -> None:
        assert measure_formats.distinct_timed(ROW) == 100
        assert measure_formats.distinct_timed({**ROW, "n_timed": ""}) == 0
        assert measure_formats.distinct_timed({**ROW, "n_timed": "no time"}) == 0

    @pytest.mark.parametrize(("fixes", "same"), [(97, False), (98, True), (102, True)])
    def test_readings_may_differ_by_two_positions(self, fixes: int, same: bool) -> None:
        assert (measure_formats.judged(ROW, 100, report(fixes)) == "") is same

    def test_the_first_instant_counts_unless_times_are_odd(self) -> None:
        late = report(100, first_us=FIRST_US + 3_000_000)
        assert measure_formats.judged(ROW, 100, late) == ""
        plain = {**ROW, "special": ""}
        assert measure_formats.judged(plain, 100, late) == "another first instant"
        assert measure_formats.judged(plain, 100, report(100)) == ""

    def test_a_refusal_is_a_difference(self) -> None:
        refused = FileReport("x", error=NoTimeError(count=3))
        assert measure_formats.judged(ROW, 100, refused) == "refused as source.no_time"


class Crashing(GpxConnector):
    """Fails on every input."""

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        raise KeyError(type(stream), options)


class Hungry(GpxConnector):
    """Takes two megabytes for every input."""

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        assert bytearray(2_000_000)
        return super().read(stream, options)


WHOLE = (("", fuzz_connectors._read_whole),)
"""No parts and no archives."""


class TestFuzzing:
    def test_a_crash_is_named_with_its_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fuzz_connectors, "BUILTIN", (Crashing(),))
        monkeypatch.setattr(fuzz_connectors, "WAYS", WHOLE)
        found = fuzz_connectors.fuzz({"gpx": [GPX]}, seed=1, count=2, seconds=60)
        assert found["gpx: KeyError, input 1"] == 1

    def test_what_takes_much_memory_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fuzz_connectors, "BUILTIN", (Hungry(),))
        monkeypatch.setattr(fuzz_connectors, "WAYS", WHOLE)
        monkeypatch.setattr(fuzz_connectors, "MEMORY_BYTES", 1_000_000)
        found = fuzz_connectors.fuzz({"gpx": [GPX]}, seed=1, count=1, seconds=60)
        assert found["gpx: over 0 MiB, input 0"] == 1

    def test_inputs_are_read_in_parts_and_out_of_archives_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fuzz_connectors, "BUILTIN", (GpxConnector(),))
        found = fuzz_connectors.fuzz({"gpx": [GPX]}, seed=1, count=60, seconds=60)
        assert min(found["in parts"], found["archives"]) > 2
        assert set(found) == set(fuzz_connectors.COUNTED)

    def test_the_same_seed_gives_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fuzz_connectors, "BUILTIN", (GpxConnector(),))
        found = [
            fuzz_connectors.fuzz({"gpx": [GPX]}, seed=seed, count=40, seconds=60) for seed in (1, 1)
        ]
        assert found[0] == found[1]
        assert found[0]["inputs"] == 40
        assert 0 < found[0]["refused"] < 40
