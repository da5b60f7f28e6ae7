"""What makes a trip doubtful as a whole, each with its reason in words.

A flag says that somebody should look, never that anybody cheated: it lowers no level
and keeps no metre out of a figure. `FixFlag` is of single positions.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping


class TripFlag(StrEnum):
    """Why a trip is doubted; the values stand in exports."""

    CLOCK = "clock"
    """Time leaps in the middle of a movement, or lies after the moment at which others saw it."""
    COPIED_WAY = "copied_way"
    """The very positions of another trip, at other times."""
    LEAPS = "leaps"
    """Much of it had to be cut out: nobody can reach and leave these positions."""
    NOISELESS = "noiseless"
    """As even as no receiver is: drawn or computed, not recorded."""
    ONE_ACCURACY = "one_accuracy"
    """The receiver calls every position equally good, in motion and at rest."""
    REPLAYED = "replayed"
    """Moment by moment an earlier trip."""
    TOO_FAST = "too_fast"
    """Faster than anybody goes by the mode that it counts as."""
    UNCONNECTED = "unconnected"
    """It begins far from where the travel before it ended."""


WORDS: Mapping[TripFlag, Phrase] = {
    TripFlag.CLOCK: phrase(N_("the time leaps while it moves, or lies ahead of a time stamp")),
    TripFlag.COPIED_WAY: phrase(N_("the very positions of another trip, at other times")),
    TripFlag.LEAPS: phrase(N_("many positions that nobody can reach were cut out")),
    TripFlag.NOISELESS: phrase(N_("as even as no receiver is: drawn, not recorded")),
    TripFlag.ONE_ACCURACY: phrase(N_("every position is said to be equally accurate")),
    TripFlag.REPLAYED: phrase(N_("moment by moment an earlier trip")),
    TripFlag.TOO_FAST: phrase(N_("faster than anybody goes by this mode")),
    TripFlag.UNCONNECTED: phrase(N_("begins far from where the travel before it ended")),
}
"""What each says to people."""
