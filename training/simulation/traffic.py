"""Drives in a road network: who travels, one run of SUMO, and what each traveller did.

The result is a list of `Drive`: speed and heading second by second. Positions are not
kept, because pieces of different networks are joined later.
"""

from __future__ import annotations

import csv
import os
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import Range, around, generator, often, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training.simulation.roads import Network

DURATION_S = 1500
"""Seconds simulated in one network."""
MOST_CARS = 2600
"""Cars in one run: the cost of a run grows with them, the variety does not."""
TRACED_CARS = 110
BIKES = 45
BUS_LINES = 14
BUSES_A_LINE = 4
GRIDLOCK = 0.6
"""A run in which cars stand for more of their time than this is thrown away."""

CAR_ACCELERATION_MPS2: Range = (1.3, 3.2)
CAR_BRAKING_MPS2: Range = (2.2, 4.5)
CAR_HEADWAY_S: Range = (0.9, 1.7)
"""Drivers from calm to pressing. Source: HCM, 6th ed., 2016, chapter 31 (queue discharge of
1,900 vehicles an hour and lane, mean headway 1.9 s at the stop line); Bokare and Maurya, 2017,
"Acceleration-deceleration behaviour of various vehicle types" (petrol cars up to 2.9 m/s2)."""
CAR_SPEED_FACTOR: Range = (0.80, 1.18)
"""Wanted speed over the limit. Source: ETSC, 2019, "Reducing speeding in Europe" (35 to 75 % of
urban drivers above the limit, mean close to it)."""
BUS_ACCELERATION_MPS2: Range = (0.7, 1.3)
BUS_BRAKING_MPS2: Range = (0.9, 2.2)
"""Source: TCRP Report 165 (TCQSM, 3rd ed.), chapter 6; standing passengers."""
BUS_DWELL_S: Range = (6.0, 60.0)
"""Source: TCRP Report 165, exhibit 6-4: 10 s at quiet, 30 s at typical, 60 s at busy stops."""
BIKE_SPEED_MPS: Range = (2.8, 7.2)
"""Source: Schleinitz et al., 2017, "The German naturalistic cycling study" (mean 15.3 km/h by
bicycle, 17.4 by pedelec; standard deviation between riders about 3 km/h)."""


@dataclass(frozen=True, slots=True)
class Drive:
    """What one vehicle did: ``who`` is ``car``, ``bus`` or ``bike``; one row a second."""

    who: str
    speed_mps: np.ndarray
    heading_rad: np.ndarray


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    length_m: float
    middle: tuple[float, float]


def drives(network: Network, folder: Path, home: Path) -> list[Drive]:
    """Build ``network`` in ``folder``, let it run, and return the traced drives.

    Empty where the network fell into gridlock.

    Args:
        network: What to build.
        folder: An empty folder for the files of SUMO.
        home: Where SUMO is installed.
    """
    net = folder / "net.xml"
    _run(home, "netgenerate", *network.arguments(), "-o", str(net))
    streets = {who: _streets(net, who) for who in ("passenger", "bicycle", "bus")}
    chance = generator(network.seed, "demand")
    items = [*_cars(network, streets["passenger"], chance), *_bikes(streets["bicycle"], chance)]
    items += _buses(network, streets["bus"], chance, folder, home)
    items.sort()
    routes = folder / "all.rou.xml"
    routes.write_text(
        "<routes>" + _types(chance) + "\n".join(text for _, text in items) + "</routes>"
    )
    output = folder / "fcd.csv"
    _run(
        home,
        "sumo",
        *("-n", str(net), "-r", str(routes), "--fcd-output", str(output)),
        *("--fcd-output.attributes", "speed,angle", "--device.fcd.probability", "0"),
        *("--ignore-route-errors", "--time-to-teleport", "200", "--end", str(DURATION_S)),
        *("--device.rerouting.probability", "0.3", "--seed", str(network.seed % 10**6)),
    )
    found = _parsed(output)
    standing = [np.mean(drive.speed_mps < 0.5) for drive in found if drive.who == "car"]
    return found if standing and float(np.mean(standing)) < GRIDLOCK else []


def sumo_home() -> Path:
    """Return the folder of the installed SUMO.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    found = find_spec("sumo")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("eclipse-sumo is not installed: see training/requirements.in")
    return Path(found.origin).parent


def _run(home: Path, program: str, *arguments: str) -> None:
    quiet = ("--no-warnings", *(() if program == "netgenerate" else ("--no-step-log",)))
    subprocess.run(
        [str(home / "bin" / program), *arguments, *quiet],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SUMO_HOME": str(home)},
    )


def _streets(net: Path, who: str) -> list[_Street]:
    """Return the streets that a class of vehicles may use, longer than 20 m."""
    found = []
    for edge in ET.parse(net).getroot().iter("edge"):  # noqa: S314  written by netgenerate here
        if edge.get("function") == "internal":
            continue
        open_to = [lane for lane in edge.iter("lane") if _allows(lane, who)]
        if open_to and (length := float(open_to[0].get("length", "0"))) > 20:
            shape = open_to[0].get("shape", "0,0").split()
            x, y = shape[len(shape) // 2].split(",")[:2]
            found.append(_Street(edge.get("id", ""), length, (float(x), float(y))))
    return found


def _allows(lane: ET.Element, who: str) -> bool:
    if (allowed := lane.get("allow")) is not None:
        return who in allowed.split()
    return who not in lane.get("disallow", "").split()


def _types(chance: np.random.Generator) -> str:
    types = [
        f'<vType id="car{n}" vClass="passenger" accel="{within(chance, CAR_ACCELERATION_MPS2):.2f}"'
        f' decel="{within(chance, CAR_BRAKING_MPS2):.2f}" tau="{within(chance, CAR_HEADWAY_S):.2f}"'
        f' sigma="{chance.uniform(0.2, 0.6):.2f}"'
        f' speedFactor="normc({within(chance, CAR_SPEED_FACTOR):.2f},0.08,0.5,1.5)"/>'
        for n in range(8)
    ]
    types += [
        f'<vType id="bus{n}" vClass="bus" length="12" sigma="0.4"'
        f' accel="{within(chance, BUS_ACCELERATION_MPS2):.2f}"'
        f' decel="{within(chance, BUS_BRAKING_MPS2):.2f}" emergencyDecel="5"'
        f' speedFactor="normc({chance.uniform(0.75, 1):.2f},0.06,0.5,1.1)"/>'
        for n in range(4)
    ]
    types += [
        f'<vType id="bike{n}" vClass="bicycle" maxSpeed="{within(chance, BIKE_SPEED_MPS):.2f}"'
        f' accel="{chance.uniform(0.5, 1.4):.2f}" decel="{chance.uniform(1.2, 2.6):.2f}"'
        f' sigma="0.5" speedFactor="normc(1,0.08,0.6,1.3)"'
        f' jmDriveAfterRedTime="{chance.choice([-1, -1, 60])}"/>'
        for n in range(8)
    ]
    return "\n".join(types)


def _pair(
    streets: list[_Street], chance: np.random.Generator, shortest_m: float
) -> tuple[_Street, _Street]:
    """Return two streets, if it can be ``shortest_m`` apart."""
    a, b = streets[0], streets[-1]
    for _ in range(30):
        a, b = (streets[int(n)] for n in chance.integers(len(streets), size=2))
        if np.hypot(a.middle[0] - b.middle[0], a.middle[1] - b.middle[1]) >= shortest_m:
            break
    return a, b


def _across_m(streets: list[_Street]) -> float:
    middles = np.array([street.middle for street in streets] or [(0.0, 0.0)])
    return float(np.hypot(*np.ptp(middles, axis=0)))


_TRACED = '<param key="has.fcd.device" value="true"/>'


def _trip(
    name: str, kind: str, at_s: float, ends: tuple[_Street, _Street], inside: str = ""
) -> tuple[float, str]:
    return at_s, (
        f'<trip id="{name}" type="{kind}" depart="{at_s:.1f}" from="{ends[0].name}"'
        f' to="{ends[1].name}" departLane="best">{inside}</trip>'
    )


def _cars(
    network: Network, streets: list[_Street], chance: np.random.Generator
) -> Iterator[tuple[float, str]]:
    lane_km = sum(street.length_m for street in streets) * network.lanes / 1000
    wanted = min(int(network.load * lane_km * DURATION_S / 420), MOST_CARS)
    traced = TRACED_CARS / max(wanted, TRACED_CARS)
    across_m = _across_m(streets)
    for n in range(wanted):
        shortest_m = across_m * (0.55 if often(chance, 0.4) else 0.2)
        mark = _TRACED if often(chance, traced) else ""
        at_s = chance.uniform(0, DURATION_S * (0.55 if mark else 0.9))
        ends = _pair(streets, chance, shortest_m)
        yield _trip(f"car_{n}", f"car{chance.integers(8)}", at_s, ends, mark)


def _bikes(streets: list[_Street], chance: np.random.Generator) -> Iterator[tuple[float, str]]:
    if not streets:
        return
    reach_m = min(_across_m(streets) * 0.3, 1500.0)
    for n in range(BIKES):
        ends = _pair(streets, chance, reach_m)
        at_s = chance.uniform(0, DURATION_S * 0.5)
        yield _trip(f"bike_{n}", f"bike{chance.integers(8)}", at_s, ends, _TRACED)


def _buses(
    network: Network,
    streets: list[_Street],
    chance: np.random.Generator,
    folder: Path,
    home: Path,
) -> list[tuple[float, str]]:
    """Return buses with their halts, on the shortest ways between far-off streets."""
    asked, answered = folder / "lines.xml", folder / "lines.rou.xml"
    shortest_m = 0.5 * _across_m(streets)
    lines = [
        _trip(f"line_{n}", "bus", n, _pair(streets, chance, shortest_m)) for n in range(BUS_LINES)
    ]
    asked.write_text(
        '<routes><vType id="bus" vClass="bus"/>' + "".join(text for _, text in lines) + "</routes>"
    )
    net = folder / "net.xml"
    _run(
        home, "duarouter", "-n", str(net), "-r", str(asked), "-o", str(answered), "--ignore-errors"
    )
    length_m = {street.name: street.length_m for street in streets}
    root = ET.parse(answered).getroot()  # noqa: S314  written by duarouter here
    routes = [route.get("edges", "").split() for route in root.iter("route")]
    return [
        bus
        for line, edges in enumerate(routes)
        for bus in _line(line, edges, _halts(edges, length_m, chance, network.bus_stop_m), chance)
    ]


def _line(
    line: int, edges: list[str], halts: list[tuple[str, float]], chance: np.random.Generator
) -> Iterator[tuple[float, str]]:
    parking = ' parking="true"' if often(chance, 0.4) else ""
    usual_s = around(chance, BUS_DWELL_S)
    for n in range(BUSES_A_LINE):
        at_s = chance.uniform(0, DURATION_S * 0.5)
        stops = "".join(
            f'<stop edge="{edge}" endPos="{at:.1f}"'
            f' duration="{around(chance, (usual_s / 3, usual_s * 3)):.0f}"{parking}/>'
            for edge, at in halts
            if not often(chance, 0.12)
        )
        route = f'<route edges="{" ".join(edges)}"/>'
        name = f'id="bus_{line}x{n}" type="bus{chance.integers(4)}"'
        head = f'<vehicle {name} depart="{at_s:.1f}" departLane="best">'
        yield at_s, f"{head}{route}{stops}{_TRACED}</vehicle>"


def _halts(
    edges: list[str], length_m: dict[str, float], chance: np.random.Generator, apart_m: float
) -> list[tuple[str, float]]:
    """Return the edges and positions of stops, about ``apart_m`` from each other."""
    halts, next_m, gone_m = [], chance.uniform(0.3, 1) * apart_m, 0.0
    for n, edge in enumerate(edges):
        long_m = length_m.get(edge, 0.0)
        while next_m < gone_m + long_m:
            at_m = next_m - gone_m
            if n > 0 and 20 < at_m < long_m - 10:
                halts.append((edge, at_m))
            next_m += apart_m * chance.uniform(0.65, 1.4)
        gone_m += long_m
    return halts


def _parsed(output: Path) -> list[Drive]:
    """Return the drives of at least a minute in SUMO's floating-car output."""
    rows: dict[str, list[tuple[float, float]]] = {}
    with output.open(newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["vehicle_id"]:
                rows.setdefault(row["vehicle_id"], []).append(
                    (float(row["vehicle_speed"]), float(row["vehicle_angle"]))
                )
    found = []
    for name in sorted(rows):
        table = np.array(rows[name])
        if len(table) >= 60:
            heading = np.unwrap(np.radians(90.0 - table[:, 1]))
            found.append(Drive(name.split("_")[0], table[:, 0], heading))
    return found
