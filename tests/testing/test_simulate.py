from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import subprocess
import sys
from bisect import bisect_right
from itertools import pairwise
from pathlib import Path
from typing import Any

import gpxpy
import holidays
import pytest

from geowallet.model.geodesy import distance_m
from geowallet.model.mobility import Mode, Purpose
from geowallet.testing.simulate import SEED, write_month
from geowallet.testing.simulate_diary import HOLIDAYS
from geowallet.testing.simulate_files import csv, geojson, gpx_10, gpx_11, plt
from geowallet.testing.simulate_journey import Journey, live_the_month, local_second, resting_place
from geowallet.testing.simulate_map import ROADS, point_of, survey
from geowallet.testing.simulate_motion import STYLES
from geowallet.testing.simulate_receiver import PHONE_OFF, TUNNEL_M, Sample, phone, watch

TOP_KMH = {Mode.WALK: 6.5, Mode.BIKE: 30.0, Mode.CAR: 130.0, Mode.TRAIN: 140.0}
"""No simulated means of travel is ever faster."""

MEAN_KMH = {Mode.WALK: (3.6, 5.5), Mode.BIKE: (15, 24), Mode.CAR: (25, 100), Mode.TRAIN: (50, 100)}
"""From departure to arrival of a leg, lights and stations included."""


@pytest.fixture(scope="module")
def journeys() -> tuple[Journey, ...]:
    return live_the_month(seed=SEED)


@pytest.fixture(scope="module")
def phone_samples(journeys: tuple[Journey, ...]) -> list[Sample]:
    return phone(journeys, seed=SEED)


@pytest.fixture(scope="module")
def truth(samples: Path) -> dict[str, Any]:
    text = (samples / "simulated-month" / "truth.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def contents(folder: Path) -> dict[str, bytes]:
    """Every file by relative name; unpacked, since compressors differ by machine."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            content = gzip.decompress(raw) if path.suffix == ".gz" else raw
            files[path.relative_to(folder).as_posix()] = content
    return files


class TestThePublishedMonth:
    @pytest.mark.slow
    def test_the_same_seed_gives_the_same_bytes_in_any_zone_and_any_hash_seed(
        self, samples: Path, tmp_path: Path
    ) -> None:
        odd = os.environ | {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
        command = [sys.executable, "-m", "geowallet.testing.simulate", str(tmp_path)]
        subprocess.run(command, env=odd, check=True)
        assert contents(tmp_path) == contents(samples / "simulated-month")

    def test_another_seed_bends_the_roads_another_way(self) -> None:
        here, there = survey("lunch loop", seed=1), survey("lunch loop", seed=2)
        assert here.points[50] != there.points[50]
        assert here.length_m == pytest.approx(there.length_m, abs=1e-3)

    def test_a_written_month_says_which_files_it_wrote(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        month = {"truth.json": b"{}", "phone/a.csv": b"time"}
        monkeypatch.setattr("geowallet.testing.simulate.simulated_month", lambda **_: month)
        assert write_month(tmp_path) == (tmp_path / "phone" / "a.csv", tmp_path / "truth.json")


class TestTheTruth:
    def test_work_hour_metres_are_the_client_trips_wholly_inside_the_hours(
        self, truth: dict[str, Any]
    ) -> None:
        by_hand = {
            "2026-05-05": 17_900 + 17_900,
            "2026-05-07": 33_600 + 12_400 + 29_300,
            "2026-05-12": 17_900 + 17_900,
            "2026-05-13": 31_200,  # 07:40 is too early, and 17:38 ends too late
            "2026-05-18": 33_600 + 33_600,
            "2026-05-21": 34_100 + 29_300,
            "2026-05-22": 17_900 + 17_900,
            "2026-05-27": 59_200 + 59_200,
        }
        found = truth["expected"]["work_hour_mileage"]
        assert found["per_day_m"] == by_hand
        assert found["distance_m"] == sum(by_hand.values()) == 462_900
        assert (found["trips"], found["days"]) == (16, 8)

    def test_an_undeclared_day_of_leave_would_add_its_private_trip(
        self, truth: dict[str, Any]
    ) -> None:
        expected = truth["expected"]
        undeclared = expected["work_hour_mileage_if_leave_is_not_declared"]["distance_m"]
        assert undeclared == expected["work_hour_mileage"]["distance_m"] + 2 * 15_200

    def test_soft_commutes_are_ten_days_by_bike_and_one_on_foot(
        self, truth: dict[str, Any]
    ) -> None:
        found = truth["expected"]["soft_mobility_commute"]
        assert found["days"] == {"walk": 1, "bike": 10}
        assert found["trips"] == {"walk": 1, "bike": 18}

    def test_the_holidays_are_those_of_france(self) -> None:
        of_may = {day for day in holidays.country_holidays("FR", years=2026) if day.month == 5}
        assert of_may == HOLIDAYS

    def test_every_commute_joins_home_and_office(self, journeys: tuple[Journey, ...]) -> None:
        for journey in journeys:
            ends = {journey.origin, journey.destination}
            commute = journey.outing.purpose is Purpose.COMMUTE
            assert commute == (ends == {"home", "office"})

    def test_the_last_drive_crosses_midnight(self, journeys: tuple[Journey, ...]) -> None:
        assert journeys[-1].start_s < local_second(31, "00:00") < journeys[-1].end_s


class TestTheMap:
    def test_every_road_is_as_long_as_it_says(self, journeys: tuple[Journey, ...]) -> None:
        travelled = {leg.road: leg.motion.line for journey in journeys for leg in journey.legs}
        assert set(travelled) == set(ROADS)
        for name, line in travelled.items():
            assert line.length_m == pytest.approx(ROADS[name].length_m, abs=1e-3)

    def test_every_trip_begins_where_the_last_one_ended(
        self, journeys: tuple[Journey, ...]
    ) -> None:
        for journey in journeys:
            first, last = journey.at(journey.start_s)[0], journey.at(journey.end_s)[0]
            for point, place in ((first, journey.origin), (last, journey.destination)):
                at = point_of(place)
                off_m = distance_m(point.lat_deg, point.lon_deg, at.lat_deg, at.lon_deg)
                assert off_m < 0.01

    def test_a_diary_that_leaves_before_it_arrives_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, journeys: tuple[Journey, ...]
    ) -> None:
        twice = (journeys[1].outing, journeys[1].outing)
        only = {"street to the shop": ROADS["street to the shop"]}
        monkeypatch.setattr("geowallet.testing.simulate_journey.DIARY", twice)
        monkeypatch.setattr("geowallet.testing.simulate_journey.ROADS", only)
        with pytest.raises(ValueError, match="does not hold together on day 2"):
            live_the_month(seed=SEED)

    def test_before_the_first_trip_one_is_at_home(self, journeys: tuple[Journey, ...]) -> None:
        assert resting_place(journeys, local_second(1, "06:00")) == point_of("home")


class TestTheMotion:
    def test_nothing_is_faster_than_its_means_of_travel(
        self, journeys: tuple[Journey, ...]
    ) -> None:
        for leg in (leg for journey in journeys for leg in journey.legs):
            top_mps = max(speed_mps for _, _, speed_mps in leg.motion.knots)
            assert top_mps * 3.6 < TOP_KMH[leg.mode]
            mean_kmh = 3.6 * leg.motion.line.length_m / leg.motion.duration_s
            assert MEAN_KMH[leg.mode][0] < mean_kmh < MEAN_KMH[leg.mode][1]

    def test_nothing_speeds_up_or_brakes_harder_than_its_style(
        self, journeys: tuple[Journey, ...]
    ) -> None:
        for leg in (leg for journey in journeys[:20] for leg in journey.legs):
            style = STYLES[leg.mode]
            speeds = [leg.motion.at(float(t))[1] for t in range(int(leg.motion.duration_s))]
            changes = [after - before for before, after in pairwise(speeds)]
            assert max(changes) < style.accelerate_mps2 + 1e-6
            assert min(changes) > -style.brake_mps2 - 1e-6

    def test_a_driver_waits_at_lights(self, journeys: tuple[Journey, ...]) -> None:
        drive = next(j for j in journeys if j.legs[0].mode is Mode.CAR)
        assert any(a[1] == b[1] for a, b in pairwise(drive.legs[0].motion.knots))


class TestTheReceivers:
    def test_the_phone_is_a_few_metres_off(
        self, journeys: tuple[Journey, ...], phone_samples: list[Sample]
    ) -> None:
        ride = next(j for j in journeys if j.outing.day == 19)
        errors_m = []
        for sample in phone_samples:
            if ride.start_s <= sample.time_s <= ride.end_s:
                true, seen = ride.at(sample.time_s)[0], sample.point
                errors_m.append(distance_m(true.lat_deg, true.lon_deg, seen.lat_deg, seen.lon_deg))
        assert len(errors_m) > 300
        assert 1.0 < sorted(errors_m)[len(errors_m) // 2] < 8.0

    def test_a_few_fixes_are_thrown_hundreds_of_metres_aside(
        self, journeys: tuple[Journey, ...], phone_samples: list[Sample]
    ) -> None:
        thrown = 0
        for sample in phone_samples:
            n = bisect_right([journey.start_s for journey in journeys], sample.time_s)
            if n and sample.time_s <= journeys[n - 1].end_s:
                true = journeys[n - 1].at(sample.time_s)[0]
                thrown += abs(true.lat_deg - sample.point.lat_deg) * 111_195 > 100
        assert 1 <= thrown <= 20

    def test_the_phone_is_silent_in_the_tunnel(
        self, journeys: tuple[Journey, ...], phone_samples: list[Sample]
    ) -> None:
        for journey in (j for j in journeys if len(j.legs) == 3):
            train = journey.legs[1]
            out = train.road == "railway" and not journey.outing.rides[1].back
            for sample in phone_samples:
                if train.start_s <= sample.time_s <= train.end_s:
                    along_m = train.motion.at(sample.time_s - train.start_s)[2]
                    from_home_m = along_m if out else train.motion.line.length_m - along_m
                    assert not TUNNEL_M[0] < from_home_m < TUNNEL_M[1]

    def test_while_the_phone_is_off_only_the_watch_records(
        self, journeys: tuple[Journey, ...], phone_samples: list[Sample]
    ) -> None:
        assert not [s for s in phone_samples if PHONE_OFF[0] <= s.time_s < PHONE_OFF[1]]
        hidden = [j for j in journeys if PHONE_OFF[0] < j.start_s < PHONE_OFF[1]]
        assert [j.outing.watch for j in hidden] == [True]
        times = [sample.time_s for sample in watch(hidden[0], seed=SEED)]
        assert all(after - before == 1 for before, after in pairwise(times))
        assert times[0] <= hidden[0].start_s
        assert times[-1] >= hidden[0].end_s


class TestTheFiles:
    """Written here, read by somebody else's reader or by hand."""

    at_rest = Sample(1_777_600_000, point_of("home"), 112.3, 12.0, 0.0, None)
    moving = Sample(1_777_603_700, point_of("office"), 115.0, 4.2, 13.88, 271.25)

    def test_a_gpx_is_cut_where_the_phone_was_silent(self) -> None:
        for write, version in ((gpx_10, "1.0"), (gpx_11, "1.1")):
            parsed = gpxpy.parse(write([self.at_rest, self.moving], name="a").decode())
            assert parsed.version == version
            assert [len(segment.points) for segment in parsed.tracks[0].segments] == [1, 1]
            first = parsed.tracks[0].segments[0].points[0]
            assert first.time == dt.datetime(2026, 5, 1, 1, 46, 40, tzinfo=dt.UTC)

    def test_an_empty_track_is_a_valid_gpx(self) -> None:
        assert gpxpy.parse(gpx_11([], name="a").decode()).get_track_points_no() == 0

    def test_a_plt_row_has_feet_and_days_since_1899(self) -> None:
        rows = plt([self.moving], name="a").decode().split("\r\n")
        lat, lon, _, feet, days, day, clock = rows[6].split(",")
        assert (lat, lon, feet) == ("48.080584", "1.434086", "377")
        when = dt.datetime(1899, 12, 30, tzinfo=dt.UTC) + dt.timedelta(days=float(days))
        assert abs(when.timestamp() - self.moving.time_s) < 0.01
        assert f"{day} {clock}" == "2026-05-01 02:48:20"

    def test_csv_leaves_the_course_empty_while_it_stands(self) -> None:
        header, rest, moving = csv([self.at_rest, self.moving], name="a").decode().splitlines()
        assert header.startswith("time,lat,lon,elevation,accuracy,bearing,speed")
        assert rest.split(",")[5:9] == ["", "0.00", "", "network"]
        assert moving.split(",")[5:9] == ["271.2", "13.88", "", "gps"]

    def test_geojson_puts_longitude_first(self) -> None:
        point = json.loads(geojson([self.moving], name="a"))["features"][0]
        assert point["geometry"]["coordinates"][0] == pytest.approx(1.434086, abs=1e-6)
        assert point["properties"]["time"] == "2026-05-01T02:48:20Z"
