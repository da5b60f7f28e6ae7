"""What another copy of the wallet gave away: it counts here, whatever else is taken over.

A promise is never taken over: who accepted a contract there accepts it here again, or has
not. What left there has left, though, and a budget that was used there is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.audits import auditing, committing
from geowallet.app.keeping.copies import ERASED, PLACES
from geowallet.app.sharing.agreements import accepted
from geowallet.app.sharing.identity import sealing_key, signing_key
from geowallet.app.sharing.noise import PREFIX as NOISE
from geowallet.app.sharing.receipts import Receipt
from geowallet.app.sharing.standing import KIND as OFFER
from geowallet.app.sharing.standing import Standing, State
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.proofs.seal import seal_for
from geowallet.verify.open import open_sealed_export

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.app.keeping.comparing import Other
    from geowallet.vault.store import Vault

Record = tuple[str, str, bytes]
"""Kind, name and payload."""

_AS_THEY_ARE = (committing.KIND, auditing.RECORD_KIND, "acknowledgement")


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What counts here from now on, and what stays there.

    Attributes:
        records: To write: receipts of exports made there, what opens them, answers to
            audits, noise that was drawn, contracts that were ended, folders of backups.
        exports: Made there and not known here, oldest first.
        answers: Audits answered there and not known here.
        withdrawn: Names of contracts that were ended there and stand here.
        accepted: Names of contracts in force there that were not accepted here.
        signs_otherwise: Whether its key that signs exports is another than this wallet's.
    """

    records: tuple[Record, ...]
    exports: tuple[Receipt, ...]
    answers: int
    withdrawn: tuple[str, ...]
    accepted: tuple[str, ...]
    signs_otherwise: bool


def disclosed(vault: Vault, other: Other, *, branch: str, since: int) -> Disclosed:
    """Return what the other copy gave away that this wallet does not know of.

    Args:
        vault: This wallet.
        other: The other copy.
        branch: What receipts of exports made there are marked with.
        since: First entries of its log that both had, or that were looked at before: what
            was written by them and is not here was erased here.

    Raises:
        VaultDamagedError: A record is not what was written.
    """
    new = {kind: list(_missing(vault, other, kind, since)) for kind in ("export", *_AS_THEY_ARE)}
    found = [msgspec.msgpack.decode(body, type=Receipt) for _, _, body in new["export"]]
    exports = tuple(sorted(found, key=lambda one: (one.exported_us, one.jti)))
    there = other.vault
    records = [("export", one.jti, _marked(vault, there, one, branch)) for one in exports]
    records += [record for kind in _AS_THEY_ARE for record in new[kind]]
    ended = [
        (name, body, standing)
        for name, body in there.items(OFFER)
        if (standing := msgspec.msgpack.decode(body, type=Standing)).state is State.WITHDRAWN
        and not _is_withdrawn(vault.get(OFFER, name))
    ]
    records += [(OFFER, name, body) for name, body, _ in ended]
    records += [*_noise(vault, there), *_backups(vault, there)]
    mine = {contract.sha256 for contract in accepted(vault)}
    return Disclosed(
        records=tuple(records),
        exports=exports,
        answers=len(new[auditing.RECORD_KIND]),
        withdrawn=tuple(sorted(standing.contract for _, _, standing in ended)),
        accepted=tuple(one.terms.name for one in accepted(there) if one.sha256 not in mine),
        signs_otherwise=thumbprint(signing_key(vault)) != thumbprint(signing_key(there)),
    )


def _marked(vault: Vault, there: Vault, receipt: Receipt, branch: str) -> bytes:
    """Return a receipt with where it was made, and its copy sealed to the key of this wallet.

    One that came there by a merge says where already.
    """
    own, theirs = sealing_key(vault), sealing_key(there)
    text = receipt.own_copy
    if text and thumbprint(own) != thumbprint(theirs):
        text = seal_for(open_sealed_export(text.encode(), theirs), public_jwk(own))
    where = receipt.branch or branch
    return msgspec.msgpack.encode(msgspec.structs.replace(receipt, branch=where, own_copy=text))


def _missing(vault: Vault, other: Other, kind: str, since: int) -> Iterator[Record]:
    for name, body, version in other.still.versioned_items(kind):
        if version >= since and vault.get(kind, name) is None:
            yield kind, name, body


def _is_withdrawn(body: bytes | None) -> bool:
    if body is None:
        return False
    return msgspec.msgpack.decode(body, type=Standing).state is State.WITHDRAWN


def _noise(vault: Vault, other: Vault) -> Iterator[Record]:
    """Yield draws with those of the other copy: what was shown there is shown here."""
    for name, body in other.items("setting"):
        if name.startswith(NOISE):
            theirs = msgspec.msgpack.decode(body, type=dict[str, int])
            stored = vault.get("setting", name)
            mine = msgspec.msgpack.decode(stored, type=dict[str, int]) if stored else {}
            if not theirs.keys() <= mine.keys():
                yield "setting", name, msgspec.msgpack.encode(theirs | mine)


def _backups(vault: Vault, other: Vault) -> Iterator[Record]:
    """Yield where else the other copy lies, so that an erasure here reaches it."""
    for name, body in other.items("setting"):
        if name.startswith(PLACES) and vault.get("setting", name) is None:
            yield "setting", name, body
    mine, theirs = (json.loads(one.get(*ERASED) or b"0") for one in (vault, other))
    if theirs > mine:
        yield *ERASED, canonical_bytes(theirs)
