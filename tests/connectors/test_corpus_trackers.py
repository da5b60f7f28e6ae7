"""Real files of trackers, cars and training diaries, against what independent readers find."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geowallet.app.intake.inspect import FileReport, inspect
from geowallet.connectors.api import ReadOptions

FOLDERS = ("apple_health", "mds", "openxc", "owntracks_json", "owntracks_rec", "strava_export")


def report(path: Path, options: ReadOptions | None = None) -> FileReport:
    (only,) = inspect([path], options=options)
    return only


@pytest.mark.parametrize("folder", FOLDERS)
def test_reads_what_independent_readers_read(shared_data: Path, folder: str) -> None:
    corpus = shared_data / "corpus"
    with (corpus / "index.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"].startswith(f"{folder}/")]
    assert rows
    for row in rows:
        found, timed = report(corpus / row["file"]), int(row["n_timed"] or 0)
        assert abs(found.fixes - timed) <= max(2, 0.02 * timed) or not timed, row["file"]


def test_cars_of_teslafi_need_a_zone(shared_data: Path) -> None:
    path = shared_data / "corpus/teslafi/teslamate-org-teslamate__TeslaFi62020.csv"
    refused = report(path).error
    assert refused is not None
    assert refused.code == "source.naive_time"
    found = report(path, ReadOptions(zone="America/New_York"))
    assert (found.format, found.traces, found.problems) == ("teslafi", 2, ())


@pytest.mark.parametrize(
    ("name", "fixes", "code"),
    [
        ("apple_export_xxe.xml", 0, "source.unreadable"),
        ("owntracks_encrypted_badnonce.json", 0, "source.unreadable"),
        ("owntracks_types.json", 2, None),
    ],
)
def test_hostile_files_are_refused_or_read_as_they_deserve(
    shared_data: Path, name: str, fixes: int, code: str | None
) -> None:
    found = report(shared_data / "corpus" / "hostile" / name)
    assert (found.fixes, found.error and found.error.code) == (fixes, code)
