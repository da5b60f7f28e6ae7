from __future__ import annotations

import re

from tests.app import scene
from tests.cli.conftest import Terminal


def test_a_file_in_a_wrong_time_zone_is_said_and_counts_once(terminal: Terminal) -> None:
    (fourth,) = scene.days_of_may(4)
    day = scene.car_day(fourth).decode()
    local = re.sub(r"T(\d\d):(\d\d:\d\d)Z", lambda m: f" {int(m[1]) + 2:02}:{m[2]}", day)
    # The hour of the better receiver is believed.
    for name, text in (("phone.csv", day), ("car.csv", local.replace(",5\n", ",9\n"))):
        (terminal.folder / name).write_text(text)
    terminal("init", "--recovery-file", "recovery")
    terminal("ingest", "phone.csv")
    alone = terminal("trip", "list", "--json").records

    wrong = terminal("ingest", "car.csv", "--zone", "UTC").out
    assert "car.csv tells the way of phone.csv again, +120 min off: counted once." in wrong
    assert terminal("trip", "list", "--json").records == alone

    terminal("vault", "erase", "--source", "car.csv", "--confirm", "car.csv", "--yes")
    again = terminal("ingest", "car.csv", "--bring-back", "--zone", "Europe/Paris").out
    assert ("min off" in again, "covers the same time" in again) == (False, True)
