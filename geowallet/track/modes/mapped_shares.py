"""How often ways by each mode follow what a map draws, measured.

By ``python -m training.map_ways`` on five extracts of OpenStreetMap (Liechtenstein, the middle
of Helsinki, Baltimore, Krems and Harrisburg), 120 ways by each mode over the network of each.
Shares only, no map: the extracts are © OpenStreetMap contributors, ODbL 1.0.
Of trams there was one town, of undergrounds two, shown by their middle: that half of all other
ways are far from their lines is assumed. What trams do on motorways is taken from trains, what
both have of cycleways and bus stops from cars.
"""

from __future__ import annotations

from geowallet.model.mobility import Mode
from geowallet.track.modes.surroundings import Kind

POWER = 0.75
"""How far the tables are believed. On simulated days with ways over other maps more is better
(0.5, 0.75, 1: 0.896, 0.904, 0.906 of 1,462 legs right, without a map 0.876); but shares of one leg
are not independent of each other, and drawn ways know no gaps in maps."""

SHARES: dict[Kind, dict[Mode, tuple[float, ...]]] = {
    Kind.RAIL: {
        Mode.WALK: (0.93, 0.03, 0.02, 0.02),
        Mode.BIKE: (0.93, 0.03, 0.02, 0.02),
        Mode.CAR: (0.94, 0.02, 0.02, 0.02),
        Mode.BUS: (0.94, 0.02, 0.02, 0.02),
        Mode.TRAM: (0.94, 0.02, 0.02, 0.02),
        Mode.SUBWAY: (0.94, 0.02, 0.02, 0.02),
        Mode.TRAIN: (0.02, 0.02, 0.02, 0.94),
    },
    Kind.TRAM: {
        Mode.WALK: (0.53, 0.22, 0.20, 0.05),
        Mode.BIKE: (0.50, 0.37, 0.10, 0.02),
        Mode.CAR: (0.48, 0.20, 0.14, 0.18),
        Mode.BUS: (0.48, 0.22, 0.16, 0.13),
        Mode.TRAM: (0.02, 0.02, 0.03, 0.93),
        Mode.SUBWAY: (0.48, 0.06, 0.24, 0.21),
        Mode.TRAIN: (0.94, 0.02, 0.02, 0.02),
    },
    Kind.SUBWAY: {
        Mode.WALK: (0.82, 0.07, 0.07, 0.03),
        Mode.BIKE: (0.83, 0.14, 0.02, 0.02),
        Mode.CAR: (0.79, 0.10, 0.10, 0.02),
        Mode.BUS: (0.82, 0.09, 0.07, 0.02),
        Mode.TRAM: (0.53, 0.23, 0.15, 0.09),
        Mode.SUBWAY: (0.02, 0.02, 0.02, 0.93),
        Mode.TRAIN: (0.94, 0.02, 0.02, 0.02),
    },
    Kind.ROAD: {
        Mode.WALK: (0.08, 0.08, 0.13, 0.70),
        Mode.BIKE: (0.06, 0.07, 0.21, 0.67),
        Mode.CAR: (0.02, 0.02, 0.02, 0.94),
        Mode.BUS: (0.02, 0.02, 0.02, 0.94),
        Mode.TRAM: (0.02, 0.02, 0.03, 0.93),
        Mode.SUBWAY: (0.42, 0.05, 0.09, 0.44),
        Mode.TRAIN: (0.58, 0.35, 0.04, 0.02),
    },
    Kind.MOTORWAY: {
        Mode.WALK: (0.89, 0.06, 0.02, 0.02),
        Mode.BIKE: (0.89, 0.07, 0.02, 0.02),
        Mode.CAR: (0.37, 0.17, 0.30, 0.16),
        Mode.BUS: (0.77, 0.14, 0.07, 0.02),
        Mode.TRAM: (0.94, 0.02, 0.02, 0.02),
        Mode.SUBWAY: (0.94, 0.02, 0.02, 0.02),
        Mode.TRAIN: (0.92, 0.04, 0.02, 0.02),
    },
    Kind.CYCLEWAY: {
        Mode.WALK: (0.65, 0.20, 0.12, 0.03),
        Mode.BIKE: (0.49, 0.18, 0.18, 0.14),
        Mode.CAR: (0.58, 0.32, 0.08, 0.02),
        Mode.BUS: (0.60, 0.27, 0.11, 0.02),
        Mode.TRAM: (0.58, 0.32, 0.08, 0.02),
        Mode.SUBWAY: (0.58, 0.32, 0.08, 0.02),
        Mode.TRAIN: (0.94, 0.02, 0.02, 0.02),
    },
    Kind.STOP: {
        Mode.WALK: (0.73, 0.18, 0.05, 0.03),
        Mode.BIKE: (0.68, 0.22, 0.07, 0.02),
        Mode.CAR: (0.67, 0.25, 0.06, 0.02),
        Mode.BUS: (0.35, 0.30, 0.25, 0.10),
        Mode.TRAM: (0.67, 0.25, 0.06, 0.02),
        Mode.SUBWAY: (0.67, 0.25, 0.06, 0.02),
        Mode.TRAIN: (0.60, 0.36, 0.02, 0.02),
    },
}
"""How often the share lies below 0.2, to 0.5, to 0.8, and above. None is below 0.02: maps have
gaps, and people park at stations."""

LIKE: dict[Mode, Mode] = {
    Mode.RUN: Mode.WALK,
    Mode.E_BIKE: Mode.BIKE,
    Mode.E_SCOOTER: Mode.BIKE,
    Mode.MOTORCYCLE: Mode.CAR,
}
"""Modes that use the ways of another."""

NOWHERE = (0.94, 0.02, 0.02, 0.02)
"""Ferries and airplanes follow nothing that is drawn here."""


def shares_of(kind: Kind, mode: Mode) -> tuple[float, ...]:
    """Return how often a way by ``mode`` follows ``kind`` so far, as `SHARES`."""
    return SHARES[kind].get(LIKE.get(mode, mode), NOWHERE)
