"""What the forest says of legs from sets, and networks, that it was not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.fitting import temperature_of
from training.measure import FAMILIES, figures_of
from training.recipe import HELD_OUT, PRIOR, SOFT_NEEDS
from training.stages import hear
from training.tables import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from training.measure import Figures
    from training.stages import Heard, Taught
    from training.tables import Table

BANDS_S: tuple[float | None, ...] = (5.0, 20.0, None)
"""Upper bounds of cadence between which confidence is measured apart."""

FAMILY_OF = np.array(
    [
        sorted(set(FAMILIES.values())).index(FAMILIES[name]) if name in FAMILIES else 5 + place
        for place, name in enumerate(CLASSES)
    ]
)
"""Number of the family of each class; those outside the five stand alone."""


MOTORISED = ("car", "bus", "tram", "subway", "train")
SOFT = frozenset({"walk", "run", "bike"})


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """What trees say of sets that they had not seen.

    Attributes:
        plain: By set, legs as they were recorded.
        blurred: By set, legs as they are taught.
    """

    plain: Mapping[str, Heard]
    blurred: Mapping[str, Heard]


def first_outside(lesson: Taught, plain: Mapping[str, Table]) -> Outside:
    """Return what the first stage says of each set of `HELD_OUT`, grown without it."""
    alone, blurred = {}, {}
    for name in HELD_OUT:
        out = lesson.table.sets == name
        first = lesson.first(~out)
        alone[name] = hear(first, plain[name], lesson.method)
        blurred[name] = hear(first, lesson.table.where(out), lesson.method)
    return Outside(alone, blurred)


def calibration_of(
    parts: Sequence[Heard], shares: Sequence[float] | None = None
) -> list[dict[str, object]]:
    """Return the temperature of each band of cadence.

    Within a part, classes weigh as `PRIOR` states. A band with too few legs takes the
    temperature of all.

    Args:
        parts: What was said of legs that the trees had not seen.
        shares: The weight of each part; the same unless given.
    """
    wanted = np.array([PRIOR[name] for name in CLASSES])
    weights = []
    for part, share in zip(parts, shares or [1.0] * len(parts), strict=True):
        found = np.bincount(part.table.classes, minlength=len(CLASSES))
        lift = np.divide(wanted, found, out=np.zeros(len(CLASSES)), where=found > 0)
        each = lift[part.table.classes]
        weights.append(share * each / np.sum(each))
    raw = np.concatenate([part.raw for part in parts])
    classes = np.concatenate([part.table.classes for part in parts])
    cadence_s = np.concatenate([part.table.cadence_s for part in parts])
    weight = np.concatenate(weights)
    whole = temperature_of(raw, classes, weight)
    bands: list[dict[str, object]] = []
    low = 0.0
    for high in BANDS_S:
        inside = (cadence_s > low) & (cadence_s <= (np.inf if high is None else high))
        if low == 0.0:
            inside |= cadence_s <= 0.0
        enough = np.sum(inside) >= 200
        own = temperature_of(raw[inside], classes[inside], weight[inside]) if enough else whole
        bands.append(
            {"cadence_s_up_to": high, "temperature": round(own, 4), "bias": [0.0] * len(CLASSES)}
        )
        low = high or low
    return bands


def decided(
    chance: NDArray[np.float64], least: Mapping[str, float]
) -> tuple[list[str], NDArray[np.float64]]:
    """Return the mode and the probability of its family for every row.

    The family comes first, then the best mode in it; below ``least`` it is unknown, and
    so are foot and bike where a motor is likelier than `SOFT_NEEDS`.
    """
    count = int(FAMILY_OF.max()) + 1
    family = np.zeros((len(chance), count))
    for place, number in enumerate(FAMILY_OF):
        family[:, number] += chance[:, place]
    best = np.argmax(family, axis=1)
    inside = np.where(FAMILY_OF[None] == best[:, None], chance, -1.0)
    sure = family[np.arange(len(chance)), best]
    words = [CLASSES[place] for place in np.argmax(inside, axis=1)]
    default = least.get("default", 0.0)
    motor = np.sum(chance[:, [CLASSES.index(name) for name in MOTORISED]], axis=1)
    return [
        word
        if p >= least.get(word, default) and (word not in SOFT or engine <= SOFT_NEEDS)
        else "unknown"
        for word, p, engine in zip(words, sure, motor, strict=True)
    ], sure


def figures(
    part: Heard, bands: Sequence[Mapping[str, object]], least: Mapping[str, float]
) -> Figures:
    """Return the five-class figures of ``part``."""
    words, sure = decided(part.chance(bands), least)
    return figures_of(list(part.table.modes), words, sure, part.table.metres)
