"""What the wallet knows of modes beside the fixes: what its sources and its owner say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.track.modes.hints import Hints
from geowallet.track.modes.labels import ModeLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.app.sources import Source
    from geowallet.connectors.api import SourceLabel
    from geowallet.model.mobility import Mode


def hints_of(known: Iterable[Source], owned: frozenset[Mode] | None = None) -> Hints:
    """Return what the imported files and the owner say of modes.

    Args:
        known: As `sources` returns them.
        owned: Modes the owner has a vehicle for, None before they said so.
    """
    labels = {source.sha256: mode_labels(source.labels, source.connector) for source in known}
    return Hints(owned=owned, labels={sha256: said for sha256, said in labels.items() if said})


def mode_labels(labels: Iterable[SourceLabel], connector: str) -> tuple[ModeLabel, ...]:
    """Return the labels of one source that speak of modes.

    Args:
        labels: As the connector read them.
        connector: Its name.
    """
    found = (
        ModeLabel(label.start_us, label.end_us, label.value, connector)
        for label in labels
        if label.kind == "mode"
    )
    return tuple(label for label in found if label.modes)
