"""Harsh braking, acceleration and cornering: the moments when a force passes a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.driving.words import EventKind, Strength

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.driving.forces import Forces


THRESHOLDS_MPS2: dict[EventKind, dict[Strength, float]] = {
    EventKind.BRAKING: {Strength.LIGHT: 1.0, Strength.STRONG: 1.8, Strength.ROUGH: 2.4},
    EventKind.ACCELERATION: {Strength.STRONG: 2.0, Strength.ROUGH: 2.5},
    EventKind.CORNERING: {Strength.STRONG: 2.0, Strength.ROUGH: 2.3},
}
"""Strong and rough: what the vendor DriveQuant publishes for speeds of a GPS receiver
(drivequant.zendesk.com); thresholds for accelerometers lie at twice that, because a
second of GPS flattens a jolt. Light braking: on UAH-DriveSet (Romera et al. 2016) most of
the braking that an accelerometer notices passes no more than 1 m/s2 at 1 Hz;
docs/accuracy.md says how much is found. Light acceleration and cornering were not told
from noise there, so there is no such level."""

SAME_EVENT_US = 3_000_000
"""Two peaks within three seconds are one event."""


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One harsh event.

    Attributes:
        time_us: Instant of the peak, UTC microseconds.
        kind: What the vehicle did.
        magnitude_mps2: Largest acceleration, positive.
        strength: By `THRESHOLDS_MPS2`.
    """

    time_us: int
    kind: EventKind
    magnitude_mps2: float
    strength: Strength


def events_of(forces: Forces) -> tuple[Event, ...]:
    """Return the events of one drive in time order; none where nothing was dense enough."""
    measured = {
        EventKind.BRAKING: -forces.along_mps2,
        EventKind.ACCELERATION: forces.along_mps2,
        EventKind.CORNERING: forces.across_mps2,
    }
    found: list[Event] = []
    for kind, force in measured.items():
        levels = THRESHOLDS_MPS2[kind]
        for index in _peaks(forces.time_us, force, min(levels.values())):
            magnitude = float(force[index])
            strength = max(
                (level for level, least in levels.items() if magnitude >= least),
                key=lambda level: levels[level],
            )
            found.append(Event(int(forces.time_us[index]), kind, magnitude, strength))
    return tuple(sorted(found))


def _peaks(time_us: NDArray[np.int64], force: NDArray[np.float64], least_mps2: float) -> list[int]:
    """Return the index of the largest force of each run at or above ``least_mps2``."""
    above = np.flatnonzero(force >= least_mps2)
    if not len(above):
        return []
    cuts = np.flatnonzero(np.diff(time_us[above]) > SAME_EVENT_US) + 1
    return [int(run[np.argmax(force[run])]) for run in np.split(above, cuts)]
