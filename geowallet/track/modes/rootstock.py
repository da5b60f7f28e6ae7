"""What a fitted forest stands on: another one, as far as it speaks of the same modes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.grafting import constant, network_of, of_classes, together, weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest, Trees
    from geowallet.track.modes.network import Network
    from geowallet.track.modes.outset import Outset


class Root:
    """What another forest says of some classes; its trees over all features."""

    __slots__ = ("_digest", "_heard", "_share", "network", "trees")

    network: Network | None

    def __init__(
        self, base: Forest, words: Sequence[str], by_network: NDArray[np.float64] | None
    ) -> None:
        """Take the forest, the names of some of its classes, and what its network says of legs.

        Args:
            base: Any.
            words: In the order of the classes of what is fitted.
            by_network: ``(n, len(base.classes))``; None leaves the network out.
        """
        places = [base.classes.index(word) for word in words]
        self._digest = base.digest
        self.trees = of_classes(base.trees, places, [FEATURES.index(n) for n in base.features])
        # Trips are cut by what a network says of walking: one that knows none would never cut.
        heard = base.network is not None and by_network is not None and "walk" in words
        self.network = network_of(base.network, places) if heard and base.network else None
        self._share = base.network_share if heard else 0.0
        self._heard = by_network[:, places] if heard and by_network is not None else 0.0

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
