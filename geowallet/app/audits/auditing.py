"""Use cases of the owner: look at a recipient's question, see what it would open, and answer it.

Deny by default: a question is refused unless its contract grants one of its kind,
the export it names left this wallet, and the budget is not used up. What would be
opened is found first and shown; nothing leaves before the owner has said yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.audits.committing import kept
from geowallet.app.files import write_new
from geowallet.app.sharing.agreements import every_contract
from geowallet.app.sharing.attempts import attempted
from geowallet.app.sharing.identity import signing_key
from geowallet.app.sharing.receipts import Receipt, receipts
from geowallet.app.sharing.recipients import newest_sealing_key
from geowallet.contracts.life.audit import Challenge, check_challenge, read_challenge
from geowallet.contracts.life.sightings import (
    SIGHTINGS_SCHEMA,
    Sightings,
    check_sightings,
    read_sightings,
)
from geowallet.contracts.life.signed import schema_of
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period, local_time
from geowallet.model.errors import (
    AuditHourAgainError,
    AuditNoExportError,
    AuditNotAgreedError,
    AuditOtherPeriodError,
    AuditOverBudgetError,
    AuditRepeatedError,
    AuditTooEarlyError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.proofs.answers import audit_answer, sightings_answer
from geowallet.proofs.seal import seal_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geowallet.contracts.life.grant import Contract
    from geowallet.proofs.answers import Compared
    from geowallet.proofs.commitments import Opening
    from geowallet.vault.store import Vault

RECORD_KIND = "audit"


class QuestionKind(StrEnum):
    """What a recipient may ask, each with a budget of its own."""

    DRAWS = "draws"
    SPOT_CHECKS = "spot_checks"


class Answered(msgspec.Struct, frozen=True):
    """What the wallet keeps of one answer: the budget, and the file to write again.

    Attributes:
        question_sha256: Digest of the question.
        kind: Of `QuestionKind`.
        terms_sha256: Digest of the contract's terms.
        jti: Full id of the export.
        period: As `Period` writes it.
        count: What it took from the budget.
        slots: Quarter hours that were asked about.
        sealed: The file.
    """

    question_sha256: str
    kind: str
    terms_sha256: str
    jti: str
    period: str
    count: int
    slots: tuple[int, ...]
    sealed: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A question that may be answered, and exactly what the answer would open.

    Attributes:
        contract: Under which it is asked.
        receipt: Of the export that it is about.
        kind: Which budget it takes from.
        question: As it was signed.
        days: What would leave of a draw; empty for sightings.
        compared: What would leave about sightings; empty for a draw.
        count: What it takes from the budget.
        used: What was taken before.
        budget: What the contract grants in all.
        before: The answer that was given before to the very same question, or None.
    """

    contract: Contract
    receipt: Receipt
    kind: QuestionKind
    question: Challenge | Sightings
    days: tuple[Opening, ...]
    compared: tuple[Compared, ...]
    count: int
    used: int
    budget: int
    before: Answered | None


def look(vault: Vault, data: bytes, *, clock: Callable[[], int]) -> Shown:
    """Return what a question asks and what an answer would open.

    Nothing is written, unless the recipient's own question is refused: that is
    entered into the log by its code, as a failed export is.

    Args:
        vault: The open wallet.
        data: The file of the recipient, from anywhere.
        clock: Gives UTC microseconds.

    Raises:
        BadContractError: Not a question.
        ContractSignatureError: Not signed by the recipient of its contract.
        AuditNoExportError: Its contract or export is not one of this wallet.
        AuditOtherPeriodError: Its export is of another contract or period.
        AuditTooEarlyError: It is dated before the export.
        AuditNotAgreedError: The contract grants nothing of its kind.
        AuditRepeatedError: The export was audited by another draw.
        AuditHourAgainError: A quarter hour was asked about before.
        AuditOverBudgetError: The contract grants fewer.
    """
    contract, question = _signed_question(vault, data)
    with attempted(vault, contract.terms, question.about.period, clock=clock):
        return _shown(vault, contract, question)


def answer(vault: Vault, shown: Shown, *, now_us: int, target: Path) -> Path:
    """Sign what was shown, seal it to the recipient, and write the file.

    The record and the log entry come first, as for an export. The very same question
    gets the very same file again, and takes nothing more from the budget.

    Raises:
        DiskFullError: The wallet or the file could not be written.
    """
    name = f"{shown.receipt.contract}-{shown.receipt.period}.answer"
    if shown.before is not None:
        return write_new(target / name, shown.before.sealed.encode())
    question = shown.question
    reader = newest_sealing_key(vault, shown.contract.terms.recipient)
    sealed = seal_for(_text(vault, shown, now_us), reader)
    given = Answered(
        question_sha256=question.sha256,
        kind=shown.kind.value,
        terms_sha256=shown.contract.sha256,
        jti=shown.receipt.jti,
        period=shown.receipt.period,
        count=shown.count,
        slots=_slots(question),
        sealed=sealed,
    )
    with vault.transaction(now_us=now_us) as tx:
        _taken(vault, shown.contract, question, shown.receipt)
        tx.put(RECORD_KIND, question.sha256, msgspec.msgpack.encode(given))
        tx.log(_statement(given, shown.receipt))
    return write_new(target / name, sealed.encode())


def answers(vault: Vault) -> tuple[Answered, ...]:
    """Return every answer that was given, by the digest of its question."""
    found = (msgspec.msgpack.decode(body, type=Answered) for _, body in vault.items(RECORD_KIND))
    return tuple(sorted(found, key=lambda one: one.question_sha256))


def _shown(vault: Vault, contract: Contract, question: Challenge | Sightings) -> Shown:
    receipt = _receipt(vault, question)
    secrets = kept(vault, receipt.jti)
    kind, budget = _budget(contract, question)
    if secrets is None or budget == 0:
        raise AuditNotAgreedError(name=contract.terms.name)
    used, before = _taken(vault, contract, question, receipt)
    draws = question if isinstance(question, Challenge) else None
    sightings = question if isinstance(question, Sightings) else None
    return Shown(
        contract,
        receipt,
        kind,
        question,
        days=secrets.opened(draws) if draws else (),
        compared=secrets.compared(sightings) if sightings else (),
        count=_count(question),
        used=used,
        budget=budget,
        before=before,
    )


def _signed_question(vault: Vault, data: bytes) -> tuple[Contract, Challenge | Sightings]:
    for_sightings = schema_of(data) == SIGHTINGS_SCHEMA
    read = read_sightings(data) if for_sightings else read_challenge(data)
    for contract in every_contract(vault):
        if contract.sha256 == read.about.terms_sha256:
            check = check_sightings if for_sightings else check_challenge
            return contract, check(data, contract)
    raise AuditNoExportError


def _receipt(vault: Vault, question: Challenge | Sightings) -> Receipt:
    about = question.about
    receipt = next((one for one in receipts(vault) if one.jti == about.jti), None)
    if receipt is None:
        raise AuditNoExportError
    if (receipt.terms_sha256, receipt.period) != (about.terms_sha256, about.period):
        raise AuditOtherPeriodError(receipt=receipt.id)
    exported = local_time(receipt.exported_us, "UTC").date()
    if about.issued < exported:
        raise AuditTooEarlyError(date=str(about.issued), receipt=receipt.id)
    return receipt


def _budget(contract: Contract, question: Challenge | Sightings) -> tuple[QuestionKind, int]:
    audit = contract.terms.audit
    if isinstance(question, Challenge):
        return QuestionKind.DRAWS, audit.draws
    return QuestionKind.SPOT_CHECKS, audit.spot_checks


def _taken(
    vault: Vault, contract: Contract, question: Challenge | Sightings, receipt: Receipt
) -> tuple[int, Answered | None]:
    """Return what the budget has lost, and the answer that this very question had before.

    A question is refused that could be put together with an earlier answer, or
    that takes more than is left.
    """
    kind, budget = _budget(contract, question)
    earlier = [one for one in answers(vault) if one.terms_sha256 == contract.sha256]
    used = sum(one.count for one in earlier if one.kind == kind)
    for one in earlier:
        if one.question_sha256 == question.sha256:
            return used, one
    of_export = [one for one in earlier if one.jti == receipt.jti and one.kind == kind]
    if kind is QuestionKind.DRAWS and of_export:
        raise AuditRepeatedError(receipt=receipt.id)
    asked = {slot for one in earlier if one.period == receipt.period for slot in one.slots}
    if asked.intersection(_slots(question)):
        raise AuditHourAgainError(receipt=receipt.id)
    if used + _count(question) > budget:
        name, count = contract.terms.name, _count(question)
        raise AuditOverBudgetError(name=name, budget=budget, used=used, asked=count)
    return used, None


def _count(question: Challenge | Sightings) -> int:
    return question.draws if isinstance(question, Challenge) else len(question.sightings)


def _slots(question: Challenge | Sightings) -> tuple[int, ...]:
    if isinstance(question, Challenge):
        return ()
    period = Period.parse(question.about.period)
    return tuple(sorted(slot for one in question.sightings for slot in one.slots(period)))


def _text(vault: Vault, shown: Shown, now_us: int) -> str:
    """Return the signed answer."""
    key, question, now_s = signing_key(vault), shown.question, now_us // 1_000_000
    if isinstance(question, Challenge):
        return audit_answer(shown.contract, question, shown.days, now_s=now_s, private_jwk=key)
    said = shown.compared
    return sightings_answer(shown.contract, question, said, now_s=now_s, private_jwk=key)


def _statement(given: Answered, receipt: Receipt) -> Statement:
    return Statement(
        StatementKind.AUDIT,
        (sha256_hex(given.sealed.encode()),),
        (given.question_sha256, receipt.sealed_sha256),
        {
            "contract": receipt.contract,
            "jti": given.jti,
            "period": given.period,
            "kind": given.kind,
            "count": given.count,
        },
    )
