"""Use case: what would leave under terms, found without signing or writing anything.

Preview and export run the same `prepare`; an export then only signs, seals and
writes what was shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geowallet.app.rulebook import text_of
from geowallet.app.scoring.modules import kept_module, with_outputs
from geowallet.app.sharing.noise import with_noise
from geowallet.app.sharing.receipts import receipts
from geowallet.app.sharing.selecting import selected_and_grounds
from geowallet.contracts.evaluation.amount import charge_of
from geowallet.contracts.evaluation.leak import leak_bits
from geowallet.contracts.evaluation.result import check_result, job_for
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.life.offer import terms_digest
from geowallet.evaluator.host import run

if TYPE_CHECKING:
    from geowallet.app.evidence.levels import Grounds
    from geowallet.contracts.evaluation.job import Charge
    from geowallet.contracts.evaluation.result import Result
    from geowallet.contracts.evaluation.select import Selected
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.calendar import Period
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would leave, and what would not.

    Attributes:
        terms: The terms applied.
        period: Days it speaks of.
        selected: Rows, and what was left out or waits, with the reasons.
        result: The checked figures: exactly what leaves.
        bits: Upper bound of what the figures reveal.
        new_recipient: Whether nothing was ever exported under these terms.
        grounds: What each trip above L0 rests on, by its id; empty where the
            terms ask for no level.
        flags: What looks odd about the metres, see `levels.looked_at`; None where
            nobody looked yet.
    """

    terms: Terms
    period: Period
    selected: Selected
    result: Result
    bits: float
    new_recipient: bool
    grounds: dict[str, Grounds] = field(default_factory=dict)
    flags: tuple[tuple[str, int], ...] | None = None


def prepare(vault: Vault, terms: Terms, period: Period, *, module: bytes = b"") -> Prepared:
    """Select, evaluate in the confined process, and check.

    Nothing is written but the noise of terms that ask for it: it is drawn once.

    Args:
        vault: The open wallet.
        terms: Of an offer or a contract.
        period: One export.
        module: The scoring module that came with an offer; that of an accepted
            contract is in the wallet.

    Raises:
        WorkWeekMissingError: Business trips are asked for, and no hours are set.
        PlacesMissingError: Commutes are asked for, or kept apart, and home or
            work has no name.
        PeriodRefusedError: The terms do not cover ``period``.
        AmountRuleError: The rule of an amount is not at hand, or does not fit.
        SandboxError: The evaluation cannot be confined here.
        ResultRefusedError: The evaluation gave what the terms do not name.
        MissingExtraError: Terms ask for noise, and the library for it is missing.
        GeowalletError: The module of the terms is not there, or is refused.
    """
    job = job_for(terms, period, charge=charge_for(terms, period))
    selected, found = selected_and_grounds(vault, terms, period)
    raw = run(job.as_json(), Rows.of(selected.rows).as_json())
    scoring = module or kept_module(vault, terms)
    result = check_result(terms, period, with_outputs(raw, terms, scoring, job, selected.rows))
    result = with_noise(vault, terms, result)
    before = any(receipt.terms_sha256 == terms_digest(terms) for receipt in receipts(vault))
    bits = leak_bits(terms, period)
    return Prepared(terms, period, selected, result, bits, not before, found)


def charge_for(terms: Terms, period: Period) -> Charge | None:
    """Return the rule that the terms apply, from the files of this version; None for none.

    Raises:
        AmountRuleError: No file here is the one that was agreed, or it does not fit.
    """
    use = next((measure.rule for measure in terms.measures if measure.rule), None)
    if use is None:
        return None
    return charge_of(use, text_of(use.sha256), period)
