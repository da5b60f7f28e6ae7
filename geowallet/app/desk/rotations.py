"""Use cases of a recipient: follow a holder from one key to the next, and nobody else.

A notice is filed under each key of its chain: ``rotations/KEY/TERMS.rotation``. The first
change of a key that comes counts; a second one to another key is refused, and so is
whatever a key signs that was given up, unless the notice lists it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geowallet.app.desk import ledger
from geowallet.app.desk.desk import (
    MAX_FILE_BYTES,
    file_contract,
    filed_contract,
    filed_contracts,
)
from geowallet.app.files import read_small, replace_whole
from geowallet.contracts.life.grant import contract_bytes
from geowallet.contracts.life.rotation_notice import read_notice
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import ForeignAnswerError, KeyGivenUpError, RotationForkedError

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.app.desk.desk import Desk
    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.rotation_notice import Notice

_FOLDER = "rotations"


def file_notice(desk: Desk, data: bytes) -> Notice:
    """Check a holder's change of keys against the contract filed here, and follow it.

    One that came late, after a longer one, adds the contract of its time alone: exports
    of that time are judged by it.

    Raises:
        BadContractError: Not such a file, or a chain that is broken or turned round.
        ContractSignatureError: It was altered, or signed by another key.
        ForeignAnswerError: No contract filed here was signed with a key of the chain.
        RotationForkedError: One of the keys was given up for another one before.
        DiskFullError: It could not be written.
    """
    notice = read_notice(data)
    terms, digest = notice.contract.terms, notice.contract.sha256
    if not any(filed_contract(desk, digest, key) for key in notice.keys[:-1]):
        raise ForeignAnswerError(name=terms.name)
    for key in notice.keys:
        _check_follows(notice, _of_key(desk, key))
    known = _of_terms(desk, notice.keys[-1], digest)
    file_contract(desk, contract_bytes(notice.contract))
    if known is None or known.keys[-1] == notice.keys[-1]:
        for key in notice.keys:
            replace_whole(_path(desk, key, digest), data)
    return notice


def unlisted(desk: Desk, notice: Notice) -> tuple[str, ...]:
    """Return full ids of exports received by an earlier key that the holder does not list."""
    return tuple(
        entry.jti
        for entry in ledger.received(desk)
        if entry.terms_sha256 == notice.contract.sha256
        and entry.holder in notice.keys[:-1]
        and entry.sealed_sha256 not in notice.exports
    )


def check_key_stands(desk: Desk, contract: Contract, sealed_sha256: str) -> None:
    """Refuse an export whose key was given up, unless its holder lists this very file.

    Args:
        desk: Where changes of keys are filed.
        contract: By which the export was judged; its holder's key signed it.
        sealed_sha256: Digest of the file.

    Raises:
        KeyGivenUpError: The key was given up, and the file is not in the list.
    """
    key = _key(contract)
    last = _of_key(desk, key)
    if last is None or last.keys[-1] == key:
        return
    notice = _of_terms(desk, key, contract.sha256)
    if notice is None or sealed_sha256 not in notice.exports:
        given_up_s = last.rotations[last.keys.index(key)].rotated_s
        raise KeyGivenUpError(name=contract.terms.name, date=_day(given_up_s))


def keys_of(desk: Desk, contract: Contract) -> tuple[str, ...]:
    """Return the thumbprints of every key that the holder of a contract had, oldest first."""
    notice = _of_terms(desk, _key(contract), contract.sha256)
    return notice.keys if notice else (_key(contract),)


def followed_on(desk: Desk, contract: Contract) -> str:
    """Return the day of the change that led to the key of a contract; "" where it is the first."""
    notice, key = _of_terms(desk, _key(contract), contract.sha256), _key(contract)
    if notice is None or notice.keys[0] == key:
        return ""
    return _day(notice.rotations[notice.keys.index(key) - 1].rotated_s)


def signed_by(desk: Desk, contract: Contract, key: str) -> Contract:
    """Return the same contract as another key of its holder signed it, or as it is."""
    if key not in keys_of(desk, contract):
        return contract
    return filed_contract(desk, contract.sha256, key) or contract


def standing_contracts(desk: Desk) -> tuple[Contract, ...]:
    """Return the contracts filed here, each once, as the newest key of its holder signed it."""
    return tuple(one for one in filed_contracts(desk) if keys_of(desk, one)[-1] == _key(one))


def _check_follows(notice: Notice, known: Notice | None) -> None:
    """Refuse a chain that leads elsewhere than one that was filed."""
    if known is None:
        return
    heirs = dict(zip(known.keys, known.keys[1:], strict=False))
    for old, new in zip(notice.keys, notice.keys[1:], strict=False):
        if heirs.get(old, new) != new:
            raise RotationForkedError(
                name=notice.contract.terms.name,
                known=fingerprint(heirs[old]),
                found=fingerprint(new),
            )


def _day(at_s: int) -> str:
    return dt.datetime.fromtimestamp(at_s, tz=dt.UTC).date().isoformat()


def _of_terms(desk: Desk, key: str, digest: str) -> Notice | None:
    return _read(_path(desk, key, digest))


def _of_key(desk: Desk, key: str) -> Notice | None:
    """Return the longest notice that names ``key``, under any terms."""
    paths = sorted((desk.folder / _FOLDER / key).glob("*.rotation"))
    found = [notice for path in paths if (notice := _read(path))]
    return max(found, key=lambda one: len(one.keys) - one.keys.index(key), default=None)


def _read(path: Path) -> Notice | None:
    return read_notice(read_small(path, MAX_FILE_BYTES)) if path.exists() else None


def _path(desk: Desk, key: str, digest: str) -> Path:
    return desk.folder / _FOLDER / key / f"{digest}.rotation"


def _key(contract: Contract) -> str:
    return thumbprint(contract.grant.holder.signing_jwk)
