"""``analyse --driving`` on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.cli.conftest import Terminal


def brake_file(folder: Path) -> Path:
    """Twenty minutes at 20 m/s, with one braking to 12 m/s within four seconds."""
    speed = np.full(1200, 20.0)
    speed[600:605] = [20, 18, 15, 13, 12]
    speed[605:625] = np.linspace(12, 20, 20)
    north_m = np.concatenate(([0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)))
    rows = ["time,lat,lon,speed_mps"]
    for second, (mps, metres) in enumerate(zip(speed, north_m, strict=True)):
        clock = f"2026-05-04T10:{second // 60:02}:{second % 60:02}Z"
        rows.append(f"{clock},{45 + metres / 111_195.08:.7f},5.0,{mps}")
    path = folder / "drive.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


class TestCommand:
    def test_one_braking_is_one_event_with_its_time_and_magnitude(
        self, terminal: Terminal, tmp_path: Path
    ) -> None:
        done = terminal("analyse", "--driving", "--json", brake_file(tmp_path))
        (event,) = json.loads(done.out)["events"]
        # (15 - 20) / 2 a second after 10:10:00, by hand.
        assert event == {
            "time": "2026-05-04T10:10:01.000Z",
            "kind": "braking",
            "magnitude_mps2": 2.5,
            "strength": "rough",
        }

    def test_people_read_what_was_not_measured(self, terminal: Terminal, tmp_path: Path) -> None:
        done = terminal("analyse", "--driving", brake_file(tmp_path))
        assert "not measured" in done.out
        assert "only 23 km were driven; a score needs 400 km" in done.out
