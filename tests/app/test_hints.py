from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.intake.reading import read_traces
from geowallet.app.intake.sources import sources
from geowallet.app.locations import Locations
from geowallet.app.travel import derive
from geowallet.app.travel.analyse import analyse_users
from geowallet.app.travel.hints import hints_of, mode_labels
from geowallet.connectors.api import ReadOptions, SourceLabel
from geowallet.model.mobility import Mode
from geowallet.track.modes.labels import ModeLabel
from tests.app import scene

DAY = dt.date(2026, 5, 5)


def phone_file(folder: Path, *, motion: str, hour: int) -> Path:
    """Write a ride of half an hour as the app Overland does, with what the phone said of it."""
    features = []
    for second in range(0, 1800, 15):
        moment = dt.datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=dt.UTC)
        when = (moment + dt.timedelta(seconds=second)).isoformat()
        said = {"timestamp": when, "motion": [motion]}
        point = {"type": "Point", "coordinates": [2.0 + second * 1.5e-4, 48.0]}
        features.append({"type": "Feature", "geometry": point, "properties": said})
    folder.mkdir(exist_ok=True)
    path = folder / f"{hour:02d}.json"
    path.write_text(json.dumps({"locations": features}))
    return path


def pages_of(here: Locations) -> dict[str, bytes]:
    with scene.opened(here) as vault:
        return scene.stored_pages(vault)


def test_only_words_for_modes_become_hints() -> None:
    labels = [
        SourceLabel(0, 9, "mode", "IN_BUS"),
        SourceLabel(0, 9, "mode", "STILL"),
        SourceLabel(0, 9, "purpose", "walking"),
    ]
    assert mode_labels(labels, "google_timeline") == (ModeLabel(0, 9, "IN_BUS", "google_timeline"),)


def test_what_a_file_says_is_heard_when_its_trips_are_found(
    tmp_path: Path, empty: Locations
) -> None:
    scene.ingest_files(empty, [phone_file(tmp_path / "files", motion="cycling", hour=6)])
    with scene.opened(empty) as vault:
        known = sources(vault)
        settings.set_owned_modes(vault, [Mode.BIKE], now_us=scene.NOON_US)
        hints = hints_of(vault, known)
        assert hints.forest is not None
        assert hints.owned == frozenset({Mode.BIKE})
        assert [label.modes for said in hints.labels.values() for label in said] == [
            {Mode.BIKE, Mode.E_BIKE}
        ]
        (trip,) = derive.all_trips(vault)
    said = [str(reason) for leg in trip.legs for reason in leg.reasons]
    assert any("its source says bike" in reason for reason in said)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_files_with_labels_give_the_same_trips_in_any_order(
    tmp_path: Path, empty: Locations, order: tuple[int, ...]
) -> None:
    files = [
        phone_file(tmp_path / "files", motion=motion, hour=hour)
        for motion, hour in (("driving", 6), ("cycling", 7), ("walking", 12))
    ]
    scene.ingest_files(empty, files)
    other = scene.new_wallet(tmp_path / "other")
    for number in order:
        scene.ingest_files(other, [files[number]])
    assert pages_of(other) == pages_of(empty)


def test_analyse_hears_what_a_file_says_without_a_wallet(tmp_path: Path) -> None:
    file = phone_file(tmp_path / "files", motion="cycling", hour=6)
    traces, refused = read_traces([str(file)], options=ReadOptions())
    assert not refused
    (analysis,) = analyse_users(traces).values()
    reasons = [str(reason) for leg in analysis.trips[0].legs for reason in leg.reasons]
    assert any("its source says bike" in reason for reason in reasons)
    silent = [replace(trace, labels=()) for trace in traces]
    (analysis,) = analyse_users(silent).values()
    reasons = [str(reason) for leg in analysis.trips[0].legs for reason in leg.reasons]
    assert not any("its source says" in reason for reason in reasons)
