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
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Forest

FEWEST_LEGS = 50
"""In all: fewer leave nothing to try a model with."""

FEWEST_OF_A_MODE = 5
"""A mode with fewer legs is told nearly as by the model that ships."""

CHANCE = 2.0
"""A gain of legs is believed from so many standard deviations of their lot on."""

FEW_LEGS, MANY_LEGS = 1_000, 3_000
"""Legs below which leaves may be small, and from which trees may be large."""

SMALL = Growth(rate=0.04, fewest=5)
USUAL = Growth(rate=0.04)
LARGE = Growth(rounds=160, leaves=31, rate=0.04)
"""Trees that mend another forest grow slowly: with a rate of 0.08 owners left out were told
worse, or alike, in five sets."""

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
        labelled: What labels say, and it was tried on.
        rare: Modes with too few legs, and how many.
        folds: Parts of the users that were left out in turn.
        won: Legs that it tells and the model that ships does not.
        lost: Legs that the model that ships tells and it does not.
    """

    forest: Forest
    outside: Figures
    shipped: Figures
    labelled: Labelled
    rare: dict[str, int]
    folds: int
    won: int
    lost: int

    @property
    def better(self) -> bool:
        """Whether it tells more legs than the model that ships."""
        return self.won > self.lost

    @property
    def surely(self) -> bool:
        """Whether it tells more by more than chance, were each leg a toss of its own."""
        return self.won - self.lost > CHANCE * float(np.sqrt(self.won + self.lost))


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
    labelled = every.where(every.given)
    count = Counter(labelled.modes)
    rare = {mode: legs for mode, legs in sorted(count.items()) if legs < FEWEST_OF_A_MODE}
    legs, modes, users = len(labelled.modes), len({*count} - {*rare}), len({*labelled.users})
    if legs < FEWEST_LEGS or modes < 2 or users < 2:
        silent = len(every.silent)
        raise TooFewLegsError(legs=legs, modes=modes, users=users, silent=silent, least=FEWEST_LEGS)
    progress("", 0)
    return _tried(every, rare, base)


def _tried(every: Labelled, rare: dict[str, int], base: Forest) -> Tried:
    fitted = fit_and_try(
        every.table,
        every.modes,
        every.users,
        seed=SEED,
        growth=growth_for(int(every.given.sum())),
        base=base,
        by_network=every.by_network if base.network else None,
        limits=limits_of(base),
        chains=chains_of(every.users, every.given),
        ends_deg=every.ends_deg,
    )
    labelled = every.where(every.given)
    said = guesses_of(fitted.outside[every.given], labelled.table, fitted.forest)
    usual = guesses_of(_heard(base, labelled), labelled.table, base)
    truth = [family_name(mode) for mode in labelled.modes]
    outside, shipped = (figures_of(truth, *one, labelled.metres) for one in (said, usual))
    folds = min(FOLDS, len({*labelled.users}))
    card = _card(labelled, outside, folds)
    forest = replace(fitted.forest, settings={**fitted.forest.settings, "card": card})
    right, before = (np.array(one[0]) == np.array(truth) for one in (said, usual))
    won, lost = int(np.sum(right & ~before)), int(np.sum(before & ~right))
    return Tried(forest, outside, shipped, labelled, rare, folds, won, lost)


def chains_of(users: Sequence[str], given: NDArray[np.bool_]) -> list[str]:
    """Return names of what legs may be neighbours: given ones, or found ones, of one user."""
    return [f"{user}/{'given' if one else 'found'}" for user, one in zip(users, given, strict=True)]


def limits_of(base: Forest) -> dict[str, Any]:
    """Return the members of settings that are decided, as another forest has them."""
    return {name: base.settings[name] for name in POLICY if name in base.settings}


def growth_for(legs: int) -> Growth:
    """Return how trees are grown on so many legs."""
    if legs < FEW_LEGS:
        return SMALL
    return LARGE if legs >= MANY_LEGS else USUAL


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
