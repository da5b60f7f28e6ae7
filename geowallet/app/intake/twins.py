"""Files that cover the time of other files: the same ride from a watch and from its service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.app.intake.sources import Source

ENOUGH = 0.9
"""Share of its time: devices start and stop within a minute or two of each other."""


def twins(read: Iterable[str], known: Sequence[Source]) -> Iterator[tuple[Source, Source]]:
    """Yield each source of ``read`` with the other one that covers most of the same time.

    Args:
        read: SHA-256 (hex) of the sources to look at.
        known: All sources of the wallet.
    """
    runs = sorted((*run, at) for at, source in enumerate(known) for run in source.runs())
    table = np.array(runs, dtype=np.int64).reshape(-1, 3)
    latest_us = np.maximum.accumulate(table[:, 1])
    place = {source.sha256: at for at, source in enumerate(known)}
    for sha256 in read:
        own = place.get(sha256)
        if own is None:
            continue
        shared_us = np.zeros(len(known))
        for first_us, last_us in known[own].runs():
            # All that can share time with it, and little else.
            since = np.searchsorted(latest_us, first_us)
            near = table[since : np.searchsorted(table[:, 0], last_us, side="right")]
            both_us = np.minimum(near[:, 1], last_us) - np.maximum(near[:, 0], first_us)
            shared_us += np.bincount(near[:, 2], np.maximum(both_us, 0), len(known))
        shared_us[own] = 0
        whole_us = sum(last_us - first_us for first_us, last_us in known[own].runs())
        other = int(shared_us.argmax())
        if whole_us and shared_us[other] >= ENOUGH * whole_us:
            yield known[own], known[other]
