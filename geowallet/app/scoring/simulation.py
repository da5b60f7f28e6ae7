"""Use case: what each offer would have cost its owner, computed here and told to nobody.

The terms of each offer are laid over the months that the wallet holds, whatever
period they cover: insurers offer next year, and the tracks are of this one.
Nothing is written, signed or sent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geowallet.app.scoring.modules import scored
from geowallet.app.sharing.selecting import selected_for
from geowallet.app.travel.trips import described_trips
from geowallet.contracts.evaluation.tariff_cost import average_of, cost_of, sum_of
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.periods import periods
from geowallet.model.calendar import Period
from geowallet.model.errors import NothingToCompareError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from geowallet.contracts.evaluation.select import Selected
    from geowallet.contracts.evaluation.tariff_cost import Cost
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault

CENTS = "_cents"
"""Ending of the outputs of a module that are amounts: hundredths of the tariff's currency."""

NIGHT = Measure("night_distance_m", 1, 1)
"""Asked for beside the measures of the terms, so that rows say how much was by night."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer's terms, and its module or b""."""

    terms: Terms
    module: bytes = b""


@dataclass(frozen=True, slots=True)
class Charged:
    """One period under one offer.

    Attributes:
        period: One export of it.
        metres: That the terms select.
        waiting: Trips that are too unsure to be counted.
        cost: None where the offer names no tariff.
        outputs: Of its module that are no amounts; empty without one.
    """

    period: Period
    metres: int
    waiting: int
    cost: Cost | None
    outputs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Simulated:
    """One offer over all the months that exist.

    Attributes:
        terms: Of the offer.
        months: How many months that is.
        charged: One for each export that there would have been, in order.
    """

    terms: Terms
    months: int
    charged: tuple[Charged, ...]

    @property
    def total(self) -> Decimal | None:
        """The sum of all costs; None where the offer names no tariff."""
        costs = [one.cost for one in self.charged if one.cost is not None]
        return sum_of(costs) if self.terms.tariff is not None else None

    @property
    def monthly(self) -> Decimal | None:
        """The total for each month; None where the offer names no tariff."""
        return None if self.total is None else average_of(self.total, self.months)


def simulate(vault: Vault, offers: Sequence[Asked], *, today: dt.date) -> tuple[Simulated, ...]:
    """Return what each offer would have cost, in the order of ``offers``.

    Args:
        vault: The open wallet.
        offers: To compare.
        today: Its month is left out: it has not ended.

    Raises:
        NothingToCompareError: No month has both a trip and an end.
        GeowalletError: What the terms need is not set, or a module is refused.
    """
    months = whole_months(vault, today)
    return tuple(_simulated(vault, asked, months) for asked in offers)


def whole_months(vault: Vault, today: dt.date) -> Period:
    """Return the days from the first month with a trip to the last, without that of ``today``.

    Raises:
        NothingToCompareError: There is none.
    """
    end = today.replace(day=1).isoformat()
    days = [trip.day for trip in described_trips(vault) if trip.day < end]
    if not days:
        raise NothingToCompareError
    first, last = (dt.date.fromisoformat(day) for day in (min(days), max(days)))
    after = (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return Period(first.replace(day=1), after - dt.timedelta(days=1))


def _simulated(vault: Vault, asked: Asked, months: Period) -> Simulated:
    measures = tuple(measure for measure in asked.terms.measures if measure.id != NIGHT.id)
    terms = replace(asked.terms, covers=months, measures=(*measures, NIGHT))
    found = periods(terms)
    selected = [selected_for(vault, terms, period) for period in found]
    outputs: tuple[dict[str, int], ...] = ({},) * len(found)
    if terms.module is not None:
        outputs = scored(terms, asked.module, [one.rows for one in selected]).groups
    charged = tuple(
        _charged(terms, period, inside, values)
        for period, inside, values in zip(found, selected, outputs, strict=True)
    )
    return Simulated(asked.terms, len(months.months()), charged)


def _charged(terms: Terms, period: Period, selected: Selected, outputs: dict[str, int]) -> Charged:
    metres = sum(row.metres for row in selected.rows)
    night_m = sum(row.night_m for row in selected.rows)
    cents = sum(value for name, value in outputs.items() if name.endswith(CENTS))
    tariff = terms.tariff
    cost = None if tariff is None else cost_of(tariff, metres, night_m, scored_cents=cents)
    said = {
        name: value for name, value in outputs.items() if tariff is None or not name.endswith(CENTS)
    }
    return Charged(period, metres, len(selected.waiting), cost, said)
