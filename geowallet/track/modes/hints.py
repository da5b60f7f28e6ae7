"""What is known beside the fixes.

The model, the owner's vehicles and habits, what sources say of modes, and a map.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from geowallet.model.mobility import Mode
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.habits import Habits
    from geowallet.track.modes.labels import ModeLabel
    from geowallet.track.modes.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Hints:
    """What the classification may use beyond the fixes.

    Attributes:
        forest: The model; None is the one that ships.
        owned: Modes the owner has a vehicle for; None while the owner has not
            said.
        habits: What is usual for the owner, by the same model; None treats the owner
            as everybody.
        labels: What sources say, by the SHA-256 (hex) of the source.
        surroundings: A map; None is the rule.
    """

    forest: Forest | None = None
    owned: frozenset[Mode] | None = None
    habits: Habits | None = None
    labels: Mapping[str, tuple[ModeLabel, ...]] = field(default_factory=dict)
    surroundings: Surroundings | None = None

    def of(self, sources: Collection[str]) -> Hints:
        """Return the same with the labels of some sources only."""
        kept = {source: self.labels[source] for source in sorted(sources) if source in self.labels}
        return replace(self, labels=kept)


NO_HINTS = Hints()
"""Nothing beyond the fixes."""
