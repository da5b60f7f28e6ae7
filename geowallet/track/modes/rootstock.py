"""What a fitted forest stands on: another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.grafting import constant, reordered, together, weighted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest, Trees
    from geowallet.track.modes.network import Network
    from geowallet.track.modes.outset import Outset


class Root:
    """What another forest says; its trees over all features."""

    __slots__ = ("_digest", "_heard", "_share", "classes", "network", "prior", "trees")

    classes: tuple[str, ...]
    network: Network | None
    prior: NDArray[np.float64]

    def __init__(self, base: Forest, by_network: NDArray[np.float64] | None) -> None:
        """Take the forest, and what its network says of legs.

        Args:
            base: One whose trees look at `FEATURES` alone.
            by_network: ``(n, len(base.classes))``; None leaves the network out.
        """
        self._digest = base.digest
        self.classes = base.classes
        self.prior = np.asarray(base.settings["prior"], dtype=np.float64)
        self.trees = reordered(base.trees, [FEATURES.index(name) for name in base.features])
        heard = base.network is not None and by_network is not None
        self.network = base.network if heard else None
        self._share = base.network_share if heard else 0.0
        self._heard = by_network if heard and by_network is not None else 0.0

    def logits(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what it says of each leg before calibration."""
        return (1.0 - self._share) * self.trees.logits(table) + self._share * self._heard

    def share(self, outset: Outset) -> float:
        """Return the share of the network in the forest that begins at ``outset``."""
        return outset.power * self._share

    def settings(self, outset: Outset | None) -> dict[str, Any]:
        """Return what a header says of it."""
        found: dict[str, Any] = {"base": self._digest}
        if self.network is not None and outset is not None:
            found["network_share"] = self.share(outset)
        return found

    def part(self, outset: Outset) -> Trees:
        """Return what stands for its trees in the forest that begins at ``outset``."""
        return together(
            weighted(self.trees, outset.power * (1.0 - self._share)), constant(outset.bias)
        )
