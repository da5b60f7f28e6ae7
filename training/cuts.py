"""Days with their legs where the analysis itself cuts them, not where they truly begin.

What is named from raw fixes has ends that are a minute off, pieces of rides that a jam has
parted, and halts that look like walks. Forests that have met such legs name them better.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geowallet.track.drafts import draft_of
from geowallet.track.modes.classify import good_fixes
from geowallet.track.modes.hints import NO_HINTS
from geowallet.track.motion import path_of
from geowallet.track.sources import CUT_GAP_US

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes
    from training.scenes import Scene

FEWEST_FIXES = 5
"""A piece of fewer fixes shows nothing."""

TRUE_SHARE = 0.5
"""Of a piece, least that lies within true legs."""

MAIN_SHARE = 0.7
"""Of that, least that is of one mode: other pieces teach nothing."""


def as_cut(scene: Scene) -> Scene:
    """Return ``scene`` with the walks and rides that the analysis finds in its fixes.

    Each has the mode that fills most of it, and its part of the metres; it may be left
    without legs.
    """
    found = [piece for piece in _pieces(scene.fixes) if piece[1] > piece[0]]
    bounds, modes, metres = [], [], []
    for piece in found:
        shared_us = _shared_us(scene, piece)
        by_mode: dict[str, int] = {}
        for mode, shared in zip(scene.modes, shared_us.tolist(), strict=True):
            by_mode[mode] = by_mode.get(mode, 0) + shared
        true_us = sum(by_mode.values())
        best = max(sorted(by_mode), key=lambda mode: by_mode[mode], default="")
        enough = true_us >= TRUE_SHARE * (piece[1] - piece[0])
        if enough and by_mode[best] >= MAIN_SHARE * true_us:
            bounds.append(piece)
            modes.append(best)
            whole_us = np.maximum(scene.bounds_us[:, 1] - scene.bounds_us[:, 0], 1)
            metres.append(float(np.sum(scene.metres * (shared_us / whole_us))))
    return replace(
        scene,
        bounds_us=np.array(bounds, dtype=np.int64).reshape(-1, 2),
        modes=tuple(modes),
        metres=np.array(metres),
    )


def _shared_us(scene: Scene, piece: tuple[int, int]) -> NDArray[np.int64]:
    """Return how long each true leg lies within a piece."""
    start_us, end_us = scene.bounds_us[:, 0], scene.bounds_us[:, 1]
    within = np.minimum(end_us, piece[1]) - np.maximum(start_us, piece[0])
    shared: NDArray[np.int64] = np.maximum(within, 0)
    return shared


def _pieces(fixes: Fixes) -> Iterator[tuple[int, int]]:
    """Yield the first and last instant of each walk or ride that is found."""
    good = good_fixes(fixes)
    if not len(good):
        return
    cuts = (np.flatnonzero(np.diff(good.time_us) >= CUT_GAP_US) + 1).tolist()
    for first, last in pairwise([0, *cuts, len(good)]):
        path = path_of(good.take(slice(first, last)))
        stream = np.zeros(last - first, dtype=np.int32)
        for spans in draft_of(path, stream, NO_HINTS).cut:
            for span in spans:
                if span.last - span.first + 1 >= FEWEST_FIXES:
                    yield path.instant_us(span.first), path.instant_us(span.last)
