"""What terms grant the holder against being found out, and the recipient against being deceived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.terms.assurance import unassured
from geowallet.contracts.terms.members import Members

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms

COMMITMENTS = ("none", "day", "day_proved")
"""What is committed to beside the totals: nothing, or the metres of each day; with a
range proof of each day (experimental), or without."""

LONGEST_PROVED_DAYS = 366
"""Of one export with range proofs: each day is 3.4 kB of it."""

LARGEST_CELL = 100
"""Most trips below which a group may be asked to be kept back."""

MOST_EPSILON_MILLI = 20_000
"""Weaker noise is none: at 20 the true figure comes out all but always."""

MOST_DRAWS = 100
"""Of an audit or of spot checks, in the whole life of a contract."""


@dataclass(frozen=True, slots=True)
class Audit:
    """How often the recipient may look behind the totals, over the whole contract.

    Attributes:
        draws: Metres that may be drawn in audits, 0 to 100.
        spot_checks: Sightings that may be compared, 0 to 100.
    """

    draws: int = 0
    spot_checks: int = 0


def read_small_cells(members: Members) -> int:
    """Return the number of trips below which a group is kept back; 0 for none.

    Raises:
        BadContractError: Not such a number; 1 would keep nothing back.
    """
    least = members.integer("small_cells", 0, LARGEST_CELL)
    if least == 1:
        raise members.refusal("keeps nothing back", "small_cells")
    return least


def read_noise(outer: Members) -> int:
    """Return epsilon in thousandths from the member ``noise``; 0 where it is null.

    Raises:
        BadContractError: Not such noise.
    """
    value = outer.take("noise")
    if value is None:
        return 0
    members = Members(value, f"{outer.path}.noise")
    epsilon_milli = members.integer("epsilon_milli", 1, MOST_EPSILON_MILLI)
    members.done()
    return epsilon_milli


def noise_as_json(epsilon_milli: int) -> dict[str, int] | None:
    """Return what `read_noise` reads."""
    return {"epsilon_milli": epsilon_milli} if epsilon_milli else None


def read_audit(members: Members) -> Audit:
    """Return the budgets in the member ``audit``.

    Raises:
        BadContractError: Not such budgets.
    """
    inside = members.inside("audit")
    audit = Audit(
        inside.integer("draws", 0, MOST_DRAWS), inside.integer("spot_checks", 0, MOST_DRAWS)
    )
    inside.done()
    return audit


def audit_as_json(audit: Audit) -> dict[str, Any]:
    """Return what `read_audit` reads."""
    return {"draws": audit.draws, "spot_checks": audit.spot_checks}


def contradictions(terms: Terms) -> tuple[tuple[str, str], ...]:
    """Return each member that contradicts another, with the reason; empty where none does."""
    groups, measures = set(terms.group_by), {measure.id for measure in terms.measures}
    amounts = [measure for measure in terms.measures if measure.rule is not None]
    distances = [measure for measure in terms.measures if measure.id == "distance_m"]
    long = (terms.covers.last - terms.covers.first).days >= LONGEST_PROVED_DAYS
    exact = terms.commitments != "none" or bool(amounts) or terms.module is not None
    found = (
        ("group_by", {"day", "month"} <= groups, "day and month exclude each other"),
        ("group_by", "vehicle" in groups and not terms.select.vehicles, "vehicles are not named"),
        ("expires", terms.expires < terms.issued, "before it was issued"),
        (
            "supersedes",
            bool(terms.supersedes) != (terms.version > 1),
            "the first version replaces none, and every later one does",
        ),
        ("measures", bool(amounts) and terms.cadence == "month", "an amount is one of a year"),
        (
            "commitments",
            terms.commitments != "none" and "distance_m" not in measures,
            "no distance to commit to",
        ),
        (
            "commitments",
            terms.commitments != "none" and any(m.step > 1 for m in distances),
            "distances must be to the metre, as they add up to the metre",
        ),
        (
            "commitments",
            terms.commitments == "day_proved" and terms.cadence == "once" and long,
            "an export is longer than range proofs may make it",
        ),
        (
            "audit",
            terms.audit.draws > 0 and terms.commitments == "none",
            "draws without commitments",
        ),
        ("noise", terms.epsilon_milli > 0 and exact, "amounts, modules and commitments are exact"),
        (
            "noise",
            terms.epsilon_milli > 0 and not terms.template.startswith("research-panel/"),
            "for research panels only",
        ),
        (
            "small_cells",
            terms.small_cells > 0 and terms.module is not None,
            "a module sees every group, and its total could say what is kept back",
        ),
        (
            "small_cells",
            terms.small_cells > 0 and terms.commitments != "none",
            "commitments show every day",
        ),
        *unassured(terms),
    )
    return tuple((member, why) for member, holds, why in found if holds)
