"""Use cases: verify an export as its reader, and record it at the desk."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.app.desk import filed_contracts
from geowallet.app.files import read_small
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import DiskFullError, NoContractError, ReplayError
from geowallet.proofs.claims import ISSUER_PREFIX
from geowallet.proofs.sdjwt import unpack
from geowallet.verify.open import MAX_SEALED_BYTES, open_sealed_export
from geowallet.verify.verifier import verify_export

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path
    from typing import Any

    from geowallet.app.desk import Desk
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
    """
    sd_jwt = open_sealed_export(read_small(path, MAX_SEALED_BYTES), desk.sealing_jwk)
    judged_by = contract or _contract_for(sd_jwt, desk)
    if judged_by is None:
        raise NoContractError
    verdict = verify_export(sd_jwt, judged_by, now_s=now_s)
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
    if verified.received:
        raise ReplayError(date=verified.received)
    entry = {
        "jti": figures.jti,
        "contract": figures.contract_name,
        "period": str(figures.result.period),
        "nullifier": figures.nullifier,
        "received": today.isoformat(),
        "total": figures.result.totals,
    }
    line = json.dumps(entry, sort_keys=True) + "\n"
    try:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        handle = os.open(desk.folder / _LEDGER, flags, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error


def received(desk: Desk) -> list[dict[str, Any]]:
    """Return the ledger: every export received, oldest first."""
    path = desk.folder / _LEDGER
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


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
