"""Use cases of a recipient: look behind an export that was accepted, within the contract.

A desk keeps what it asked, and the export that it asked about, under ``audits/``,
in one folder for each contract and holder: the budget is counted there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.desk.rotations import keys_of, signed_by
from geowallet.app.desk.verification import verify_file
from geowallet.app.evidence.anchors import anchors
from geowallet.app.files import read_small, write_new
from geowallet.contracts.life.audit import (
    SEED_BYTES,
    Asked,
    Challenge,
    challenge_bytes,
    read_challenge,
)
from geowallet.contracts.life.offer import MAX_FILE_BYTES
from geowallet.contracts.life.sightings import (
    SIGHTINGS_SCHEMA,
    Sighting,
    Sightings,
    read_sightings,
    sightings_bytes,
)
from geowallet.contracts.life.signed import schema_of
from geowallet.model.errors import (
    AuditNotAgreedError,
    AuditNothingError,
    AuditOverBudgetError,
    AuditRepeatedError,
    AuditUnaskedError,
    WrongRecipientError,
)
from geowallet.proofs.claims import issuer_of, receipt_id
from geowallet.proofs.sdjwt import unpack
from geowallet.verify.audit import check_audit_answer, check_sightings_answer
from geowallet.verify.audit_stamps import stamped_in_time
from geowallet.verify.open import MAX_SEALED_BYTES, open_sealed_export

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from geowallet.app.desk.desk import Desk, KeyPair
    from geowallet.contracts.life.grant import Contract
    from geowallet.proofs.answers import Compared
    from geowallet.proofs.commitments import Opening

_FOLDER = "audits"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An export that every check passed, with what an audit needs of it."""

    contract: Contract
    claims: dict[str, Any]
    sealed: bytes

    @property
    def jti(self) -> str:
        """Full id of the export."""
        return str(self.claims["jti"])


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer that follows: to which question, about which export, and what it opens.

    Attributes:
        contract: Under which it was asked.
        claims: Of the export.
        question: As it was signed.
        days: What a draw opened; empty for sightings.
        compared: What the track says to sightings; empty for a draw.
        stamped_m: Of each day, the metres that rest on what this desk's anchors saw
            in time.
    """

    contract: Contract
    claims: dict[str, Any]
    question: Challenge | Sightings
    days: tuple[Opening, ...]
    compared: tuple[Compared, ...]
    stamped_m: tuple[int, ...] = ()


def accepted_export(path: Path, desk: Desk, *, now_s: int) -> Accepted:
    """Return an export, after verifying it once more.

    Raises:
        GeowalletError: Of the check that fails, or that the file cannot be opened.
    """
    verified = verify_file(path, desk, now_s=now_s)
    if verified.verdict.error is not None:
        raise verified.verdict.error
    sealed = read_small(path, MAX_SEALED_BYTES)
    claims = unpack(_unsealed(sealed, desk)).claims
    return Accepted(verified.contract, claims, sealed)


def challenge(desk: Desk, export: Accepted, *, draws: int, today: dt.date, target: Path) -> Path:
    """Draw a seed, sign the challenge, keep a copy, and write the file for the holder.

    Raises:
        AuditNotAgreedError: The contract grants no draws.
        AuditNothingError: The total is zero.
        AuditRepeatedError: This export was challenged before.
        AuditOverBudgetError: The contract grants fewer.
        BadContractError: A number of draws that no wallet would read.
        DiskFullError: A file could not be written.
    """
    terms = export.contract.terms
    if terms.audit.draws == 0:
        raise AuditNotAgreedError(name=terms.name)
    if export.claims["total"]["distance_m"] == 0:
        raise AuditNothingError(receipt=receipt_id(export.jti))
    earlier = [one for one in _asked(desk, export) if isinstance(one, Challenge)]
    if any(one.about.jti == export.jti for one in earlier):
        raise AuditRepeatedError(receipt=receipt_id(export.jti))
    _check_left(export, terms.audit.draws, sum(one.draws for one in earlier), draws)
    body = challenge_bytes(
        export.contract,
        _pair(desk, export.contract).signing_jwk,
        _about(export, today),
        seed=os.urandom(SEED_BYTES),
        draws=draws,
    )
    return _kept(desk, export, body, target)


def spot_check(
    desk: Desk, export: Accepted, sightings: Sequence[Sighting], *, today: dt.date, target: Path
) -> Path:
    """Sign sightings, keep a copy, and write the file for the holder.

    Raises:
        AuditNotAgreedError: The contract grants no spot checks.
        AuditOverBudgetError: The contract grants fewer.
        BadContractError: Sightings that no wallet would read.
        DiskFullError: A file could not be written.
    """
    terms = export.contract.terms
    if terms.audit.spot_checks == 0:
        raise AuditNotAgreedError(name=terms.name)
    earlier = [one for one in _asked(desk, export) if isinstance(one, Sightings)]
    used = sum(len(one.sightings) for one in earlier)
    _check_left(export, terms.audit.spot_checks, used, len(sightings))
    key = _pair(desk, export.contract).signing_jwk
    body = sightings_bytes(export.contract, key, _about(export, today), sightings)
    return _kept(desk, export, body, target)


def check_answer(path: Path, desk: Desk, *, now_s: int) -> Checked:
    """Return what an answer opens, after checking that all of it follows from the export.

    Raises:
        BadExportError: Not such a file.
        WrongRecipientError: Sealed for another key.
        AuditUnaskedError: This desk asked no such question.
        ExportSignatureError: Changed, or signed by somebody else.
        AuditRefusedError: It does not follow.
    """
    text = _unsealed(read_small(path, MAX_SEALED_BYTES), desk)
    named = unpack(text).claims.get("question")
    for folder in sorted((desk.folder / _FOLDER).glob("*-*")):
        for question in _questions(folder):
            if question.sha256 == named:
                export = accepted_export(folder / f"{question.about.jti}.jwe", desk, now_s=now_s)
                return _checked(desk, text, export, question)
    raise AuditUnaskedError


def _checked(desk: Desk, text: str, export: Accepted, question: Challenge | Sightings) -> Checked:
    # A holder who changed keys since answers with the new one.
    contract, claims = signed_by(desk, export.contract, issuer_of(text)), export.claims
    if isinstance(question, Challenge):
        days = check_audit_answer(text, contract, claims, question)
        stamped_m = stamped_in_time(claims, days, anchors(desk.folder))
        return Checked(contract, claims, question, days, (), stamped_m)
    compared = check_sightings_answer(text, contract, claims, question)
    return Checked(contract, claims, question, (), compared)


def _check_left(export: Accepted, budget: int, used: int, asked: int) -> None:
    if used + asked > budget:
        name = export.contract.terms.name
        raise AuditOverBudgetError(name=name, budget=budget, used=used, asked=asked)


def _about(export: Accepted, today: dt.date) -> Asked:
    return Asked(export.contract.sha256, str(export.claims["period"]), export.jti, today)


def _kept(desk: Desk, export: Accepted, body: bytes, target: Path) -> Path:
    """Keep a question with its export, and write it for the holder."""
    folder, question = _folder(desk, export.contract), _read(body)
    write_new(folder / f"{export.jti}.jwe", export.sealed)
    write_new(folder / f"{question.sha256}.question", body)
    kind = "challenge" if isinstance(question, Challenge) else "sightings"
    return write_new(
        target / f"{export.contract.terms.name}-{export.claims['period']}.{kind}", body
    )


def _asked(desk: Desk, export: Accepted) -> tuple[Challenge | Sightings, ...]:
    return tuple(_questions(_folder(desk, export.contract)))


def _questions(folder: Path) -> Iterator[Challenge | Sightings]:
    for path in sorted(folder.glob("*.question")):
        yield _read(read_small(path, MAX_FILE_BYTES))


def _read(data: bytes) -> Challenge | Sightings:
    return read_sightings(data) if schema_of(data) == SIGHTINGS_SCHEMA else read_challenge(data)


def _folder(desk: Desk, contract: Contract) -> Path:
    holder = keys_of(desk, contract)[0]  # a new key brings no new budget
    return desk.folder / _FOLDER / f"{contract.sha256[:12]}-{holder[:12]}"


def _pair(desk: Desk, contract: Contract) -> KeyPair:
    """Return the keys of the time of a contract."""
    pair = desk.pair_of(contract.terms.recipient)
    if pair is None:
        raise WrongRecipientError
    return pair


def _unsealed(sealed: bytes, desk: Desk) -> str:
    """Return what is sealed for any key that this desk ever had."""
    for pair in desk.pairs[:-1]:
        try:
            return open_sealed_export(sealed, pair.sealing_jwk)
        except WrongRecipientError:
            continue
    return open_sealed_export(sealed, desk.pairs[-1].sealing_jwk)
