from __future__ import annotations

import importlib
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.intake.connector_kit import MAX_SAMPLE_BYTES, check_sample, new_connector
from geowallet.connectors.api import ReadOptions
from geowallet.connectors.guests.packages import GROUP
from geowallet.model.errors import (
    BadOptionError,
    DiskFullError,
    FolderExistsError,
    SourceMissingError,
    TooLargeError,
    UnknownFormatError,
)
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import CSV, GPX


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new package for the format ``my_notes``, as if it were installed."""
    folder = tmp_path / "geowallet-my-notes"
    new_connector("my_notes", folder)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def entry_point(package: Path) -> Any:
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    module, _, kind = project["entry-points"][GROUP]["my_notes"].partition(":")
    return getattr(importlib.import_module(module), kind)


class TestNewConnector:
    def test_the_entry_point_names_a_connector_that_passes_the_kit(self, package: Path) -> None:
        sample = b"# my_notes\n2026-03-02T07:30:00Z 48.6921 6.1844\nlunch\n"
        assert check_connector(entry_point(package)(), sample, mutations=300) == ()

    def test_its_own_tests_pass(self, package: Path) -> None:
        names = runpy.run_path(str(package / "tests" / "test_my_notes.py"))
        tests = [names[name] for name in names if name.startswith("test_")]
        assert len(tests) == 2
        for test in tests:
            test()

    def test_every_file_is_named_and_nothing_is_left_to_fill_in(self, tmp_path: Path) -> None:
        paths = new_connector("notes", tmp_path / "below" / "notes")
        there = {p for p in (tmp_path / "below").rglob("*") if p.is_file()}
        assert set(paths) == there
        assert not any("$" in path.read_text() for path in paths)

    def test_an_existing_folder_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        with pytest.raises(FolderExistsError):
            new_connector("notes", tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_a_place_that_cannot_be_written_is_named(self) -> None:
        with pytest.raises(DiskFullError):
            new_connector("notes", Path("/proc/nowhere/notes"))

    @pytest.mark.parametrize(
        "name", ["", "Notes", "9notes", "my-notes", "../notes", "n" * 33, 'n"\n', "gpx"]
    )
    def test_a_name_that_would_not_work_is_refused(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(BadOptionError):
            new_connector(name, tmp_path / "folder")
        assert not (tmp_path / "folder").exists()


class TestCheckSample:
    def test_what_is_right_gives_no_finding(self, tmp_path: Path) -> None:
        (tmp_path / "ride.gpx").write_bytes(GPX)
        assert check_sample("gpx", tmp_path / "ride.gpx", options=ReadOptions()) == ()

    def test_a_sample_of_another_format_is_found(self, tmp_path: Path) -> None:
        (tmp_path / "ride.csv").write_bytes(CSV)
        findings = check_sample("gpx", tmp_path / "ride.csv", options=ReadOptions())
        assert tuple(map(str, findings)) == (
            "it does not claim the sample",
            "the sample is refused: source.unreadable",
        )

    def test_what_is_not_there_or_too_large_is_named(self, tmp_path: Path) -> None:
        large = tmp_path / "large"
        large.write_bytes(b" " * (MAX_SAMPLE_BYTES + 1))
        with pytest.raises(TooLargeError):
            check_sample("gpx", large, options=ReadOptions())
        with pytest.raises(SourceMissingError):
            check_sample("gpx", tmp_path / "none", options=ReadOptions())
        with pytest.raises(UnknownFormatError):
            check_sample("none", large, options=ReadOptions())
