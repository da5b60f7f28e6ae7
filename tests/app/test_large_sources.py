"""Sources that come in parts, and windows that are analysed in slices."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from geowallet.app.intake.inspect import FileReport, inspect
from geowallet.app.intake.sources import sources
from geowallet.app.locations import Locations
from geowallet.app.travel import slices
from geowallet.connectors.documents import json_runs
from geowallet.connectors.phone import google_records
from tests.app import scene


def records_of(days: list[bytes], *, devices: int = 2) -> bytes:
    """The same days as Google would have written them, in two devices."""
    locations = []
    for day in days:
        for number, line in enumerate(day.decode().splitlines()[1:]):
            time, lat, lon, accuracy = line.split(",")
            locations.append(
                {
                    "latitudeE7": round(float(lat) * 1e7) + 30,  # a third of a metre aside
                    "longitudeE7": round(float(lon) * 1e7),
                    "accuracy": int(accuracy),
                    "deviceTag": number % 40 // 20 % devices,
                    "timestamp": time,
                }
            )
    return json.dumps({"locations": locations}, indent=1).encode()


@pytest.fixture(scope="module")
def records() -> bytes:
    return records_of([scene.car_day(day) for day in scene.days_of_may(4, 5, 6, 7, 11)])


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_runs, "BLOCK_BYTES", 10_000)
    monkeypatch.setattr(google_records, "PART_FIXES", 200)


def stored(here: Locations, path: Path) -> tuple[object, ...]:
    done = scene.ingest_files(here, [path])
    assert [item.outcome for item in done.files] == ["read"]
    with scene.opened(here) as vault:
        (source,) = sources(vault)
        entries = [leaf.kind for _, leaf, _ in vault.log_entries()]
        return source, scene.stored_pages(vault), done.derived, entries


class TestParts:
    """Promise: however a source is read, the wallet holds the same bytes."""

    def test_a_source_in_parts_is_stored_as_one_that_came_whole(
        self, tmp_path: Path, records: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "Records.json"
        path.write_bytes(records)
        whole = stored(scene.new_wallet(tmp_path / "whole"), path)
        monkeypatch.setattr(json_runs, "BLOCK_BYTES", 10_000)
        monkeypatch.setattr(google_records, "PART_FIXES", 200)
        assert stored(scene.new_wallet(tmp_path / "parts"), path) == whole

    def test_a_source_that_ends_too_early_leaves_nothing(
        self, empty: Locations, tmp_path: Path, records: bytes, in_parts: None
    ) -> None:
        del in_parts
        path = tmp_path / "Records.json"
        path.write_bytes(records[:-3000])
        (item,) = scene.ingest_files(empty, [path]).files
        assert (item.outcome, item.error and item.error.code) == ("refused", "source.unreadable")
        with scene.opened(empty) as vault:
            assert sources(vault) == []

    def test_inspect_says_the_same_of_parts(
        self, tmp_path: Path, records: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "Records.json"
        path.write_bytes(records)
        (whole,) = inspect([path])
        monkeypatch.setattr(json_runs, "BLOCK_BYTES", 10_000)
        monkeypatch.setattr(google_records, "PART_FIXES", 200)
        (parts,) = inspect([path])
        assert whole.fixes > 1_000
        assert facts(parts) == facts(whole)


def facts(report: FileReport) -> tuple[object, ...]:
    found = report.as_json()
    return (*found.values(), report.traces)


def test_fixes_of_one_instant_are_told_apart_across_pieces(tmp_path: Path) -> None:
    place = {"latitudeE7": 487000000, "timestamp": "2026-05-04T08:00:00Z"}
    later = place | {"timestamp": "2026-05-04T08:00:01Z", "longitudeE7": 0}
    same = [place | {"longitudeE7": number % 9_000} for number in range(18_000)]
    path = tmp_path / "Records.json"
    path.write_bytes(json.dumps({"locations": [*same, later]}).encode())
    (report,) = inspect([path])
    assert report.fixes == 9_001


class TestSlices:
    """Promise: "together, what the whole window shows"."""

    @pytest.mark.parametrize("size", [1, 700, 1_500])
    def test_slices_of_any_size_give_the_same_trips(
        self, tmp_path: Path, records: bytes, size: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = scene.write_days(tmp_path / "days", scene.days_of_may(4, 5, 6))
        again = tmp_path / "Records.json"
        again.write_bytes(records)
        found = []
        for number, most in enumerate((10**9, size)):
            monkeypatch.setattr(slices, "SLICE_FIXES", most)
            here = scene.new_wallet(tmp_path / str(number))
            derived = scene.ingest_files(here, [*files, again]).derived
            with scene.opened(here) as vault:
                found.append((derived, scene.stored_pages(vault)))
        (whole, pages), (sliced, sliced_pages) = found
        assert pages == sliced_pages
        assert whole.new == sliced.new
        assert sliced.shared_m == pytest.approx(whole.shared_m, abs=15)
        assert whole.shared_m > 50_000

    def test_nothing_to_analyse_is_nothing_found(self, empty: Locations) -> None:
        with scene.opened(empty) as vault:
            assert list(slices.analyse_window(vault, [], (0, 1))) == []


def test_takeout_without_a_track_says_what_google_keeps_on_the_phone(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Takeout/archive_browser.html", "<html><body>")
        archive.writestr("Takeout/Zeitachse/Settings.json", '{"hasReportedLocations": true}')
    path = tmp_path / "takeout.zip"
    path.write_bytes(packed.getvalue())
    (report,) = inspect([path])
    assert "Export Timeline data" in str(report.error)
