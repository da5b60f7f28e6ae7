"""Tables of features of labelled legs, as the classifier sees them when it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.modes.classify import leg_logits, leg_table
from geowallet.track.modes.features import FEATURES, GROUPS
from training.blur import blurred
from training.variants import ALONE_SHARE, Variant, varied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geowallet.track.modes.network import Network
    from training.scenes import Scene

CLASSES = (
    "walk",
    "run",
    "bike",
    "car",
    "bus",
    "tram",
    "subway",
    "train",
    "ferry",
    "airplane",
)
"""What the model tells apart."""

NEAREST = {
    "e_bike": "bike",
    "e_scooter": "bike",
    "motorcycle": "car",
    "taxi": "car",
    "boat": "ferry",
}
"""Modes that positions do not tell from another: the model says the nearest class."""

FEWEST_FIXES = 5
"""Legs that a thinned trace describes by fewer fixes teach nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``n`` described legs.

    Attributes:
        features: float64 ``(n, f)``.
        classes: int64 ``(n,)``, places in `CLASSES`.
        metres: float64 ``(n,)``.
        cadence_s: float64 ``(n,)``, median interval between fixes.
        sets: ``(n,)`` names of the sets.
        owners: ``(n,)`` who travelled, unique over all sets.
        modes: ``(n,)`` words of the set.
        chains: ``(n,)`` names of the recordings; legs of one may be neighbours.
        bounds_us: int64 ``(n, 2)``, first and last instant as the table was made.
        heard: float64 ``(n, classes)``, logits of the network; 0 where none was asked.
    """

    features: NDArray[np.float64]
    classes: NDArray[np.int64]
    metres: NDArray[np.float64]
    cadence_s: NDArray[np.float64]
    sets: NDArray[np.str_]
    owners: NDArray[np.str_]
    modes: NDArray[np.str_]
    chains: NDArray[np.str_]
    bounds_us: NDArray[np.int64]
    heard: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.classes)

    def where(self, mask: NDArray[np.bool_]) -> Table:
        """Return the legs that ``mask`` selects."""
        return Table(*(getattr(self, name)[mask] for name in self.__slots__))

    def save(self, path: Path) -> None:
        """Write the table to ``path`` (npz)."""
        np.savez_compressed(path, **{name: getattr(self, name) for name in self.__slots__})


def load_table(path: Path) -> Table:
    """Return the table that `Table.save` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return Table(*(stored[name] for name in Table.__slots__))


def joined(tables: Sequence[Table]) -> Table:
    """Return all legs of ``tables``, in that order."""
    return Table(
        *(np.concatenate([getattr(table, name) for table in tables]) for name in Table.__slots__)
    )


def table_of(  # noqa: PLR0913  how the same legs are seen
    scenes: Iterable[Scene],
    *,
    versions: int = 0,
    seed: int = 0,
    thin: bool = True,
    variant: Variant = Variant.PLAIN,
    network: Network | None = None,
) -> Table:
    """Describe the legs of ``scenes``.

    Args:
        scenes: At least one with a leg of a known class.
        versions: How many blurred versions of each; 0 describes them as they are.
        seed: Of the blurring.
        thin: Whether blurring leaves fixes out.
        variant: How they are seen, once blurred.
        network: What is asked about them beside.
    """
    rng = np.random.default_rng(seed)
    tables = []
    for scene in scenes:
        for version in range(max(versions, 1)):
            seen = varied(blurred(scene, rng, thin=thin), variant, rng) if versions else scene
            tables += list(_described(seen, version, network))
    table = joined(tables)
    if versions:
        _isolate(table.features, rng.random(len(table)) < ALONE_SHARE[variant])
    return table


def _isolate(features: NDArray[np.float64], mask: NDArray[np.bool_]) -> None:
    """Take away what the fixes around the legs of ``mask`` say."""
    for name in GROUPS["around"]:
        column = FEATURES.index(name)
        features[mask, column] = 0.0 if name.endswith("_heard") else np.nan


def _described(scene: Scene, version: int, network: Network | None) -> Iterator[Table]:
    """Yield the table of the legs of ``scene`` that have a class and enough fixes."""
    classes = np.array([class_of(mode) for mode in scene.modes], dtype=np.int64)
    first = np.searchsorted(scene.fixes.time_us, scene.bounds_us[:, 0])
    after = np.searchsorted(scene.fixes.time_us, scene.bounds_us[:, 1], side="right")
    known = (classes >= 0) & (after - first >= FEWEST_FIXES)
    if not np.any(known):
        return
    features = leg_table(scene.fixes, scene.bounds_us[known])
    heard = np.zeros((len(features), len(CLASSES)))
    if network is not None:
        heard = leg_logits(network, scene.fixes, scene.bounds_us[known])
    told: NDArray[np.bool_] = np.any(np.isfinite(features), axis=1)
    kept = np.flatnonzero(known)[told]
    cadence = [
        np.median(np.diff(scene.fixes.time_us[first[leg] : after[leg]])) / 1e6 for leg in kept
    ]
    yield Table(
        features=features[told].astype(np.float32).astype(np.float64),
        classes=classes[kept],
        metres=scene.metres[kept],
        cadence_s=np.array(cadence, dtype=np.float64),
        sets=np.full(len(kept), scene.set_name),
        owners=np.full(len(kept), f"{scene.set_name}/{scene.owner}"),
        modes=np.array([scene.modes[leg] for leg in kept]),
        chains=np.full(len(kept), f"{scene.set_name}/{scene.owner}/{version}"),
        bounds_us=scene.bounds_us[kept],
        heard=heard[told],
    )


def class_of(mode: str) -> int:
    """Return the place of ``mode`` in `CLASSES`, -1 where it has none."""
    word = NEAREST.get(mode, mode)
    return CLASSES.index(word) if word in CLASSES else -1
