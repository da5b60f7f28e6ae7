from __future__ import annotations

import numpy as np
import pytest

from geowallet.connectors.standard import gpx_columns
from geowallet.connectors.standard.gpx_columns import Alike, Run

COLUMNS = {"time": "time", "ele": "elevation_m", "speed": "speed_mps"}
REACH = 1 << 20


@pytest.fixture(autouse=True)
def _short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpx_columns, "FEWEST", 2)


def point(second: int, *, speed: str = "1.5", hr: str = "120", lat: str = "48.85") -> str:
    return (
        f'<trkpt lat="{lat}" lon="-2.35">\n <ele>3.5</ele>\n'
        f" <time>2026-05-04T08:00:{second:02d}Z</time>\n"
        f" <extensions><x:Point><x:speed>{speed}</x:speed><x:hr>{hr}</x:hr></x:Point></extensions>"
        "\n</trkpt>\n"
    )


def run_of(*pieces: str) -> Run | None:
    return Alike(COLUMNS).at("".join(pieces), 0, REACH)


def test_every_column_of_points_that_are_alike() -> None:
    text = "\n  " + point(0) + point(1, speed="22.25", lat="-7") + "</trkseg>"
    run = Alike(COLUMNS).at(text, 0, REACH)
    assert run is not None
    assert text[run.end :] == "\n</trkseg>"
    assert run.time_us.tolist() == [1_777_881_600_000_000, 1_777_881_601_000_000]
    assert run.lat_deg.tolist() == [48.85, -7.0]
    assert run.lon_deg.tolist() == [-2.35, -2.35]
    assert {name: column.tolist() for name, column in run.known.items()} == {
        "elevation_m": [3.5, 3.5],
        "speed_mps": [1.5, 22.25],
    }


@pytest.mark.parametrize(
    "other",
    [
        point(3).replace("<ele>3.5</ele>", ""),
        point(3).replace("\n <ele>", " <ele>"),
        point(3).replace("x:hr", "x:cad"),
        point(3).replace("<ele>", "<!-- <ele>").replace("</ele>", "</ele> -->"),
        point(3, speed="fast"),
        point(3, hr="1&amp;2"),
        point(3, hr="1" * 33),
        point(3, lat="90.5"),
        point(3, lat="48,85"),
        point(3).replace("Z<", "+02:00<"),
        point(3).replace("</trkpt>", "</trkpt ><"),
        "<!-- " + point(3) + " -->",
    ],
)
def test_a_point_that_is_written_otherwise_ends_the_run(other: str) -> None:
    before = point(0) + point(1) + point(2)
    text = before + other + point(4)
    run = Alike(COLUMNS).at(text, 0, REACH)
    assert run is not None
    assert len(run.time_us) == 3
    assert text[: run.end] == before.rstrip("\n")


@pytest.mark.parametrize(
    "first",
    [
        point(0).replace("Z</time>", "Z</time><time>2026-05-04T09:00:00Z</time>"),
        point(0).replace("<ele>3.5</ele>", "<ele></ele>"),
        point(0).replace("<time>2026-05-04T08:00:00Z</time>", ""),
        point(0).replace("</x:Point>", "</y:Point>"),
        point(0).replace("<x:Point>", "<x:Point>words<x:Point>"),
        point(0).replace("<x:Point>", '<x:Point a="b">'),
        point(0).replace('lon="-2.35"', 'lat="-2.35"'),
        point(0).replace("<x:hr>", "<x:hr>é"),
        point(0).replace("<extensions>", "<extensions>" + " " * 2_000),
        point(0)[:-20],
        "<wpt/>" + point(0),
    ],
)
def test_no_run_begins_with_a_point_that_is_not_plain(first: str) -> None:
    assert run_of(first, first, first) is None


def test_a_few_points_are_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpx_columns, "FEWEST", 4)
    assert run_of(*map(point, range(3))) is None
    assert run_of(*map(point, range(4))) is not None


def test_many_blanks_between_two_points_end_a_run() -> None:
    assert run_of(point(0), " " * 300, point(1)) is None


def test_only_what_is_in_reach_is_looked_at() -> None:
    text = "".join(map(point, range(9)))
    run = Alike(COLUMNS).at(text, 0, 3 * len(point(0)))
    assert run is not None
    assert np.diff(run.time_us).tolist() == [1_000_000, 1_000_000]
