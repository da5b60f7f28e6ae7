from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.accuracy import __main__ as command
from benchmarks.accuracy import measure


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the command write into an empty folder."""
    (tmp_path / "docs" / "accuracy").mkdir(parents=True)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "FIGURES", tmp_path / "docs" / "accuracy")
    monkeypatch.setattr(command, "LOOKS", tmp_path / "looks.toml")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["accuracy", "--no-install", *words])
    command.main()


def test_the_set_that_only_measures_needs_a_reason(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="count-look"):
        run(monkeypatch, "--sets", "geolife", "--data", str(elsewhere))
    assert not (elsewhere / "looks.toml").exists()


def test_an_unknown_set_is_refused(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="no such set: moon"):
        run(monkeypatch, "--sets", "moon", "--data", str(elsewhere))


def test_a_set_that_is_not_there_is_skipped_by_name(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "--sets", "ssi,simulated", "--data", str(elsewhere))
    said = capsys.readouterr().out
    assert "ssi: not there, skipped" in said
    assert "simulated: not there, skipped" in said
    assert (elsewhere / "docs" / "accuracy.md").exists()


def test_a_look_is_written_before_anything_is_scored(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = elsewhere / "labelled" / "geolife"
    folder.mkdir(parents=True)
    (folder / "labels.csv").write_text("user,start,end,mode\n")

    def scored(*_: object, **__: object) -> None:
        assert 'why = "to test"' in (elsewhere / "looks.toml").read_text()
        raise InterruptedError

    monkeypatch.setattr(measure, "of_set", scored)
    with pytest.raises(InterruptedError):
        run(monkeypatch, "--sets", "geolife", "--data", str(elsewhere), "--count-look", "to test")
