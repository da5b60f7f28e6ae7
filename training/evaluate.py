"""What the forest says of legs from sets, and networks, that it was not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.fitting import temperature_of
from geowallet.track.modes.forest import softmax
from training.measure import FAMILIES, figures_of
from training.recipe import HELD_OUT, PRIOR, grown_on
from training.tables import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.fitting import Grown
    from training.measure import Figures
    from training.recipe import Method
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


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Raw scores of legs whose set the trees had not seen.

    Attributes:
        table: The legs.
        raw: float64 ``(n, classes)``.
    """

    table: Table
    raw: NDArray[np.float64]


def left_out(
    sim: Table | None,
    real: Mapping[str, Table],
    asked: Mapping[str, Sequence[Table]],
    method: Method,
) -> dict[str, list[Heard]]:
    """Return, for each set, what trees grown on the others say of it.

    Args:
        sim: Simulated legs.
        real: One table a set, as it is taught.
        asked: Tables to score of each set that is left out.
        method: How the trees are grown.
    """
    found = {}
    for name in HELD_OUT:
        if name in asked:
            others = [table for other, table in real.items() if other != name]
            grown = grown_on(sim, others, method)
            found[name] = [heard(grown, table, method) for table in asked[name]]
    return found


def heard(grown: Grown, table: Table, method: Method) -> Heard:
    """Return what ``grown`` says of ``table``."""
    return Heard(table, grown.raw(table.features[:, method.columns]))


def calibration_of(parts: Sequence[Heard]) -> list[dict[str, object]]:
    """Return the temperature of each band of cadence, every part weighing the same.

    Within a part, classes weigh as `PRIOR` states. A band with too few legs takes the
    temperature of all.
    """
    wanted = np.array([PRIOR[name] for name in CLASSES])
    weights = []
    for part in parts:
        found = np.bincount(part.table.classes, minlength=len(CLASSES))
        lift = np.divide(wanted, found, out=np.zeros(len(CLASSES)), where=found > 0)
        each = lift[part.table.classes]
        weights.append(each / np.sum(each))
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


def probabilities(part: Heard, bands: Sequence[Mapping[str, object]]) -> NDArray[np.float64]:
    """Return the calibrated probabilities ``(n, classes)``."""
    divisor = np.ones(len(part.table))
    done = np.zeros(len(part.table), dtype=np.bool_)
    for band in bands:
        limit = band["cadence_s_up_to"]
        inside = ~done & (part.table.cadence_s <= (np.inf if limit is None else float(str(limit))))
        divisor[inside] = float(str(band["temperature"]))
        done |= inside
    return softmax(part.raw / divisor[:, None])


def decided(
    chance: NDArray[np.float64], least: Mapping[str, float]
) -> tuple[list[str], NDArray[np.float64]]:
    """Return the mode and the probability of its family for every row.

    The family comes first, then the best mode in it; below ``least`` it is unknown.
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
    return [
        word if p >= least.get(word, default) else "unknown"
        for word, p in zip(words, sure, strict=True)
    ], sure


def figures(
    part: Heard, bands: Sequence[Mapping[str, object]], least: Mapping[str, float]
) -> Figures:
    """Return the five-class figures of ``part``."""
    words, sure = decided(probabilities(part, bands), least)
    return figures_of(list(part.table.modes), words, sure, part.table.metres)
