from __future__ import annotations

import json
import math
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks.accuracy import lengths, measure, page, peers, stops, svg
from benchmarks.accuracy.figures import (
    bootstrap,
    calibration,
    cost,
    reliability,
    table_of,
    user_of,
)
from benchmarks.accuracy.recordings import Recording
from benchmarks.accuracy.roads import KINDS, Receiver, ride, way
from benchmarks.accuracy.score import Guess, Row, score
from benchmarks.accuracy.truth import Leg
from tests.accuracy.test_score import straight


def row(truth: str, guess: str, *, sure: float = 0.9, km: float = 1.0, user: str = "a") -> Row:
    leg = Leg(user, 0.0, 600.0, truth, 100, 1000 * km)
    return Row(leg, truth, guess, sure)


def test_the_costliest_error_has_a_share_of_motorised_metres() -> None:
    rows = [row("car", "car", km=90), row("bus", "bike", km=10), row("bike", "car", km=3)]
    found = cost([*rows, row("walk", "walk", km=1), row("car", "unknown", km=0)])
    assert found.motorised_m == 100_000
    assert found.motorised_as_soft == pytest.approx(0.10)
    assert found.soft_as_motorised == pytest.approx(0.75)
    assert found.unknown == pytest.approx(0.2)
    assert found.decided == pytest.approx(0.5)


def test_a_calibrated_guess_has_no_error_and_a_boastful_one_has() -> None:
    honest = [row("car", "car" if n % 4 else "bus", sure=0.75) for n in range(40)]
    assert reliability(honest)[1] == pytest.approx(0.0)
    boastful = [row("car", "car" if n % 2 else "bus", sure=0.95) for n in range(40)]
    (only,), error = reliability(boastful)
    assert (only.legs, only.right) == (40, 0.5)
    assert error == pytest.approx(0.45)


def test_guesses_without_confidence_have_no_calibration() -> None:
    bins, error = reliability([row("car", "car", sure=math.nan)])
    assert bins == ()
    assert math.isnan(error)
    assert math.isnan(calibration([row("car", "car", sure=math.nan)]).gap)


def test_what_chance_makes_of_few_honest_legs_is_told_beside() -> None:
    """Of four legs at 0.5, 2 of 16 draws miss by 0.5, 8 by 0.25 and 6 by nothing."""
    rows = [row("car", guess, sure=0.5) for guess in ("car", "car", "car", "other")]
    found = calibration(rows)
    assert (found.error, found.gap) == (0.25, -0.25)
    assert found.claimed == 0.5
    assert found.honest == pytest.approx(0.1875, abs=0.02)
    assert math.isnan(calibration(rows[3:]).claimed)


def test_drawing_people_gives_a_wider_interval_than_one_person_has() -> None:
    rows = [
        row("car", "car" if user % 2 else "bus", user=str(user))
        for user in range(10)
        for _ in range(50)
    ]
    low, high = bootstrap(rows, lambda drawn: table_of(drawn).accuracy, by=user_of)
    assert low < 0.35
    assert high > 0.65
    alone = bootstrap(rows[:50], lambda drawn: table_of(drawn).accuracy, by=user_of)
    assert alone == (0.0, 0.0)


class TestPeers:
    """The published thresholds of other programs."""

    def motion(self, mps: float) -> peers.Motion:
        trace = straight(600, mps)
        found = peers.motion_of(trace, Leg("a", 0, 599, "car", 600, 600 * mps))
        assert found is not None
        return found

    def test_speeds_of_a_steady_ride(self) -> None:
        motion = self.motion(5.0)
        assert motion.mean_kmh == pytest.approx(18.0, rel=1e-4)
        assert motion.high_kmh == pytest.approx(18.0, rel=1e-3)
        assert motion.acceleration_mps2 == pytest.approx(0.0, abs=1e-6)
        assert motion.halted == 0.0

    @pytest.mark.parametrize(
        ("mps", "by_dawarich", "by_reitti", "by_speed"),
        [
            (0.2, "stop", "walk", "walk"),
            (1.4, "walk", "walk", "walk"),
            (5.0, "bike", "bike", "bike"),
            (11.0, "car", "car", "car"),
            (25.0, "train", "car", "car"),
            (45.0, "train", "train", "train"),
        ],
    )
    def test_steady_rides(
        self, mps: float, by_dawarich: str, by_reitti: str, by_speed: str
    ) -> None:
        motion = self.motion(mps)
        said = peers.dawarich(motion), peers.reitti(motion), peers.speed_rule(motion)
        assert said == (by_dawarich, by_reitti, by_speed)

    def test_sections_of_openpath(self, tmp_path: Path) -> None:
        sections = [
            {"data": {"start_ts": 1.0, "end_ts": 9.0, "sensed_mode": 7}},
            {"data": {"start_ts": 9.0, "end_ts": 11.0, "sensed_mode": "WALKING"}},
        ]
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "day.json").write_text(json.dumps(sections))
        found = list(peers.openpath(tmp_path, ["a", "b"]))
        assert [(g.user, g.start_s, g.end_s, g.mode) for g in found] == [
            ("a", 1.0, 9.0, "subway"),
            ("a", 9.0, 11.0, "walking"),
        ]


class TestRoads:
    """The truth of drawn ways."""

    def test_a_ride_without_error_is_as_long_as_it_says(self) -> None:
        made = ride("car in town", "motorway", 5000.0, Receiver(0.0, 40.0, 0.0, 1.0), seed=1)
        length = lengths.length_of(made.fixes, speeds=False)
        assert length.metres == pytest.approx(made.true_m, rel=0.002)

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_a_way_goes_a_metre_at_a_time(self, kind: str) -> None:
        x, y, _ = way(KINDS[kind], 3000.0, np.random.default_rng(3))
        assert np.hypot(np.diff(x), np.diff(y)) == pytest.approx(np.ones(2999))
        assert math.hypot(x[-1] - x[0], y[-1] - y[0]) > 300

    def test_the_same_seed_gives_the_same_ride(self) -> None:
        one, two = (
            ride("bike", "suburb", 2000.0, Receiver(3.0, 40.0, 1.0, 5.0), seed=9) for _ in range(2)
        )
        assert one.true_m == two.true_m
        assert one.fixes.lat_deg.tolist() == two.fixes.lat_deg.tolist()


class TestStops:
    """How claimed stops are matched to true ones."""

    TRUE = ((0.0, 1000.0), (3000.0, 4000.0), (4100.0, 5000.0))

    def test_the_truth_finds_itself(self) -> None:
        assert stops.found_of(self.TRUE, self.TRUE) == stops.Found(3, 3, 3, 0)

    def test_half_a_stop_is_not_found(self) -> None:
        assert stops.found_of(self.TRUE, [(0.0, 500.0)]) == stops.Found(3, 0, 1, 0)

    def test_one_claim_finds_one_stop(self) -> None:
        assert stops.found_of(self.TRUE, [(3000.0, 5000.0)]) == stops.Found(3, 1, 1, 0)

    def test_a_claim_over_a_journey_is_a_merge(self) -> None:
        assert stops.found_of(self.TRUE, [(0.0, 5000.0)]) == stops.Found(3, 1, 1, 1)

    def test_a_life_has_its_stops_where_it_stands(self) -> None:
        made = stops.life(rides=5, seed=2)
        time_s = made.fixes.time_us / 1e6
        for start, end in made.stops:
            inside = (time_s > start) & (time_s < end)
            assert np.ptp(made.fixes.lat_deg[inside]) < 40 / 111_000
        assert len(made.stops) == 5


class TestLengths:
    """Rides against what counted their metres."""

    def recording(self, mps: float, seconds: int) -> Recording:
        trace = straight(seconds, mps)
        return Recording("r", trace.time_s, trace.lat_deg, trace.lon_deg, trace.along_m)

    def test_a_straight_ride_is_right_at_every_cadence(self) -> None:
        found = list(lengths.scored(self.recording(10.0, 1200), "wheel"))
        assert [one.cadence_s for one in found] == list(lengths.CADENCES_S) * 2
        # The meridian at 48 N is 4e-5 shorter on the ellipsoid than on the sphere.
        assert [one.error for one in found] == pytest.approx([0.0] * len(found), abs=0.002)

    def test_a_pause_parts_two_rides(self) -> None:
        whole = self.recording(10.0, 1000)
        late_s = np.where(whole.time_s > 500, 60.0, 0.0)
        paused = Recording(
            "r", whole.time_s + late_s, whole.lat_deg, whole.lon_deg, whole.counted_m
        )
        assert len(list(paused.rides())) == 2

    def test_the_one_drive_with_an_odometer(self, shared_data: Path) -> None:
        logs = sorted((shared_data / "corpus" / "teslafi").glob("*.csv"))
        (drive,) = lengths.vehicles(logs)
        assert drive.true_m == 9744
        assert abs(drive.error) < 0.015
        assert abs(drive.metres - drive.true_m) < 2 * drive.sd_m

    def test_figures_of_rides(self) -> None:
        rides = [
            lengths.Measured("wheel", str(n), 1.0, 10_000.0, 10_000.0 + 100 * n, 150.0, 9000.0)
            for n in (-2, -1, 0, 1, 4)
        ]
        (found,) = measure.of_lengths(rides)
        assert found["median_error"] == pytest.approx(0.01)
        assert found["mean"] == pytest.approx(0.004)
        assert (found["within_1"], found["within_2"]) == (0.6, 0.8)
        assert found["chords_median"] == pytest.approx(-0.1)


class TestPage:
    """The page says what the figures say, and names what is missing."""

    def write(self, tmp_path: Path, **figures: object) -> str:
        circumstances = dict.fromkeys(("date", "commit", "model", "machine"), "x")
        for name, found in figures.items():
            assert isinstance(found, dict)
            measure.write(
                tmp_path / "accuracy" / f"{name}.json", found | {"measured": circumstances}
            )
        (tmp_path / "accuracy").mkdir(exist_ok=True)
        looks = tmp_path / "looks.toml"
        page.write(tmp_path / "accuracy.md", tmp_path / "accuracy", looks=looks, trained=tmp_path)
        return (tmp_path / "accuracy.md").read_text()

    def legs(self) -> dict[str, object]:
        rows = [row("car", "car", km=99), row("bus", "bike", km=1), row("walk", "walk", sure=0.8)]
        return measure.of_rows(rows)

    def test_without_figures_it_says_so(self, tmp_path: Path) -> None:
        assert self.write(tmp_path).count("Not measured yet.") == 7

    def test_a_set_that_was_seen_is_marked(self, tmp_path: Path) -> None:
        found = {
            "given": {"geowallet": self.legs() | {"seen": True}, "other": self.legs()},
            "whole": {},
            "two": {"trackintel": 0.5},
            "failures": ["bus called bike: 1.0 km"],
        }
        text = self.write(tmp_path, ssi=found)
        assert "**geowallet** (has seen this set) | 0.667" in text
        assert "| other | 0.667" in text
        assert "1.00 % of 100 km" in text
        assert "bus called bike: 1.0 km." in text
        for name in ("confusion", "reliability", "accuracy"):
            ET.fromstring((tmp_path / "accuracy" / f"ssi-{name}.svg").read_text())  # noqa: S314

    def test_what_raw_fixes_give_has_its_calibration_and_a_picture(self, tmp_path: Path) -> None:
        trace = straight(1200, 10.0)
        leg = Leg("a", 0.0, 1199.0, "car", 1200, float(trace.along_m[-1]))
        said = [Guess("a", 0.0, 1199.0, "car", 0.7)]
        whole = {"geowallet": measure.of_whole(score({"a": trace}, [leg], said))}
        given = {"geowallet": self.legs() | {"seen": True}}
        figures = {"given": given, "whole": whole, "two": {}, "failures": []}
        text = self.write(tmp_path, ssi=figures)
        assert re.search(r"\| 0\.300 \| 0\.4[0-9]+ \| -0\.300 \|", text)
        drawn = (tmp_path / "accuracy" / "ssi-found.svg").read_text()
        assert "SSI diaries (has seen it): raw fixes" in drawn

    def test_looks_are_counted(self, tmp_path: Path) -> None:
        (tmp_path / "looks.toml").write_text(
            '[[look]]\ndate = 2026-11-22\nwhat = "legs"\nwhy = "first"\naccuracy = 0.671\n'
        )
        text = self.write(tmp_path)
        assert "Looks at GeoLife: 1" in text
        assert "| 2026-11-22 | legs | first | 0.671 | - |" in text

    def test_sets_left_out_are_told(self, tmp_path: Path) -> None:
        names = ("accuracy", "macro_f1", "by_distance", "ece", "soft_share", "unknown_share")
        (tmp_path / "goal.json").write_text(json.dumps({"legs": 886} | dict.fromkeys(names, 0.25)))
        text = self.write(tmp_path)
        assert "| goal | 886 | 0.250 | 0.250 | 0.250 | 0.250 | 25.00 % | 25.0 % |" in text


def test_words_in_pictures_are_escaped() -> None:
    picture = svg.bars("a < b & c", [("<x>", 1.0, True)])
    assert "a &lt; b &amp; c" in picture
    ET.fromstring(picture)  # noqa: S314


def test_a_long_name_has_room_before_its_bar() -> None:
    picture = svg.bars("x", [("n" * 40, 1.0, True)])
    assert 'x="336.0"' in picture
