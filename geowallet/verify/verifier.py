"""Verify an export against the contract that the reader holds.

The judgement is that of `standalone`, the one file that a stranger can take
away; here its names become words, errors and figures. The checks run in a
fixed order and stop at the first failure; nothing of the content is given out
before all have passed.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from geowallet.contracts.life.grant import contract_bytes
from geowallet.model.words import N_, Phrase, phrase
from geowallet.proofs.claims import figures_from
from geowallet.verify.amounts import check_amount
from geowallet.verify.evidence import check_stamps
from geowallet.verify.jose import RefusedError
from geowallet.verify.quick_sums import add_up
from geowallet.verify.range_proofs import check_range_proofs
from geowallet.verify.refusals import Refusal, refusal
from geowallet.verify.standalone import Export, judge
from geowallet.verify.verdict import Check, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geowallet.contracts.life.grant import Contract
    from geowallet.model.calendar import Period
    from geowallet.verify.evidence import Anchor

_Found = TypeVar("_Found")

ASKED: dict[str, Phrase] = {
    "format": phrase(N_("a signed export, written in the one way it may be")),
    "signature": phrase(N_("unchanged, and signed by the key that the contract names")),
    "type": phrase(N_("an export of a known version")),
    "audience": phrase(N_("made for the recipient of the contract")),
    "contract_digest": phrase(N_("made under this contract, word for word")),
    "contract_signatures": phrase(N_("the contract is signed by both sides")),
    "dates": phrase(N_("valid now, and made while the contract was in force")),
    "period": phrase(N_("a whole period that the contract covers")),
    "disclosures": phrase(N_("every row is signed, once, and none is withheld")),
    "named_claims": phrase(N_("what the contract names, and nothing else")),
    "identifiers": phrase(N_("ids are of their fixed shape")),
    "groups": phrase(N_("one row for each group of the contract")),
    "ranges": phrase(N_("whole numbers in the range and on the step of the contract")),
    "arithmetic": phrase(N_("totals, rows and shares agree")),
    "commitments": phrase(N_("a commitment for each day, where asked for, and they add up")),
    "evidence": phrase(N_("evidence for levels above L0, and only for those")),
    "assurance": phrase(N_("as much assurance as the contract asks for")),
    "log_reference": phrase(N_("the state of the evidence log is well formed")),
    "range_proofs": phrase(N_("no day is below zero, where proofs are asked for (experimental)")),
    "amount": phrase(N_("an amount is what its rule makes of the figures, where both are here")),
    "stamps": phrase(N_("time stamps for levels above L0, by those that this desk relies on")),
}
"""Every check by name, in order, and what it asks."""


FURTHER: dict[str, Callable[[Export], None]] = {"range_proofs": check_range_proofs}
"""Checks that need libraries, put after those of `standalone` to a file that passed them.

Each raises `RefusedError`, has its sentence in `ASKED`, at the end, and is named by
`standalone` as not looked at where its claim is there.
"""


def verify_export(  # noqa: PLR0913  the file, its papers, and what its reader relies on
    sd_jwt: str,
    contract: Contract,
    *,
    now_s: int,
    period: Period | None = None,
    anchors: Sequence[Anchor] = (),
    rule_text: str = "",
) -> Verdict:
    """Return the verdict on an export; it raises for no file, however hostile.

    Args:
        sd_jwt: What `open_sealed_export` gave.
        contract: The contract on the reader's side; the file does not choose it.
        now_s: The moment of verification, seconds since the epoch.
        period: The one that was asked for: a file of another is refused. None
            accepts any that the contract covers.
        anchors: Authorities and witnesses that the reader relies on; an export
            with levels above L0 is refused where they are by nobody of these.
        rule_text: The file of the rule that the terms name for an amount, found by
            its digest; "" for not at hand, and the amount is not computed again.
    """
    papers = json.loads(contract_bytes(contract))
    try:
        export = judge(sd_jwt, papers, now_s, "" if period is None else str(period), add_up)
        for name, check in FURTHER.items():
            _named(name, check, export)
        computed = partial(check_amount, terms=contract.terms, rule_text=rule_text)
        amount = _named("amount", computed, export)
        seen = _named("stamps", partial(check_stamps, anchors=anchors), export)
    except RefusedError as refused:
        return _refused(refused.check, refusal(refused))
    checks = tuple(Check(name, Outcome.PASSED, asked) for name, asked in ASKED.items())
    figures = figures_from(export.claims, export.rows)
    return Verdict(checks, None, figures, seen=seen, amount=amount)


def _named(name: str, check: Callable[[Export], _Found], export: Export) -> _Found:
    try:
        return check(export)
    except RefusedError as refused:
        refused.check = name
        raise


def _refused(failed: str, why: Refusal) -> Verdict:
    names = list(ASKED)
    at = names.index(failed)
    checks = (
        *(Check(name, Outcome.PASSED, ASKED[name]) for name in names[:at]),
        Check(failed, Outcome.FAILED, why.note),
        *(Check(name, Outcome.NOT_RUN, ASKED[name]) for name in names[at + 1 :]),
    )
    return Verdict(checks, why.error, None)
