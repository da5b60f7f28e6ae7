"""What lies at the ends of a leg: a door, or a walk to a stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import ALL_MODES
from geowallet.track.modes.features import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

WALKED_SHARE = 0.4
"""Of the five minutes before or after, at a walking pace: two minutes, a walk."""

STAYED_SHARE = 0.6
"""Of the five minutes, at rest: a stay, if less than half of a walk was seen."""

POWER = 0.5
"""How far the table below is believed: the forest has heard part of it."""

DOOR = 0.12
"""How often a walk is seen at an end of a way on foot, which begins at the door."""

PARKED = 0.24
"""Of a drive: most parking is within two minutes on foot (Christiansen et al. 2017,
"Household parking facilities", Travel Behaviour and Society 8). Of a way by bike, which is
pushed and parked as well: 0.17 in each of two labelled sets (MobilityNet, SSI)."""

STOP = 0.75
"""Of a ride by bus: the mean walk to a stop lasts four to six minutes (French survey EMP
2019); short ones are missed."""

STATION = 0.85
"""Of a ride by rail: stations are further apart than stops."""

WALKED: dict[Mode, float] = {
    **dict.fromkeys((Mode.WALK, Mode.RUN), DOOR),
    **dict.fromkeys((Mode.BIKE, Mode.E_BIKE, Mode.E_SCOOTER, Mode.CAR, Mode.MOTORCYCLE), PARKED),
    **dict.fromkeys((Mode.BUS, Mode.TRAM, Mode.FERRY, Mode.AIRPLANE), STOP),
    **dict.fromkeys((Mode.SUBWAY, Mode.TRAIN), STATION),
}
"""How often a walk of two minutes is seen at one end."""


def end_odds(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of what the ends make of each of `ALL_MODES`, ``(k, 13)``.

    An end of which little was heard, or that joins another ride, says nothing.

    Args:
        table: ``(k, len(FEATURES))`` of legs of whole trips.
    """
    share = np.array([WALKED[mode] for mode in ALL_MODES])
    odds = np.zeros((len(table), len(ALL_MODES)))
    for side in ("before", "after"):
        walk, still, heard = (
            np.nan_to_num(table[:, FEATURES.index(f"{side}_{what}")])
            for what in ("walk", "still", "heard")
        )
        known = heard >= 0.5
        walked = known & (walk >= WALKED_SHARE)
        stayed = known & (still >= STAYED_SHARE) & (walk < WALKED_SHARE / 2)
        odds += POWER * (np.outer(walked, np.log(share)) + np.outer(stayed, np.log(1 - share)))
    return odds
