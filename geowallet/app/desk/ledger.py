"""The desk's ledger: every export received, once, and which of them counts.

A second export of one contract and period carries the same mark (nullifier). An
honest wallet says which one it replaces; one that does not is a double claim.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.desk.chains import Chained  # noqa: TC001  msgspec reads annotations
from geowallet.app.files import replace_whole
from geowallet.model.errors import (
    AmbiguousNameError,
    DeskDamagedError,
    DiskFullError,
    NotReceivedError,
    ReplayError,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from geowallet.app.desk.desk import Desk

_FILE = "received.jsonl"


class Entry(msgspec.Struct, frozen=True):
    """One export received.

    Attributes:
        jti: Its full id.
        contract: Name of its contract.
        terms_sha256: Digest of the terms.
        holder: Thumbprint of the key that signed it.
        period: As `Period` writes it.
        nullifier: The mark of contract and period.
        supersedes: Full id of the export that it says it replaces, or "".
        issued_s: When it was signed, seconds since the epoch, by its holder's clock.
        received: Day on which it was entered, ``YYYY-MM-DD``.
        sealed_sha256: Digest of the file.
        total: The figures in all; None after they were deleted.
        deleted: Day on which they were, or "".
        chains: What devices signed, to compare with other exports; it stays.
    """

    jti: str
    contract: str
    terms_sha256: str
    holder: str
    period: str
    nullifier: str
    supersedes: str
    issued_s: int
    received: str
    sealed_sha256: str
    total: dict[str, int | str | None] | None
    deleted: str = ""
    chains: tuple[Chained, ...] = ()


class Claim(StrEnum):
    """What an entry is worth beside the others of its mark."""

    COUNTS = "counts"
    REPLACED = "replaced"
    DOUBLE = "double"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry, what it is worth, and the full id of the one that makes it so, or ""."""

    entry: Entry
    claim: Claim
    by: str = ""


def received(desk: Desk) -> tuple[Entry, ...]:
    """Return every export received, oldest first.

    Raises:
        DeskDamagedError: The ledger is not what was written.
    """
    path = desk.folder / _FILE
    if not path.exists():
        return ()
    try:
        lines = path.read_bytes().splitlines()
        return tuple(msgspec.json.decode(line, type=Entry) for line in lines)
    except msgspec.DecodeError as error:
        raise DeskDamagedError from error


def received_on(desk: Desk, jti: str) -> str:
    """Return the day on which an export was entered, or ""."""
    return next((entry.received for entry in received(desk) if entry.jti == jti), "")


def find(desk: Desk, shortened: str) -> Entry:
    """Return the entry whose receipt, or full id, begins with ``shortened``.

    Raises:
        NotReceivedError: None does.
        AmbiguousNameError: Several do.
    """
    begins = shortened.replace("-", "").lower()
    found = [entry for entry in received(desk) if begins and entry.jti.startswith(begins)]
    if not found:
        raise NotReceivedError
    if len(found) > 1:
        candidates = ", ".join(f"{entry.jti[:4]}-{entry.jti[4:8]}" for entry in found[:4])
        raise AmbiguousNameError(name=begins[:8], candidates=candidates)
    return found[0]


def enter(desk: Desk, entry: Entry) -> Judged:
    """Enter an export, once, and return what it is worth beside the others.

    Raises:
        ReplayError: It is already there.
        DiskFullError: It could not be written.
    """
    with _alone(desk):
        entries = received(desk)
        before = next((one.received for one in entries if one.jti == entry.jti), "")
        if before:
            raise ReplayError(date=before)
        _write(desk, (*entries, entry))
    return judged((*entries, entry))[-1]


def delete_figures(desk: Desk, jti: str, *, today: dt.date) -> Entry:
    """Take the figures of an entry away and return what stays: that it came, and its mark.

    What stays is needed to refuse the same export, or a second claim, later.

    Raises:
        NotReceivedError: There is no such entry.
        DiskFullError: It could not be written.
    """
    with _alone(desk):
        entries = received(desk)
        kept = [_without_figures(one, today) if one.jti == jti else one for one in entries]
        found = next((one for one in kept if one.jti == jti), None)
        if found is None:
            raise NotReceivedError
        _write(desk, kept)
    return found


def judged(entries: Sequence[Entry]) -> tuple[Judged, ...]:
    """Return what each entry is worth, in their order.

    Of one mark the first that was signed counts, until a later one says that it
    replaces one; a later one that says nothing is a double claim. Of one second,
    corrections come after what they correct, and then what came later.
    """
    places = {
        entry.jti: (entry.issued_s, bool(entry.supersedes), index)
        for index, entry in enumerate(entries)
    }
    marks: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: places[entry.jti]):
        marks.setdefault(entry.nullifier, []).append(entry)
    return tuple(_judge(entry, marks[entry.nullifier]) for entry in entries)


def _judge(entry: Entry, of_mark: Sequence[Entry]) -> Judged:
    """Judge one of all entries of a mark, which are in the order in which they were signed."""
    if entry.deleted:
        return Judged(entry, Claim.DELETED)
    at = of_mark.index(entry)
    later = [one for one in of_mark[at + 1 :] if one.supersedes]
    if later:
        return Judged(entry, Claim.REPLACED, later[-1].jti)
    if at and not entry.supersedes:
        return Judged(entry, Claim.DOUBLE, of_mark[0].jti)
    return Judged(entry, Claim.COUNTS)


def _without_figures(entry: Entry, today: dt.date) -> Entry:
    return msgspec.structs.replace(entry, total=None, deleted=today.isoformat())


def _write(desk: Desk, entries: Sequence[Entry]) -> None:
    body = b"".join(msgspec.json.encode(entry, order="sorted") + b"\n" for entry in entries)
    replace_whole(desk.folder / _FILE, body)


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
