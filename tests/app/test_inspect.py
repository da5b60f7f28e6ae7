from __future__ import annotations

import gzip
import io
import os
import threading
import zipfile
from pathlib import Path

import pytest

from geowallet.app.intake.inspect import FileReport, inspect, iso_utc, open_source
from geowallet.connectors.api import ReadOptions
from tests.connectors import samples_inline as inline


def only(path: str | Path, **known: bytes) -> FileReport:
    (report,) = inspect([path], **known)  # type: ignore[arg-type]  # stdin only
    return report


def test_reports_what_a_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.gpx"
    path.write_bytes(inline.GPX)
    report = only(path)
    # Two steps of 0.0009 deg north and 0.0006 deg east: 100.1 m and 44.0 m, so 109.3 m each.
    assert report.length_m == pytest.approx(2 * 109.3, abs=0.2)
    assert report.as_json() == {
        "path": str(path),
        "format": "gpx",
        "fixes": 3,
        "first": "2026-03-02T07:30:00Z",
        "last": "2026-03-02T07:30:20Z",
        "length_m": round(report.length_m, 3),
        "problems": 0,
        "note": None,
        "error": None,
    }


def test_counts_a_repeated_fix_once_and_two_places_at_one_instant_twice() -> None:
    rows = (
        "time,lat,lon\n1772436600,1,2\n1772436600,1,3\n1772436600,1,2\n"
        "1772436601,1,2\n1772436601,1,2\n1772436602,0,0\n"
    )
    report = only("-", stdin=rows.encode())
    assert (report.fixes, report.problem_count) == (4, 1)
    # Out and back along one degree of longitude at latitude 1; 0, 0 is no place.
    assert report.length_m == pytest.approx(2 * 111_178, abs=20)


def test_one_bad_file_never_stops_the_others(tmp_path: Path) -> None:
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "a.csv").write_bytes(inline.CSV)
    (tmp_path / "c.gpx").write_bytes(b"<gpx><wpt lat='1' lon='2'/></gpx>")
    (tmp_path / "d.gpx").write_bytes(b"<gpx/>")
    (tmp_path / "e.csv").write_bytes(b"time,lat,lon\nx,1,2\n")
    reports = list(inspect([tmp_path, tmp_path / "gone.gpx"]))
    assert [r.error and r.error.code for r in reports] == [
        None,
        "source.not_a_trace",
        "source.no_time",
        None,
        "source.unreadable",
        "source.missing",
    ]
    assert (reports[0].traces, reports[0].fixes) == (2, 3)
    assert reports[2].as_json()["error"] == {
        "code": "source.no_time",
        "message": "1 positions, none with a time: a planned route, not a trip",
    }
    assert str(reports[3].note) == "it holds no position"


def test_positions_without_time_are_noted(tmp_path: Path) -> None:
    rows = b"time,lat,lon\n1772436600,1,2\n,1,2\n"
    assert str(only("-", stdin=rows).note) == "1 positions without a time were left out"


def test_options_reach_the_reader() -> None:
    rows = b"time,lat,lon\n2026-03-02 08:30:00,1,2\n"
    assert only("-", stdin=rows).as_json()["error"]["code"] == "source.naive_time"
    (report,) = inspect(["-"], options=ReadOptions(zone="Europe/Paris"), format="csv", stdin=rows)
    assert report.as_json()["first"] == "2026-03-02T07:30:00Z"


def test_folders_are_walked_in_order_without_what_is_hidden_or_outside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for path in (inside / "b" / "2.csv", inside / "a.csv", inside / ".hidden", outside / "x.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(inline.CSV)
    (inside / "c.csv").symlink_to(outside / "x.csv")
    (inside / "d.csv").symlink_to(inside / "a.csv")
    (inside / "e.csv").symlink_to(inside / "e.csv")
    (inside / "far").symlink_to(outside)
    names = [Path(report.path).relative_to(inside).as_posix() for report in inspect([inside])]
    assert names == ["a.csv", "d.csv", "b/2.csv"]


def test_globs_are_expanded_unless_a_file_has_that_very_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "[x].csv", "folder/c.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(inline.CSV)
    found = [Path(report.path).name for report in inspect([str(tmp_path / "*")])]
    assert found == ["[x].csv", "a.csv", "b.csv", "c.csv"]
    assert only(tmp_path / "[x].csv").fixes == 3
    missing = only(tmp_path / "*.fit").error
    assert missing is not None
    assert missing.code == "source.missing"


def test_an_archive_is_one_report_for_all_its_members(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.gpx", inline.GPX)
        archive.writestr("2.csv", inline.CSV + b"x,y,z,w\n")
        archive.writestr("3.txt", "hello")
    report = only(path)
    assert (report.format, report.traces, report.fixes) == ("csv+gpx", 3, 6)
    assert str(report.note) == "2 of 3 files in it were read"
    assert [problem.where for problem in report.problems] == ["2.csv: line 5", "3.txt"]


def test_an_archive_of_nothing_readable_says_why(tmp_path: Path) -> None:
    for members, code in (((), None), (("1.txt", "2.txt"), "source.unknown_format")):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in members:
                archive.writestr(name, "hello")
        report = only(path)
        assert (report.fixes, report.error and report.error.code) == (0, code)


def test_stdin_may_hold_an_archive() -> None:
    assert only("-", stdin=gzip.compress(inline.GPX)).fixes == 3


def test_names_with_control_characters_are_only_names(tmp_path: Path) -> None:
    for name in ("\u202exgp.gpx", 'a\n"b.gpx'):
        path = tmp_path / name
        path.write_bytes(inline.GPX)
        assert only(path).fixes == 3


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_name_that_no_system_takes_is_a_clean_error(name: str) -> None:
    error = only(Path(name)).error
    assert error is not None
    assert error.code in {"source.access", "source.missing"}


def test_a_pipe_is_read_whole(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(inline.GPX,))
    writer.start()
    with open_source(pipe) as stream:
        assert isinstance(stream, io.BytesIO)
    writer.join()


def test_fractions_of_a_second_are_written_only_where_there_are_any() -> None:
    assert iso_utc(0) == "1970-01-01T00:00:00Z"
    assert iso_utc(1_500_000) == "1970-01-01T00:00:01.500000Z"
