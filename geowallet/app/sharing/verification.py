"""Use cases: verify an export as its reader, and record it at the desk."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.evidence.anchors import anchors, check_readable
from geowallet.app.files import read_small, replace_whole
from geowallet.app.sharing.desk import filed_contracts
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import DeskDamagedError, DiskFullError, NoContractError, ReplayError
from geowallet.proofs.claims import ISSUER_PREFIX
from geowallet.proofs.sdjwt import unpack
from geowallet.verify.open import MAX_SEALED_BYTES, open_sealed_export
from geowallet.verify.verifier import verify_export

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from geowallet.app.sharing.desk import Desk
    from geowallet.contracts.grant import Contract
    from geowallet.verify.verdict import Verdict

_LEDGER = "received.jsonl"


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict, the contract it was judged by, and when it came before."""

    verdict: Verdict
    contract: Contract
    received: str


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
        MissingExtraError: It carries time stamps, and the library for them is
            not installed.
    """
    sd_jwt = open_sealed_export(read_small(path, MAX_SEALED_BYTES), desk.sealing_jwk)
    judged_by = contract or _contract_for(sd_jwt, desk)
    if judged_by is None:
        raise NoContractError
    relied_on = anchors(desk.folder)
    check_readable(sd_jwt, relied_on)
    verdict = verify_export(sd_jwt, judged_by, now_s=now_s, anchors=relied_on)
    jti = verdict.figures.jti if verdict.figures else ""
    return Verified(verdict, judged_by, _received_on(desk, jti))


def record(desk: Desk, verified: Verified, *, today: dt.date) -> None:
    """Enter an accepted export into the desk's ledger, once.

    Raises:
        ReplayError: It is already there.
        DiskFullError: It could not be written.
    """
    figures = verified.verdict.figures
    if figures is None:
        return
    entry = {
        "jti": figures.jti,
        "contract": figures.contract_name,
        "period": str(figures.result.period),
        "nullifier": figures.nullifier,
        "received": today.isoformat(),
        "total": figures.result.totals,
    }
    with _alone(desk):
        before = _received_on(desk, figures.jti)
        if before:
            raise ReplayError(date=before)
        lines = [json.dumps(e, sort_keys=True) + "\n" for e in (*received(desk), entry)]
        replace_whole(desk.folder / _LEDGER, "".join(lines).encode())


def received(desk: Desk) -> list[dict[str, Any]]:
    """Return the ledger: every export received, oldest first.

    Raises:
        DeskDamagedError: It is not what was written.
    """
    path = desk.folder / _LEDGER
    if not path.exists():
        return []
    try:
        entries = [json.loads(line) for line in path.read_bytes().splitlines()]
    except ValueError as error:
        raise DeskDamagedError from error
    if not all(isinstance(e, dict) and {"jti", "received"} <= set(e) for e in entries):
        raise DeskDamagedError
    return entries


@contextmanager
def _alone(desk: Desk) -> Iterator[None]:
    """Let one process at a time write the ledger."""
    try:
        folder = os.open(desk.folder, os.O_RDONLY)
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _contract_for(sd_jwt: str, desk: Desk) -> Contract | None:
    """Return the filed contract that the export names, by digest and issuer."""
    claims = unpack(sd_jwt).claims
    for contract in filed_contracts(desk):
        issuer = ISSUER_PREFIX + thumbprint(contract.grant.holder.signing_jwk)
        if (contract.sha256, issuer) == (claims.get("contract"), claims.get("iss")):
            return contract
    return None


def _received_on(desk: Desk, jti: str) -> str:
    return next((str(e["received"]) for e in received(desk) if jti and e["jti"] == jti), "")
