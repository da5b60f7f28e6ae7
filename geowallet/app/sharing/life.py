"""Use cases: say no, end a contract, take in a recipient's word, and see how it all went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from geowallet.app.files import write_new
from geowallet.app.settings import resolve
from geowallet.app.sharing import standing
from geowallet.app.sharing.agreements import contract_of
from geowallet.app.sharing.identity import signing_key
from geowallet.app.sharing.receipts import Receipt, receipts
from geowallet.contracts.life.acknowledgement import (
    Acknowledgement,
    check_acknowledgement,
    read_acknowledgement,
)
from geowallet.contracts.life.decline import decline_bytes
from geowallet.contracts.life.offer import terms_digest
from geowallet.contracts.life.withdrawal import withdrawal_bytes
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import AlreadyAcceptedError, NoReceiptError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.offer import Offer
    from geowallet.vault.log import Leaf
    from geowallet.vault.store import Vault


class Happened(StrEnum):
    """What can happen to an offer or a contract."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPORTED = "exported"
    FAILED = "failed"
    RECEIVED = "received"
    DELETED = "deleted"
    AUDITED = "audited"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an offer or a contract.

    Attributes:
        at_us: When, UTC microseconds, by this machine's clock.
        what: Which thing.
        contract: Name in the terms.
        terms_sha256: Digest of the terms, or "".
        period: Of an export or an attempt, else "".
        jti: Full id of an export, else "".
        code: Why something failed or was refused, else "".
    """

    at_us: int
    what: Happened
    contract: str
    terms_sha256: str = ""
    period: str = ""
    jti: str = ""
    code: str = ""


def decline_offer(  # noqa: PLR0913  what is said, when, and where to
    vault: Vault,
    offer: Offer,
    *,
    today: dt.date,
    now_us: int,
    target: Path,
    reason: str = "",
    name: str = "",
) -> Path:
    """Sign a no to an offer, keep it, and write it for the recipient; it holds no figure.

    Saying no again writes the same file again; an offer that was declined can
    still be accepted.

    Raises:
        AlreadyAcceptedError: It was accepted.
        BadContractError: A reason or a name that could not be shown.
        DiskFullError: The wallet or the file could not be written.
    """
    digest = terms_digest(offer.terms)
    if contract_of(vault, digest) is not None:
        raise AlreadyAcceptedError(name=offer.terms.name)
    before = standing.standing_of(vault, digest)
    body = before.answer if before else b""
    if not body:
        key = signing_key(vault)
        body = decline_bytes(offer, key, today=today, reason=reason, name=name)
        said = standing.Standing(offer.terms.name, standing.State.DECLINED, today.isoformat(), body)
        with vault.transaction(now_us=now_us) as tx:
            standing.keep(tx, digest, said)
            predicate = {"contract": offer.terms.name, "declined": today.isoformat()}
            tx.log(Statement(StatementKind.DECLINE, (sha256_hex(body),), (digest,), predicate))
    return write_new(target / f"{offer.terms.name}.decline", body)


def withdraw(
    vault: Vault, contract: Contract, *, today: dt.date, now_us: int, target: Path
) -> tuple[Path, tuple[str, ...]]:
    """End a contract: no export under it from now on, and a signed file that says so.

    The file asks the recipient to delete every export of that name. Withdrawing
    again writes the same file again.

    Returns:
        The file, and the full ids of the exports that are to be deleted.

    Raises:
        DiskFullError: The wallet or the file could not be written.
    """
    name = contract.terms.name
    sent = tuple(one.jti for one in receipts(vault) if one.contract == name)
    before = standing.standing_of(vault, contract.sha256)
    body = before.answer if before else b""
    if not body:
        body = withdrawal_bytes(contract, signing_key(vault), today=today, delete=sent)
        said = standing.Standing(name, standing.State.WITHDRAWN, today.isoformat(), body)
        with vault.transaction(now_us=now_us) as tx:
            standing.keep(tx, contract.sha256, said)
            predicate = {"contract": name, "withdrawn": today.isoformat(), "delete": list(sent)}
            subjects, inputs = (sha256_hex(body),), (contract.sha256,)
            tx.log(Statement(StatementKind.WITHDRAW, subjects, inputs, predicate))
    return write_new(target / f"{name}.withdrawal", body), sent


def note_refusal(vault: Vault, offer: Offer, code: str, *, now_us: int) -> None:
    """Enter into the log that an offer was seen and not accepted, with the code of why."""
    predicate = {"contract": offer.terms.name, "code": code}
    digest = terms_digest(offer.terms)
    with vault.transaction(now_us=now_us) as tx:
        tx.log(Statement(StatementKind.OFFER, (), (digest,), predicate))


def take_acknowledgement(
    vault: Vault, data: bytes, *, now_us: int
) -> tuple[Acknowledgement, Receipt]:
    """Take in a recipient's word on one of this wallet's exports, once.

    Raises:
        BadContractError: Not such a file, or not of the file that was exported.
        ContractSignatureError: Not signed by the recipient of that contract.
        NoReceiptError: No export of this wallet.
    """
    jti = read_acknowledgement(data).jti
    receipt = next((one for one in receipts(vault) if one.jti == jti), None)
    contract = contract_of(vault, receipt.terms_sha256) if receipt else None
    if receipt is None or contract is None:
        raise NoReceiptError(name=f"{jti[:4]}-{jti[4:8]}", what="export")
    said = check_acknowledgement(data, contract.terms.recipient.signing_jwk)
    if (said.terms_sha256, said.sealed_sha256) != (receipt.terms_sha256, receipt.sealed_sha256):
        raise NoReceiptError(name=receipt.id, what="export")
    address = f"{said.act} {jti}"
    if vault.get("acknowledgement", address) is None:
        predicate = {"contract": receipt.contract, "jti": jti, "act": said.act}
        subjects, inputs = (sha256_hex(data),), (receipt.sealed_sha256,)
        with vault.transaction(now_us=now_us) as tx:
            tx.put("acknowledgement", address, data)
            tx.log(Statement(StatementKind.ACKNOWLEDGE, subjects, inputs, predicate))
    return said, receipt


def history(vault: Vault, shortened: str = "") -> tuple[Event, ...]:
    """Return what happened to offers and contracts, oldest first, from the evidence log.

    Args:
        vault: The open wallet.
        shortened: The beginning of one contract's name; "" for all.

    Raises:
        NotFoundError: Nothing ever had this name.
        AmbiguousNameError: Several begin with it.
    """
    events = [event for leaf in vault.leaves() for event in _events(leaf)]
    if not shortened:
        return tuple(events)
    name = resolve("contract", shortened, {event.contract for event in events})
    return tuple(event for event in events if event.contract == name)


_WHAT = {
    StatementKind.OFFER: Happened.REFUSED,
    StatementKind.CONSENT: Happened.ACCEPTED,
    StatementKind.DECLINE: Happened.DECLINED,
    StatementKind.WITHDRAW: Happened.WITHDRAWN,
    StatementKind.EXPORT: Happened.EXPORTED,
    StatementKind.ATTEMPT: Happened.FAILED,
    StatementKind.AUDIT: Happened.AUDITED,
}


_OF_EXPORTS = (Happened.RECEIVED, Happened.DELETED, Happened.AUDITED)
"""Events whose entries name an export, and no terms."""


def _events(leaf: Leaf) -> Iterator[Event]:
    kind, said = leaf.statement.kind, leaf.statement.predicate
    contract = _text(said, "contract")
    if kind is StatementKind.CONSENT:
        for old in leaf.statement.inputs:
            yield Event(leaf.at_us, Happened.SUPERSEDED, contract, old)
    what = _WHAT.get(kind)
    if kind is StatementKind.ACKNOWLEDGE:
        what = Happened(_text(said, "act"))
    if what is None or not contract:
        return
    digests = leaf.statement.subjects if what is Happened.ACCEPTED else leaf.statement.inputs
    if what in _OF_EXPORTS:
        digests = ()
    yield Event(
        leaf.at_us,
        what,
        contract,
        digests[0] if digests else "",
        _text(said, "period"),
        _text(said, "jti"),
        _text(said, "code"),
    )


def _text(predicate: dict[str, Any], name: str) -> str:
    value = predicate.get(name, "")
    return value if isinstance(value, str) else ""
