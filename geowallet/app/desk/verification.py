"""Use cases: verify an export as its reader, and enter it at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.desk import ledger
from geowallet.app.desk.chains import Doubt, chained, doubts
from geowallet.app.desk.desk import filed_contract
from geowallet.app.desk.desk_answers import signed_after, withdrawn_on
from geowallet.app.desk.rotations import check_key_stands, followed_on, keys_of
from geowallet.app.evidence.anchors import anchors, check_readable
from geowallet.app.files import read_small
from geowallet.app.rulebook import text_of
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import (
    ContractWithdrawnError,
    NoContractError,
    WrongRecipientError,
)
from geowallet.proofs.claims import ISSUER_PREFIX
from geowallet.proofs.sdjwt import unpack
from geowallet.verify.open import MAX_SEALED_BYTES, open_sealed_export
from geowallet.verify.verifier import verify_export

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from geowallet.app.desk.desk import Desk
    from geowallet.contracts.life.grant import Contract
    from geowallet.verify.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict, the contract it was judged by, and when it came before.

    Attributes:
        verdict: What the checks say.
        contract: By which it was judged.
        received: Day on which the same export was entered, or "".
        sealed_sha256: Digest of the file, without blanks around it.
        followed: Day on which its key took the place of an earlier one, by both, or "".
        doubts: What devices signed otherwise in other exports that were received.
    """

    verdict: Verdict
    contract: Contract
    received: str
    sealed_sha256: str = ""
    followed: str = ""
    doubts: tuple[Doubt, ...] = ()


def verify_file(
    path: Path, desk: Desk, *, now_s: int, contract: Contract | None = None
) -> Verified:
    """Open and judge a sealed export.

    Args:
        path: The file.
        desk: The reader's opened desk.
        now_s: The present, seconds since the epoch.
        contract: Judge by this contract instead of the one filed.

    Raises:
        BadExportError: Not a sealed export.
        WrongRecipientError: Sealed for another key.
        ExportSignatureError: Changed or damaged.
        NoContractError: Its contract is not filed at this desk.
        KeyGivenUpError: Its key was given up, and its holder does not list it.
        MissingExtraError: It carries time stamps, and the library for them is
            not installed.
    """
    return verify_bytes(read_small(path, MAX_SEALED_BYTES), desk, now_s=now_s, contract=contract)


def verify_bytes(
    data: bytes, desk: Desk, *, now_s: int, contract: Contract | None = None
) -> Verified:
    """Open and judge a sealed export that was read; see `verify_file`."""
    sd_jwt = _opened(data, desk)
    judged_by = contract or _contract_for(sd_jwt, desk)
    if judged_by is None:
        raise NoContractError
    relied_on = anchors(desk.folder)
    check_readable(sd_jwt, relied_on)
    verdict = verify_export(
        sd_jwt, judged_by, now_s=now_s, anchors=relied_on, rule_text=_rule_text(judged_by)
    )
    jti, digest = verdict.figures.jti if verdict.figures else "", sha256_hex(data.strip())
    if verdict.figures:
        check_key_stands(desk, judged_by, digest)
    received, followed = ledger.received_on(desk, jti), followed_on(desk, judged_by)
    found = _doubts(desk, verdict, judged_by, jti)
    return Verified(verdict, judged_by, received, digest, followed, found)


def record(desk: Desk, verified: Verified, *, today: dt.date) -> ledger.Judged | None:
    """Enter an accepted export into the desk's ledger, once; None for one that was refused.

    Raises:
        ReplayError: It is already there.
        ContractWithdrawnError: It was signed after its contract had been ended.
        DiskFullError: It could not be written.
    """
    figures = verified.verdict.figures
    if figures is None:
        return None
    contract, seen = verified.contract, verified.verdict.seen
    ended = withdrawn_on(desk, contract)
    if ended is not None and signed_after(figures.issued_s, ended):
        raise ContractWithdrawnError(name=contract.terms.name, date=ended.isoformat())
    return ledger.enter(
        desk,
        ledger.Entry(
            jti=figures.jti,
            contract=figures.contract_name,
            terms_sha256=contract.sha256,
            holder=thumbprint(contract.grant.holder.signing_jwk),
            period=str(figures.result.period),
            nullifier=figures.nullifier,
            supersedes=figures.supersedes,
            issued_s=figures.issued_s,
            received=today.isoformat(),
            sealed_sha256=verified.sealed_sha256,
            total=dict(figures.result.totals),
            chains=chained(seen.runs) if seen else (),
        ),
    )


def _rule_text(contract: Contract) -> str:
    """Return the file of the rule that gives a contract's amount, "" where none is known."""
    uses = [measure.rule for measure in contract.terms.measures if measure.rule]
    return text_of(uses[0].sha256) if uses else ""


def _doubts(desk: Desk, verdict: Verdict, contract: Contract, jti: str) -> tuple[Doubt, ...]:
    """Return what an export says of devices otherwise than others at the desk."""
    if verdict.seen is None or not verdict.seen.runs:
        return ()
    others = [one for one in ledger.received(desk) if one.jti != jti]
    own = keys_of(desk, contract)
    strangers = [run for one in others if one.holder not in own for run in one.chains]
    before = [run for one in others for run in one.chains]
    return doubts(chained(verdict.seen.runs), before, strangers)


def _opened(data: bytes, desk: Desk) -> str:
    """Open a file with the keys of today, or with those that were given up."""
    for pair in desk.pairs:
        try:
            return open_sealed_export(data, pair.sealing_jwk)
        except WrongRecipientError:
            continue
    raise WrongRecipientError


def _contract_for(sd_jwt: str, desk: Desk) -> Contract | None:
    """Return the filed contract that the export names, by digest and issuer."""
    claims = unpack(sd_jwt).claims
    digest, issuer = (str(claims.get(name, "")) for name in ("contract", "iss"))
    return filed_contract(desk, digest, issuer.removeprefix(ISSUER_PREFIX))
