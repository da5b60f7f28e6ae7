"""How sure a leg may be that cuts found: less where the network hears other modes along it.

Probabilities are set with legs whose ends are known. Of those that cuts find some hold two
modes, or a piece of one: then what is told of the whole is told too surely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import ALL_MODES, FAMILIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVIDENCE = 0.5
"""What counts of the logarithms of odds where the mode of a leg is not heard: with it legs
found in simulated days are as sure as they are right."""

USUALLY_HEARD = 0.72
"""Of a leg, where there is no network to hear it: the mean of legs found in simulated days."""

_OF_FAMILY = np.array([[mode in family for family in FAMILIES] for mode in ALL_MODES], dtype=float)
"""``(13, families)``, 1 where a mode is of a family."""


def less_sure(
    shares: NDArray[np.float64],
    said: NDArray[np.float64],
    heard: NDArray[np.float64] | None,
    classes: tuple[str, ...],
) -> NDArray[np.float64]:
    """Return the probabilities of legs that were found, ``(k, 13)``; their order stays.

    For the part of a leg along which its family is heard they are as they were, for the
    rest `EVIDENCE` of what speaks for it counts; modes of a family keep their shares of it.

    Args:
        shares: ``(k, 13)`` of `ALL_MODES`, as for given legs.
        said: ``(k, 13)``, logarithms of odds of sources and a map: as probable as they
            alone make a family, as much of the leg counts as heard, if that is more.
        heard: ``(k, classes)``, how probable the network finds each mode along a leg, in
            the mean; None without a network.
        classes: Names of these modes.
    """
    whole = shares @ _OF_FAMILY
    if heard is None:
        along = np.full_like(whole, USUALLY_HEARD)
    else:
        along = heard @ _OF_FAMILY[[ALL_MODES.index(Mode(name)) for name in classes]]
    along = np.maximum(along, _told(said))
    there = np.take_along_axis(along, whole.argmax(axis=1)[:, None], axis=1)
    blunt = whole**EVIDENCE
    told = there * whole + (1.0 - there) * blunt / blunt.sum(axis=1, keepdims=True)
    scale = np.divide(told, whole, out=np.zeros_like(whole), where=whole > 0)
    found: NDArray[np.float64] = shares * (scale @ _OF_FAMILY.T)
    return found


def _told(said: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how probable odds alone make each family, ``(k, families)``; 0 without any."""
    odds = np.max(np.exp(said)[:, :, None] * _OF_FAMILY, axis=1)
    odds[~np.any(said, axis=1)] = 0.0
    total = odds.sum(axis=1, keepdims=True)
    found: NDArray[np.float64] = np.divide(odds, total, out=np.zeros_like(odds), where=total > 0)
    return found
