"""A movement second by second: how fast, how much turned, and under which sky.

Speed and turn, not positions: pieces are joined by putting one behind the other, a bend is
straightened by halving its turns, a halt is shortened by dropping seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from training.simulation.chance import Range


class Sky(IntEnum):
    """What stands between the receiver and the satellites."""

    OPEN = 0
    STREET = 1
    """Between houses."""
    INDOORS = 2
    UNDERGROUND = 3
    STATION = 4
    """Underground, with a network to be placed by."""


SHARP_RAD = 0.5
"""A turn at a junction, as against a bend."""
STANDING_MPS = 0.35


@dataclass(frozen=True, slots=True)
class Motion:
    """One row a second.

    Attributes:
        speed_mps: Metres gone in that second.
        turn_rad: Change of heading before that second, positive to the left.
        sky: A `Sky` a second.
    """

    speed_mps: np.ndarray
    turn_rad: np.ndarray
    sky: np.ndarray

    def __len__(self) -> int:
        return len(self.speed_mps)

    @property
    def length_m(self) -> float:
        """Metres along the way."""
        return float(self.speed_mps.sum())

    def positions(self, *, start: complex = 0, heading_rad: float = 0.0) -> np.ndarray:
        """Return complex metres (east + i north), one more than there are seconds."""
        heading = heading_rad + np.cumsum(self.turn_rad)
        return np.concatenate([[start], start + np.cumsum(self.speed_mps * np.exp(1j * heading))])

    def part(self, first: int, last: int) -> Motion:
        """Return the seconds from ``first`` to before ``last``."""
        return Motion(self.speed_mps[first:last], self.turn_rad[first:last], self.sky[first:last])

    def under(self, sky: Sky) -> Motion:
        """Return the same movement under one sky."""
        return Motion(self.speed_mps, self.turn_rad, np.full(len(self), sky, np.int8))


def moving(speed_mps: np.ndarray, heading_rad: np.ndarray, sky: Sky = Sky.OPEN) -> Motion:
    """Return the movement of a speed and a heading given second by second."""
    turn = np.diff(heading_rad, prepend=heading_rad[:1])
    return Motion(np.maximum(speed_mps, 0.0), turn, np.full(len(turn), sky, np.int8))


def standing(seconds: float, sky: Sky = Sky.OPEN) -> Motion:
    """Return a wait."""
    still = np.zeros(max(round(seconds), 0))
    return Motion(still, still, np.full(len(still), sky, np.int8))


def joined(*parts: Motion) -> Motion:
    """Return one movement after the other."""
    return Motion(
        np.concatenate([part.speed_mps for part in parts]),
        np.concatenate([part.turn_rad for part in parts]),
        np.concatenate([part.sky for part in parts]),
    )


def retimed(motion: Motion, speed_mps: np.ndarray) -> Motion:
    """Return the same way at other speeds, cut where the shorter of both ends."""
    along = np.concatenate([[0.0], np.cumsum(motion.speed_mps)])
    heading = np.concatenate([[0.0], np.cumsum(motion.turn_rad)])
    reached = np.concatenate([[0.0], np.cumsum(speed_mps)])
    until = int(np.searchsorted(reached, along[-1], side="right")) - 1
    reached = reached[: until + 1]
    along = along + 1e-9 * np.arange(len(along))  # a halt keeps its place in the order
    turn = np.diff(np.interp(reached, along, heading))
    second = np.clip(np.searchsorted(along, reached[1:]) - 1, 0, len(motion) - 1)
    return Motion(np.diff(reached), turn, motion.sky[second])


def varied(motion: Motion, chance: np.random.Generator, apart_m: float, spread: float) -> Motion:
    """Return the same way, faster here and slower there: not every street has the same limit.

    Args:
        motion: A movement.
        chance: The stream.
        apart_m: Between two changes of pace.
        spread: Standard deviation of the logarithm of the pace.
    """
    along = np.cumsum(motion.speed_mps)
    knots = int(motion.length_m / apart_m) + 2
    stretch = np.minimum((along / apart_m).astype(int), knots - 1)
    pace = np.exp(chance.normal(0, spread, knots))[stretch]
    return paced(motion, np.clip(pace, 0.4, 1.6))


def paced(motion: Motion, factor: float | np.ndarray) -> Motion:
    """Return the same way ``factor`` times as fast; halts keep their length."""
    at = np.where(motion.speed_mps < STANDING_MPS, 1.0, 1.0 / factor)
    when = np.concatenate([[0.0], np.cumsum(at)])
    along = np.concatenate([[0.0], np.cumsum(motion.speed_mps)])
    return retimed(motion, np.diff(np.interp(np.arange(int(when[-1]) + 1), when, along)))


def eased(motion: Motion, seconds: float) -> Motion:
    """Return the same way with the speed averaged over about ``seconds``, softly."""
    if seconds < 0.3 or len(motion) < 8:
        return motion
    reach = int(3 * seconds) + 1
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / seconds) ** 2)
    padded = np.pad(motion.speed_mps, reach, mode="edge")
    return retimed(motion, np.convolve(padded, window / window.sum(), mode="valid"))


def about_face(motion: Motion) -> Motion:
    """Return the movement, begun in the opposite direction."""
    turn = motion.turn_rad.copy()
    turn[:1] += np.pi
    return Motion(motion.speed_mps, turn, motion.sky)


def halts(motion: Motion) -> np.ndarray:
    """Return first and last + 1 second of every halt, shape (k, 2)."""
    still = np.concatenate([[0], motion.speed_mps < STANDING_MPS, [0]]).astype(np.int8)
    change = np.diff(still)
    return np.stack([np.flatnonzero(change == 1), np.flatnonzero(change == -1)], axis=1)


def rested(motion: Motion, chance: np.random.Generator, factor: float, drop: float) -> Motion:
    """Return the movement with its halts ``factor`` times as long, a share of them dropped."""
    weight = np.ones(len(motion))
    for first, last in halts(motion):
        own = factor * np.exp(chance.normal(0, 0.3))
        weight[first:last] = 0.02 if chance.random() < drop else min(own, 3.0)
    end = np.cumsum(weight)
    kept = np.searchsorted(end, np.arange(0.5, end[-1], 1.0)) if len(end) else np.empty(0, int)
    turned = np.concatenate([[0.0], np.cumsum(motion.turn_rad)])[np.append(kept + 1, len(motion))]
    turn = np.diff(turned, prepend=0.0)[: len(kept)]
    return Motion(motion.speed_mps[kept], turn, motion.sky[kept])


def straightened(motion: Motion, chance: np.random.Generator, share: float) -> Motion:
    """Return the movement with a share of its junction turns taken straight on.

    The others are bent by up to a fifth, because streets do not all cross squarely.
    """
    turn = motion.turn_rad.copy()
    for first, last in _turns(turn):
        if abs(turn[first:last].sum()) > SHARP_RAD:
            straight = chance.random() < share
            turn[first:last] *= chance.uniform(-0.1, 0.1) if straight else chance.uniform(0.6, 1.2)
    return Motion(motion.speed_mps, turn, motion.sky)


def _turns(turn_rad: np.ndarray) -> np.ndarray:
    """Return first and last + 1 second of every stretch of turning, shape (k, 2)."""
    change = np.diff(np.concatenate([[0], np.abs(turn_rad) > 0.03, [0]]).astype(np.int8))
    return np.stack([np.flatnonzero(change == 1), np.flatnonzero(change == -1)], axis=1)


def bent(motion: Motion, chance: np.random.Generator, apart_m: float, spread_rad: float) -> Motion:
    """Return the movement on a way that wavers: a new direction about every ``apart_m``."""
    along = np.concatenate([[0.0], np.cumsum(motion.speed_mps)])
    knots = int(along[-1] / apart_m) + 2
    waver = chance.normal(0, spread_rad, knots)
    heading = np.interp(along, np.arange(knots) * apart_m, waver)
    return Motion(motion.speed_mps, motion.turn_rad + np.diff(heading), motion.sky)


def wavering(chance: np.random.Generator, count: int, *, apart: float, spread: float) -> np.ndarray:
    """Return ``count`` values around 1, evenly changing between new ones every ``apart`` rows."""
    knots = int(count / apart) + 2
    return np.interp(np.arange(count), np.arange(knots) * apart, chance.normal(1, spread, knots))


def cut_to(motion: Motion, chance: np.random.Generator, length_m: float) -> Motion:
    """Return a random stretch of about ``length_m``, or everything if that is shorter."""
    along = np.cumsum(motion.speed_mps)
    if not len(along) or along[-1] <= length_m:
        return motion
    first = int(np.searchsorted(along, chance.uniform(0, along[-1] - length_m)))
    return motion.part(first, int(np.searchsorted(along, along[first] + length_m)) + 1)


def under_streets(motion: Motion, chance: np.random.Generator, share: float) -> Motion:
    """Return the movement with about ``share`` of its seconds between houses."""
    knots = chance.random(len(motion) // 120 + 2) < share
    street = np.repeat(knots, 120)[: len(motion)] & (motion.sky == Sky.OPEN)
    return Motion(motion.speed_mps, motion.turn_rad, np.where(street, Sky.STREET, motion.sky))


LATERAL_MPS2: Range = (0.8, 2.5)
"""Comfortable sideways acceleration of drivers and riders in bends. Source: AASHTO, 2018, "A
policy on geometric design of highways and streets", side friction 0.08 to 0.3."""
