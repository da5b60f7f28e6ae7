"""The options of ``desk offer`` that let a recipient look behind its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms

Commitments = Annotated[
    str,
    typer.Option(help=_("Sealed metres of each day: day; day_proved with proofs (experimental).")),
]
Draws = Annotated[
    int, typer.Option(help=_("Metres that you may draw in audits, over the whole contract."))
]
SpotChecks = Annotated[
    int, typer.Option(help=_("Sightings that you may ask about, over the whole contract."))
]


def looking_behind(terms: Terms, *, commitments: str, draws: int, spot_checks: int) -> Terms:
    """Return terms with commitments and budgets; unchanged where no option was given.

    Draws need commitments, and commitments need distances to the metre: both follow.
    """
    from geowallet.contracts.terms.protection import Audit

    commitments = commitments or ("day" if draws else terms.commitments)
    if commitments == "none" and not spot_checks:
        return terms
    measures = terms.measures
    if commitments != "none":
        measures = tuple(
            replace(measure, step=1) if measure.id == "distance_m" else measure
            for measure in measures
        )
    audit = Audit(draws or terms.audit.draws, spot_checks or terms.audit.spot_checks)
    return replace(terms, commitments=commitments, audit=audit, measures=measures)
