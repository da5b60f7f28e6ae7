"""What is asked of SUMO and what is read from it, with files as it writes them, without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.simulation import __main__ as command
from training.simulation import roads_kept
from training.simulation.chance import generator
from training.simulation.roads import Network, networks
from training.simulation.roads_kept import drive_networks, read_towns
from training.simulation.traffic import Drive, _cars, _halts, _parsed, _Street, _streets

NET = """<net>
 <edge id=":j" function="internal"><lane id=":j_0" length="90" shape="0,0 1,1"/></edge>
 <edge id="a"><lane id="a_0" length="120" allow="pedestrian" shape="0,0 0,120"/>
  <lane id="a_1" length="120" disallow="bicycle tram" shape="0,0 0,60 0,120"/></edge>
 <edge id="b"><lane id="b_0" length="15" shape="0,0 15,0"/></edge>
</net>"""


def test_streets_are_those_that_a_vehicle_may_use_and_long_enough(tmp_path: Path) -> None:
    net = tmp_path / "net.xml"
    net.write_text(NET)
    assert _streets(net, "passenger") == [_Street("a", 120.0, (0.0, 60.0))]
    assert _streets(net, "bicycle") == []


def test_drives_are_read_in_order_of_their_names_with_headings_from_east(tmp_path: Path) -> None:
    rows = ["timestep_time;vehicle_id;vehicle_speed;vehicle_angle"]
    for second in range(60):
        rows += [f"{second};car_2;10.0;90", f"{second};bus_1;5.0;0", f"{second};;;"]
    rows.append("60;bike_9;4.0;180")
    output = tmp_path / "fcd.csv"
    output.write_text("\n".join(rows))
    bus, car = _parsed(output)
    assert (bus.who, car.who) == ("bus", "car")
    assert np.all(car.heading_rad == 0)
    assert bus.heading_rad[0] == pytest.approx(np.pi / 2)
    assert np.all(bus.speed_mps == 5.0)


def test_bus_stops_are_about_as_far_apart_as_asked_and_on_the_line() -> None:
    edges = [f"e{n}" for n in range(40)]
    halts = _halts(edges, dict.fromkeys(edges, 150.0), generator(1), 400.0)
    at_m = np.array([150.0 * edges.index(edge) + at for edge, at in halts])
    assert np.all(np.diff(at_m) > 0)
    assert 300 < np.mean(np.diff(at_m)) < 560
    assert all(20 < at < 140 for _, at in halts)


def test_a_fuller_network_asks_for_more_cars_and_traces_about_as_many() -> None:
    network = networks(1, rounds=1)[0]
    streets = [_Street(f"s{n}", 500.0, (500.0 * n, 0.0)) for n in range(12)]
    asked = {}
    for load in (1.0, 12.0):
        full = Network(**{**{n: getattr(network, n) for n in network.__slots__}, "load": load})
        asked[load] = [text for _, text in _cars(full, streets, generator(1))]
    assert len(asked[12.0]) > 8 * len(asked[1.0])
    assert 60 <= sum("has.fcd" in text for text in asked[12.0]) <= 170


def invented(network: Network, folder: Path, home: Path) -> list[Drive]:
    """Stand in for a run of SUMO: gridlock on a motorway, drives elsewhere."""
    if network.kind == "motorway":
        return []
    speed = np.tile(np.concatenate([np.full(60, 9.0), np.zeros(15)]), 6)
    return [Drive(who, speed, np.zeros(len(speed))) for who in ("car", "bus", "bike")]


@pytest.fixture
def no_sumo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roads_kept, "drives", invented)
    monkeypatch.setattr(roads_kept, "sumo_home", Path)


@pytest.mark.usefixtures("no_sumo")
class TestLibrary:
    """Every network is driven once; one in gridlock leaves no town."""

    def test_what_is_read_is_what_was_driven(self, tmp_path: Path) -> None:
        drive_networks(networks(1, rounds=1), tmp_path)
        towns = read_towns(tmp_path)
        assert len(towns) == 7
        assert "motorway" not in {town.kind for town in towns}
        drive = towns[0].drives["bus"][0]
        assert drive.who == "bus"
        assert np.array_equal(
            drive.speed_mps, invented(networks(1, rounds=1)[0], Path(), Path())[1].speed_mps
        )

    def test_a_second_run_drives_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drive_networks(networks(1, rounds=1), tmp_path)
        monkeypatch.setattr(roads_kept, "drives", None)
        drive_networks(networks(1, rounds=1), tmp_path)

    def test_only_the_named_networks_are_read(self, tmp_path: Path) -> None:
        drive_networks(networks(1, rounds=1), tmp_path)
        assert [town.name for town in read_towns(tmp_path, only=["town-suburb-0"])] == [
            "town-suburb-0"
        ]

    def test_the_command_goes_on_where_it_stopped(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = [
            "simulation",
            "--out",
            str(tmp_path),
            "--seed",
            "4",
            "--quick",
            "--travellers",
            "2",
        ]
        monkeypatch.setattr("sys.argv", words)
        command.main()
        made = {path.name: path.read_bytes() for path in tmp_path.glob("day-*.npz")}
        assert len(made) == 8
        lost = tmp_path / "day-00001-2.npz"
        lost.unlink()
        command.main()
        assert {path.name: path.read_bytes() for path in tmp_path.glob("day-*.npz")} == made
        assert "legs in" in capsys.readouterr().out
