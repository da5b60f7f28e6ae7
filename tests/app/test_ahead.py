from __future__ import annotations

import gzip
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.intake import ahead, ingest
from geowallet.app.intake.sources import sources
from geowallet.app.locations import Locations
from geowallet.connectors.api import ReadOptions
from geowallet.evaluator.visit import visit
from geowallet.model.errors import BadOptionError, ReaderEndedError, SandboxError
from tests.app import scene
from tests.conftest import ROOT

REAL = ROOT / "samples" / "real"
NAIVE = b"PK<igc>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of several kinds: read ahead, in their turn, twice, and not at all."""
    folder = tmp_path_factory.mktemp("files")
    tracks = sorted(REAL.glob("*.gpx"))
    for number, path in enumerate(tracks):
        (folder / f"{number}.gpx").write_bytes(path.read_bytes())
    whole = tracks[0].read_bytes()
    (folder / "9-again.gpx").write_bytes(whole)
    (folder / "1-packed.gpx.gz").write_bytes(gzip.compress(whole + b"\n", mtime=0))
    (folder / "2-day.csv").write_bytes(scene.car_day(scene.days_of_may(4)[0]))
    (folder / "3-torn.gpx").write_bytes(whole[: len(whole) // 2])
    (folder / "3-web.gpx").write_bytes(b"<!doctype html><html>")
    (folder / "4-large.gpx").write_bytes(whole + b"\n" * 150_000)
    return folder


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """Return the processes that are started, by their threads, filled as it happens."""
    started: dict[int, int] = {}
    start = subprocess.Popen

    def noted(*arguments: Any, **named: Any) -> Any:
        process = start(*arguments, **named)
        started[threading.get_ident()] = process.pid
        return process

    monkeypatch.setattr(subprocess, "Popen", noted)
    return started


def taken(
    here: Locations,
    folder: Path,
    jobs: int,
    progress: Callable[[str, int], None] = scene.no_progress,
) -> ingest.Ingested:
    manner = replace(scene.manner(), jobs=jobs)
    with scene.opened(here) as vault:
        return ingest.ingest(vault, [str(folder)], manner, progress=progress)


def stored(here: Locations) -> object:
    """Return all that an import writes but keys, nonces and salts."""
    with scene.opened(here) as vault:
        records = {kind: dict(vault.items(kind)) for kind in ("source", "fixes", "trips")}
        return records, [statement for _, statement, _ in vault.log_entries()]


def outcomes(done: ingest.Ingested) -> dict[str, str]:
    return {Path(item.name).name: item.outcome for item in done.files}


class TestSame:
    """Promise: "what is stored is the same as without children", whoever is first."""

    def test_for_any_number_of_children(
        self,
        empty: Locations,
        tmp_path: Path,
        folder: Path,
        children: dict[int, int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for module in (ahead, ingest):
            monkeypatch.setattr(module, "KEPT_BYTES", 100_000)
        expected = taken(empty, folder, 1)
        assert children == {}
        other = scene.new_wallet(tmp_path / "other")
        assert _told(taken(other, folder, 3)) == _told(expected)
        assert len(children) == 3
        assert stored(other) == stored(empty)
        assert sorted(set(outcomes(expected).values())) == ["known", "read", "refused"]
        assert outcomes(taken(other, folder, 2)) == outcomes(taken(empty, folder, 1))


class TestEnded:
    """Promise: a child that ends costs the file at which it ended, and no other."""

    def test_one_is_killed_in_the_middle(
        self,
        empty: Locations,
        folder: Path,
        children: dict[int, int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(ahead, "visit", _killing(children))
        done = taken(empty, folder, 2)
        ended = [item for item in done.files if isinstance(item.error, ReaderEndedError)]
        assert len(ended) == 1
        again = taken(empty, folder, 1)
        assert _refused(done) - _refused(again) == {Path(ended[0].name).name}
        assert _refused(again) == {"3-web.gpx"}

    def test_ctrl_c_keeps_whole_files_and_leaves_nobody_running(
        self, empty: Locations, folder: Path, children: dict[int, int]
    ) -> None:
        before = set(threading.enumerate())
        left = 4

        def interrupted(name: str, count: int) -> None:
            nonlocal left
            del name, count
            left -= 1
            if not left:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            taken(empty, folder, 2, interrupted)
        assert set(threading.enumerate()) <= before
        for process in children.values():
            with pytest.raises(ProcessLookupError):
                os.kill(process, 0)
        with scene.opened(empty) as vault:
            kept = sources(vault)
            assert 0 < len(kept) < 4
            assert all(one.fixes for one in kept)

    def test_who_cannot_be_shut_in_reads_nothing(
        self, empty: Locations, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refusing(*_: object) -> Iterator[bytes]:
            raise SandboxError(reason="landlock")
            yield b""

        monkeypatch.setattr(ahead, "visit", refusing)
        with pytest.raises(BadOptionError) as caught:
            taken(empty, folder, 2)
        assert caught.value.details["option"] == "--jobs"
        with scene.opened(empty) as vault:
            assert sources(vault) == []

    def test_a_bug_is_not_swallowed(
        self, empty: Locations, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ahead, "reader_of", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            taken(empty, folder, 2)


class TestAlone:
    """Promise: "where the files need more than their bytes, nothing is read ahead"."""

    @pytest.mark.parametrize(
        "options", [ReadOptions(secret=b"x"), ReadOptions(zone_at=lambda _lat, _lon: "Etc/UTC")]
    )
    def test_no_child_is_started(
        self, options: ReadOptions, folder: Path, children: dict[int, int]
    ) -> None:
        paths = sorted(folder.iterdir())
        with ahead.Ahead(paths, 2, options, frozenset()) as reader:
            assert reader.take(paths[0]) == ahead.Early(paths[0])
        assert children == {}


def _refused(done: ingest.Ingested) -> set[str]:
    return {name for name, outcome in outcomes(done).items() if outcome == "refused"}


def _told(done: ingest.Ingested) -> object:
    """Return all that an import says; two errors that say the same are not equal."""
    errors = [(type(one.error), one.error and one.error.details) for one in done.files]
    return replace(done, files=tuple(replace(one, error=None) for one in done.files)), errors


def _killing(children: dict[int, int]) -> Any:
    """Return `visit` whose first child ends once it has heard half of its first file."""
    first = threading.Lock()

    def killing(module: str, setting: dict[str, Any], pieces: Iterator[bytes]) -> Iterator[bytes]:
        mine = first.acquire(blocking=False)
        return visit(module, setting, _cut_short(pieces, children) if mine else pieces)

    return killing


def _cut_short(pieces: Iterator[bytes], children: dict[int, int]) -> Iterator[bytes]:
    order = next(pieces)
    block = next(pieces)
    yield order + block[: len(block) // 2]
    os.kill(children[threading.get_ident()], signal.SIGKILL)
    yield block[len(block) // 2 :]
    yield from pieces
