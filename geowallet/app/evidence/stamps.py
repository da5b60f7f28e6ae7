"""What others said of the log, as the wallet keeps it: time stamps and cosignatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.merkle import Frontier
from geowallet.crypto.notes import Checkpoint
from geowallet.model.errors import EvidenceError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

SKEW_S = 300
"""A machine whose clock differs by more from an authority's is told so."""

_STATEMENTS = {"stamp": StatementKind.STAMP, "witness": StatementKind.WITNESS}


class Stamp(msgspec.Struct, frozen=True):
    """That somebody else saw the log in one state, and when.

    Attributes:
        kind: ``stamp`` of an authority, or of a ``witness``.
        name: The owner's word for whom.
        by: SHA-256 (hex) of the authority's certificate; the witness's key as a line.
        size: Entries of the log that it saw.
        root: Root over them, 32 bytes.
        at_s: When, by their clock: seconds since the epoch.
        token: Answer of the authority, DER; Ed25519 signature of the witness.
        note: What the witness sent back, or "": any log tool reads it.
    """

    kind: Literal["stamp", "witness"]
    name: str
    by: str
    size: int
    root: bytes
    at_s: int
    token: bytes
    note: str = ""

    def message(self, origin: str) -> bytes:
        """Return what was stamped: the three lines of the checkpoint."""
        return str(Checkpoint(origin, self.size, self.root)).encode("ascii")


class Wanted(msgspec.Struct, frozen=True):
    """That a stamp was asked for and is not there yet.

    One request covers all that the log holds, so only the oldest wish is kept.

    Attributes:
        authority: The owner's name of it.
        since_us: When it was first wanted.
    """

    authority: str
    since_us: int


def stamps(vault: Vault) -> tuple[Stamp, ...]:
    """Return all stamps and cosignatures, by the moment they say."""
    found = [
        msgspec.msgpack.decode(body, type=Stamp)
        for kind in _STATEMENTS
        for name, body in vault.items(kind)
        if not name.startswith(_WANTED)
    ]
    return tuple(sorted(found, key=lambda stamp: (stamp.at_s, stamp.size, stamp.by)))


def confirmed(vault: Vault) -> int:
    """Return how many states of the log others saw; each is found again in the log as it is.

    Raises:
        EvidenceError: One is not: the log was rewritten after somebody saw it.
    """
    known = sorted(stamps(vault), key=lambda stamp: stamp.size)
    hashes = vault.leaf_hashes()
    frontier = Frontier()
    for stamp in known:
        for leaf in hashes[frontier.size : stamp.size]:
            frontier = frontier.append(leaf)
        if (frontier.size, frontier.root()) != (stamp.size, stamp.root):
            raise EvidenceError(entry=stamp.size - 1)
    return len(known)


def keep(vault: Vault, stamp: Stamp, *, now_us: int) -> int:
    """Keep a stamp that was verified, and return by how much the clocks differ, seconds.

    Positive where this machine is ahead. The wish for it is forgotten.

    Raises:
        DiskFullError: It could not be written.
    """
    with vault.transaction(now_us=now_us) as tx:
        return put_stamp(tx, stamp, origin=vault.origin, now_us=now_us)


def put_stamp(tx: Transaction, stamp: Stamp, *, origin: str, now_us: int) -> int:
    """Put what `keep` keeps into a transaction, and return what it returns."""
    skew_s = now_us // 1_000_000 - stamp.at_s
    name = f"{stamp.size:012d}/{sha256_hex(stamp.by.encode())[:16]}"
    about = sha256_hex(stamp.message(origin))
    said = {"size": stamp.size, "by": stamp.by, "at_s": stamp.at_s, "skew_s": skew_s}
    tx.put(stamp.kind, name, msgspec.msgpack.encode(stamp))
    tx.delete("stamp", _WANTED + stamp.name)
    subjects = (sha256_hex(stamp.token),)
    tx.log(Statement(_STATEMENTS[stamp.kind], subjects, (about,), said))
    return skew_s


def want(vault: Vault, names: Iterable[str], *, now_us: int) -> None:
    """Note that stamps of these authorities are wanted; an older wish stays."""
    known = {wish.authority for wish in wanted(vault)}
    new = [name for name in names if name not in known]
    if not new:
        return
    with vault.transaction(now_us=now_us) as tx:
        for name in new:
            _want(tx, Wanted(name, now_us))
        tx.log(Statement(StatementKind.SETTING, (), (), {"what": "time stamp wanted"}))


def wanted(vault: Vault) -> tuple[Wanted, ...]:
    """Return what was asked for and is not there yet, by name."""
    found = (
        msgspec.msgpack.decode(body, type=Wanted)
        for name, body in vault.items("stamp")
        if name.startswith(_WANTED)
    )
    return tuple(sorted(found, key=lambda wish: wish.authority))


_WANTED = "wanted/"


def _want(tx: Transaction, wish: Wanted) -> None:
    tx.put("stamp", _WANTED + wish.authority, msgspec.msgpack.encode(wish))
