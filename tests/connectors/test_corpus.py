from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geowallet.app.intake.inspect import FileReport, inspect


def report(path: Path) -> FileReport:
    (only,) = inspect([path])
    return only


@pytest.mark.parametrize(
    "folder", ["plt", "csv", "geojson", "zip", "broken", "google_records", "google_semantic"]
)
def test_reads_what_independent_readers_read(shared_data: Path, folder: str) -> None:
    corpus = shared_data / "corpus"
    with (corpus / "index.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"].startswith(f"{folder}/")]
    assert rows
    for row in rows[:: 1 + len(rows) // 40]:
        path = corpus / row["file"]
        if path.exists():
            found = report(path)
            timed = int(row["n_timed"] or 0)
            assert abs(found.fixes - timed) <= max(2, 0.02 * timed) or not timed, row["file"]


@pytest.mark.parametrize(
    ("name", "fixes", "code"),
    [
        ("billion_laughs.gpx", 0, "source.unreadable"),
        ("quadratic_blowup.gpx", 0, "source.unreadable"),
        ("xxe_file.gpx", 0, "source.unreadable"),
        ("xxe_http_param.gpx", 0, "source.unreadable"),
        ("xxe_doctype_system.gpx", 0, "source.unreadable"),
        ("deep_xml.gpx", 0, "source.unreadable"),
        ("deep.json", 0, "source.unknown_format"),
        ("deep_geojson.geojson", 0, "source.unreadable"),
        ("huge_int.json", 0, "source.unreadable"),
        ("dup_keys.json", 1, None),
        ("truncated.json", 0, "source.unreadable"),
        ("zip_bomb_100MB.zip", 0, "source.not_a_trace"),
        pytest.param("zip_many_members.zip", 0, "source.empty", marks=pytest.mark.slow),
        ("zip_duplicate_names.zip", 6, None),
        ("zip_truncated.zip", 0, "source.archive"),
        ("gzip_bomb.gpx.gz", 0, "source.too_large"),
        ("gzip_trailing_garbage.gpx.gz", 0, "source.archive"),
        ("elevation_nan.gpx", 2, None),
        ("time_shuffled_dups.gpx", 60, None),
        ("nul_bytes.csv", 1, None),
        ("csv_bomb_cell.csv", 2, None),
        ("csv_unclosed_quote.csv", 2, None),
        ("csv_bom_utf16.csv", 1, None),
        ("terminal_escape.json", 1, None),
        ("utf7_decl.gpx", 0, "source.unreadable"),
        ("wrong_encoding_latin1.gpx", 5, None),
        ("empty.gpx", 0, "source.empty"),
        ("only_bom.json", 0, "source.empty"),
        ("html_login.gpx", 0, "source.not_a_trace"),
        ("fit_random.fit", 0, "source.unreadable"),
        ("fit_header_only.fit", 0, "source.unreadable"),
        ("xxe.tcx", 0, "source.unreadable"),
        ("antimeridian.gpx", 2, None),
        ("same_time_all.gpx", 50, None),
    ],
)
def test_hostile_files_are_refused_or_read_as_they_deserve(
    shared_data: Path, name: str, fixes: int, code: str | None
) -> None:
    found = report(shared_data / "corpus" / "hostile" / name)
    assert (found.fixes, found.error and found.error.code) == (fixes, code)


def test_lengths_of_hostile_files_are_not_wild(shared_data: Path) -> None:
    hostile = shared_data / "corpus" / "hostile"
    assert report(hostile / "null_island.gpx").length_m == pytest.approx(133, abs=1)
    assert report(hostile / "antimeridian.gpx").length_m == pytest.approx(212.7, abs=0.1)
