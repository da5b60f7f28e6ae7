"""A day as a file: the fixes of a device, the true legs, and how they came about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.cadence import cadence, written
from training.simulation.chance import often, within
from training.simulation.days import day
from training.simulation.motion import Motion, joined
from training.simulation.receiver import receiver, seen
from training.simulation.truth import legs_of, noted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.simulation.cadence import Cadence
    from training.simulation.receiver import Receiver
    from training.simulation.travellers import Part, Traveller

EARTH_M = 6_371_008.8
"""Mean radius, IUGG 1980."""
FIRST_US = 1_230_768_000_000_000
"""1 January 2009, 00:00 UTC; days of travellers lie in the years after it."""
DAY_US = 86_400_000_000
ABOARD: dict[str, tuple[float, float]] = {
    "train": (1.0, 3.5),
    "tram": (1.0, 2.5),
    "subway": (1.0, 3.0),
    "bus": (1.0, 2.5),
    "car": (1.0, 1.8),
    "ferry": (1.0, 2.0),
    "airplane": (1.5, 6.0),
}
"""How much worse inside. Source: Hess et al., 2014, and Gong et al., 2012, "A GPS/GIS method for
travel mode detection in New York City": metal coaches weaken signals by 10 to 20 dB."""
OFF_IN_FLIGHT = 0.4
"""Share of flights with the receiver switched off: flight mode."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One file.

    Attributes:
        time_us: UTC microseconds, rising.
        lat_deg: Latitude.
        lon_deg: Longitude.
        accuracy_m: As reported, or NaN.
        speed_mps: As reported, or NaN.
        start_us: True start of each leg.
        end_us: True end of each leg.
        noted_us: Start and end as a person would have noted them, shape (k, 2).
        leg_m: True metres of each leg, along the way.
        mode: Of each leg.
        meta: How it came about.
    """

    time_us: np.ndarray
    lat_deg: np.ndarray
    lon_deg: np.ndarray
    accuracy_m: np.ndarray
    speed_mps: np.ndarray
    start_us: np.ndarray
    end_us: np.ndarray
    noted_us: np.ndarray
    leg_m: np.ndarray
    mode: np.ndarray
    meta: dict[str, str | int | float]


def trace(who: Traveller, number: int, chance: np.random.Generator) -> Trace:
    """Return one day of a traveller as one device, seldom two, recorded it."""
    parts = day(who, chance)
    motion = joined(*(_turned(part.motion, chance) for part in parts))
    at = motion.positions(heading_rad=chance.uniform(0, 2 * np.pi))[1:]
    lat0_deg, lon0_deg = chance.uniform(-45, 60), chance.uniform(-120, 120)
    if at.imag[np.argmax(np.abs(at.imag))] * lat0_deg > 0:
        at = np.conj(at)  # long ways lead towards the equator
    true = _True(at, *_degrees(at, lat0_deg, lon0_deg), motion.sky, parts)
    devices = [(receiver(chance), cadence(chance)) for _ in range(2 if often(chance, 0.03) else 1)]
    rows = np.concatenate([_recorded(true, *device, chance) for device in devices])
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    legs = legs_of(parts)
    bounds_s = np.array([(leg.first, leg.last) for leg in legs], float).reshape(-1, 2)
    hour_us = DAY_US // 24
    start_us = (
        FIRST_US + int(chance.integers(5800)) * DAY_US + int(chance.integers(5, 12)) * hour_us
    )
    return Trace(
        time_us=start_us + _micro(rows[:, 0]),
        lat_deg=rows[:, 1],
        lon_deg=rows[:, 2],
        accuracy_m=rows[:, 3],
        speed_mps=rows[:, 4],
        start_us=start_us + _micro(bounds_s[:, 0]),
        end_us=start_us + _micro(bounds_s[:, 1]),
        noted_us=start_us + _micro(noted(bounds_s, chance)),
        leg_m=np.array([motion.speed_mps[leg.first : leg.last].sum() for leg in legs]),
        mode=np.array([leg.mode for leg in legs], dtype="U12"),
        meta={
            "owner": f"{who.part}-{who.number}",
            "day": number,
            "network": " ".join(town.name for town in who.towns),
            "devices": len(devices),
            "family": devices[0][0].family,
            "cadence": devices[0][1].kind,
            "step": devices[0][1].step,
        },
    )


@dataclass(frozen=True, slots=True)
class _True:
    """The way itself: one row a second, and the parts it is made of."""

    at: np.ndarray
    lat_deg: np.ndarray
    lon_deg: np.ndarray
    sky: np.ndarray
    parts: list[Part]


def _recorded(
    true: _True, device: Receiver, how: Cadence, chance: np.random.Generator
) -> np.ndarray:
    """Return rows of second, latitude, longitude, accuracy and speed."""
    aboard = _each(true.parts, [_inside(part, chance) for part in true.parts])
    view = seen(device, true.at, true.sky, aboard, chance)
    off = [part.mode == "airplane" and often(chance, OFF_IN_FLIGHT) for part in true.parts]
    heard = view.there & (_each(true.parts, off) == 0)
    second = written(how, view.at, heard, chance)
    error = view.at[second] - true.at[second]
    lat = true.lat_deg[second]
    nothing = np.full(len(second), np.nan)
    columns = (
        second.astype(float),
        np.round(lat + np.degrees(error.imag / EARTH_M), device.digits),
        np.round(
            true.lon_deg[second] + np.degrees(error.real / EARTH_M / np.cos(np.radians(lat))),
            device.digits,
        ),
        np.round(view.accuracy_m[second], 1) if device.accuracy else nothing,
        np.round(view.speed_mps[second], 2) if device.speed else nothing,
    )
    return np.stack(columns, axis=1)


def _inside(part: Part, chance: np.random.Generator) -> float:
    return within(chance, ABOARD.get(part.mode, (1.0, 1.0)))


def _each(parts: Sequence[Part], values: Sequence[float]) -> np.ndarray:
    """Return the value of its part for every second."""
    return np.repeat(np.array(values, float), [len(part.motion) for part in parts])


def _micro(seconds: np.ndarray) -> np.ndarray:
    return np.asarray((seconds * 1e6).astype(np.int64))


def _turned(motion: Motion, chance: np.random.Generator) -> Motion:
    """Return the movement with a first turn: one leaves a door or a stop in any direction."""
    turn = motion.turn_rad.copy()
    turn[:1] += chance.normal(0, 1.2)
    return Motion(motion.speed_mps, turn, motion.sky)


def _degrees(at: np.ndarray, lat0_deg: float, lon0_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Return latitude and longitude of a way that begins at a given position."""
    lat = lat0_deg + np.degrees(at.imag / EARTH_M)
    east = np.diff(at.real, prepend=at.real[:1])
    shrunk = EARTH_M * np.cos(np.radians(lat))
    return lat, lon0_deg + np.degrees(np.cumsum(east / shrunk))


def write_trace(made: Trace, target: Path) -> None:
    """Write ``made`` at once or not at all."""
    partial = target.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez_compressed(
            file,
            time_us=made.time_us,
            lat_deg=made.lat_deg,
            lon_deg=made.lon_deg,
            accuracy_m=made.accuracy_m,
            speed_mps=made.speed_mps,
            start_us=made.start_us,
            end_us=made.end_us,
            noted_us=made.noted_us,
            leg_m=made.leg_m,
            mode=made.mode,
            owner=np.array(made.meta["owner"]),
            network=np.array(made.meta["network"]),
            meta=np.array(json.dumps(made.meta, sort_keys=True)),
        )
    partial.replace(target)
