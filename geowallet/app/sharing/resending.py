"""Which sent exports would say something else today. Nothing is sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.scoring.modules import kept_module, with_outputs
from geowallet.app.sharing.agreements import every_contract
from geowallet.app.sharing.identity import sealing_key
from geowallet.app.sharing.preparing import charge_for
from geowallet.app.sharing.receipts import Receipt, receipts
from geowallet.app.sharing.selecting import days_off_for, driven_by
from geowallet.app.travel.trips import own_zone
from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.result import check_result, job_for
from geowallet.contracts.evaluation.select import select
from geowallet.contracts.life.offer import terms_digest
from geowallet.model.calendar import Period, local_time
from geowallet.proofs.claims import read_figures
from geowallet.verify.open import open_sealed_export

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geowallet.contracts.evaluation.result import Result
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Resent:
    """A sent export, and what the same would say of other trips.

    Attributes:
        receipt: Of the export.
        sent: The figures that left.
        now: The figures that would.
    """

    receipt: Receipt
    sent: Result
    now: Result


def resent(vault: Vault, trips: Sequence[DescribedTrip]) -> tuple[Resent, ...]:
    """Return the exports whose figures would differ, oldest first.

    One that another has replaced is left out, and one whose contract the wallet no
    longer has, or that carries noise: its figures were never the true ones.

    Args:
        vault: The open wallet.
        trips: All trips, as they would be.
    """
    contracts = [one.terms for one in every_contract(vault) if not one.terms.epsilon_milli]
    terms = {terms_digest(one): one for one in contracts}
    newest = {(one.terms_sha256, one.period): one for one in receipts(vault)}
    found = []
    for receipt in newest.values():
        if receipt.terms_sha256 in terms:
            sent = read_figures(open_sealed_export(receipt.own_copy.encode(), sealing_key(vault)))
            period = Period.parse(receipt.period)
            now = _figures(vault, terms[receipt.terms_sha256], period, trips)
            if (now.totals, now.groups) != (sent.result.totals, sent.result.groups):
                found.append(Resent(receipt, sent.result, now))
    return tuple(found)


def _figures(vault: Vault, terms: Terms, period: Period, trips: Sequence[DescribedTrip]) -> Result:
    """Return the figures of ``trips`` under ``terms``; they stay here, so our own need no child."""
    window = terms.select.window
    zone = window.zone if window else own_zone(vault)
    inside = [trip for trip in trips if _day(trip, zone) in period]
    off = days_off_for(vault, terms, period)
    selected = select(terms, inside, period, days_off=off, driven=driven_by(vault))
    job = job_for(terms, period, charge=charge_for(terms, period))
    raw = evaluate(job, selected.rows)
    module = kept_module(vault, terms)  # code of others: this one does run in a child
    return check_result(terms, period, with_outputs(raw, terms, module, job, selected.rows))


def _day(trip: DescribedTrip, zone: str) -> dt.date:
    return local_time(trip.trip.start_us, zone).date()
