"""The promises of the analysis over files that people really recorded."""

from __future__ import annotations

import csv
import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.source import read_source
from geowallet.model.fixes import Fixes, fixes_from
from geowallet.model.mobility import Trip
from geowallet.track.pipeline import SourcedFixes, analyse

FILES = (
    "gpx/dedicatedcode-reitti__20250531.gpx",
    "gpx/dedicatedcode-reitti__20250601.gpx",
    "gpx/GPSBabel-gpsbabel__mtk_logger.gpx",
    "gpx/GoldenCheetah-GoldenCheetah__1292585194-20906.gpx",
    "gpx/FABallemand-ezGPX__garmin_etrex32_hike_error_1.gpx",
    "gpx/julien-nc-gpxpod__testFile2.gpx",
)
"""Phones, a logger, a bike computer and a hand-held with errors."""


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> list[SourcedFixes]:
    found = []
    for name in FILES:
        path = shared_data / "corpus" / name
        with path.open("rb") as stream:
            _, result = read_source(path.name, stream, options=ReadOptions(zone="UTC"))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found += [SourcedFixes(digest, t.device, t.fixes) for t in result.traces if len(t.fixes)]
    assert len(found) >= len(FILES)
    return found


@pytest.fixture(scope="module")
def trips(recorded: list[SourcedFixes]) -> tuple[Trip, ...]:
    return analyse(recorded).trips


def anonymous(trips: tuple[Trip, ...]) -> list[Trip]:
    return [replace(trip, sources=()) for trip in trips]


def metres(trips: tuple[Trip, ...]) -> float:
    return sum(trip.distance_m for trip in trips)


quick = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestImports:
    """Promise: any order, any grouping and any repetition of imports gives the same trips."""

    @quick
    @given(data=st.data())
    def test_order_and_repetition(
        self, recorded: list[SourcedFixes], trips: tuple[Trip, ...], data: st.DataObject
    ) -> None:
        assert trips
        order = data.draw(st.permutations([*recorded, recorded[0], recorded[-1]]))
        assert analyse(order).trips == trips

    @quick
    @given(data=st.data())
    def test_grouping(
        self, recorded: list[SourcedFixes], trips: tuple[Trip, ...], data: st.DataObject
    ) -> None:
        parts = []
        for number, trace in enumerate(recorded):
            cut = data.draw(st.integers(0, len(trace.fixes)))
            over = min(cut + data.draw(st.integers(0, 200)), len(trace.fixes))
            pieces = trace.fixes.take(slice(0, over)), trace.fixes.take(slice(cut, None))
            parts += [
                SourcedFixes(f"{2 * number + n:064x}", trace.device, piece)
                for n, piece in enumerate(pieces)
            ]
        assert anonymous(analyse(parts).trips) == anonymous(trips)

    def test_a_file_at_a_time_gives_what_all_together_give(
        self, recorded: list[SourcedFixes], trips: tuple[Trip, ...]
    ) -> None:
        alone = [trip for trace in recorded for trip in analyse([trace]).trips]
        assert sorted(t.id for t in alone) == sorted(t.id for t in trips)


class TestPhonesCarriedTogether:
    """Promise: what several phones of one owner saw counts once."""

    @pytest.mark.parametrize("phones", [("android-2", "ios-2"), ("android-3", "ios-3")])
    def test_never_a_kilometre_twice(self, shared_data: Path, phones: tuple[str, str]) -> None:
        traces = [
            SourcedFixes(f"{n}" * 64, phone, _labelled(shared_data, phone))
            for n, phone in enumerate(phones)
        ]
        alone = [metres(analyse([trace]).trips) for trace in traces]
        both = analyse(traces)
        assert metres(both.trips) < 1.05 * max(alone)
        assert metres(both.trips) > 0.9 * max(alone)
        assert analyse(traces[::-1]).trips == both.trips


def _labelled(shared_data: Path, phone: str) -> Fixes:
    path = shared_data / "labelled" / "mobilitynet" / f"{phone}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    time_us = np.array([row["time"].rstrip("Z") for row in rows], dtype="datetime64[us]")
    lat, lon, accuracy = (
        np.array([float(row[name] or "nan") for row in rows])
        for name in ("lat", "lon", "accuracy_m")
    )
    return fixes_from(time_us.astype(np.int64), lat, lon, accuracy_m=accuracy)
