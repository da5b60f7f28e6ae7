"""The option of ``desk offer`` by which a recipient asks for time stamps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms

Stamped = Annotated[
    int,
    typer.Option(help=_("Percent of the metres that must be time-stamped within a day (L1).")),
]


def asking_for_stamps(terms: Terms, percent: int) -> Terms:
    """Return terms that ask for L1; unchanged for 0.

    Raises:
        BadOptionError: Not a percentage.
    """
    if not percent:
        return terms
    if not 0 < percent <= 100:
        raise BadOptionError(option="--stamped", reason="1..100")
    return replace(terms, min_assurance="L1", min_share_percent=percent)
