"""How far was driven, how much of it was measured, and how much of it by night."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.driving.events import Event, events_of
from geowallet.driving.forces import forces_of
from geowallet.driving.words import Exposure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

DARK_DEG = -6.0
"""Civil twilight ends when the sun stands six degrees below the horizon (US Naval
Observatory, "Rise, Set, and Twilight Definitions"): lamps are needed to see the road."""

SUN_STEP_US = 60_000_000
"""The height of the sun is computed once a minute: it changes by a quarter of a degree."""

LONGEST_STEP_S = 900.0
"""Silences above fifteen minutes are no driven metres."""


@dataclass(frozen=True, slots=True)
class Drive:
    """One drive, measured; for the owner's eyes, for it holds instants."""

    driven_m: float
    dense_m: float
    along_m: float
    night_m: float
    events: tuple[Event, ...]


def drive_of(fixes: Fixes) -> Drive:
    """Return what one drive shows.

    Args:
        fixes: Its good fixes at distinct instants, at least one.
    """
    forces = forces_of(fixes)
    travelled = np.diff(fixes.time_us) <= LONGEST_STEP_S * 1e6
    step_m = np.where(travelled, forces.step_m, 0.0)
    dense_m = float(np.sum(step_m[forces.dense]))
    return Drive(
        driven_m=float(np.sum(step_m)),
        dense_m=dense_m,
        along_m=dense_m if forces.has_speeds else 0.0,
        night_m=_night_m(fixes, step_m),
        events=events_of(forces),
    )


def exposure_of(drives: Iterable[Drive]) -> Exposure:
    """Return the sums over ``drives``; all 0 for none."""
    kept = list(drives)
    counts = Counter((event.kind, event.strength) for drive in kept for event in drive.events)
    return Exposure(
        driven_m=round(sum(drive.driven_m for drive in kept)),
        dense_m=round(sum(drive.dense_m for drive in kept)),
        along_m=round(sum(drive.along_m for drive in kept)),
        night_m=round(sum(drive.night_m for drive in kept)),
        counts=tuple(sorted((*key, number) for key, number in counts.items())),
    )


def _night_m(fixes: Fixes, step_m: NDArray[np.float64]) -> float:
    minute = fixes.time_us[:-1] // SUN_STEP_US
    starts = np.flatnonzero(np.diff(minute, prepend=minute[:1] - 1))
    if not len(starts):
        return 0.0
    metres = np.add.reduceat(step_m, starts)
    return float(
        sum(m for m, index in zip(metres, starts, strict=True) if _is_dark(fixes, int(index)))
    )


def _is_dark(fixes: Fixes, index: int) -> bool:
    from astral import Observer  # noqa: PLC0415  200 ms that only a score needs
    from astral.sun import elevation  # noqa: PLC0415

    moment = dt.datetime.fromtimestamp(int(fixes.time_us[index]) / 1e6, dt.UTC)
    here = Observer(float(fixes.lat_deg[index]), float(fixes.lon_deg[index]))
    return float(elevation(here, moment)) < DARK_DEG
