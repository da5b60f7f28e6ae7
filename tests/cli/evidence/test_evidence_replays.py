"""``evidence replays`` on one day, and on the same day under another date."""

from __future__ import annotations

import datetime as dt

from tests.app import scene
from tests.cli.conftest import Terminal


def test_a_day_played_again_is_shown_with_what_it_repeats(terminal: Terminal) -> None:
    assert terminal("init", "--recovery-file", "recovery").status == 0
    for day in (4, 5):
        name = f"{day}.csv"
        (terminal.folder / name).write_bytes(scene.car_day(dt.date(2026, 5, day)))
        assert terminal("ingest", name).status == 0
        if day == 4:
            assert "No trip repeats" in terminal("evidence", "replays").out
    shown = terminal("evidence", "replays")
    assert shown.status == 0
    assert "4 trips have the moments of earlier ones" in shown.out
    records = terminal("evidence", "replays", "--json").records
    assert {one["start_us"] - one["of_start_us"] for one in records} == {86_400_000_000}
    assert all(one["within_m"] < 1 for one in records)
    odd = terminal("evidence", "flags", "--period", "2026-05-05")
    assert "4 trips are odd" in odd.out
    assert "moment by moment an earlier trip" in odd.out
    assert [len(one["flags"]) for one in terminal("evidence", "flags", "--json").records][-1] >= 2
    assert "Nothing" in terminal("evidence", "flags", "--period", "2026-06").out
