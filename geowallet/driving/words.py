"""The words of driving, without numpy: what an event is, and what a score rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What the vehicle did."""

    BRAKING = "braking"
    ACCELERATION = "acceleration"
    CORNERING = "cornering"


class Strength(StrEnum):
    """How hard, by the thresholds of `geowallet.driving.events.THRESHOLDS_MPS2`."""

    LIGHT = "light"
    STRONG = "strong"
    ROUGH = "rough"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a score rests on, over any number of drives; metres are whole.

    Attributes:
        driven_m: Metres between fixes, silences excluded.
        dense_m: Of these, metres with a fix a second.
        along_m: Of ``dense_m``, metres with speeds of the receiver.
        night_m: Of ``driven_m``, metres driven after civil twilight.
        counts: How many events of each kind and strength.
    """

    driven_m: int
    dense_m: int
    along_m: int
    night_m: int
    counts: tuple[tuple[EventKind, Strength, int], ...]
