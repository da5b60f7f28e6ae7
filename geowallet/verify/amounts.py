"""The check of an amount by whoever has the rule: a right signature under a wrong sum is no claim.

Terms name the rule's file by its digest. Where an export carries the figures from which the
rule counts, its reader finds the amount again; the verifier to take away has no rules and
says that it did not look.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.amount import amount_cents, asked_of, charge_of
from geowallet.contracts.evaluation.figures import round_half_up
from geowallet.contracts.terms.catalogue import AMOUNT
from geowallet.model.calendar import Period
from geowallet.model.errors import AmountRuleError, RuleChangedError
from geowallet.model.words import N_
from geowallet.verify.jose import MISMATCH, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.contracts.terms.measures import RuleUse
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.verify.standalone import Export


class Footing(StrEnum):
    """What an amount was found to rest on.

    ``FOLLOWS``: it was computed again. ``RULE_UNKNOWN``: the file of the rule is not at
    hand. ``FIGURES_UNSAID``: the export does not carry what the rule counts.
    """

    FOLLOWS = "follows"
    RULE_UNKNOWN = "rule_unknown"
    FIGURES_UNSAID = "figures_unsaid"


def check_amount(export: Export, terms: Terms, rule_text: str) -> Footing | None:
    """Return what the amount rests on; None where there is none, or it is kept back.

    Args:
        export: One that passed every check of the standalone verifier.
        terms: Of its contract.
        rule_text: The file of the rule, found by its digest; "" for not at hand.

    Raises:
        RefusedError: It does not follow, or the rule can give no amount for this period.
    """
    asked = next(((m.rule, m.step) for m in terms.measures if m.rule), None)
    said = export.claims["total"].get(AMOUNT)
    if asked is None or said is None:
        return None
    if not rule_text:
        return Footing.RULE_UNKNOWN
    use, step = asked
    try:
        cents = _cents(use, export.claims, rule_text)
    except (AmountRuleError, RuleChangedError) as error:
        raise _refusal(use) from error
    if cents is None:
        return Footing.FIGURES_UNSAID
    if round_half_up(cents, step) != said:
        raise _refusal(use)
    return Footing.FOLLOWS


def _cents(use: RuleUse, claims: Mapping[str, Any], rule_text: str) -> int | None:
    """Return the amount before rounding to its step, or None where a figure is lacking."""
    total = claims["total"]
    charge = charge_of(use, rule_text, Period.parse(claims["period"]))
    if not asked_of(charge) <= set(total):
        return None
    return amount_cents(charge, total.get("distance_m", 0), total.get("days", 0))


def _refusal(use: RuleUse) -> RefusedError:
    text = N_("its amount does not follow from its figures and the rule {rule}")
    return RefusedError(text, MISMATCH, {"rule": use.id})
