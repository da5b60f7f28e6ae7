"""Use case: fit a model of travel modes on labelled traces that its user holds.

It is tried by users that were left out before anybody is asked whether to keep it, beside
the model that ships on the same legs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.app.travel.labelled import Labelled, read_labelled
from geowallet.model.errors import MissingExtraError, TooFewLegsError
from geowallet.track.modes.context import context_table
from geowallet.track.modes.figures import Figures, family_name, figures_of, guesses_of
from geowallet.track.modes.fitting import FOLDS, Growth
from geowallet.track.modes.shipped import shipped_forest
from geowallet.track.modes.teaching import fit_and_try

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest

FEWEST_LEGS = 50
"""In all: fewer leave nothing to try a model with."""

FEWEST_OF_A_MODE = 5
"""A mode with fewer legs is left out, and the model never says it."""

FEW_LEGS, MANY_LEGS = 1_000, 3_000
"""Legs below which leaves may be small, and from which trees may be large."""

SMALL = Growth(fewest=5)
LARGE = Growth(rounds=160, leaves=31)

SEED = 20_261_122
"""Of the choice of features and legs: the same data give the same model."""

POLICY = ("least_confidence", "soft_needs")
"""How sure a claim must be is decided, not fitted: as in the model that ships."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A fitted model that nobody keeps yet.

    Attributes:
        forest: With a card in its settings.
        outside: Its figures, by trees that had not seen the users.
        shipped: Those of the model that ships, on the same legs.
        labelled: What it was fitted on.
        rare: Modes with too few legs, and how many.
        folds: Parts of the users that were left out in turn.
    """

    forest: Forest
    outside: Figures
    shipped: Figures
    labelled: Labelled
    rare: dict[str, int]
    folds: int


def fit_model(folder: Path, *, progress: Callable[[str, int], None]) -> Tried:
    """Return a model fitted on a folder as `read_labelled` reads it, and how good it is.

    Raises:
        MissingExtraError: LightGBM is not installed.
        TooFewLegsError: There is too little to learn from.
        BadLabelsError: The table of labels cannot be read.
        SourceMissingError: There is none.
        TooLargeError: The folder is larger than what is meant.
    """
    if find_spec("lightgbm") is None:
        raise MissingExtraError(extra="fit")
    base = shipped_forest()
    every = read_labelled(folder, progress=progress, network=base.network)
    count = Counter(every.modes)
    rare = {mode: legs for mode, legs in sorted(count.items()) if legs < FEWEST_OF_A_MODE}
    labelled = every.where(np.array([mode not in rare for mode in every.modes], dtype=np.bool_))
    modes, users = {*labelled.modes}, {*labelled.users}
    if len(labelled.modes) < FEWEST_LEGS or len(modes) < 2 or len(users) < 2:
        raise TooFewLegsError(
            legs=len(labelled.modes), modes=len(modes), users=len(users), least=FEWEST_LEGS
        )
    progress("", 0)
    return _tried(labelled, rare, base)


def _tried(labelled: Labelled, rare: dict[str, int], base: Forest) -> Tried:
    limits: dict[str, Any] = {name: base.settings[name] for name in POLICY if name in base.settings}
    fitted = fit_and_try(
        labelled.table,
        labelled.modes,
        labelled.users,
        seed=SEED,
        bounds_us=labelled.bounds_us,
        growth=growth_for(len(labelled.modes)),
        base=base,
        by_network=labelled.by_network if base.network else None,
        limits=limits,
    )
    outside = _figures(fitted.outside, fitted.forest, labelled)
    folds = min(FOLDS, len({*labelled.users}))
    card = _card(labelled, outside, folds)
    forest = replace(fitted.forest, settings={**fitted.forest.settings, "card": card})
    return Tried(
        forest,
        outside,
        _figures(_heard(base, labelled), base, labelled),
        labelled,
        rare,
        folds,
    )


def growth_for(legs: int) -> Growth:
    """Return how trees are grown on so many legs."""
    if legs < FEW_LEGS:
        return SMALL
    return LARGE if legs >= MANY_LEGS else Growth()


def _card(labelled: Labelled, outside: Figures, folds: int) -> dict[str, Any]:
    figures = asdict(outside)
    rounded = {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }
    return {
        "legs": dict(sorted(Counter(labelled.modes).items())),
        "users": len({*labelled.users}),
        "km": round(float(labelled.metres.sum()) / 1000),
        "labels_sha256": labelled.digest,
        "folds": folds,
        "figures": rounded,
    }


def _figures(probabilities: NDArray[np.float64], forest: Forest, labelled: Labelled) -> Figures:
    guess, probability = guesses_of(probabilities, labelled.table, forest)
    truth = [family_name(mode) for mode in labelled.modes]
    return figures_of(truth, guess, probability, labelled.metres)


def _heard(forest: Forest, labelled: Labelled) -> NDArray[np.float64]:
    """Return what a forest says of legs among the neighbours that have a label too."""
    logits = (1.0 - forest.network_share) * forest.logits(labelled.table)
    heard = np.zeros_like(logits)
    if forest.network is not None:
        heard += forest.network_share * labelled.by_network
    alone = forest.calibrated(logits + heard, labelled.table)
    if forest.context is None:
        return alone
    found = np.empty_like(alone)
    users = np.array(labelled.users)
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        around = context_table(labelled.bounds_us[rows], alone[rows])
        found[rows] = forest.in_context(labelled.table[rows], around, heard[rows])
    return found
