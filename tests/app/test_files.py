from __future__ import annotations

import os
from pathlib import Path

import pytest

from geowallet.app.files import read_small, replace_whole, write_new
from geowallet.app.locations import Locations
from geowallet.model.errors import (
    DiskFullError,
    FolderGivenError,
    SourceMissingError,
    TooLargeError,
)


class TestRead:
    def test_the_limit_itself_is_allowed(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"12345")
        assert read_small(path, 5) == b"12345"
        with pytest.raises(TooLargeError):
            read_small(path, 4)

    def test_a_folder_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(FolderGivenError):
            read_small(tmp_path, 5)

    def test_there_must_be_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(SourceMissingError):
            read_small(tmp_path / "none", 5)


class TestWrite:
    """Promise: whole or not at all, and never over something else."""

    def test_other_bytes_get_another_name(self, tmp_path: Path) -> None:
        names = [write_new(tmp_path / "a.txt", body).name for body in (b"1", b"2", b"1", b"3")]
        assert names == ["a.txt", "a-2.txt", "a.txt", "a-3.txt"]

    def test_a_new_file_is_its_owners_alone(self, tmp_path: Path) -> None:
        path = write_new(tmp_path / "new" / "a.txt", b"1")
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700

    def test_a_name_too_long_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DiskFullError):
            write_new(tmp_path / ("x" * 300), b"1")

    @pytest.mark.parametrize("trouble", [OSError(28, "No space left"), KeyboardInterrupt()])
    def test_a_failure_leaves_the_old_file_and_nothing_beside_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
    ) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"old")

        def fail(_: int) -> None:
            raise trouble

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises((DiskFullError, KeyboardInterrupt)):
            replace_whole(path, b"new")
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"old"}

    def test_a_draft_that_cannot_be_taken_away_is_no_crash(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(os, "unlink", fail)
        replace_whole(tmp_path / "a", b"new")
        assert (tmp_path / "a").read_bytes() == b"new"


class TestLocations:
    def test_what_is_chosen_wins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GEOWALLET_STATE", str(tmp_path / "s"))
        here = Locations.of(wallet=tmp_path / "w", desk=tmp_path / "d")
        assert here == Locations(tmp_path / "w", tmp_path / "d", tmp_path / "s")
        assert here.highwater("ab") == tmp_path / "s" / "ab.head"

    def test_the_default_is_of_the_platform(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("GEOWALLET_STATE", raising=False)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        here = Locations.of()
        assert here.wallet == tmp_path / "data" / "geowallet" / "wallet.gwv"
        assert here.state == tmp_path / "state" / "geowallet"
