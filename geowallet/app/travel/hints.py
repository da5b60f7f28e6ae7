"""What the wallet knows of modes beside the fixes: what its sources and its owner say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.settings import owned_modes
from geowallet.app.travel.models import in_use
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.labels import ModeLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.app.intake.sources import Source
    from geowallet.connectors.api import SourceLabel
    from geowallet.vault.store import Vault


def hints_of(vault: Vault, known: Iterable[Source], *, personal: bool = True) -> Hints:
    """Return the model in use, what is usual, and what the imported files and the owner say.

    Args:
        vault: The open wallet.
        known: As `sources` returns them.
        personal: Whether the model is moved by what was learnt from the owner.

    Raises:
        BadModelError: The model in use is of another version of the program.
    """
    labels = {source.sha256: mode_labels(source.labels, source.connector) for source in known}
    heard = {sha256: said for sha256, said in labels.items() if said}
    model = in_use(vault)
    forest = model.forest if personal else model.base
    habits = None if model.habits is None else model.habits.habits
    return Hints(forest=forest, owned=owned_modes(vault), habits=habits, labels=heard)


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
