"""Use case: sign and seal what was prepared: the only way out."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.audits.committing import claims_for, keep, secrets_for
from geowallet.app.evidence.changes import changes_since_export
from geowallet.app.evidence.levels import evidence_of
from geowallet.app.files import write_new
from geowallet.app.sharing.identity import (
    check_signs_still,
    nullifier,
    sealing_key,
    signing_key,
)
from geowallet.app.sharing.receipts import Receipt, receipts
from geowallet.app.sharing.recipients import newest_sealing_key
from geowallet.app.sharing.rotating import write_notice_due
from geowallet.app.sharing.standing import check_not_withdrawn
from geowallet.contracts.life.grant import check_current
from geowallet.contracts.life.offer import terms_digest
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.signing import public_jwk
from geowallet.model.calendar import local_time
from geowallet.model.errors import AssuranceTooLowError, PeriodOpenError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.proofs.build import build_export
from geowallet.proofs.claims import issuer_of, read_figures
from geowallet.proofs.seal import seal_for
from geowallet.proofs.summary import csv_text, summary_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geowallet.app.audits.committing import Secrets
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.contracts.life.grant import Contract
    from geowallet.model.words import Phrase
    from geowallet.proofs.claims import Figures
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Exported:
    """The files written, and the receipt kept."""

    files: tuple[Path, ...]
    receipt: Receipt
    figures: Figures


def export(  # noqa: PLR0913  what is signed, when, where to, and in which words
    vault: Vault,
    contract: Contract,
    prepared: Prepared,
    *,
    now_us: int,
    target: Path,
    words: Callable[[Phrase], str],
) -> Exported:
    """Sign what was prepared, seal it to its reader, and write the files.

    The receipt and the log entry are written first: an export that was logged
    and not written can be made again, one that left without a trace cannot be
    called back.

    Raises:
        ContractWithdrawnError: Its owner ended it.
        ContractExpiredError: The contract has ended.
        PeriodOpenError: The period has not ended.
        AssuranceTooLowError: Too few metres at the contracted level.
        VaultBusyError: Another process changed the signing key meanwhile.
        DiskFullError: A file could not be written.
    """
    terms = prepared.terms
    check_not_withdrawn(vault, contract)
    check_current(contract, local_time(now_us, "UTC").date())
    _check_ended(prepared, now_us)
    _check_assurance(prepared)
    secrets = secrets_for(vault, prepared)
    sd_jwt = _signed(vault, contract, prepared, now_us, secrets)
    figures = read_figures(sd_jwt)
    sealed = seal_for(sd_jwt, newest_sealing_key(vault, terms.recipient)).encode()
    receipt = Receipt(
        id=figures.receipt,
        jti=figures.jti,
        contract=terms.name,
        terms_sha256=terms_digest(terms),
        period=str(prepared.period),
        exported_us=now_us,
        sealed_sha256=sha256_hex(sealed),
        used=prepared.selected.used,
        own_copy=seal_for(sd_jwt, public_jwk(sealing_key(vault))),
    )
    with vault.transaction(now_us=now_us) as tx:
        check_signs_still(vault, issuer_of(sd_jwt))
        tx.put("export", receipt.jti, msgspec.msgpack.encode(receipt))
        keep(tx, terms, secrets)
        tx.log(_statement(receipt))
    files = _files(target, figures, sealed, words, terms.epsilon_milli)
    return Exported((*files, *write_notice_due(vault, contract, target)), receipt, figures)


def _check_ended(prepared: Prepared, now_us: int) -> None:
    """Refuse a running period: two exports of it would tell single days apart."""
    window = prepared.terms.select.window
    today = local_time(now_us, window.zone if window else "UTC").date()
    last = prepared.period.last
    if last >= today:
        ready = (last + dt.timedelta(days=1)).isoformat()
        period = str(prepared.period)
        raise PeriodOpenError(name=prepared.terms.name, period=period, date=ready)


def _check_assurance(prepared: Prepared) -> None:
    terms = prepared.terms
    reached = prepared.result.percent_at_least(terms.min_assurance)
    if reached < terms.min_share_percent:
        minimum = f"{terms.min_share_percent} % {terms.min_assurance}"
        raise AssuranceTooLowError(name=terms.name, minimum=minimum, found=f"{reached} %")


def _signed(
    vault: Vault, contract: Contract, prepared: Prepared, now_us: int, secrets: Secrets
) -> str:
    earlier = [
        receipt
        for receipt in receipts(vault)
        if receipt.terms_sha256 == terms_digest(prepared.terms)
        and receipt.period == str(prepared.period)
    ]
    note = vault.checkpoint()
    return build_export(
        prepared.result,
        contract,
        checkpoint=note,
        now_s=now_us // 1_000_000,
        jti=secrets.jti,
        nullifier=nullifier(vault, contract.sha256, str(prepared.period)),
        holder_private_jwk=signing_key(vault),
        salts=os.urandom,
        supersedes=earlier[-1].jti if earlier else "",
        further=evidence_of(vault, prepared, note=note)
        | _changes(vault, earlier)
        | claims_for(prepared, secrets),
    )


def _changes(vault: Vault, earlier: Sequence[Receipt]) -> dict[str, int]:
    """Return the claim that says how often a period was changed since it left first."""
    if not earlier:
        return {}
    found = changes_since_export(vault, earlier[0].contract, earlier[0].period)
    return {"changes_after_close": found}


def _statement(receipt: Receipt) -> Statement:
    return Statement(
        StatementKind.EXPORT,
        (receipt.sealed_sha256,),
        (receipt.terms_sha256,),
        {
            "contract": receipt.contract,
            "jti": receipt.jti,
            "period": receipt.period,
            "used": [[trip, metres] for trip, metres in receipt.used],
        },
    )


def _files(
    target: Path,
    figures: Figures,
    sealed: bytes,
    words: Callable[[Phrase], str],
    epsilon_milli: int,
) -> tuple[Path, ...]:
    stem = f"{figures.contract_name}-{figures.result.period}"
    lines = summary_lines(figures, epsilon_milli=epsilon_milli)
    text = "".join(f"{words(line)}\n" for line in lines)
    return (
        write_new(target / f"{stem}.jwe", sealed),
        write_new(target / f"{stem}.txt", text.encode()),
        write_new(target / f"{stem}.csv", csv_text(figures).encode()),
    )
