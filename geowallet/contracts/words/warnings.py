"""What is lawful in terms and yet tells more than people expect: to be weighed before a yes.

No warning refuses anything: a signed yes is the owner's. A contract without warnings
can still be a bad one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.contracts.evaluation.leak import leak_bits
from geowallet.contracts.terms.periods import periods
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms

FINE_DAY_M = 1_000
"""A day's metres in steps below this tell apart two ways to the same place."""

MANY_BITS = 1_000
"""More than any template asks for: room for a coded track."""

WIDE_OUTPUT = 1_000
"""Values of one output of a module: a score needs a hundred."""

MOST_KM_A_DAY = 2_000
"""Nobody drives more: a maximum above it is room without a use."""

LONG_RETENTION_MONTHS = 60
"""Five years; whoever needs longer can say why."""

LONG_COVER_DAYS = 1_096
"""Three years."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to weigh before a yes.

    Attributes:
        code: Stable, never translated.
        text: What follows from the terms.
    """

    code: str
    text: Phrase


def warnings(terms: Terms) -> tuple[Remark, ...]:
    """Return what is to be weighed in ``terms``, the gravest first; empty for none."""
    found = (*_of_figures(terms), *_of_promises(terms))
    return tuple(Remark(code, text) for code, holds, text in found if holds)


def _of_figures(terms: Terms) -> tuple[tuple[str, bool, Phrase], ...]:
    days = max((period.last - period.first).days + 1 for period in periods(terms))
    bits = math.ceil(max(leak_bits(terms, period) for period in periods(terms)))
    step_m = min((m.step for m in terms.measures if m.id == "distance_m"), default=FINE_DAY_M)
    most_m = max((m.maximum for m in terms.measures if m.id == "distance_m"), default=0)
    by_day = "day" in terms.group_by
    wide = terms.module is not None and any(
        output.maximum - output.minimum >= WIDE_OUTPUT for output in terms.module.outputs
    )
    return (
        (
            "fine_days",
            by_day and step_m < FINE_DAY_M,
            phrase(
                N_("each day's distance to {step_m} m: fine enough to tell which way you took"),
                step_m=step_m,
            ),
        ),
        (
            "single_trips",
            by_day and len(terms.group_by) > 1 and not terms.small_cells,
            phrase(N_("days are split further: many figures will be those of a single trip")),
        ),
        (
            "many_bits",
            bits > MANY_BITS,
            phrase(N_("one export can say {bits} bits: far more than a figure needs"), bits=bits),
        ),
        (
            "wide_output",
            wide,
            phrase(N_("the module's range is wide enough to carry more than a score")),
        ),
        (
            "wide_range",
            most_m > MOST_KM_A_DAY * 1_000 * days,
            phrase(N_("the largest distance allowed is one that nobody travels")),
        ),
    )


def _of_promises(terms: Terms) -> tuple[tuple[str, bool, Phrase], ...]:
    covered = (terms.covers.last - terms.covers.first).days + 1
    return (
        (
            "unsure",
            terms.select.min_sureness == "unsure",
            phrase(N_("guesses leave unseen: trips count even where the mode is unsure")),
        ),
        (
            "spot_checks",
            terms.audit.spot_checks > 0,
            phrase(N_("they may ask whether you were where they say they saw you")),
        ),
        (
            "long_cover",
            covered > LONG_COVER_DAYS,
            phrase(N_("it speaks of more than three years")),
        ),
        (
            "long_retention",
            terms.retention_months > LONG_RETENTION_MONTHS,
            phrase(N_("they want to keep it for more than five years")),
        ),
    )
