"""What is measured: one function a line of the page, each giving JSON values."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.suite.environments import interpreter
from benchmarks.suite.inputs import made
from benchmarks.suite.rounds import Contender, compete, ours, peer
from benchmarks.suite.wallets import Wallet
from benchmarks.timing import geowallet, ran, timed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

READINGS: Mapping[str, tuple[str, str, int, tuple[str, ...]]] = {
    "GPX": ("gpx", "gpx", 11, ("gpxpy", "expat")),
    "Google Records.json": ("json", "google_records", 1, ("ijson", "orjson")),
    "CSV": ("csv", "csv", 1, ("polars",)),
    "TCX": ("tcx", "tcx", 1, ("lxml_tcx",)),
    "KML": ("kml", "kml", 1, ("lxml_kml",)),
    "NMEA": ("nmea", "nmea", 1, ("pynmeagps",)),
    "FIT": ("fit", "fit", 1, ("fitdecode",)),
}
"""Format: form, connector, files, and the readers beside ours; the first is the measure."""

LONG = ("GPX", "Google Records.json")
"""What comes in files of a million fixes."""

GROWTH: tuple[int, ...] = (10_000, 100_000, 1_000_000)
LIFETIME = 10_000_000
STARTS: Mapping[str, tuple[str, ...]] = {
    "`python -c pass`": (sys.executable, "-c", "pass"),
    "`import typer`": (sys.executable, "-c", "import typer"),
    "`geowallet --version`": tuple(geowallet("--version")),
    "`geowallet --help`": tuple(geowallet("--help")),
    "`geowallet trip list --help`": tuple(geowallet("trip", "list", "--help")),
}


def reading(n: int, *, rounds: int) -> dict[str, Any]:
    """Measure every format of `READINGS` with ``n`` fixes beside its peers."""
    return _reading(n, READINGS, rounds)


def long_reading(n: int) -> dict[str, Any]:
    """Measure the formats of `LONG` with ``n`` fixes beside their peers, once."""
    found = _reading(n, {title: READINGS[title] for title in LONG}, 1)
    return {f"{title}, {n:,} fixes": rows for title, rows in found.items()}


def _reading(
    n: int, readings: Mapping[str, tuple[str, str, int, tuple[str, ...]]], rounds: int
) -> dict[str, Any]:
    python = interpreter("readers")
    found = {}
    for title, (form, connector, files, peers) in readings.items():
        paths = made(form, n, files=files)
        beside = [peer(name, python, "readers.py", name, *paths) for name in peers if python]
        found[title] = _table(n, [*beside, ours(connector, paths)], rounds)
    return found


def memory(n: int) -> dict[str, float]:
    """Measure how much memory one file of ``n`` fixes takes to read, in MB."""
    found = {}
    for title in LONG:
        form, connector, *_ = READINGS[title]
        (standing,) = compete([ours(connector, made(form, n))], rounds=1)
        found[title] = standing.peak_mb
    return found


def engine(n: int, *, rounds: int) -> list[dict[str, Any]]:
    """Measure stops, legs and modes of ``n`` fixes beside trackintel."""
    python, table = interpreter("trackintel"), made("npz", n)
    beside = [peer("trackintel", python, "engine.py", "stops", *table)] if python else []
    return _table(n, [*beside, ours("analyse", table)], rounds)


def whole(n: int) -> list[dict[str, Any]]:
    """Measure a folder of GPX to a wallet beside gpxpy, trackintel and plain rows, once.

    Of both the whole command counts, its start included.
    """
    paths = made("gpx", n, files=11)
    python, found = interpreter("trackintel"), []
    with tempfile.TemporaryDirectory() as name:
        if python:
            out = Path(name) / "plain.db"
            rival = peer("gpxpy + trackintel + sqlite", python, "engine.py", "wallet", out, *paths)
            found += _table(n, [rival], 1)
            cpu_s = found[0]["start_s"] + found[0]["cpu_s"]
            size = out.stat().st_size / n
            found[0] |= {"cpu_s": cpu_s, "rate": n / cpu_s, "bytes": size}
        found.append(_ingested(n, paths[0].parent, Path(name) / "wallet"))
    return found


def beside(n: int) -> list[dict[str, Any]]:
    """Measure an import of ``n`` fixes, in 16 files that take long to read, by one and two jobs."""
    folder, found = made("fit", n, files=16)[0].parent, []
    with tempfile.TemporaryDirectory() as name:
        for jobs in (1, 2):
            run = Wallet(Path(name) / str(jobs)).run("ingest", str(folder), "--jobs", str(jobs))
            found.append({"n": n, "jobs": jobs, "cpu_s": run.cpu_s, "wall_s": run.wall_s})
    return found


def watch(n: int) -> dict[str, Any]:
    """Measure an import of ``n`` fixes of a watch, one a second, for the bytes that they take."""
    folder = made("gpx", n, files=max(11, n // 6_000), device="watch")[0].parent
    with tempfile.TemporaryDirectory() as name:
        return _ingested(n, folder, Path(name) / "wallet")


def growth(sizes: Sequence[int], *, files: int = 11) -> list[dict[str, Any]]:
    """Measure imports of growing folders of GPX: processor, memory, bytes."""
    found = []
    for n in sizes:
        folder = made("gpx", n, files=max(files, n // 6_000))[0].parent
        with tempfile.TemporaryDirectory() as name:
            found.append(_ingested(n, folder, Path(name) / "wallet"))
    return found


def daily(n: int, *, rounds: int) -> dict[str, float]:
    """Measure adding one more day to an empty wallet and to one of ``n`` fixes, CPU seconds."""
    held = made("gpx", n, files=max(11, n // 6_000))
    day = held[-1]
    with tempfile.TemporaryDirectory() as name:
        empty, full = Wallet(Path(name) / "empty"), Wallet(Path(name) / "full")
        first = Path(name) / "held"
        first.mkdir()
        for path in held[:-1]:
            shutil.copy(path, first)
        full.run("ingest", str(first))
        costs: dict[str, list[float]] = {"empty": [], "full": []}
        for turn in range(rounds):
            for title, wallet in (("empty", empty), ("full", full)):
                twin = wallet.copy(Path(name) / f"{title}-{turn}")
                costs[title].append(twin.run("ingest", str(day)).cpu_s)
        check = full.run("vault", "check")
    middle = {title: sorted(values)[len(values) // 2] for title, values in costs.items()}
    return middle | {"check": check.cpu_s, "fixes": n}


def starting(*, rounds: int) -> list[dict[str, Any]]:
    """Measure what a start costs, in processor seconds."""
    for command in STARTS.values():
        ran(command)
    turns: dict[str, list[float]] = {title: [] for title in STARTS}
    for _ in range(rounds):
        for title, command in STARTS.items():
            turns[title].append(timed(partial(ran, command), rounds=1).cpu_s)
    found = {title: statistics.median(each) for title, each in turns.items()}
    bare = found["`python -c pass`"]
    return [{"name": name, "cpu_s": cpu_s, "ratio": cpu_s / bare} for name, cpu_s in found.items()]


def _table(n: int, contenders: Sequence[Contender], rounds: int) -> list[dict[str, Any]]:
    standings = compete(contenders, rounds=rounds)
    return [asdict(standing) | {"rate": n / standing.cpu_s} for standing in standings]


def _ingested(n: int, folder: Path, place: Path) -> dict[str, Any]:
    wallet = Wallet(place)
    before = wallet.path.stat().st_size
    run = wallet.run("ingest", str(folder))
    held = (wallet.path.stat().st_size - before) / n
    return {
        "name": "geowallet",
        "n": n,
        "cpu_s": run.cpu_s,
        "peak_mb": run.peak_mb,
        "bytes": held,
        "rate": n / run.cpu_s,
    }
