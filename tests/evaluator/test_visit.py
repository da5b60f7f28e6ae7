"""Visits to a resident that only says what it was sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.evaluator import visit as visits
from geowallet.evaluator.child import Pace
from geowallet.evaluator.visit import visit
from geowallet.model.errors import EvaluationFailedError, EvaluationTimeoutError, SandboxError
from tests.evaluator import rogues

HOUSE = """
def prepare(setting):
    assert setting["word"] == "open"

def serve(read, send):
    while part := read(1000):
        send(part.upper())
    {end}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "a_house.py").write_text(HOUSE.format(end=""))
    return tmp_path


def said(house: Path, pieces: Iterator[bytes], pace: Pace | None = None) -> bytes:
    setting = {"folders": [str(house)], "word": "open"}
    return b"".join(visit("a_house", setting, pieces, pace=pace))


def test_what_goes_in_comes_out_of_a_child_that_is_shut_in(house: Path) -> None:
    assert said(house, iter([b"one ", b"two"])) == b"ONE TWO"


def test_nothing_is_sent_where_a_layer_is_missing(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "missing", lambda _: ("seccomp/landlock", "limits"))
    sent: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        sent.append(b"data")
        yield b"data"

    with pytest.raises(SandboxError, match="seccomp/landlock, limits"):
        said(house, pieces())
    assert sent == []


def test_another_system_is_not_tried(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError):
        said(house, iter([]))


def test_a_child_that_does_not_start_is_no_sandbox(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "command", rogues.bare("raise SystemExit(1)"))
    with pytest.raises(SandboxError):
        said(house, iter([]))


@pytest.mark.parametrize(
    ("end", "quiet_s", "error"),
    [
        ("raise KeyError", 60, EvaluationFailedError),
        ("while True: pass", 1, EvaluationTimeoutError),
        ("send(b'x' * (1 << 30))", 60, EvaluationFailedError),
    ],
)
def test_a_child_that_fails_or_does_not_end_is_named(
    end: str, quiet_s: int, error: type[Exception], house: Path
) -> None:
    (house / "a_house.py").write_text(HOUSE.format(end=end))
    with pytest.raises(error):
        said(house, iter([b"x"]), Pace(quiet_s=quiet_s))
