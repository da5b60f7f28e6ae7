from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy import bends


def test_roads_are_as_long_and_as_tight_as_they_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for road, mps in bends.ROADS.values():
        steps = np.diff(road()[::5])
        assert np.max(np.abs(np.diff(road()))) < 3.0
        turned = np.abs(np.angle(steps[1:] / steps[:-1])) / np.abs(steps[1:])
        assert mps**2 * np.quantile(turned, 0.98) < 3.5
    monkeypatch.setattr(bends, "DRIVES", 1)
    monkeypatch.setattr(bends, "CADENCES_S", (60.0,))
    bends.main()
    hairpins, roundabouts, valley = (line.split() for line in capsys.readouterr().out.splitlines())
    short = [float(next(word for word in line if word[0] in "+-")) for line in (hairpins, valley)]
    assert all(error < -15.0 for error in short)
    assert roundabouts[0] == "roundabouts"
