"""Random numbers by name: the same seed and names give the same stream, on every machine."""

from __future__ import annotations

from zlib import crc32

import numpy as np

Range = tuple[float, float]
"""Lowest and highest value."""


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the stream of ``names`` under ``seed``; other names give independent ones."""
    return np.random.default_rng([seed, *(crc32(str(name).encode()) for name in names)])


def within(chance: np.random.Generator, bounds: Range) -> float:
    """Return a value spread evenly over a range."""
    return float(chance.uniform(bounds[0], bounds[1]))


def around(chance: np.random.Generator, bounds: Range, *, middle: float | None = None) -> float:
    """Return a log-normal value, 95 % of them inside a positive range, none far outside.

    Args:
        chance: The stream.
        bounds: Their ratio sets the spread.
        middle: The median; the geometric mean of the bounds if not given.
    """
    low, high = np.log(bounds[0]), np.log(bounds[1])
    centre = (low + high) / 2 if middle is None else np.log(middle)
    drawn = np.exp(chance.normal(centre, (high - low) / 4))
    return float(np.clip(drawn, bounds[0] * 0.8, bounds[1] * 1.25))


def often(chance: np.random.Generator, share: float) -> bool:
    """Say yes with a probability of ``share``."""
    return bool(chance.random() < share)
