from __future__ import annotations

import bz2
import gzip
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from geowallet.app.maps import inside, reading
from geowallet.app.maps.drawing import lines
from geowallet.app.maps.inside import BROKEN, END, FULL, HEAD, MEMORY, frames
from geowallet.app.maps.reading import box_of, drawn_map, read_map
from geowallet.evaluator.limits import MIB, Limits
from geowallet.model.errors import (
    EvaluationFailedError,
    EvaluationTimeoutError,
    GeowalletError,
    MapTooLargeError,
    MapUnconfinedError,
    MapUnreadableError,
    MissingExtraError,
    SandboxError,
    SourceAccessError,
    SourceMissingError,
)
from geowallet.model.fixes import no_fixes
from geowallet.track.modes.surroundings import FAR_M, DrawnMap, Kind
from tests.app.maps.extracts import RAILS, STREET, extract, write_extract
from tests.evaluator.test_unprivileged import as_nobody
from tests.track.synthetic import EAST_DEG, METRE_DEG, Traveller

EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)
RIDE = Traveller(noise_m=2.0).go(4000, 20.0).fixes()


def apart(of: DrawnMap, kind: Kind, east_m: float, north_m: float) -> float:
    lat, lon = 48.0 + north_m * METRE_DEG, 2.0 + east_m * EAST_DEG
    return float(of.distances_m(kind, np.array([lat]), np.array([lon]))[0])


def is_the_drawn_one(found: DrawnMap) -> bool:
    return (
        abs(apart(found, Kind.RAIL, 1200.0, 20.0) - 20.0) < 0.5
        and abs(apart(found, Kind.ROAD, 1200.0, 290.0) - 10.0) < 0.5
        and abs(apart(found, Kind.STOP, 0.0, 280.0) - 30.0) < 0.5
        and apart(found, Kind.RAIL, 1200.0, 290.0) == FAR_M
        and bool(np.isnan(apart(found, Kind.TRAM, 0.0, 0.0)))
    )


def drawn(path: Path, written: str, box: tuple[float, float, float, float] = EVERYWHERE) -> int:
    return sum(len(some) for _, some in lines(written, box, str(path)))


class TestConfined:
    def test_xml_and_what_is_packed_around_it_are_read(self, tmp_path: Path) -> None:
        packed = write_extract(tmp_path, gzip.compress(extract()), "drawn.osm.gz")
        for path in (write_extract(tmp_path), packed):
            assert is_the_drawn_one(read_map(path, [RIDE]))

    def test_a_damaged_extract_is_refused_in_words(self, tmp_path: Path) -> None:
        cut = write_extract(tmp_path, extract()[:900], "cut.osm")
        with pytest.raises(MapUnreadableError) as refused:
            read_map(cut, [RIDE])
        assert "900" not in str(refused.value)

    def test_a_child_that_is_not_shut_in_is_sent_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "layer_report", lambda _: {"limits": 1})
        with pytest.raises(MapUnconfinedError, match="landlock"):
            read_map(write_extract(tmp_path), [RIDE])


AS_NOBODY = """
import os, sys
from pathlib import Path
from geowallet.app.maps.reading import read_map
from tests.app.maps.test_reading import RIDE, is_the_drawn_one
assert os.geteuid() != 0
assert is_the_drawn_one(read_map(Path(sys.argv[1]), [RIDE]))
"""


def test_a_user_without_rights_reads_a_map_too(tmp_path: Path) -> None:
    command = [*as_nobody(), sys.executable, "-c", AS_NOBODY, str(write_extract(tmp_path))]
    subprocess.run(command, cwd=Path(__file__).parents[3], check=True, timeout=60)


class TestRefused:
    def test_before_anything_is_started(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good = write_extract(tmp_path)
        with pytest.raises(MapUnreadableError):
            read_map(write_extract(tmp_path, name="drawn.txt"), [RIDE])
        with pytest.raises(SourceMissingError):
            read_map(tmp_path / "none.osm", [RIDE])
        (tmp_path / "folder.osm").mkdir()
        with pytest.raises(SourceAccessError):
            read_map(tmp_path / "folder.osm", [RIDE])
        monkeypatch.setattr(reading, "MOST_BYTES", 10)
        with pytest.raises(MapTooLargeError):
            read_map(good, [RIDE])
        monkeypatch.setattr(reading, "find_spec", lambda _: None)
        with pytest.raises(MissingExtraError):
            read_map(good, [RIDE])

    @pytest.mark.parametrize(
        ("said", "error"),
        [
            (HEAD.pack(BROKEN, 0), MapUnreadableError),
            (HEAD.pack(FULL, 0), MapTooLargeError),
            (HEAD.pack(MEMORY, 0), MapTooLargeError),
            (b"", MapUnreadableError),
            (HEAD.pack(99, 0), MapUnreadableError),
            (HEAD.pack(0, 2) + bytes(40), MapUnreadableError),
        ],
    )
    def test_whatever_else_the_child_says(self, said: bytes, error: type[GeowalletError]) -> None:
        with pytest.raises(error):
            drawn_map([said])

    def test_a_child_that_goes_on_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MOST_LINES", 10)
        some = HEAD.pack(0, 4) + np.zeros((4, 4)).tobytes()
        with pytest.raises(MapTooLargeError):
            drawn_map(iter(lambda: some, b""))

    @pytest.mark.parametrize(
        ("raised", "error"),
        [
            (EvaluationTimeoutError(seconds=1), MapTooLargeError),
            (EvaluationFailedError(), MapUnreadableError),
            (SandboxError(reason="x"), MapUnconfinedError),
        ],
    )
    def test_a_child_that_is_stopped_or_dies(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        raised: GeowalletError,
        error: type[GeowalletError],
    ) -> None:
        def dies() -> None:
            raise raised

        monkeypatch.setattr(reading, "require_linux", dies)
        with pytest.raises(error):
            read_map(write_extract(tmp_path), [RIDE])


class TestFrames:
    """Frames of lines, and one that says how it ended."""

    def test_come_back_as_the_map_in_pieces_of_any_length(self) -> None:
        at = np.array([[2.0, 48.0, 2.001, 48.0]])
        said = b"".join(frames(lambda: iter([(0, at), (3, at)])))
        whole = drawn_map([said])
        bits = drawn_map(said[n : n + 1] for n in range(len(said)))
        for found in (whole, bits):
            assert apart(found, Kind.RAIL, 10.0, 0.0) < 0.5
            assert apart(found, Kind.ROAD, 10.0, 0.0) < 0.5

    def test_end_with_what_went_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def failing(error: Exception) -> Iterator[tuple[int, np.ndarray]]:
            yield 0, np.zeros((1, 4))
            raise error

        assert list(frames(lambda: failing(MemoryError())))[-1] == HEAD.pack(MEMORY, 0)
        assert list(frames(lambda: failing(RuntimeError())))[-1] == HEAD.pack(BROKEN, 0)
        long = np.array([[0.0, 0.0, 180.0, 0.0]])
        assert list(frames(lambda: iter([(0, long)])))[-1] == HEAD.pack(END, 0)
        monkeypatch.setattr(inside, "MOST_KM", 10_000.0)
        assert list(frames(lambda: iter([(0, long)]))) == [HEAD.pack(FULL, 0)]


class TestDrawing:
    def test_keeps_what_touches_the_box(self, tmp_path: Path) -> None:
        path = write_extract(tmp_path)
        west, north = 2.0 + 1600 * EAST_DEG, 48.0 + 100 * METRE_DEG
        assert drawn(path, "osm") == 33 + 33 + 1
        assert drawn(path, "osm", (2.0, 47.9, west, north)) == 5
        assert drawn(path, "osm", (3.0, 47.9, 4.0, 49.0)) == 0

    def test_hands_on_some_at_a_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("geowallet.app.maps.drawing.OBJECTS_TOGETHER", 1)
        path = write_extract(tmp_path, bz2.compress(extract()), "drawn.osm.bz2")
        assert drawn(path, "osm.bz2") == 67

    def test_takes_a_position_that_is_none_for_damage(self, tmp_path: Path) -> None:
        stop = '<node id="1" lat="999" lon="nan"><tag k="highway" v="bus_stop"/></node>'
        path = write_extract(tmp_path, f"<osm version='0.6'>{stop}</osm>".encode())
        with pytest.raises((ValueError, RuntimeError)):
            drawn(path, "osm")

    def test_passes_over_ways_of_which_nodes_lack(self, tmp_path: Path) -> None:
        path = write_extract(tmp_path, extract([RAILS, STREET], (), lacking=1))
        assert drawn(path, "osm") == 33


class TestBox:
    def test_holds_all_positions_and_two_kilometres(self) -> None:
        west, south, east, north = box_of([RIDE, no_fixes()])
        assert south == pytest.approx(48.0 - 0.02, abs=1e-3)
        assert north == pytest.approx(48.0 + 0.02, abs=1e-3)
        assert west == pytest.approx(2.0 - 0.03, abs=1e-3)
        assert east == pytest.approx(2.0 + 0.03 + 4000 * EAST_DEG, abs=2e-3)
        assert box_of([]) == (0.0, 0.0, 0.0, 0.0)


def test_the_child_says_what_each_of_its_layers_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "leave_network", lambda _: False)
    for name in ("renounce_privileges", "forbid_dumps", "shut_files"):
        monkeypatch.setattr(inside, name, lambda _: True)
    set_to: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", set_to.__setitem__)
    monkeypatch.setattr(resource, "getrlimit", lambda kind: set_to.get(kind, (-1, 100)))
    report = inside.shut_in(Limits(seconds=200, memory_bytes=64 * MIB), None)  # type: ignore[arg-type]  # no call of it
    assert report == {
        "network-namespace": 0,
        "no-new-privileges": 1,
        "no-dump": 1,
        "landlock": 1,
        "limits": 1,
    }
    assert set_to[resource.RLIMIT_CPU] == (100, 100)
    assert set_to[resource.RLIMIT_NOFILE] == (0, 0)
