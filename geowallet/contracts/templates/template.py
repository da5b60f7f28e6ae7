"""What every template leaves open, and how terms are made of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.contracts.terms.protection import Audit
from geowallet.contracts.terms.syntax import Terms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from geowallet.contracts.terms.measures import Measure, RuleUse
    from geowallet.contracts.terms.selection import Selection
    from geowallet.contracts.terms.syntax import Recipient
    from geowallet.model.calendar import Period, WorkWeek

ALWAYS = frozenset({"identity", "assurance", "log", "stamps", "flags"})
"""Facts that every export lets out; stamps only where the terms ask for a level."""

ANY_TIME = frozenset({"any_hour", "weekends", "holidays"})
"""Facts of terms that name no hours."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What every template leaves open.

    Attributes:
        recipient: Who asks.
        name: Of the contract, as `Terms.name`.
        covers: Days it speaks of.
        issued: Day it is written.
        expires: Last day on which something may be exported.
        cadence: Of `syntax.CADENCES`; "" for the one of the template.
        purpose: What it is for; "" for the words of the template.
        legal_basis: On what it rests; "" for the words of the template.
        min_assurance: Level that ``min_share_percent`` of the metres must have.
        min_share_percent: 0 to 100.
        retention_months: 1 to 120.
    """

    recipient: Recipient
    name: str
    covers: Period
    issued: dt.date
    expires: dt.date
    cadence: str = "month"
    purpose: str = ""
    legal_basis: str = ""
    min_assurance: str = "L0"
    min_share_percent: int = 0
    retention_months: int = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What some templates leave open; what one does not use, it ignores.

    Attributes:
        window: Hours outside which nothing counts, or None.
        vehicles: Ids of the holder's vehicles; empty for any.
        rule: Turns the year's figure into money, or None.
    """

    window: WorkWeek | None = None
    vehicles: tuple[str, ...] = ()
    rule: RuleUse | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """Ready terms for one purpose.

    Attributes:
        id: With its version, as terms name it.
        cadence: Usual length of one export.
        purpose: English msgid.
        legal_basis: English msgid.
        write: The terms.
        usual: Facts (`geowallet.contracts.words.facts`) that the purpose usually needs.
        needs_hours: Whether it makes no sense without hours of work.
    """

    id: str
    cadence: str
    purpose: str
    legal_basis: str
    write: Callable[[Template, Particulars, Choices], Terms]
    usual: frozenset[str]
    needs_hours: bool = False

    @property
    def name(self) -> str:
        """The id without its version, as people type it."""
        return self.id.partition("/")[0]

    def terms(self, particulars: Particulars, choices: Choices | None = None) -> Terms:
        """Return terms for one recipient; not checked, see `syntax.terms_from_json`."""
        return self.write(self, particulars, choices or Choices())

    def fill(  # noqa: PLR0913  the parts in which templates differ, each by name
        self,
        particulars: Particulars,
        *,
        select: Selection,
        measures: tuple[Measure, ...],
        group_by: tuple[str, ...] = (),
        small_cells: int = 0,
        epsilon_milli: int = 0,
        commitments: str = "none",
        draws: int = 0,
    ) -> Terms:
        """Return terms of this template with what it chose."""
        return Terms(
            name=particulars.name,
            recipient=particulars.recipient,
            purpose=particulars.purpose or self.purpose,
            legal_basis=particulars.legal_basis or self.legal_basis,
            template=self.id,
            select=select,
            measures=measures,
            group_by=group_by,
            cadence=particulars.cadence or self.cadence,
            covers=particulars.covers,
            expires=particulars.expires,
            min_assurance=particulars.min_assurance,
            min_share_percent=particulars.min_share_percent,
            retention_months=particulars.retention_months,
            issued=particulars.issued,
            small_cells=small_cells,
            epsilon_milli=epsilon_milli,
            commitments=commitments,
            audit=Audit(draws),
        )


def months_of(template: Template, particulars: Particulars) -> int:
    """Return how many months one export can have at most."""
    cadence = particulars.cadence or template.cadence
    if cadence == "month":
        return 1
    return 12 if cadence == "year" else len(particulars.covers.months())
