"""What a file leaves open and its owner can say: asked once, used for the rest of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from geowallet.model.errors import AmbiguousDateError, NaiveTimeError, SealedSourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.connectors.api import ReadOptions
    from geowallet.model.errors import GeowalletError

ANSWERABLE = (NaiveTimeError, AmbiguousDateError, SealedSourceError)
"""A zone, an order of day and month, a secret."""


class Ask(Protocol):
    """Asks the owner, where somebody can answer."""

    def __call__(
        self, name: str, error: GeowalletError, options: ReadOptions
    ) -> ReadOptions | None:
        """Return the options with the answer, or None where there is none.

        Args:
            name: Of the file that leaves it open.
            error: One of `ANSWERABLE`.
            options: As they were.
        """


def answered(
    ask: Ask | None, options: ReadOptions, refused: Iterable[tuple[str, GeowalletError | None]]
) -> ReadOptions | None:
    """Return the options with all answers, or None where nothing was asked or answered.

    Args:
        ask: Who asks, or None.
        options: As they were.
        refused: Name and error of each file, None where it was read.
    """
    if ask is None:
        return None
    given = options
    asked: set[type[GeowalletError]] = set()
    for name, error in refused:
        if isinstance(error, ANSWERABLE) and type(error) not in asked:
            asked.add(type(error))
            given = ask(name, error, given) or given
    return given if given is not options else None
