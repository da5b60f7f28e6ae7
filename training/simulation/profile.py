"""A way driven by the rules: limits and halts along it, acceleration and braking.

The allowed speed at each point is lowered to what can be reached accelerating from behind
and braking for what lies ahead, both at a constant rate; the result is then read off every
second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.simulation.motion import Motion, Sky

if TYPE_CHECKING:
    from training.simulation.chance import Range

SLOWEST_MPS = 0.3
"""No limit is lower: a way must be gone in finite time."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way in equal steps.

    Attributes:
        step_m: Length of a step.
        limit_mps: Allowed speed at each of n points.
        heading_rad: Direction at each point.
        sky: A `Sky` for each point.
    """

    step_m: float
    limit_mps: np.ndarray
    heading_rad: np.ndarray
    sky: np.ndarray

    @property
    def length_m(self) -> float:
        """Metres from the first point to the last."""
        return self.step_m * (len(self.limit_mps) - 1)


def plain_way(length_m: float, limit_mps: float, *, step_m: float, sky: Sky = Sky.OPEN) -> Way:
    """Return a straight way with one limit."""
    count = max(int(length_m / step_m) + 1, 4)
    return Way(step_m, np.full(count, limit_mps), np.zeros(count), np.full(count, sky, np.int8))


@dataclass(frozen=True, slots=True)
class Pull:
    """How a vehicle gathers and loses speed.

    Attributes:
        accelerate_mps2: At low speed.
        brake_mps2: Everywhere.
        power_mps: Above this speed the acceleration falls as its inverse: constant power.
    """

    accelerate_mps2: float
    brake_mps2: float
    power_mps: float = np.inf


def driven(way: Way, halts_m: np.ndarray, waits_s: np.ndarray, pull: Pull) -> Motion:
    """Return the movement along ``way`` from rest to rest.

    Args:
        way: Limits and shape.
        halts_m: Where it stands in between, metres along, in any order.
        waits_s: How long, a wait for each halt.
        pull: Of the vehicle.
    """
    speed = _reachable(way, halts_m, pull)
    wait = np.zeros(len(speed))
    np.add.at(wait, _nodes(way, halts_m), waits_s)
    spent = np.append(2 * way.step_m / np.maximum(speed[1:] + speed[:-1], 0.1), 0.0)
    arrive_s = np.concatenate([[0.0], np.cumsum(spent + wait)[:-1]])
    leave_s = arrive_s + wait
    now = np.arange(int(arrive_s[-1]) + 2).astype(float)
    node = np.clip(np.searchsorted(arrive_s, now, side="right") - 1, 0, len(speed) - 1)
    since = np.clip(now - leave_s[node], 0.0, spent[node])
    gain = np.append(np.diff(speed**2) / (2 * way.step_m), 0.0)[node]
    reached = way.step_m * node + speed[node] * since + gain * since**2 / 2
    reached = np.maximum.accumulate(np.minimum(reached, way.length_m))
    along = np.arange(len(speed)) * way.step_m
    heading = np.interp(reached, along, way.heading_rad)
    nearest = np.clip((reached[1:] / way.step_m).astype(int), 0, len(along) - 1)
    return Motion(np.diff(reached), np.diff(heading), way.sky[nearest])


def _nodes(way: Way, halts_m: np.ndarray) -> np.ndarray:
    inside = np.round(np.asarray(halts_m) / way.step_m).astype(int)
    return np.asarray(np.clip(inside, 1, len(way.limit_mps) - 2))


def _reachable(way: Way, halts_m: np.ndarray, pull: Pull) -> np.ndarray:
    limit = np.maximum(way.limit_mps, SLOWEST_MPS)
    limit[_nodes(way, halts_m)] = 0.0
    limit[0] = limit[-1] = 0.0
    along = np.arange(len(limit)) * way.step_m
    # At constant force v squared grows evenly along the way, at constant power v cubed.
    gained = 2 * pull.accelerate_mps2 * along
    ahead = np.minimum.accumulate(limit**2 - gained) + gained
    if np.isfinite(pull.power_mps):
        cubed = 3 * pull.accelerate_mps2 * pull.power_mps * along
        weak = np.minimum.accumulate(limit**3 - cubed) + cubed
        ahead = np.minimum(ahead, np.maximum(weak, 0) ** (2 / 3))
    needed = 2 * pull.brake_mps2 * along
    behind = np.minimum.accumulate((limit**2 + needed)[::-1])[::-1] - needed
    return np.asarray(np.sqrt(np.maximum(np.minimum(ahead, behind), 0.0)))


def places(
    chance: np.random.Generator, length_m: float, apart_m: float, *, spread: float = 0.35
) -> np.ndarray:
    """Return metres along the way of halts about ``apart_m`` from each other, ends excluded."""
    count = int(length_m / apart_m) + 4
    steps = apart_m * np.clip(chance.normal(1, spread, count), 0.35, 2.2)
    at = np.cumsum(steps) - apart_m * chance.uniform(0, 0.5)
    return at[(at > 0.2 * apart_m) & (at < length_m - 0.35 * apart_m)]


@dataclass(frozen=True, slots=True)
class Bends:
    """The bends of a way.

    Attributes:
        apart_m: Mean distance between them.
        radius_m: Spread evenly in the logarithm.
        angle_rad: Of one bend, to either side.
    """

    apart_m: float
    radius_m: Range
    angle_rad: Range


def curves(chance: np.random.Generator, way: Way, bends: Bends, lateral_mps2: float) -> Way:
    """Return ``way`` with bends, and the limits that the sideways acceleration sets in them.

    The more a way is off its direction, the more likely the next bend leads back: people go
    somewhere, with a detour of 1.2 to 1.5 (Giacomin and Levinson, 2015).
    """
    heading, limit = way.heading_rad.copy(), way.limit_mps.copy()
    count = chance.poisson(way.length_m / bends.apart_m)
    for first in np.sort(chance.integers(len(heading), size=count)):
        radius = float(np.exp(chance.uniform(*np.log(bends.radius_m))))
        off = float(heading[first])
        back = 0.5 + min(abs(off), 1.5) / 3 * 0.9
        side = -np.sign(off or 1.0) * (1 if chance.random() < back else -1)
        angle = chance.uniform(*bends.angle_rad) * side
        steps = max(int(abs(angle) * radius / way.step_m), 1)
        last = min(first + steps, len(heading))
        heading[first:last] += angle * np.arange(1, last - first + 1) / steps
        heading[last:] += angle * (last - first) / steps
        limit[first:last] = np.minimum(limit[first:last], np.sqrt(lateral_mps2 * radius))
    return Way(way.step_m, limit, heading, way.sky)
