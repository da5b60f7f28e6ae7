from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import pytest

from geowallet.app.travel.analyse import (
    COLUMNS,
    ReadTrace,
    analyse_users,
    as_csv,
    as_geojson,
    as_records,
    iso,
    movements_of,
)
from geowallet.connectors.api import Trace
from geowallet.model.fixes import TimeKind
from tests.track.synthetic import MONDAY_US, workday


def read_trace(device: str = "", connector: str = "gpx", *, seed: int = 1) -> ReadTrace:
    trace = Trace(device, workday(seed=seed).fixes(), TimeKind.UTC)
    return ReadTrace(f"{seed}" * 64, connector, trace)


def test_rows_carry_the_documented_columns_in_iso_8601_utc() -> None:
    text = as_csv(movements_of(analyse_users([read_trace()])))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["mode"] for row in rows] == [
        "stop", "car", "stop", "walk", "stop", "walk", "train", "walk", "stop",
    ]  # fmt: skip
    assert rows[0]["start"] == "2026-05-04T06:00:00.000Z"
    assert float(rows[1]["distance_m"]) == pytest.approx(9000, rel=0.02)
    assert 0 < float(rows[1]["distance_sd_m"]) < 500


def test_rows_of_one_user_do_not_overlap() -> None:
    rows = movements_of(analyse_users([read_trace()]))
    assert all(a.end_us <= b.start_us for a, b in pairwise(rows))


def test_users_of_a_table_are_analysed_apart_and_devices_of_a_person_together() -> None:
    users = analyse_users([read_trace("ann", "csv"), read_trace("bob", "csv", seed=2)])
    assert list(users) == ["ann", "bob"]
    devices = analyse_users([read_trace("phone"), read_trace("watch", seed=2)])
    assert list(devices) == [""]
    assert len(devices[""].trips) == 3


def test_records_say_the_same_as_the_csv() -> None:
    rows = movements_of(analyse_users([read_trace("ann", "csv")]))
    first, *_, last = as_records(rows)
    assert tuple(first) == COLUMNS
    assert first["user"] == "ann"
    assert last["mode"] == "stop"


def test_geojson_draws_legs_as_lines_and_stops_as_points() -> None:
    drawn = as_geojson(analyse_users([read_trace()]))
    assert drawn["type"] == "FeatureCollection"
    kinds = {(f["geometry"]["type"], f["properties"]["mode"] == "stop") for f in drawn["features"]}
    assert kinds == {("Point", True), ("LineString", False)}
    line = next(f for f in drawn["features"] if f["properties"]["mode"] == "car")
    lon, lat = line["geometry"]["coordinates"][0]
    assert (lon, lat) == (pytest.approx(2.0, abs=0.01), pytest.approx(48.0, abs=0.01))
    json.dumps(drawn, allow_nan=False)


def test_no_traces_give_a_header_alone() -> None:
    assert as_csv(movements_of(analyse_users([]))) == ",".join(COLUMNS) + "\n"


def test_instants_are_written_to_the_millisecond() -> None:
    assert iso(MONDAY_US + 1_500) == "2026-05-04T00:00:00.001Z"
