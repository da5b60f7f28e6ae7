"""What the rows of a score say: calibration, costs, intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy.score import FIVE, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.accuracy.score import Row

SOFT = frozenset({"walk", "bike", "soft"})
"""Moved by muscle: what an allowance for soft modes pays."""

BINS = 10
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Bin:
    """Legs of about the same confidence."""

    confidence: float
    right: float
    legs: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What wrong answers cost.

    Attributes:
        motorised_m: Metres of the truth that a motor moved.
        motorised_as_soft: Share of them called foot or bike.
        soft_as_motorised: Share of the metres on foot or bike called motorised.
        unknown: Share of legs left unknown or not found.
        decided: Accuracy over the other legs.
    """

    motorised_m: float
    motorised_as_soft: float
    soft_as_motorised: float
    unknown: float
    decided: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How surely legs are told, beside how rightly; NaN where none has a confidence.

    Attributes:
        error: As `reliability` returns.
        honest: The same of legs that are as sure, and right as often as they say: of few
            legs chance makes some of it.
        claimed: ``error`` of those that are claimed to be something.
        gap: Mean confidence less the share right.
    """

    error: float
    honest: float
    claimed: float
    gap: float


def calibration(rows: Sequence[Row]) -> Calibration:
    """Return how surely legs are told; an unknown counts as for `reliability`."""
    known = [row for row in rows if row.confidence == row.confidence]
    if not known:
        return Calibration(*(float("nan"),) * 4)
    sure = np.array([row.confidence for row in known])
    right = np.array([row.truth == row.guess for row in known])
    drawn = np.random.default_rng(1).random((DRAWS, len(sure))) < sure
    honest = float(np.mean([_error(sure, each) for each in drawn]))
    claimed = np.array([row.guess in FIVE for row in known])
    of_claimed = _error(sure[claimed], right[claimed]) if claimed.any() else float("nan")
    return Calibration(_error(sure, right), honest, of_claimed, float(np.mean(sure - right)))


def _error(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(np.sum(np.abs(np.bincount(place, sure - right)))) / len(sure)


def reliability(rows: Sequence[Row]) -> tuple[tuple[Bin, ...], float]:
    """Return bins of equal width of confidence, and the expected calibration error.

    An unknown counts with the confidence of the mode that was not claimed, and
    is wrong; legs without a guess are left out.
    """
    known = [row for row in rows if row.confidence == row.confidence]
    if not known:
        return (), float("nan")
    sure = np.array([row.confidence for row in known])
    right = np.array([row.truth == row.guess for row in known])
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    bins = tuple(
        Bin(float(np.mean(sure[place == n])), float(np.mean(right[place == n])), int(count))
        for n, count in enumerate(np.bincount(place, minlength=BINS))
        if count
    )
    return bins, _error(sure, right)


def cost(rows: Sequence[Row]) -> Cost:
    """Return what the wrong answers among ``rows`` cost."""
    metres = np.array([row.leg.path_m for row in rows])
    soft = np.array([row.truth in SOFT for row in rows])
    said_soft = np.array([row.guess in SOFT for row in rows])
    open_ = np.array([row.guess in {"other", "unknown", "none"} for row in rows])
    right = np.array([row.truth == row.guess for row in rows])

    def share(part: np.ndarray, whole: np.ndarray) -> float:
        total = float(np.sum(metres[whole]))
        return float(np.sum(metres[part & whole])) / total if total else float("nan")

    return Cost(
        motorised_m=float(np.sum(metres[~soft])),
        motorised_as_soft=share(said_soft, ~soft),
        soft_as_motorised=share(~said_soft & ~open_, soft),
        unknown=float(np.mean(open_)),
        decided=float(np.mean(right[~open_])) if np.any(~open_) else float("nan"),
    )


def table_of(rows: Sequence[Row]) -> Table:
    """Return the counts of rows by truth and guess."""
    present = {row.truth for row in rows}
    table = Table(tuple(name for name in FIVE if name in present))
    for row in rows:
        table.add(row.truth, row.guess, 1)
    return table


def bootstrap(
    rows: Sequence[Row], figure: Callable[[Sequence[Row]], float], *, by: Callable[[Row], object]
) -> tuple[float, float]:
    """Return the middle 95 % of a figure over groups drawn again and again.

    Args:
        rows: What the figure is of.
        figure: Takes rows, returns a number.
        by: The group of a row: its user or its day. Legs of one are alike, so
            that drawing legs would promise too much.
    """
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(by(row), []).append(row)
    names = sorted(groups, key=str)
    rng = np.random.default_rng(1)
    found = []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(names), len(names))
        found.append(figure([row for n in drawn for row in groups[names[n]]]))
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)


def day_of(row: Row) -> tuple[str, int]:
    """Return the user and the UTC day of a leg."""
    return row.leg.user, int(row.leg.start_s // 86_400)


def user_of(row: Row) -> str:
    """Return the user of a leg."""
    return row.leg.user
