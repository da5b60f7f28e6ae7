"""What the forest is fitted on, and with which weights.

Simulated legs are half of the weight; the real sets share the other half by the root of
their sizes, so that the largest does not teach its habits. Then every class is brought
to the share that `PRIOR` states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.features import FEATURES, GROUPS
from geowallet.track.modes.fitting import Growth
from training.scenes import drives, goal_archive, labelled_folder, simulated
from training.sports import recorded
from training.tables import CLASSES, joined, table_of
from training.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geowallet.track.modes.network import Network
    from training.scenes import Scene
    from training.tables import Table

SEED = 20_261_122

PRIOR: Mapping[str, float] = {
    "walk": 0.35,
    "run": 0.01,
    "bike": 0.13,
    "car": 0.29,
    "bus": 0.1,
    "tram": 0.025,
    "subway": 0.045,
    "train": 0.043,
    "ferry": 0.003,
    "airplane": 0.004,
}
"""Share of each class among legs before anything is known of the owner: one leg in three
a walk, because most rides have one at an end, and the car before other rides, as in any
national survey (EMP 2019: 63 % of French trips), but so that no ride starts with a great
handicap. A statement, not a measurement."""

SIMULATED_SHARE = 0.5
"""Of the weight."""

DOOR_SHARE: Mapping[str, float] = {"car": 0.35, "bike": 0.15}
"""Of rides in one's own vehicle, those from door to door: parked at home, at the firm.
Simulated travellers nearly always walk a little to it and from it."""

SPREAD = 0.1
"""Of the five minutes before or after such a ride, the most that is spent walking."""

MOST_OF_A_CLASS: Mapping[Variant, int] = {
    Variant.PLAIN: 12_000,
    Variant.REFLECTED: 3_000,
    Variant.PIECES: 7_000,
}
"""Simulated legs of one class: of walks there are three times as many. With reflections and
pieces, what was seen so and left out was told better (MobilityNet 0.76 instead of 0.73 and 0.66
instead of 0.62, simulated legs 0.84 and 0.75 instead of 0.83 and 0.73, UAH 0.71 instead of 0.57),
and what was seen plainly no worse (0.84, 0.88 instead of 0.83, 0.88)."""

EVERY: Mapping[Variant, int] = {Variant.PLAIN: 1, Variant.REFLECTED: 4, Variant.PIECES: 2}
"""Of the simulated days each so manieth is seen so."""

BROAD_SHARE: Mapping[str, float] = {"subway": 0.25}
"""Of the broad legs of a class, those that are taught. Most metros there run above the ground, and
most of the world's do not: taught in full, they took a train of 14 km to be one of them."""

VERSIONS: Mapping[str, int] = {"mobilitynet": 12, "ssi": 8, "goal": 2, "recorders": 25}
"""Blurred versions of each real leg: small sets more, so that each is some hundred legs. Half as
many are seen with reflections, and as many again cut to pieces."""

UNCUT = ("goal",)
"""Sets whose legs last some minutes: no pieces are made of them."""

LEAST_CONFIDENCE: Mapping[str, float] = {"default": 0.35, "walk": 0.4, "bike": 0.45}
"""Below it a leg is unknown: foot and bike need more, because a car taken for a bike is a
false claim of money."""

FORMAT = ("cadence_s", "cadence_p90_s", "log_fixes_km", "jitter")
"""What tells one recorder, and so one set, from another better than one mode."""

SOFT_NEEDS = 0.35
"""Foot and bike are claimed only if a motor is no likelier than this."""

FERRY_BIAS = -1.0
"""Logit: ferries are known from simulation alone, and are rarer than `PRIOR` can state."""

NETWORK_SHARE = 0.5
"""Of what is said of a leg, the part that the network says."""

SEEDS = 2
"""Forests whose scores are averaged."""

USED: tuple[str, ...] = tuple(
    name for name in FEATURES if name not in {*FORMAT, *GROUPS["accuracy"], *GROUPS["doppler"]}
)
"""The features that the trees may see. Without those of the recorder, sets that were left
out were told better: MobilityNet 0.77 / 0.72 instead of 0.74 / 0.66 (accuracy, macro-F1)."""

HELD_OUT = ("mobilitynet", "ssi", "goal", "recorders")
"""Sets that are left out in turn."""


GROWTH = Growth(rounds=180, leaves=23, rate=0.065, fewest=50)
"""Larger than what `model fit` grows on the few hundred legs of one owner. With three times the
simulated legs, sets that were left out were told better: MobilityNet 0.83 / 0.79 instead of
0.82 / 0.77, SSI 0.81 / 0.79 instead of 0.78 / 0.71, GOAL 0.89 / 0.93 instead of 0.88 / 0.91."""


@dataclass(frozen=True, slots=True)
class Method:
    """How trees are grown.

    Attributes:
        names: Features that they may see.
        growth: Their number and size.
        seed: Of the choice of features and legs.
    """

    names: tuple[str, ...] = USED
    growth: Growth = GROWTH
    seed: int = SEED

    @property
    def columns(self) -> NDArray[np.intp]:
        """Where the features stand in a table, intp ``(f,)``."""
        return np.array([FEATURES.index(name) for name in self.names], dtype=np.intp)

    def siblings(self, count: int) -> list[Method]:
        """Return ``count`` methods that differ in their seed, this one first."""
        return [replace(self, seed=self.seed + number) for number in range(count)]


def real_scenes(data: Path) -> dict[str, list[Scene]]:
    """Return the real sets under ``data`` whose terms allow fitting."""
    labelled = data / "labelled"
    return {
        "mobilitynet": list(labelled_folder(labelled / "mobilitynet", "mobilitynet")),
        "ssi": list(labelled_folder(labelled / "ssi", "ssi")),
        "goal": list(goal_archive(labelled / "goal" / "trajectories.zip")),
        "recorders": list(recorded(data / "corpus")),
    }


def measured_scenes(data: Path) -> Iterator[Scene]:
    """Yield the drives of UAH-DriveSet: its terms are unread, so it only measures."""
    yield from drives(data / "labelled" / "uah" / "gps.csv.gz", "uah")


def real_tables(
    scenes: Mapping[str, Sequence[Scene]], network: Network | None = None
) -> dict[str, Table]:
    """Return each set blurred, as it is taught, with what ``network`` says of it."""
    found = {}
    for number, (name, every) in enumerate(scenes.items()):
        seed, half = SEED + number, VERSIONS[name] // 2
        parts = [table_of(every, versions=VERSIONS[name], seed=seed, network=network)]
        for place, variant in enumerate((Variant.REFLECTED, Variant.PIECES)):
            if variant is Variant.PIECES and name in UNCUT:
                continue
            other = seed + 200 + 100 * place
            count = max(half, 1)
            parts.append(
                table_of(every, versions=count, seed=other, variant=variant, network=network)
            )
        found[name] = joined(parts)
    return found


def simulated_table(
    folder: Path,
    variant: Variant = Variant.PLAIN,
    *,
    every: int = 1,
    network: Network | None = None,
) -> Table:
    """Return the legs of the simulation in ``folder``, at most `MOST_OF_A_CLASS` of each class.

    Args:
        folder: Of its days.
        variant: How they are seen.
        every: Each so manieth day is taken.
        network: What is asked about them beside.
    """
    days = (scene for number, scene in enumerate(simulated(folder)) if number % every == 0)
    seed = SEED + 100 + 10 * list(Variant).index(variant)
    table = table_of(days, versions=1, seed=seed, thin=False, variant=variant, network=network)
    rng = np.random.default_rng(seed + 1)
    kept = np.ones(len(table), dtype=np.bool_)
    for place in range(len(CLASSES)):
        legs = np.flatnonzero(table.classes == place)
        spare = max(len(legs) - MOST_OF_A_CLASS[variant], 0)
        kept[rng.permutation(legs)[:spare]] = False
    taken = table.where(kept)
    return taken if variant is Variant.PIECES else at_the_door(taken)


def taught_days(usual: Path, broad: Path) -> Table:
    """Return the simulated legs that are taught: plain, with reflections, and pieces."""
    return joined(
        [simulated_table(usual, variant, every=EVERY[variant]) for variant in Variant]
        + [fewer(simulated_table(broad, variant, every=EVERY[variant])) for variant in Variant]
    )


def fewer(table: Table) -> Table:
    """Return the legs of the broad part that are taught, by `BROAD_SHARE`."""
    share = np.array([BROAD_SHARE.get(name, 1.0) for name in CLASSES])
    return table.where(np.random.default_rng(SEED + 103).random(len(table)) < share[table.classes])


def at_the_door(table: Table) -> Table:
    """Return the legs, some rides in one's own vehicle being from door to door."""
    rng = np.random.default_rng(SEED + 102)
    features = table.features.copy()
    share = np.array([DOOR_SHARE.get(name, 0.0) for name in CLASSES])
    rows = np.flatnonzero(rng.random(len(table)) < share[table.classes])
    for side in ("before", "after"):
        walked = rng.uniform(0.0, SPREAD, len(rows))
        none = np.zeros(len(rows))
        around = {"still": 1.0 - walked, "walk": walked, "fast": none, "heard": none + 1.0}
        for name, values in around.items():
            features[rows, FEATURES.index(f"{side}_{name}")] = values
    return replace(table, features=features)


def shares_of(sizes: Sequence[int], whole: float) -> list[float]:
    """Return the part of ``whole`` that each real set has: by the root of its size."""
    roots = [np.sqrt(size) for size in sizes]
    return [whole * root / max(sum(roots), 1e-9) for root in roots]


def mixed(sim: Table | None, real: Sequence[Table]) -> tuple[Table, NDArray[np.float64]]:
    """Return all legs and the weight of each set's, before classes are lifted.

    Args:
        sim: Simulated legs, if any.
        real: One table a set, at least one if there is no simulation.
    """
    parts = [*real] if sim is None else [sim, *real]
    shares = shares_of(
        [len(table) for table in real], 1.0 if sim is None else 1.0 - SIMULATED_SHARE
    )
    each = [share / len(table) for share, table in zip(shares, real, strict=True)]
    if sim is not None:
        each = [(SIMULATED_SHARE if real else 1.0) / len(sim), *each]
    weights = np.concatenate([np.full(len(t), w) for t, w in zip(parts, each, strict=True)])
    return joined(parts), weights


def to_prior(classes: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights, mean 1, with every class lifted to the share of `PRIOR`."""
    found = np.bincount(classes, weights, minlength=len(CLASSES))
    wanted = np.array([PRIOR[name] for name in CLASSES])
    lift = np.divide(wanted, found, out=np.zeros(len(CLASSES)), where=found > 0)
    lifted: NDArray[np.float64] = weights * lift[classes]
    return lifted / np.mean(lifted)
