"""A forest that learns from labelled legs what another one does not know yet.

It begins at what that one says, as far as labels bear it out, and its trees mend the rest.
The other one's trees become a part of it, and the modes that no label names stay its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.fitting import (
    Growth,
    neutral_of,
)
from geowallet.track.modes.forest import Forest, held_names, softmax
from geowallet.track.modes.grafting import together, weighted
from geowallet.track.modes.lesson import Lesson, Part
from geowallet.track.modes.rootstock import Root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geowallet.track.modes.forest import Trees


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A forest, and what its like says of legs whose owner it had not seen.

    Attributes:
        forest: Fitted on all legs.
        outside: ``(n, classes)`` calibrated probabilities of each leg, by trees that
            were grown without the legs of its owner and of others left out with them.
    """

    forest: Forest
    outside: NDArray[np.float64]


def fit_and_try(  # noqa: PLR0913  columns of the same legs, and how to grow
    table: NDArray[np.float64],
    modes: Sequence[str],
    groups: Sequence[str],
    *,
    seed: int,
    growth: Growth | None = None,
    base: Forest | None = None,
    by_network: NDArray[np.float64] | None = None,
    limits: Mapping[str, Any] | None = None,
    chains: Sequence[str] | None = None,
    ends_deg: NDArray[np.float64] | None = None,
) -> Fitted:
    """Return a calibrated forest fitted on ``n`` legs; the same for the same input and seed.

    How sure it may be is measured on owners that were left out.

    Args:
        table: ``(n, len(FEATURES))`` as `feature_table` returns; with ``by_network`` what
            the network holds of the legs may stand behind, as `leg_hearing` returns.
        modes: ``n`` names of modes; each must occur, at least two must.
        groups: ``n`` names of owners; legs of one owner are left out together.
        seed: Of the choice of features and legs.
        growth: How the trees are grown.
        base: Where it begins; one that does not know each of ``modes`` is not used.
        by_network: ``(n, len(base.classes))`` as `leg_hearing` returns of the network of
            ``base``; without it that one's trees alone are used.
        limits: Members of its settings that are decided and not fitted, such as
            ``least_confidence``.
        chains: ``n`` names; legs of one tell each other what they are. Those of an owner,
            unless others are named.
        ends_deg: ``(n, 4)`` as `leg_ends` returns; with them the forest also learns how
            sure it may be where legs of one chain tell each other.

    Raises:
        MissingExtraError: LightGBM is not installed.
        ValueError: Fewer than two modes, or columns of different lengths.
    """
    words = sorted({*modes})
    if len(words) < 2 or not len(table) == len(modes) == len(groups):
        msg = "a forest tells at least two modes apart, and every leg has a mode and an owner"
        raise ValueError(msg)
    root = _root_of(base, words, by_network)
    if root is None or root.network is None:
        table = table[:, : len(FEATURES)]
    words = words if root is None else list(root.classes)
    place = {word: number for number, word in enumerate(words)}
    lesson = Lesson(
        len(words),
        np.array([place[mode] for mode in modes], dtype=np.int64),
        np.asarray(groups),
        np.asarray(groups if chains is None else chains),
        seed,
        growth or Growth(),
        None if root is None else root.logits(table),
    )
    raw = lesson.crossed(table)
    believed = lesson.believed(raw)
    raw = lesson.towards_start(raw, believed)
    first = lesson.grown(table).kept(believed)
    settings = {"calibration": [lesson.band(raw)]} | _settings(lesson, root, first, limits)
    outside = softmax(raw / settings["calibration"][0]["temperature"])
    if ends_deg is not None:
        told = lesson.told_together(outside, ends_deg, np.array(settings["prior"]), words)
        settings["together_temperature"] = lesson.tempered(told)
    return Fitted(_made(table, words, root, first, settings), outside)


def _settings(
    lesson: Lesson, root: Root | None, part: Part, limits: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the settings that follow from what was grown and where it begins."""
    settings: dict[str, Any] = {
        "prior": lesson.prior(None if root is None else root.prior),
        "least_confidence": {"default": 0.0},
    }
    return settings | ({} if root is None else root.settings(part.outset)) | dict(limits or {})


def _made(
    table: NDArray[np.float64],
    words: Sequence[str],
    root: Root | None,
    part: Part,
    settings: dict[str, Any],
) -> Forest:
    """Return the forest as it is read back from its bytes."""
    features = (*FEATURES, *held_names(table.shape[1] - len(FEATURES)))
    settings = {"neutral": neutral_of(table, features)} | settings
    network = None if root is None else root.network
    made = Forest(features, tuple(words), _trees(root, part), None, settings, "", network)
    return read_forest(forest_bytes(made))


def _trees(root: Root | None, part: Part) -> Trees:
    """Return the trees of a part, and what they begin at.

    Where a network speaks beside them, they are raised by what its share takes from them.
    """
    if root is None or part.outset is None:
        return part.trees(1.0)
    left = 1.0 - root.share(part.outset)
    return together(part.trees(1.0 / left), weighted(root.part(part.outset), 1.0 / left))


def _root_of(
    base: Forest | None, words: Sequence[str], by_network: NDArray[np.float64] | None
) -> Root | None:
    """Return where a forest of ``words`` begins; None if ``base`` does not know them all."""
    if base is None or not {*words} <= {*base.classes}:
        return None
    return Root(base, by_network)
