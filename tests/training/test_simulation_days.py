"""Days of invented travellers: the truth is in order, the fixes are plausible, all repeats."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from training.simulation.cadence import Cadence, written
from training.simulation.chance import generator
from training.simulation.days import day
from training.simulation.far import ferry, flight
from training.simulation.motion import Motion, Sky, standing
from training.simulation.onfoot import run, walk
from training.simulation.rails import LINES, railway
from training.simulation.receiver import Receiver, seen
from training.simulation.roads import KINDS, networks
from training.simulation.roads_kept import Town
from training.simulation.stitched import town_ride
from training.simulation.streets import STREETS, ride
from training.simulation.traces import _degrees, _recorded, _True, trace, write_trace
from training.simulation.traffic import Drive
from training.simulation.travellers import RIDES, Part, traveller
from training.simulation.truth import TrueLeg, legs_of, noted


def town(name: str = "one") -> Town:
    """Return a town of a few invented drives: stop and go with right angles."""
    chance = generator(5, name)
    drives: dict[str, tuple[Drive, ...]] = {}
    for who, top in (("car", 13.0), ("bus", 11.0), ("bike", 4.5)):
        speed = np.tile(
            np.concatenate([np.linspace(0, top, 15), np.full(30, top), np.zeros(20)]), 8
        )
        heading = np.repeat(chance.integers(4, size=8) * np.pi / 2, 65)
        drives[who] = (Drive(who, speed, heading), Drive(who, speed[::-1].copy(), heading))
    return Town(name, "blocks", drives)


def plain(**changes: object) -> Receiver:
    made = {
        "family": "hand", "error_m": 3.0, "correlation_s": 30.0, "smooth_s": 3.0,
        "grain_m": 0.0, "street": 2.0, "tunnel": 0.0,
        "canyon_every_s": 1e9, "lag_s": 0.0, "holds": False, "indoors": 1.0, "lost": 0.0,
        "outage_every_s": 1e9, "network_s": 0.0, "cell_m": 300.0, "network_share": 0.0,
        "speed": True,
        "accuracy": True, "steps": False, "digits": 6,
    }  # fmt: skip
    return Receiver(**{**made, **changes})  # type: ignore[arg-type]  # a table of plain values


def mean_kmh(rides: list[Motion]) -> float:
    return float(np.median([3.6 * each.length_m / len(each) for each in rides]))


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("metro close", 20, 36),
        ("metro", 28, 48),
        ("metro wide", 42, 80),
        ("tram", 12, 24),
        ("light rail", 18, 42),
        ("suburban", 38, 75),
        ("regional", 50, 100),
        ("intercity", 70, 150),
        ("high speed", 120, 240),
    ],
)
def test_lines_run_at_published_commercial_speeds(kind: str, low: float, high: float) -> None:
    chance = generator(1, kind)
    assert low <= mean_kmh([railway(kind, chance) for _ in range(25)]) <= high


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("bike", 11, 19),
        ("e_bike", 14, 22),
        ("e_scooter", 11, 20),
        ("car street", 14, 40),
        ("car motorway", 75, 130),
        ("bus street", 10, 25),
        ("bus country", 22, 50),
        ("coach", 55, 95),
    ],
)
def test_vehicles_run_at_published_mean_speeds(kind: str, low: float, high: float) -> None:
    chance = generator(1, kind)
    assert low <= mean_kmh([ride(kind, chance) for _ in range(25)]) <= high


def test_people_walk_at_about_the_mean_of_the_literature() -> None:
    chance = generator(1)
    walked = [walk(chance, 800, "commute", sky=Sky.UNDERGROUND) for _ in range(60)]
    assert 4.2 <= mean_kmh(walked) <= 6.0
    assert mean_kmh([walk(chance, 800, "stroll") for _ in range(60)]) < mean_kmh(walked) - 1
    assert mean_kmh([run(chance, 5000) for _ in range(30)]) > 7.5


def test_every_ride_is_finite_and_moves() -> None:
    chance = generator(2)
    rides = [railway(kind, chance) for kind in LINES] + [ride(kind, chance) for kind in STREETS]
    rides += [
        ferry(chance),
        flight(chance),
        *(town_ride(w, [town()], chance) for w in ("car", "bus")),
    ]
    for each in rides:
        assert np.all(np.isfinite(each.speed_mps))
        assert np.all(np.isfinite(each.turn_rad))
        assert np.min(each.speed_mps) >= 0
        assert each.length_m > 40


def test_a_flight_cruises_and_a_ferry_does_not() -> None:
    assert np.max(flight(generator(1)).speed_mps) * 3.6 > 600
    assert np.max(ferry(generator(1)).speed_mps) * 3.6 < 80


def test_a_town_without_buses_has_no_bus_ride() -> None:
    empty = Town("none", "blocks", {"car": (), "bus": (), "bike": ()})
    with pytest.raises(ValueError, match="bus"):
        town_ride("bus", [empty], generator(1))


def test_a_traveller_has_a_town_for_every_vehicle_there_is() -> None:
    whole = town("z")
    motorway = Town("m", "motorway", {**whole.drives, "bike": ()})
    for number in range(20):
        who = traveller("t", number, [motorway] * 8 + [whole], generator(1, number))
        assert any(each.drives["bike"] for each in who.towns)


def test_networks_have_their_own_names_streets_and_held_out_part() -> None:
    ours, held = networks(1, rounds=4), networks(1, rounds=4, held_out=True)
    assert len({network.name for network in ours}) == 4 * len(KINDS)
    assert not {network.name for network in ours} & {network.name for network in held}
    assert not {network.block_m for network in ours} & {network.block_m for network in held}
    assert ours == networks(1, rounds=4)
    assert all(argument.startswith("--") for network in ours for argument in network.arguments())


class TestDay:
    """A day is legs and stays in order; its legs have known modes."""

    def test_it_begins_and_ends_with_a_stay_and_holds_known_modes(self) -> None:
        for number in range(12):
            who = traveller("t", number, [town("a"), town("b")], generator(3, number))
            parts = day(who, generator(4, number))
            assert parts[0].mode == parts[-1].mode == ""
            modes = {part.mode for part in parts}
            assert modes - {""} <= (set(RIDES) - {"foot", "round"}) | {"walk"}

    def test_neighbouring_parts_of_one_mode_are_one_leg(self) -> None:
        who = traveller("t", 1, [town()], generator(1))
        for number in range(12):
            legs = legs_of(day(who, generator(9, number)))
            for one, other in itertools.pairwise(legs):
                assert one.last <= other.first
                assert one.last < other.first or one.mode != other.mode

    def test_a_wait_of_the_same_mode_lengthens_the_leg_and_a_stay_parts_two(self) -> None:
        five, nine = standing(5), standing(9)
        parts = [Part("walk", five), Part("walk", nine), Part("", five), Part("walk", five)]
        assert legs_of(parts) == [TrueLeg(0, 14, "walk"), TrueLeg(19, 24, "walk")]
        assert legs_of([Part("walk", five), Part("bus", nine)])[1] == TrueLeg(5, 14, "bus")

    def test_noted_bounds_are_in_order_and_near_the_truth(self) -> None:
        bounds = np.array([[100.0, 500.0], [560.0, 1500.0], [1500.0, 1700.0]])
        for number in range(50):
            out = noted(bounds, generator(number))
            assert np.all(out[:, 1] > out[:, 0])
            assert np.all(out[1:, 0] >= out[:-1, 1] - 1e-6)
            assert np.median(np.abs(out - bounds)) < 120


class TestReceiver:
    """Errors are as large as said, tunnels are silent, cells are coarse."""

    at = np.linspace(0, 4000, 3000).astype(complex)
    sky = np.zeros(3000, np.int8)

    def test_the_error_is_as_large_as_said(self) -> None:
        view = seen(plain(correlation_s=5.0), self.at, self.sky, np.ones(3000), generator(1))
        assert np.std((view.at - self.at).real) == pytest.approx(3.0, rel=0.2)

    def test_a_tunnel_is_silent_but_for_network_fixes(self) -> None:
        sky = self.sky.copy()
        sky[1000:2000] = Sky.UNDERGROUND
        ones = np.ones(3000)
        silent = seen(plain(), self.at, sky, ones, generator(1))
        assert not np.any(silent.there[1000:2000])
        assert np.mean(silent.there[100:900]) > 0.99
        heard = seen(plain(network_s=5.0), self.at, sky, ones, generator(1))
        inside = heard.there[1000:2000]
        assert 3 <= inside.sum() <= 60
        assert np.all(np.isnan(heard.speed_mps[1000:2000][inside]))
        assert np.all(heard.accuracy_m[1000:2000][inside] >= 100)

    def test_a_device_that_holds_stands_still_at_rest(self) -> None:
        at = np.concatenate([self.at[:500], np.full(200, self.at[500])])
        view = seen(plain(holds=True), at, self.sky[:700], np.ones(700), generator(1))
        assert len(set(view.at[520:690].tolist())) == 1


class TestCadence:
    """A device writes when it should, and only where there is a fix."""

    at = np.arange(1000).astype(complex) * 10
    there = np.ones(1000, bool)

    def test_every_ten_seconds(self) -> None:
        seconds = written(Cadence("time", 10), self.at, self.there, generator(1))
        assert 95 <= len(seconds) <= 101
        assert 8 <= np.median(np.diff(seconds)) <= 12

    def test_every_fifty_metres(self) -> None:
        seconds = written(Cadence("distance", 50.0), self.at, self.there, generator(1))
        assert set(np.diff(seconds).tolist()) == {5}

    def test_a_waking_device_sleeps_while_nothing_moves(self) -> None:
        at = np.concatenate([self.at, np.full(2000, self.at[-1])])
        seconds = written(Cadence("waking", 5), at, np.ones(3000, bool), generator(1))
        assert np.sum(seconds < 1000) > 150
        assert np.max(seconds) < 1000 + 260

    def test_nothing_is_written_without_a_fix(self) -> None:
        there = self.there.copy()
        there[200:600] = False
        for kind in ("time", "distance", "irregular", "waking"):
            seconds = written(Cadence(kind, 10.0), self.at, there, generator(1))
            assert len(seconds)
            assert np.all(there[seconds])


class TestTrace:
    """The same seed gives the same bytes; true metres and bounds agree with the fixes."""

    def made(self, number: int, tmp_path: Path) -> Path:
        who = traveller("t", number, [town()], generator(1, number))
        target = tmp_path / f"{number}.npz"
        write_trace(trace(who, 0, generator(2, number)), target)
        return target

    def test_the_same_seed_gives_the_same_bytes(self, tmp_path: Path) -> None:
        first = self.made(1, tmp_path).read_bytes()
        assert self.made(1, tmp_path).read_bytes() == first
        assert not list(tmp_path.glob("*.part"))

    def test_errors_are_as_wide_to_the_east_as_to_the_north(self) -> None:
        at = np.linspace(0, 3000, 3000).astype(complex)
        lat_deg, lon_deg = _degrees(at, 60.0, 10.0)
        parts = [Part("walk", standing(3000))]
        true = _True(at, lat_deg, lon_deg, np.zeros(3000, np.int8), parts)
        device = plain(correlation_s=3.0, smooth_s=0.0, digits=9)
        rows = _recorded(true, device, Cadence("time", 1), generator(1))
        second = rows[:, 0].astype(int)
        metre_deg = np.degrees(1 / 6371008.8)
        north_m = (rows[:, 1] - lat_deg[second]) / metre_deg
        east_m = (rows[:, 2] - lon_deg[second]) / metre_deg * 0.5
        assert np.std(east_m) == pytest.approx(3.0, rel=0.15)
        assert np.std(north_m) == pytest.approx(3.0, rel=0.15)

    def test_columns_are_in_order_and_on_earth(self, tmp_path: Path) -> None:
        for number in range(12):
            with np.load(self.made(number, tmp_path), allow_pickle=False) as stored:
                assert np.all(np.diff(stored["time_us"]) >= 0)
                assert np.all(np.abs(stored["lat_deg"]) < 85)
                assert np.all(np.abs(stored["lon_deg"]) <= 180)
                assert np.all(stored["end_us"] > stored["start_us"])
                assert len(stored["mode"]) == len(stored["leg_m"]) == len(stored["noted_us"])

    def test_dense_fixes_are_about_as_far_apart_as_the_true_metres(self, tmp_path: Path) -> None:
        ratios = []
        for number in range(16):
            with np.load(self.made(number, tmp_path), allow_pickle=False) as stored:
                for start, end, metres in zip(
                    stored["start_us"], stored["end_us"], stored["leg_m"], strict=True
                ):
                    inside = (stored["time_us"] >= start) & (stored["time_us"] <= end)
                    lat, lon = stored["lat_deg"][inside], stored["lon_deg"][inside]
                    if inside.sum() > 3 and metres > 3000:
                        east = np.diff(lon) * np.cos(np.radians(lat[1:]))
                        ratios.append(
                            np.radians(np.hypot(east, np.diff(lat))).sum() * 6371008.8 / metres
                        )
        assert len(ratios) > 8
        assert 0.85 < np.median(ratios) < 1.15


def test_standing_takes_time_and_no_metres() -> None:
    assert len(standing(10)) == 10
    assert standing(10).length_m == 0
