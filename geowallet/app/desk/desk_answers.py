"""Use cases of a recipient: take in a no or an end, and say what was received or deleted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geowallet.app.desk import ledger
from geowallet.app.desk.desk import filed_contract
from geowallet.app.desk.desk_offers import offers
from geowallet.app.desk.rotations import keys_of, signed_by
from geowallet.app.files import read_small, replace_whole, write_new
from geowallet.contracts.life.acknowledgement import Acknowledgement, acknowledgement_bytes
from geowallet.contracts.life.decline import Decline, read_decline
from geowallet.contracts.life.offer import MAX_FILE_BYTES, terms_digest
from geowallet.contracts.life.withdrawal import Withdrawal, check_withdrawal, read_withdrawal
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import ForeignAnswerError, NoContractError

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.app.desk.desk import Desk
    from geowallet.contracts.life.grant import Contract

WEST_S = 12 * 3_600
"""A day ends last at UTC-12."""


def file_decline(desk: Desk, data: bytes) -> Decline:
    """Check a no to one of this desk's offers, and file it.

    Raises:
        BadContractError: Not such a file.
        ContractSignatureError: It was altered.
        ForeignAnswerError: A no to somebody else's offer.
    """
    found = read_decline(data)
    if found.terms_sha256 not in {terms_digest(offer.terms) for offer in offers(desk)}:
        raise ForeignAnswerError(name=found.contract)
    key = thumbprint(found.signing_jwk)
    replace_whole(_path(desk, "decline", found.contract, found.terms_sha256, key), data)
    return found


def file_withdrawal(desk: Desk, data: bytes) -> tuple[Withdrawal, Contract]:
    """Check the end of a contract that is filed here, and file it.

    Raises:
        BadContractError: Not such a file.
        ForeignAnswerError: Of a contract that is not filed here.
        ContractSignatureError: Altered, or not signed by the contract's holder.
    """
    named = read_withdrawal(data)
    contract = filed_contract(desk, named.terms_sha256, named.holder)
    if contract is None:
        raise ForeignAnswerError(name=named.contract)
    found = check_withdrawal(data, contract)
    path = _path(desk, "withdrawal", found.contract, found.terms_sha256, found.holder)
    replace_whole(path, data)
    return found, contract


def declines(desk: Desk) -> tuple[Decline, ...]:
    """Return the filed declines, by contract and key."""
    return tuple(read_decline(body) for body in _bodies(desk, "decline"))


def withdrawn_on(desk: Desk, contract: Contract) -> dt.date | None:
    """Return the day on which a filed contract was ended, with any key of its holder, or None."""
    for key in keys_of(desk, contract):
        path = _path(desk, "withdrawal", contract.terms.name, contract.sha256, key)
        if path.exists():
            signed = signed_by(desk, contract, key)
            return check_withdrawal(read_small(path, MAX_FILE_BYTES), signed).withdrawn
    return None


def signed_after(issued_s: int, day: dt.date) -> bool:
    """Say whether something was signed after ``day`` wherever its signer was."""
    return dt.datetime.fromtimestamp(max(issued_s - WEST_S, 0), tz=dt.UTC).date() > day


def acknowledge(
    desk: Desk, shortened: str, *, act: str, today: dt.date, target: Path
) -> tuple[Acknowledgement, Path]:
    """Write the signed word for an owner that an export was received, or deleted.

    ``deleted`` takes the figures out of the ledger first. It cannot reach copies of
    the file: whoever signs says that they are gone, too.

    Raises:
        NotReceivedError: No such export was received.
        AmbiguousNameError: Several begin so.
        NoContractError: Its contract is not filed any more.
        DiskFullError: It could not be written.
    """
    entry = ledger.find(desk, shortened)
    contract = filed_contract(desk, entry.terms_sha256, entry.holder)
    pair = desk.pair_of(contract.terms.recipient) if contract else None
    if pair is None:
        raise NoContractError
    if act == "deleted":
        ledger.delete_figures(desk, entry.jti, today=today)
    said = Acknowledgement(
        entry.contract, entry.terms_sha256, entry.jti, entry.sealed_sha256, act, today
    )
    body = acknowledgement_bytes(said, pair.signing_jwk)
    name = f"{entry.contract}-{entry.period}-{entry.jti[:8]}.{act}"
    return said, write_new(target / name, body)


def _bodies(desk: Desk, what: str) -> list[bytes]:
    folder = desk.folder / f"{what}s"
    files = sorted(folder.glob(f"*.{what}")) if folder.is_dir() else []
    return [read_small(path, MAX_FILE_BYTES) for path in files]


def _path(desk: Desk, what: str, contract: str, terms_sha256: str, key: str) -> Path:
    """One file for each holder and set of terms, as contracts are filed."""
    return desk.folder / f"{what}s" / f"{contract}-{terms_sha256[:12]}-{key[:12]}.{what}"
