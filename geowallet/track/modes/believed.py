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
    shares: NDArray[np.float64], heard: NDArray[np.float64] | None, classes: tuple[str, ...]
) -> NDArray[np.float64]:
    """Return the probabilities of legs that were found, ``(k, 13)``; their order stays.

    For the part of a leg along which its family is heard they are as they were, for the
    rest `EVIDENCE` of what speaks for it counts; modes of a family keep their shares of it.

    Args:
        shares: ``(k, 13)`` of `ALL_MODES`, as for given legs.
        heard: ``(k, classes)``, how probable the network finds each mode along a leg, in
            the mean; None without a network.
        classes: Names of these modes.
    """
    whole = shares @ _OF_FAMILY
    if heard is None:
        there = np.full((len(shares), 1), USUALLY_HEARD)
    else:
        columns = [ALL_MODES.index(Mode(name)) for name in classes]
        there = np.take_along_axis(
            heard @ _OF_FAMILY[columns], whole.argmax(axis=1)[:, None], axis=1
        )
    blunt = whole**EVIDENCE
    told = there * whole + (1.0 - there) * blunt / blunt.sum(axis=1, keepdims=True)
    scale = np.divide(told, whole, out=np.zeros_like(whole), where=whole > 0)
    found: NDArray[np.float64] = shares * (scale @ _OF_FAMILY.T)
    return found
