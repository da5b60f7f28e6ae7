"""A traveller's day: trips of several modes between the places where one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training.simulation.broad import broad_ride
from training.simulation.chance import Range, around, often
from training.simulation.far import ferry, flight
from training.simulation.motion import Motion, Sky, about_face, joined, standing, under_streets
from training.simulation.onfoot import run, walk
from training.simulation.rails import MODES, railway
from training.simulation.stitched import town_ride
from training.simulation.streets import ride
from training.simulation.travellers import Part, Traveller

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

STAY_S: Range = (360, 3600)
"""At a place between two trips; kept shorter than life, where nothing more is to be learnt."""
ACCESS_M: dict[str, Range] = {
    "bus": (80, 900),
    "tram": (80, 1000),
    "subway": (120, 1600),
    "train": (150, 2200),
}
"""Walks to stops. Source: El-Geneidy et al., 2014, "New evidence on walking distances to transit
stops" (85th percentiles of 524 m to bus and 1,259 m to rail, Montreal)."""
WAIT_S: dict[str, Range] = {
    "bus": (20, 900),
    "tram": (20, 600),
    "subway": (15, 420),
    "train": (40, 1200),
}
"""Source: TCRP Report 165, chapter 5: half a headway where it is short, 3 to 10 minutes else."""
PARKING_M: Range = (8, 450)
"""Between a parked vehicle and the door. Source: van der Waerden et al., 2017, "Car drivers'
willingness to walk" (mostly below 300 m)."""

OUTING_M: dict[str, Range] = {"dog": (400, 4000), "hike": (3000, 16000)}
AT_DOOR_S: Range = (10, 240)
PUSHED_M: Range = (5, 60)
READY_S: Range = (3, 150)
"""Unlocking, starting, fastening, parking: part of the leg, at either end."""
HOP_M: Range = (60, 2500)
DOOR_M: Range = (15, 350)
"""Delivery rounds: driven and walked between two doors. Source: Allen et al., 2018,
"Understanding the impact of e-commerce on last-mile light goods vehicle activity in urban areas"
(London: 0.4 km driven, 105 m walked between stops on the average, 4 minutes parked)."""
LINE_SHARES: dict[str, list[float]] = {
    "subway": [0.35, 0.45, 0.2],
    "train": [0.42, 0.3, 0.18, 0.1],
}
"""How often each kind of line, in the order of `rails.LINES`."""


def day(who: Traveller, chance: np.random.Generator) -> list[Part]:
    """Return the parts of one day, in order, with stays before, between and after the trips."""
    parts = [Part("", standing(chance.uniform(30, 600), Sky.INDOORS))]
    for _ in range(int(chance.integers(2, 6))):
        main = str(chance.choice(list(who.habits), p=list(who.habits.values())))
        parts += [part for part in _trip(main, who, chance) if len(part.motion)]
        parts.append(Part("", standing(around(chance, STAY_S), Sky.INDOORS)))
    return parts


def _trip(main: str, who: Traveller, chance: np.random.Generator) -> Iterator[Part]:
    if main == "foot" and who.broad:
        purpose = str(chance.choice(["dog", "hike"]))
        yield _walk(chance, around(chance, OUTING_M[purpose]), purpose)
    elif main == "foot":
        purpose = str(chance.choice(["errand", "commute", "stroll"]))
        yield _walk(chance, around(chance, (250, 5500)), purpose)
    elif main == "run":
        yield Part("run", under_streets(run(chance, around(chance, (1500, 14000))), chance, 0.2))
    elif main in {"bike", "e_bike", "e_scooter", "car", "motorcycle"}:
        yield from _door_to_door(main, who, chance)
    elif main == "round":
        yield from _round(chance)
    elif main in {"ferry", "airplane"}:
        yield from _far(main, who, chance)
    else:
        yield from _by_line(main, who, chance)


def _walk(chance: np.random.Generator, length_m: float, purpose: str) -> Part:
    return Part(
        "walk", under_streets(walk(chance, length_m, purpose), chance, chance.random() * 0.7)
    )


def _door_to_door(mode: str, who: Traveller, chance: np.random.Generator) -> Iterator[Part]:
    taxi = mode == "car" and often(chance, 0.15)
    near = (3, 60) if mode in {"bike", "e_bike", "e_scooter"} or taxi else PARKING_M
    yield from _to_vehicle(chance, near)
    if taxi:
        yield Part("", standing(around(chance, (30, 600)), Sky.STREET))
    motion = _vehicle(mode, who, chance)
    idle = [standing(around(chance, READY_S)) for _ in range(2)]
    streets = chance.random() * (0.8 if motion.length_m < 15000 else 0.3)
    yield Part(mode, under_streets(joined(idle[0], motion, idle[1]), chance, streets))
    yield from _to_vehicle(chance, near)


def _round(chance: np.random.Generator) -> Iterator[Part]:
    """Return the round of somebody who drives a little and walks a little, many times."""
    for _ in range(int(chance.integers(4, 10))):
        length_m = around(chance, HOP_M)
        kind = "car yard" if length_m < 400 else "car street"
        yield Part("car", under_streets(ride(kind, chance, length_m=length_m), chance, 0.4))
        there, back = (walk(chance, around(chance, DOOR_M) / 2, "round") for _ in range(2))
        at_door = standing(around(chance, AT_DOOR_S), Sky.STREET)
        yield Part("walk", joined(there, at_door, about_face(back)))


def _to_vehicle(chance: np.random.Generator, near: Range) -> Iterator[Part]:
    length_m = around(chance, near)
    if length_m > 15:
        yield _walk(chance, length_m, "errand")


def _vehicle(mode: str, who: Traveller, chance: np.random.Generator) -> Motion:
    if who.strays(mode, chance):
        return broad_ride(mode, who.towns, chance)
    if mode in {"bike", "e_bike", "e_scooter"}:
        return joined(*_pushed(chance), _cycle(mode, who, chance), *_pushed(chance))
    if mode == "motorcycle":
        return ride(
            str(chance.choice(["motorcycle town", "motorcycle road"], p=[0.7, 0.3])), chance
        )
    yards = [ride("car yard", chance) for _ in range(2) if often(chance, 0.5)]
    return joined(*yards[:1], _driven(who, chance), *yards[1:])


def _pushed(chance: np.random.Generator) -> list[Motion]:
    """Return the steps beside a cycle between its stand and the street, if there are any."""
    return [walk(chance, around(chance, PUSHED_M), "errand")] if often(chance, 0.5) else []


def _cycle(mode: str, who: Traveller, chance: np.random.Generator) -> Motion:
    if mode == "bike" and often(chance, 0.55):
        return town_ride("bike", who.towns, chance)
    return ride(mode, chance)


def _driven(who: Traveller, chance: np.random.Generator) -> Motion:
    """Return a drive through towns, and beyond them on roads and motorways."""
    draw = chance.random()
    if draw < 0.6:
        return town_ride("car", who.towns, chance)
    if draw < 0.72:
        return ride("car street", chance)
    beyond = str(chance.choice(["car road", "car motorway"], p=[0.45, 0.55]))
    ends = (
        town_ride("car", who.towns, chance, length_m=around(chance, (600, 8000))) for _ in range(2)
    )
    first, last = ends
    return joined(first, ride(beyond, chance), last)


def _by_line(main: str, who: Traveller, chance: np.random.Generator) -> Iterator[Part]:
    modes = [main]
    if often(chance, 0.35):
        other = str(chance.choice(["bus", "tram", "subway", "train"]))
        modes.insert(int(chance.integers(2)), other)
    if often(chance, 0.08):
        modes.append(str(chance.choice(["bus", "subway"])))
    walked = often(chance, 0.8)  # else from door to stop in no time
    if walked:
        yield from _access(modes[0], chance)
    for n, mode in enumerate(modes):
        called = {"walk": "walk" if walked or n else "", "ride": mode}
        yield Part(called.get(who.waits, ""), _platform(mode, chance))
        motion = _line_ride(mode, who, chance)
        yield Part(mode, motion)
        if n + 1 < len(modes):
            yield from _transfer(motion, modes[n + 1], chance)
    if often(chance, 0.8):
        yield _walk(chance, around(chance, ACCESS_M[modes[-1]]), "commute")


def _access(mode: str, chance: np.random.Generator) -> Iterator[Part]:
    """Return the way to the first stop: mostly on foot, sometimes by cycle or car."""
    if mode in {"train", "subway"} and often(chance, 0.12):
        yield Part("bike", ride("bike", chance, length_m=around(chance, (600, 5000))))
        yield _walk(chance, around(chance, (20, 200)), "commute")
        return
    yield _walk(chance, around(chance, ACCESS_M[mode]), "commute")


def _platform(mode: str, chance: np.random.Generator) -> Motion:
    sky = {"subway": Sky.STATION, "train": Sky.STREET}.get(mode, Sky.OPEN)
    return standing(around(chance, WAIT_S[mode]), sky)


def _line_ride(mode: str, who: Traveller, chance: np.random.Generator) -> Motion:
    if mode == "bus":
        motion = _bus(who, chance)
        return under_streets(motion, chance, chance.random() * 0.7)
    if who.strays(mode, chance):
        motion = broad_ride(mode, who.towns, chance)
        return under_streets(motion, chance, 0.4) if mode == "tram" else motion
    kinds = [kind for kind, of in MODES.items() if of == mode]
    weights = LINE_SHARES.get(mode, [1 / len(kinds)] * len(kinds))
    motion = railway(str(chance.choice(kinds, p=weights)), chance)
    return under_streets(motion, chance, 0.4) if mode == "tram" else motion


def _bus(who: Traveller, chance: np.random.Generator) -> Motion:
    if who.strays("bus", chance):
        return broad_ride("bus", who.towns, chance)
    draw = chance.random()
    if draw < 0.62:
        return town_ride("bus", who.towns, chance)
    kinds = ["bus street", "bus express", "bus country", "coach"]
    return ride(str(chance.choice(kinds, p=[0.45, 0.2, 0.2, 0.15])), chance)


def _transfer(motion: Motion, to: str, chance: np.random.Generator) -> Iterator[Part]:
    below = to == "subway" and int(motion.sky[-1]) == Sky.STATION
    sky = Sky.UNDERGROUND if below else Sky.OPEN
    yield Part("walk", walk(chance, around(chance, (30, 400)), "transfer", sky=sky))


def _far(main: str, who: Traveller, chance: np.random.Generator) -> Iterator[Part]:
    """Return a crossing or a flight with the ways to and from port."""
    if main == "airplane":
        link = str(chance.choice(["train", "bus", "car"]))
        first = (
            town_ride("car", who.towns, chance) if link == "car" else _line_ride(link, who, chance)
        )
        yield Part(link, first)
    yield _walk(chance, around(chance, (100, 900)), "transfer")
    yield Part("", standing(around(chance, (240, 2400)), Sky.INDOORS))
    yield Part(main, ferry(chance) if main == "ferry" else flight(chance))
    yield _walk(chance, around(chance, (100, 900)), "transfer")
