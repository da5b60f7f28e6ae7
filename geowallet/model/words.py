"""Sentences that are shown later: an English text and the values it names.

The core speaks in `Phrase`s; only the command line turns them into a language,
so that no layer below it knows a catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass


def N_(text: str) -> str:  # noqa: N802  the conventional gettext marker
    """Mark ``text`` for the message catalogue and return it unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Phrase:
    """One translatable sentence.

    Attributes:
        text: English text with ``{names}`` in braces; the key of the catalogue.
        values: The names and their values, in a fixed order (hashable).
    """

    text: str
    values: tuple[tuple[str, str | int | float], ...] = ()

    def __str__(self) -> str:
        return self.text.format(**dict(self.values))


def phrase(text: str, **values: str | float) -> Phrase:
    """Build a `Phrase`; ``text`` must be wrapped in `N_` where it is written."""
    return Phrase(text, tuple(values.items()))
