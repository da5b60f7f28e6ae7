"""The options of ``desk offer`` by which a recipient asks for evidence by others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms

LEVELS = ("L1", "L2", "L3")
"""What can be asked for."""

Stamped = Annotated[
    int,
    typer.Option(
        help=_("Percent of the metres that must be time-stamped within a day, or as --level says.")
    ),
]
Level = Annotated[
    str,
    typer.Option(
        help=_("With --stamped: L1 time-stamped, L2 signed by a device, L3 odometer agrees.")
    ),
]
Only = Annotated[
    bool, typer.Option("--only", help=_("Count nothing below that level, instead of --stamped."))
]
Readings = Annotated[
    bool, typer.Option("--readings", help=_("With --level L3: ask for the readings themselves."))
]


def asking_for(terms: Terms, percent: int, *, level: str, only: bool, readings: bool) -> Terms:
    """Return terms that ask for a level of metres; unchanged where nothing is asked.

    Raises:
        BadOptionError: Not a percentage, not a level, or one that fits no other option.
    """
    if not percent and not only:
        if readings:
            raise BadOptionError(option="--readings", reason="--stamped 1..100, --only")
        return terms
    if level not in LEVELS:
        raise BadOptionError(option="--level", reason=", ".join(LEVELS))
    if readings and level != LEVELS[-1]:
        raise BadOptionError(option="--readings", reason=f"--level {LEVELS[-1]}")
    if not 0 <= percent <= 100 or (only and percent not in (0, 100)):
        raise BadOptionError(option="--stamped", reason="1..100")
    return replace(
        terms,
        min_assurance=level,
        min_share_percent=100 if only else percent,
        only_assured=only,
        shows_readings=readings,
    )
