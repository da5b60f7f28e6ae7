"""The same traces as worse or rarer receivers give them; the truth stays that of the good ones."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from training.reflections import reflected

if TYPE_CHECKING:
    from numpy.random import Generator

    from geowallet.model.fixes import Fixes

OLD_EVERY_S = (2.0, 3.0, 5.0)
"""How often loggers of some fifteen years ago wrote a fix."""

OLD_DEGREES = 1e-5
"""A metre: the fourth decimal of an NMEA minute is 0.2 m, many wrote one less."""


class Receiver(StrEnum):
    """How traces are seen."""

    PLAIN = "plain"
    REFLECTED = "reflected"
    OLD = "old"
    HALF_MINUTE = "half-minute"
    MINUTE = "minute"


EVERY_S = {Receiver.HALF_MINUTE: 30.0, Receiver.MINUTE: 60.0}


def seen(fixes: Fixes, receiver: Receiver, rng: Generator) -> Fixes:
    """Return the fixes as ``receiver`` would have them.

    Args:
        fixes: Of one device.
        receiver: Plain leaves them as they are. Old has positions alone, a few seconds
            apart and by whole metres, with reflections.
        rng: Seeded.
    """
    if receiver in {Receiver.REFLECTED, Receiver.OLD}:
        fixes = reflected(fixes, rng)
    if receiver is Receiver.OLD:
        fixes = thinned(fixes, float(rng.choice(OLD_EVERY_S)))
        unknown = np.full(len(fixes), np.nan)
        return replace(
            fixes,
            lat_deg=np.round(fixes.lat_deg / OLD_DEGREES) * OLD_DEGREES,
            lon_deg=np.round(fixes.lon_deg / OLD_DEGREES) * OLD_DEGREES,
            accuracy_m=unknown,
            speed_mps=unknown,
        )
    return thinned(fixes, EVERY_S[receiver]) if receiver in EVERY_S else fixes


def thinned(fixes: Fixes, every_s: float) -> Fixes:
    """Return the first fix of every so many seconds."""
    if not len(fixes):
        return fixes
    number = (fixes.time_us - fixes.time_us[0]) // round(every_s * 1e6)
    return fixes.take(np.flatnonzero(np.diff(number, prepend=-1) > 0))
