"""Rides that are rarer or stranger: sport, jams, busways, branch lines, circling for a space.

Travellers of the broad part make them half of the time, so that what the model takes for the
mark of a mode is what holds in more than one kind of town and life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.simulation.chance import Range, around, often, within
from training.simulation.motion import Motion, eased, joined, paced, rested, varied
from training.simulation.rails import Rail, railway
from training.simulation.stitched import town_ride
from training.simulation.streets import Street, ride

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from training.simulation.roads_kept import Town

SHARE = 0.5
"""Of the rides of a traveller of the broad part."""

_NEVER = (np.inf, np.inf)
_LIGHTS_S: Range = (5, 75)

# Columns as in `streets.STREETS`.
# fmt: off
WAYS: Mapping[str, tuple[str, Street]] = {
    "sport": ("bike", Street(
        (24, 38), (12000, 110000), (0.3, 0.9), (0.8, 2.2), (0.05, 0.25),
        (900, 9000), (0.05, 0.4), (3, 45),
        _NEVER, (0, 0), (800, 7000), (30, 900),
    )),
    "loaded": ("bike", Street(
        (8, 16), (600, 7000), (0.2, 0.6), (0.5, 1.4), (0.1, 0.35),
        (120, 600), (0.2, 0.8), _LIGHTS_S,
        _NEVER, (0, 0), (200, 1800), (20, 300),
    )),
    "speed pedelec": ("bike", Street(
        (30, 43), (3000, 25000), (0.5, 1.3), (0.8, 2.2), (0.05, 0.2),
        (250, 1500), (0.2, 0.6), _LIGHTS_S,
        _NEVER, (0, 0), (500, 4000), (30, 600),
    )),
    "ring": ("car motorway", Street(
        (60, 105), (4000, 40000), (0.7, 1.6), (0.8, 2.0), (0.05, 0.3),
        _NEVER, (0, 0), (0, 0),
        _NEVER, (0, 0), _NEVER, (250, 2500),
    )),
    "steady": ("car", Street(
        (80, 130), (6000, 150000), (0.5, 1.4), (0.6, 1.8), (0.0, 0.04),
        _NEVER, (0, 0), (0, 0),
        _NEVER, (0, 0), _NEVER, (500, 5000),
    )),
    "pass": ("car road", Street(
        (35, 70), (4000, 35000), (0.7, 1.8), (0.9, 2.2), (0.1, 0.35),
        (3000, 12000), (0.05, 0.4), (4, 45),
        _NEVER, (0, 0), (900, 7000), (15, 250),
    )),
    "search": ("car yard", Street(
        (9, 24), (300, 1800), (0.5, 1.3), (0.7, 1.8), (0.15, 0.4),
        (60, 300), (0.1, 0.6), (2, 30),
        _NEVER, (0, 0), (60, 260), (10, 100),
    )),
    "busway": ("bus", Street(
        (35, 65), (2000, 25000), (0.8, 1.2), (0.8, 1.4), (0.03, 0.2),
        (600, 3000), (0.1, 0.5), (5, 60),
        (350, 1500), (12, 40), (1500, 9000), (60, 1200),
    )),
    "minibus": ("bus", Street(
        (25, 65), (1500, 30000), (0.8, 1.8), (0.9, 2.2), (0.1, 0.35),
        (250, 1500), (0.2, 0.6), _LIGHTS_S,
        (120, 1800), (3, 25), (400, 4000), (40, 700),
    )),
    "motorway bus": ("coach", Street(
        (75, 102), (6000, 90000), (0.4, 0.9), (0.5, 1.2), (0.02, 0.12),
        _NEVER, (0, 0), (0, 0),
        _NEVER, (0, 0), _NEVER, (400, 4000),
    )),
    "long bus": ("bus", Street(
        (60, 92), (12000, 150000), (0.5, 1.0), (0.6, 1.3), (0.05, 0.25),
        (2500, 12000), (0.05, 0.4), (4, 45),
        (2500, 25000), (10, 180), (3000, 15000), (90, 1500),
    )),
}

LINES: Mapping[str, tuple[str, Rail]] = {
    "own track": ("light rail", Rail(
        (450, 1900), (55, 85), (1500, 18000),
        (0.8, 1.2), (30, 45), (15, 40), (100, 1200), 1200, 0.05, 0.08,
    )),
    "mixed traffic": ("tram", Rail(
        (200, 480), (28, 45), (600, 7000),
        (0.7, 1.2), (20, 35), (12, 45), (20, 250), 400, 0.0, 1.2,
    )),
    "elevated": ("metro", Rail(
        (700, 3200), (70, 105), (1800, 40000),
        (0.8, 1.2), (35, 55), (22, 50), (250, 1800), 1800, 0.02, 0.05,
    )),
    "old metro": ("metro close", Rail(
        (350, 900), (42, 68), (1000, 14000),
        (0.7, 1.1), (25, 40), (18, 45), (70, 450), 600, 0.5, 0.15,
    )),
    "branch": ("regional", Rail(
        (1800, 9000), (50, 95), (5000, 60000),
        (0.3, 0.7), (35, 60), (25, 150), (180, 1200), 1800, 0.02, 0.35,
    )),
    "slow main line": ("intercity", Rail(
        (10000, 60000), (80, 140), (20000, 250000),
        (0.2, 0.4), (40, 70), (90, 700), (400, 3500), 6000, 0.03, 1.0,
    )),
    "fast suburban": ("suburban", Rail(
        (2500, 18000), (95, 160), (8000, 80000),
        (0.5, 1.0), (40, 70), (25, 80), (400, 3000), 3000, 0.06, 0.2,
    )),
}
# fmt: on
"""Cycles: Wilson and Schmidt, 2020, "Bicycling science", 4th ed., chapter 4 (200 to 300 W are 32
to 38 km/h on the level, a few km/h on a climb, 60 and more down it); speed pedelecs to 45 km/h:
Regulation (EU) 168/2013, annex I. Ring roads and passes: RAA 2008 and RAL 2012 (radii of 280 to
900 m; hairpins of 12.5 m and more). Circling: Shoup, 2006, "Cruising for parking" (3.5 to 14
minutes). Busways: ITDP, 2016, "The BRT standard" (stations 0.3 to 0.8 km apart) and TCRP Report
90 (20 to 50 km/h on the whole). Minibuses: Cervero and Golub, 2007, "Informal transport". Metros:
see `rails.LINES`. Branch lines, waits for trains coming the other way and slow main lines: UIC
406 (capacity of single track), and the printed timetables of regional lines, 40 to 70 km/h."""

OFTEN: Mapping[str, Mapping[str, float]] = {
    "bike": {"sport": 0.55, "loaded": 0.25, "hills": 0.2},
    "e_bike": {"speed pedelec": 0.4, "hills": 0.6},
    "car": {
        "crowded": 0.35,
        "ring": 0.2,
        "steady": 0.2,
        "pass": 0.1,
        "search": 0.15,
    },
    "bus": {
        "crowded": 0.25,
        "busway": 0.2,
        "minibus": 0.2,
        "motorway bus": 0.2,
        "long bus": 0.15,
    },
    "tram": {"own track": 0.6, "mixed traffic": 0.4},
    "subway": {"elevated": 0.6, "old metro": 0.4},
    "train": {"branch": 0.4, "slow main line": 0.25, "fast suburban": 0.35},
}
"""How often each is the one, where a broad ride is made."""

HILL_M: Range = (250, 3000)
HILLS: Range = (0.15, 0.45)
"""Length of slopes, and how much they change the pace."""
CROWDED_PACE: Range = (0.4, 0.8)
CROWDED_WAITS: Range = (1.0, 2.2)
CROWDED_M: Mapping[str, Range] = {"car": (2500, 20000), "bus": (1500, 14000)}
"""An hour in the centre of London or Dublin is 14 to 18 km by car (TomTom Traffic Index 2023: 37
and 29 minutes for 10 km), 8 to 12 by bus (TCRP Report 165, exhibit 6-62)."""
END_M: Range = (500, 7000)
"""In towns, before and after a road or motorway."""


def broad_ride(mode: str, towns: Sequence[Town], chance: np.random.Generator) -> Motion:
    """Return a ride by ``mode``, a name of `OFTEN`, of one of the kinds there."""
    kinds = OFTEN[mode]
    kind = str(chance.choice(list(kinds), p=list(kinds.values())))
    if kind in LINES:
        base, rail = LINES[kind]
        return railway(base, chance, rail=rail)
    if kind == "crowded":
        return _crowded(mode, towns, chance)
    if kind == "hills":
        return _hilly(ride(mode, chance), chance)
    base, style = WAYS[kind]
    motion = ride(base, chance, style=style)
    return _FINISHED.get(kind, _as_it_is)(motion, towns, chance)


def _hilly(motion: Motion, chance: np.random.Generator) -> Motion:
    steep = within(chance, HILLS)
    slopes = varied(motion, chance, around(chance, HILL_M), steep)
    return eased(slopes, chance.uniform(3, 10))


def _crowded(who: str, towns: Sequence[Town], chance: np.random.Generator) -> Motion:
    motion = town_ride(who, towns, chance, length_m=around(chance, CROWDED_M[who]))
    slower = paced(motion, within(chance, CROWDED_PACE))
    return rested(slower, chance, within(chance, CROWDED_WAITS), 0.0)


def _between(who: str) -> Callable[[Motion, Sequence[Town], np.random.Generator], Motion]:
    """Return what puts towns before and after a road, often."""

    def ended(motion: Motion, towns: Sequence[Town], chance: np.random.Generator) -> Motion:
        ends = [
            [town_ride(who, towns, chance, length_m=around(chance, END_M))]
            if often(chance, 0.7)
            else []
            for _ in range(2)
        ]
        return joined(*ends[0], motion, *ends[1])

    return ended


def _after_a_drive(motion: Motion, towns: Sequence[Town], chance: np.random.Generator) -> Motion:
    return joined(town_ride("car", towns, chance), motion)


def _up_and_down(motion: Motion, _towns: Sequence[Town], chance: np.random.Generator) -> Motion:
    return _hilly(motion, chance) if often(chance, 0.7) else motion


def _as_it_is(motion: Motion, _towns: Sequence[Town], _chance: np.random.Generator) -> Motion:
    return motion


_FINISHED: Mapping[str, Callable[[Motion, Sequence[Town], np.random.Generator], Motion]] = {
    "sport": _up_and_down,
    "ring": _between("car"),
    "steady": _between("car"),
    "motorway bus": _between("bus"),
    "search": _after_a_drive,
}
