"""The habits of an owner: how often each mode is taken, and what legs said of their ways.

They are read off many legs once and kept, so that a leg of another time is named with
them, and stays as it is named however many legs come after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.repeated import ways_among
from geowallet.track.modes.usual import everybody_by, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What ``n`` legs of one owner say, each among its neighbours and no others.

    Attributes:
        bounds_us: int64 ``(n, 2)``, their first and last instants.
        ends_deg: float64 ``(n, 4)``, latitude and longitude of their first and last fixes.
        probabilities: float64 ``(n, classes)``.
    """

    bounds_us: NDArray[np.int64]
    ends_deg: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        """Return ``n``."""
        return len(self.bounds_us)

    def of(self, rows: NDArray[np.bool_]) -> Said:
        """Return what some of them say, bool ``(n,)``."""
        return Said(self.bounds_us[rows], self.ends_deg[rows], self.probabilities[rows])


NOTHING_SAID = Said(np.zeros((0, 2), dtype=np.int64), np.zeros((0, 4)), np.zeros((0, 0)))
"""What no legs say."""


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """What is usual for an owner.

    Attributes:
        shares: float64 ``(classes,)``, part of the legs by each class of one model.
        said: What legs are, by the same model and with these shares, that tell others along
            the same ways.
    """

    shares: NDArray[np.float64]
    said: Said

    def tell(
        self,
        alone: NDArray[np.float64],
        bounds_us: NDArray[np.int64],
        ends_deg: NDArray[np.float64],
        forest: Forest,
    ) -> NDArray[np.float64]:
        """Return the probabilities of legs of one chunk after what others say, ``(k, classes)``.

        Nothing that was said in the time of the chunk counts: it is of these legs themselves.

        Args:
            alone: ``(k, classes)`` of each leg among its neighbours; at least one.
            bounds_us: int64 ``(k, 2)``.
            ends_deg: ``(k, 4)`` as in `Said`.
            forest: The model.
        """
        first_us, last_us = np.min(bounds_us[:, 0]), np.max(bounds_us[:, 1])
        known_us = self.said.bounds_us
        other = (known_us[:, 1] <= first_us) | (known_us[:, 0] >= last_us)
        ways = [some[other[some]] for some in ways_among(ends_deg, self.said.ends_deg)]
        others = everybody_by(forest)
        return told(alone, ways, self.said.probabilities, self.shares, others)


def joined(parts: Sequence[Said]) -> Said:
    """Return what all parts say together."""
    some = [part for part in parts if len(part)]
    if not some:
        return NOTHING_SAID
    columns = ((part.bounds_us, part.ends_deg, part.probabilities) for part in some)
    return Said(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def habits_from(said: Said, forest: Forest) -> Habits:
    """Return the habits that legs show, without any label; of none, those of everybody.

    Args:
        said: What they say.
        forest: The model that says it.
    """
    others = everybody_by(forest)
    if not len(said):
        return Habits(others.prior, said)
    shares = others.shares(said.probabilities)
    return Habits(shares, replace(said, probabilities=others.habitual(said.probabilities, shares)))
