"""How files were driven: which legs count, and what is said of them."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geowallet.app.travel.driving import report_driving
from geowallet.driving.exposure import drive_of, exposure_of
from geowallet.driving.score import score_of
from geowallet.driving.words import EventKind
from geowallet.model.fixes import fixes_from
from geowallet.model.mobility import Mode
from geowallet.track.pipeline import Analysis, SourcedFixes, analyse
from tests.track.synthetic import workday


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyse([SourcedFixes("0" * 64, "phone", workday(seed=1).fixes())])


def test_only_legs_by_road_or_rail_are_looked_at(analysis: Analysis) -> None:
    modes = [leg.mode for trip in analysis.trips for leg in trip.legs]
    report = report_driving([analysis])
    assert report.drives == sum(mode is not Mode.WALK for mode in modes) < len(modes)
    assert report.score.exposure.driven_m > 20_000


def test_nobody_who_drove_has_no_score(analysis: Analysis) -> None:
    walks = replace(analysis, trips=())
    report = report_driving([walks])
    assert (report.drives, report.score.score, report.events) == (0, None, ())


def test_the_json_says_what_was_not_measured(analysis: Analysis) -> None:
    found = json.loads(json.dumps(report_driving([analysis]).as_json()))
    assert next(iter(found)) == "schema"
    assert found["schema"] == "geowallet.driving/1"
    assert found["score"] is None
    assert found["insufficient_data"]
    phone = next(part for part in found["parts"] if part["name"] == "phone_use")
    assert phone == {"name": "phone_use", "score": None, "rate": None, "weight": 0.0}


@pytest.fixture(scope="module")
def drives(shared_data: Path) -> dict[str, np.ndarray]:
    rows = defaultdict(list)
    with gzip.open(shared_data / "labelled" / "uah" / "gps.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            names = ("t", "speed_kmh", "lat", "lon", "course")
            rows[row["trip"]].append([float(row[name]) for name in names])
    return {trip: np.array(found) for trip, found in rows.items()}


class TestReferenceDrives:
    """UAH-DriveSet: one accelerometer, three drivers, told to drive calmly or not."""

    def test_aggressive_drives_score_lower_than_calm_ones_of_the_same_driver(
        self, drives: dict[str, np.ndarray]
    ) -> None:
        by_style = defaultdict(list)
        for trip, column in drives.items():
            driver, style = trip.split("-")[2:4]
            fixes = fixes_from(
                (column[:, 0] * 1e6).astype(np.int64), column[:, 2], column[:, 3],
                speed_mps=column[:, 1] / 3.6, bearing_deg=column[:, 4],
            )  # fmt: skip
            drive = drive_of(fixes.take(np.diff(fixes.time_us, prepend=-1) > 0))
            by_style[driver, style.rstrip("12")].append(drive)
        braking = {
            key: score_of(exposure_of(found)).parts[0].score for key, found in by_style.items()
        }
        drivers = {driver for driver, _ in braking}
        assert len(drivers) == 3
        for driver in drivers:
            calm, harsh = braking[driver, "NORMAL"], braking[driver, "AGGRESSIVE"]
            assert calm is not None
            assert harsh is not None
            assert harsh < calm - 20
        assert score_of(exposure_of([])).parts[0].name == EventKind.BRAKING
