from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import track_of
from benchmarks.suite import inputs, page, query
from benchmarks.suite.jobs import READINGS
from benchmarks.suite.ours import read
from benchmarks.suite.query import asked
from benchmarks.suite.rounds import Contender, DisagreementError, compete

FIXES = 400


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "BUILD", tmp_path)


def saying(name: str, *sums: int) -> Contender:
    answer = json.dumps({"sums": sums, "start_s": 0.1, "cpu_s": 0.5, "peak_mb": 20.0})
    return Contender(name, (sys.executable, "-c", f"print({answer!r})"))


def test_every_form_holds_the_same_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    month = track_of.one_month()
    monkeypatch.setattr(track_of, "one_month", lambda _device: month)
    said = {
        title: read(connector, [str(path) for path in inputs.made(form, FIXES, files=2)])
        for title, (form, connector, *_) in READINGS.items()
    }
    assert {title: sums[0] for title, sums in said.items()} == dict.fromkeys(READINGS, FIXES)
    assert len({tuple(sums) for sums in said.values()}) == 1


def test_readers_that_disagree_end_the_run() -> None:
    with pytest.raises(DisagreementError):
        compete([saying("one", 1, 2), saying("other", 1, 3)], rounds=1)


def test_who_reads_nothing_is_not_asked_what_it_read() -> None:
    first, second = compete([saying("ceiling"), saying("reader", 1, 2)], rounds=2)
    assert (first.sums, second.sums) == ((), (1, 2))
    assert second.cpu_s == 0.5


def test_both_ways_of_asking_ten_years_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "TRIPS", 2_000)
    names = [row["name"] for row in asked(rounds=1)]
    assert len(names) == 6


def test_the_page_shows_what_was_measured(tmp_path: Path) -> None:
    standing = {"name": "geowallet", "start_s": 0.1, "cpu_s": 0.5, "peak_mb": 99.0, "rate": 2_000.0}
    grown = [standing | {"n": 10**power, "bytes": 8.25} for power in (3, 4)]
    measured = {
        "machine": "one made up",
        "reading": {"GPX": [standing]},
        "long_reading": {"GPX, 1 fix": [standing]},
        "long_whole": [],
        "beside": [{"n": 9_000, "jobs": 2, "cpu_s": 3.0, "wall_s": 2.25}],
        "memory": {"GPX": 123.0},
        "engine": [standing],
        "long_engine": [],
        "whole": grown,
        "growth": grown,
        "watch": {"n": 1_000, "bytes": 4.25},
        "daily": {"empty": 0.5, "full": 0.6, "check": 1.0, "fixes": 1_000},
        "query": [standing],
        "starting": [standing | {"ratio": 6.5}],
    }
    (tmp_path / "performance").mkdir()
    page.write(tmp_path / "page.md", measured)
    text = (tmp_path / "page.md").read_text()
    assert "\none made up.\n" in text
    assert "**1.20 times**" in text
    assert "GPX 123 MB" in text
    assert "9,000 fixes of FIT" in text
    assert "take 4.2 bytes each" in text
    assert "$" not in text
    assert (tmp_path / "performance" / "growth.svg").read_text().startswith("<svg")
