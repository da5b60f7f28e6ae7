from __future__ import annotations

import io
from pathlib import Path

import pytest

from geowallet.app.intake.inspect import FileReport
from geowallet.app.intake.paths import source_paths
from geowallet.app.intake.reading import Hashed, ReadFile, read_files, read_traces
from geowallet.connectors.api import ReadOptions
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import GeowalletError, SourceMissingError
from tests.app import scene

BODY = scene.car_day(scene.days_of_may(4)[0])


class TestHashed:
    @pytest.mark.parametrize("read", [0, 1, 100, 10**6])
    def test_all_bytes_count_however_few_were_read(self, read: int) -> None:
        stream = Hashed(io.BytesIO(BODY))
        stream.read(read)
        assert stream.finished() == sha256_hex(BODY)
        assert stream.length == len(BODY)


class TestReadFiles:
    def test_a_file_is_named_by_the_digest_of_its_bytes(self) -> None:
        (found,) = read_files("day.csv", io.BytesIO(BODY), ReadOptions(), None)
        assert isinstance(found, ReadFile)
        assert (found.sha256, found.length, found.connector) == (
            sha256_hex(BODY),
            len(BODY),
            "csv",
        )

    def test_a_refused_member_is_a_report(self) -> None:
        (found,) = read_files("noise", io.BytesIO(bytes(600)), ReadOptions(), None)
        assert isinstance(found, FileReport)
        assert isinstance(found.error, GeowalletError)


class TestReadTraces:
    def test_good_files_are_read_and_bad_ones_reported(self, tmp_path: Path) -> None:
        (good,) = scene.write_days(tmp_path, scene.days_of_may(4))
        traces, refused = read_traces(
            [str(good), str(tmp_path / "none"), "-"], options=ReadOptions(), stdin=bytes(600)
        )
        assert [t.source for t in traces] == [sha256_hex(BODY)]
        assert isinstance(refused[0].error, SourceMissingError)
        assert len(refused) == 2


class TestPaths:
    def test_folders_globs_and_the_rest(self, tmp_path: Path) -> None:
        for name in ("b.csv", "a/2.csv", "a/1.csv", "a/.hidden", ".git/x.csv"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("x")
        found = list(source_paths([tmp_path, "-", f"{tmp_path}/*.csv", f"{tmp_path}/none*"]))
        assert found == [
            tmp_path / "b.csv",
            tmp_path / "a" / "1.csv",
            tmp_path / "a" / "2.csv",
            "-",
            tmp_path / "b.csv",
            tmp_path / "none*",
        ]

    def test_a_link_out_of_the_folder_is_not_followed(self, tmp_path: Path) -> None:
        inside = tmp_path / "inside"
        inside.mkdir()
        (tmp_path / "secret").write_text("x")
        (inside / "out").symlink_to(tmp_path / "secret")
        (inside / "loop").symlink_to(inside / "loop")
        (inside / "own").write_text("x")
        (inside / "same").symlink_to(inside / "own")
        assert list(source_paths([inside])) == [inside / "own", inside / "same"]
