from __future__ import annotations

from pathlib import Path

from geowallet.app.intake import ingest
from geowallet.app.locations import Locations
from tests.app import scene

FOURTH, FIFTH = scene.days_of_may(4, 5)


def run(here: Locations, *files: Path) -> ingest.Ingested:
    return scene.ingest_files(here, files)


class TestTwins:
    """Promise: the same ride from two sources is recognised, said, and counted once."""

    def test_the_same_ride_in_another_file(self, empty: Locations, tmp_path: Path) -> None:
        (path,) = scene.write_days(tmp_path, [FOURTH])
        again = tmp_path / "again.csv"
        again.write_bytes(path.read_bytes() + b"\n")
        assert run(empty, path).twins == ()
        done = run(empty, again)
        assert done.twins == (("again.csv", path.name),)
        assert (done.derived.new, done.derived.changed) == (0, 0)

    def test_most_of_a_day_is_not_the_day(self, empty: Locations, tmp_path: Path) -> None:
        (path,) = scene.write_days(tmp_path, [FOURTH])
        lines = path.read_bytes().splitlines(keepends=True)
        part = tmp_path / "part.csv"
        part.write_bytes(b"".join(lines[: len(lines) // 2]))
        assert run(empty, part).twins == ()
        assert run(empty, path).twins == ()

    def test_a_part_is_covered_by_the_whole(self, empty: Locations, tmp_path: Path) -> None:
        (path,) = scene.write_days(tmp_path, [FOURTH])
        lines = path.read_bytes().splitlines(keepends=True)
        part = tmp_path / "part.csv"
        part.write_bytes(b"".join(lines[: len(lines) // 2]))
        assert run(empty, path, part).twins == (("part.csv", path.name),)

    def test_other_days_are_no_twins(self, empty: Locations, tmp_path: Path) -> None:
        assert run(empty, *scene.write_days(tmp_path, [FOURTH, FIFTH])).twins == ()
