"""Paying a yearly scale month by month, and putting right what an older table paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geowallet.model.words import N_, Phrase, phrase
from geowallet.rules.compute import rounded
from geowallet.rules.facts import MONTHS, Facts
from geowallet.rules.scale import NOTHING, Scale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from geowallet.rules.rule import Rule, Version


@dataclass(frozen=True, slots=True)
class Payment:
    """What one month gives.

    Attributes:
        month: 1 to 12.
        distance: Of the month, in the rule's unit.
        total: Distance of the year so far.
        due: Amount of the year so far, rounded.
        amount: Due now: the former less what was due before. Negative where the
            law gives less for more kilometres, as at 5,001 km in 2021 with 3 CV.
    """

    month: int
    distance: Decimal
    total: Decimal
    due: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is still owed once a later table holds for kilometres already paid.

    Attributes:
        paid: By the table known then.
        due: By the table that holds.
        difference: Due less paid; negative if too much was paid.
        reason: Which tables, in words.
    """

    paid: Decimal
    due: Decimal
    difference: Decimal
    reason: Phrase


def payments(
    rule: Rule, version: Version, months: Sequence[Decimal], facts: Facts
) -> tuple[Payment, ...]:
    """Return the payment of each month of a year: F(total so far) less what was due before.

    However the kilometres fall, the payments add up, to the cent, to the amount of
    their sum. (Prorated: after twelve months.)

    Args:
        rule: With a scale.
        version: One of its versions.
        months: Distance of each month from the first, at most twelve.
        facts: Power, electric, method; the distance is not looked at.

    Raises:
        ValueError: More than twelve months, or not a scale.
    """
    if len(months) > MONTHS or not isinstance(version.table, Scale):
        raise ValueError("at most twelve months of a scale")
    year = version.valid_from.year
    total = before = NOTHING
    paid: list[Payment] = []
    for month, distance in enumerate(months, start=1):
        total += distance
        so_far = replace(facts, distance=total, months=month)
        due = rounded(version.table.amount(so_far, year), rule.rounding)
        paid.append(Payment(month, distance, total, due, due - before))
        before = due
    return tuple(paid)


def adjustment(rule: Rule, before: Version, after: Version, facts: Facts) -> Adjustment:
    """Return what a later table changes for a distance that was paid by an earlier one.

    A table is published in spring and holds from 1 January: what was paid until then
    is put right once, visibly, and never recomputed in silence.

    Args:
        rule: With both versions.
        before: The version that was paid by.
        after: The version that holds.
        facts: Of the year so far.
    """
    year = after.valid_from.year
    paid = rounded(before.table.amount(facts, year), rule.rounding)
    due = rounded(after.table.amount(facts, year), rule.rounding)
    reason = phrase(
        N_("{rule}: paid by the version of {before}, due by the version of {after}"),
        rule=rule.id,
        before=before.valid_from.isoformat(),
        after=after.valid_from.isoformat(),
    )
    return Adjustment(paid, due, due - paid, reason)
