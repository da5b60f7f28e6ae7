"""Use case of a recipient: take in a folder of whatever came back.

Nothing in the folder is trusted. A file that is refused is named with its code, and
the others are taken in: contracts first, then what ends or declines them, then
exports, so that the order of names does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.app.desk import ledger
from geowallet.app.desk.desk import MAX_FILE_BYTES, file_contract
from geowallet.app.desk.desk_answers import file_decline, file_withdrawal
from geowallet.app.desk.rotations import (
    file_notice,
    keys_of,
    standing_contracts,
    unlisted,
)
from geowallet.app.desk.verification import record, verify_bytes
from geowallet.app.files import read_small
from geowallet.contracts.life.accreditation import seeming_name
from geowallet.contracts.life.decline import DECLINE_SCHEMA
from geowallet.contracts.life.grant import CONTRACT_SCHEMA
from geowallet.contracts.life.rotation_notice import NOTICE_SCHEMA
from geowallet.contracts.life.signed import schema_of
from geowallet.contracts.life.withdrawal import WITHDRAWAL_SCHEMA
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import (
    DiskFullError,
    GeowalletError,
    NoFilesError,
    OtherFileError,
    ReplayError,
    TooLargeError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from geowallet.app.desk.desk import Desk
    from geowallet.app.desk.ledger import Judged
    from geowallet.contracts.life.grant import Contract

MOST_FILES = 5_000
"""Of one folder: a month of a large employer."""


class Came(StrEnum):
    """What a file turned out to be; the order is that in which they are taken in."""

    CONTRACT = "contract"
    DECLINE = "decline"
    WITHDRAWAL = "withdrawal"
    ROTATION = "rotation"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Taken:
    """One file of the folder.

    Attributes:
        path: Where it lies; it stays there.
        came: What it is, as far as its first bytes say.
        contract: Name of its contract, or "" where it was refused.
        holder: Name of who signed it, or "".
        key: Fingerprint of their key, or "".
        period: Of an export, else "".
        judged: An export's place in the ledger, or None.
        delete: Full ids of the exports that a withdrawal asks to delete.
        others: Fingerprints of other keys under the holder's name.
        reason: Of a decline, in its holder's words.
        next_key: Thumbprint of the key that counts from now on, of a change of keys.
        unlisted: Full ids of exports received that a change of keys does not list.
        before: Day on which the same export was taken in before, or "".
        error: Why it was refused, or None.
    """

    path: Path
    came: Came
    contract: str = ""
    holder: str = ""
    key: str = ""
    period: str = ""
    judged: Judged | None = None
    delete: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    reason: str = ""
    next_key: str = ""
    unlisted: tuple[str, ...] = ()
    before: str = ""
    error: GeowalletError | None = None


_SCHEMAS = {
    CONTRACT_SCHEMA: Came.CONTRACT,
    DECLINE_SCHEMA: Came.DECLINE,
    WITHDRAWAL_SCHEMA: Came.WITHDRAWAL,
    NOTICE_SCHEMA: Came.ROTATION,
}


def take_in(desk: Desk, folder: Path, *, now_s: int, today: dt.date) -> tuple[Taken, ...]:
    """Take in every file of a folder, in the order of their names.

    Folders in it are left, and so are readable copies that lie beside their export.

    Raises:
        NoFilesError: There are none.
        TooLargeError: More than `MOST_FILES`.
    """
    paths = (
        [path for path in sorted(folder.iterdir()) if _is_meant(path)] if folder.is_dir() else []
    )
    if not paths:
        raise NoFilesError
    if len(paths) > MOST_FILES:
        raise TooLargeError(limit=f"{MOST_FILES} files")
    read = [_read(path) for path in paths]
    order = list(Came)
    found = {
        taken.path: _take(desk, taken, data, now_s=now_s, today=today)
        for taken, data in sorted(read, key=lambda item: order.index(item[0].came))
    }
    return _looked_at_again(desk, [found[path] for path in paths])


def take_file(desk: Desk, path: Path, *, now_s: int, today: dt.date) -> Taken:
    """Take in one file, as `take_in`; what it was refused for is in it."""
    taken, data = _read(path)
    return _looked_at_again(desk, [_take(desk, taken, data, now_s=now_s, today=today)])[0]


def _looked_at_again(desk: Desk, found: Sequence[Taken]) -> tuple[Taken, ...]:
    """Return what was taken in as it stands after all of it: other files say more of each.

    Somebody with two wallets can claim a period twice, and no mark shows it: the same
    name under another key is pointed out.
    """
    entries = ledger.received(desk)
    worth = {one.entry.jti: one for one in ledger.judged(entries)}
    here = {entry.jti for entry in entries if not entry.deleted}
    keys: dict[str, set[str]] = {}
    if any(one.came is Came.CONTRACT and one.error is None for one in found):
        for contract in standing_contracts(desk):
            holder = contract.grant.holder
            key = fingerprint(thumbprint(holder.signing_jwk))
            keys.setdefault(seeming_name(holder.name), set()).add(key)
    return tuple(
        replace(
            one,
            judged=worth[one.judged.entry.jti] if one.judged else None,
            others=_others(one, keys),
            delete=tuple(jti for jti in one.delete if jti in here),
        )
        for one in found
    )


def _others(taken: Taken, keys: dict[str, set[str]]) -> tuple[str, ...]:
    if taken.came is not Came.CONTRACT or taken.error is not None:
        return ()
    return tuple(sorted(keys[seeming_name(taken.holder)] - {taken.key}))


def _is_meant(path: Path) -> bool:
    return not path.name.startswith(".") and path.is_file() and not _is_readable_copy(path)


def _is_readable_copy(path: Path) -> bool:
    """Say if this is the text or the table that an export wrote for its owner's eyes.

    Nobody signed these; where the export itself lies beside, they say nothing more.
    """
    return path.suffix in {".txt", ".csv"} and path.with_suffix(".jwe").is_file()


def _read(path: Path) -> tuple[Taken, bytes]:
    try:
        data = read_small(path, MAX_FILE_BYTES)
    except GeowalletError as error:
        return Taken(path, Came.EXPORT, error=error), b""
    if data.lstrip()[:1] != b"{":
        return Taken(path, Came.EXPORT), data
    came = _SCHEMAS.get(schema_of(data))
    if came is None:
        odd = OtherFileError(reason=N_("its schema is another"))
        return Taken(path, Came.CONTRACT, error=odd), data
    return Taken(path, came), data


def _take(desk: Desk, taken: Taken, data: bytes, *, now_s: int, today: dt.date) -> Taken:
    if taken.error is not None:
        return taken
    takers = {
        Came.CONTRACT: _contract,
        Came.DECLINE: _decline,
        Came.WITHDRAWAL: _withdrawal,
        Came.ROTATION: _rotation,
    }
    try:
        if taken.came in takers:
            return takers[taken.came](desk, taken, data)
        return _export(desk, taken, data, now_s=now_s, today=today)
    except DiskFullError:
        raise  # nothing is wrong with the file: the desk has to make room
    except GeowalletError as error:
        return replace(taken, error=error)


def _contract(desk: Desk, taken: Taken, data: bytes) -> Taken:
    return _of(taken, file_contract(desk, data))


def _decline(desk: Desk, taken: Taken, data: bytes) -> Taken:
    found = file_decline(desk, data)
    key = fingerprint(thumbprint(found.signing_jwk))
    return replace(taken, contract=found.contract, holder=found.name, key=key, reason=found.reason)


def _withdrawal(desk: Desk, taken: Taken, data: bytes) -> Taken:
    found, contract = file_withdrawal(desk, data)
    return replace(_of(taken, contract), delete=found.delete)


def _rotation(desk: Desk, taken: Taken, data: bytes) -> Taken:
    notice = file_notice(desk, data)
    found = _of(taken, notice.contract)
    newest = keys_of(desk, notice.contract)[-1]
    return replace(found, next_key=newest, unlisted=unlisted(desk, notice))


def _export(desk: Desk, taken: Taken, data: bytes, *, now_s: int, today: dt.date) -> Taken:
    verified = verify_bytes(data, desk, now_s=now_s)
    if verified.verdict.error is not None:
        raise verified.verdict.error
    figures = verified.verdict.figures
    period = str(figures.result.period) if figures else ""
    found = replace(_of(taken, verified.contract), period=period)
    try:
        return replace(found, judged=record(desk, verified, today=today))
    except ReplayError:
        return replace(found, before=verified.received)


def _of(taken: Taken, contract: Contract) -> Taken:
    holder = contract.grant.holder
    key = fingerprint(thumbprint(holder.signing_jwk))
    return replace(taken, contract=contract.terms.name, holder=holder.name, key=key)
