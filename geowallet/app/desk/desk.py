"""Use cases of a recipient: keys, offers, contracts received.

A desk is a folder: ``keys.json`` (private keys under a passphrase), ``offers/``,
``contracts/``, ``declines/``, ``withdrawals/`` and ``received.jsonl``. It needs no wallet.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.files import read_small, replace_whole, write_new
from geowallet.app.slots import passphrase_slot, slot_as_json, slot_in
from geowallet.contracts.life.grant import Contract, contract_bytes, read_contract
from geowallet.contracts.life.offer import offer_bytes, sign_offer
from geowallet.contracts.life.rotation import rotation_bytes
from geowallet.contracts.terms.syntax import Recipient
from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.envelope import KEY_BYTES, open_sealed, seal
from geowallet.crypto.keys import open_slot
from geowallet.crypto.signing import new_private_jwk, public_jwk, thumbprint
from geowallet.model.errors import (
    DeskDamagedError,
    DeskExistsError,
    DeskPassphraseError,
    ForeignContractError,
    NoDeskError,
    NoRotationError,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from geowallet.contracts.terms.syntax import Terms
    from geowallet.crypto.keys import KdfCost, Slot

_SCHEMA = "geowallet.desk/1"
MAX_FILE_BYTES = 1 << 20
"""Largest file that a desk takes in: an export of a year by day is below 200 kB."""

_MAX_BYTES = 64 << 10
_THUMBPRINT = r"[A-Za-z0-9_-]{43}"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Two private keys (JWK): one signs, one opens what was sealed."""

    signing_jwk: dict[str, Any]
    sealing_jwk: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """An opened desk: who it is, its keys, and its folder.

    Attributes:
        folder: Where it lies.
        name: Of the organisation.
        signing_jwk: The private key that signs today.
        sealing_jwk: The private key that opens what is sealed today.
        earlier: Keys that were given up, oldest first: contracts of their time go on.
    """

    folder: Path
    name: str
    signing_jwk: dict[str, Any]
    sealing_jwk: dict[str, Any]
    earlier: tuple[KeyPair, ...] = ()

    @property
    def recipient(self) -> Recipient:
        """What offers say of it: its name and public keys."""
        return Recipient(self.name, public_jwk(self.signing_jwk), public_jwk(self.sealing_jwk))

    @property
    def pairs(self) -> tuple[KeyPair, ...]:
        """Every pair of keys that it ever had, today's first."""
        return (KeyPair(self.signing_jwk, self.sealing_jwk), *reversed(self.earlier))

    def pair_of(self, recipient: Recipient) -> KeyPair | None:
        """Return the keys that terms call ``recipient``, or None where it is somebody else."""
        for pair in self.pairs:
            one = Recipient(self.name, public_jwk(pair.signing_jwk), public_jwk(pair.sealing_jwk))
            if one == recipient:
                return pair
        return None


def create_desk(folder: Path, name: str, passphrase: bytes, *, cost: KdfCost | None = None) -> Desk:
    """Make a recipient's keys and store them under a passphrase.

    Raises:
        DeskExistsError: The folder already holds a desk.
        WeakPassphraseError: The passphrase is too short.
        DiskFullError: It could not be written.
    """
    if (folder / "keys.json").exists():
        raise DeskExistsError(path=str(folder))
    master = os.urandom(KEY_BYTES)
    slot = passphrase_slot(passphrase, master, cost=cost, owner="desk")
    desk = Desk(
        folder,
        name,
        new_private_jwk("sig", os.urandom(32)),
        new_private_jwk("enc", os.urandom(32)),
    )
    _store(desk, slot, master)
    return desk


def open_desk(folder: Path, ask: Callable[[], bytes]) -> Desk:
    """Open a desk with its passphrase.

    Raises:
        NoDeskError: There is none.
        DeskPassphraseError: The passphrase does not open it.
        DeskDamagedError: Its file is not what was written.
    """
    return _opened(folder, ask)[0]


def rotate_desk(folder: Path, ask: Callable[[], bytes]) -> Desk:
    """Give a desk new keys and return it; the statement for owners is `write_rotation`'s.

    The old keys stay: what was sealed for them can still be opened, contracts of their
    time go on, and the statement can be written again at any time.

    Raises:
        NoDeskError: There is none.
        DeskPassphraseError: The passphrase does not open it.
        DeskDamagedError: Its file is not what was written.
        DiskFullError: It could not be written; the old keys are in use.
    """
    old, slot, master = _opened(folder, ask)
    new = Desk(
        folder,
        old.name,
        new_private_jwk("sig", os.urandom(32)),
        new_private_jwk("enc", os.urandom(32)),
        (*old.earlier, KeyPair(old.signing_jwk, old.sealing_jwk)),
    )
    _store(new, slot, master)
    return new


def write_rotation(desk: Desk, *, today: dt.date, target: Path) -> Path:
    """Write the last change of keys, signed with the old key and with the new one.

    Raises:
        NoRotationError: The keys never changed.
        DiskFullError: It could not be written.
    """
    if not desk.earlier:
        raise NoRotationError
    old = desk.earlier[-1]
    body = rotation_bytes(
        desk.name,
        old=(old.signing_jwk, public_jwk(old.sealing_jwk)),
        new=(desk.signing_jwk, public_jwk(desk.sealing_jwk)),
        today=today,
    )
    return write_new(target / f"desk-{today.isoformat()}.rotation", body)


def _opened(folder: Path, ask: Callable[[], bytes]) -> tuple[Desk, Slot, bytes]:
    path = folder / "keys.json"
    if not path.exists():
        raise NoDeskError(path=str(folder))
    try:
        stored = strict_json(read_small(path, _MAX_BYTES), max_bytes=_MAX_BYTES)
        slot = slot_in(stored["slot"])
        sealed, name = unb64u(stored["keys"]), str(stored["name"])
    except (ValueError, KeyError, TypeError) as error:
        raise DeskDamagedError from error
    try:
        master = open_slot(slot, ask())
    except ValueError as error:
        raise DeskPassphraseError from error
    try:
        keys = json.loads(open_sealed(master, sealed, aad=_aad(name)))
    except ValueError as error:
        raise DeskDamagedError from error
    earlier = tuple(KeyPair(one["signing"], one["sealing"]) for one in keys.get("earlier", ()))
    return Desk(folder, name, keys["signing"], keys["sealing"], earlier), slot, master


def _store(desk: Desk, slot: Slot, master: bytes) -> None:
    """Write the keys of a desk under its master key, over those that are there."""
    keys = canonical_bytes(
        {
            "signing": desk.signing_jwk,
            "sealing": desk.sealing_jwk,
            "earlier": [
                {"signing": one.signing_jwk, "sealing": one.sealing_jwk} for one in desk.earlier
            ],
        }
    )
    stored = {
        "schema": _SCHEMA,
        "name": desk.name,
        "slot": slot_as_json(slot),
        "keys": b64u(seal(master, keys, aad=_aad(desk.name), nonce24=os.urandom(24))),
    }
    replace_whole(desk.folder / "keys.json", json.dumps(stored, indent=2).encode() + b"\n")


def _aad(name: str) -> bytes:
    """Return what binds the keys to the name under which they sign."""
    return f"{_SCHEMA}|keys|{name}".encode()


def make_offer(desk: Desk, terms: Terms, target: Path) -> Path:
    """Sign an offer, keep a copy, and write the file to hand over.

    Raises:
        BadContractError: The terms contradict themselves.
        DiskFullError: It could not be written.
    """
    body = offer_bytes(sign_offer(terms, desk.signing_jwk))
    write_new(desk.folder / "offers" / f"{terms.name}.offer", body)
    return write_new(target / f"{terms.name}.offer", body)


def file_contract(desk: Desk, data: bytes) -> Contract:
    """Check a contract that came back signed, and file it: its holder's key is now pinned.

    Raises:
        BadContractError: Not a contract.
        ContractSignatureError: A signature does not fit.
        ForeignContractError: It answers somebody else's offer, or the same
            holder signed these terms before, in another file.
    """
    contract = read_contract(data)
    terms = contract.terms
    if desk.pair_of(terms.recipient) is None:
        raise ForeignContractError(name=terms.name)
    path = _contract_path(desk, contract)
    if path.exists() and path.read_bytes() != contract_bytes(contract):
        raise ForeignContractError(name=terms.name)
    replace_whole(path, contract_bytes(contract))
    return contract


def filed_contracts(desk: Desk) -> tuple[Contract, ...]:
    """Return the contracts filed at this desk."""
    folder = desk.folder / "contracts"
    files = sorted(folder.glob("*.contract")) if folder.is_dir() else []
    return tuple(read_contract(read_small(path, _MAX_BYTES)) for path in files)


def filed_contract(desk: Desk, terms_sha256: str, holder: str) -> Contract | None:
    """Return the contract under these terms with the holder of this key, or None.

    Args:
        desk: Where it would be filed.
        terms_sha256: Digest of the terms; anything else finds nothing.
        holder: Thumbprint of the holder's signing key; likewise.
    """
    if not (re.fullmatch(r"[0-9a-f]{64}", terms_sha256) and re.fullmatch(_THUMBPRINT, holder)):
        return None
    paths = desk.folder.glob(f"contracts/*-{terms_sha256[:12]}-{holder[:12]}.contract")
    found = (read_contract(read_small(path, _MAX_BYTES)) for path in paths)
    return next((one for one in found if _is_of(one, terms_sha256, holder)), None)


def _is_of(contract: Contract, terms_sha256: str, holder: str) -> bool:
    key = thumbprint(contract.grant.holder.signing_jwk)
    return (contract.sha256, key) == (terms_sha256, holder)


def _contract_path(desk: Desk, contract: Contract) -> Path:
    """One file for each holder and set of terms: many employees sign the same offer."""
    terms = contract.terms
    holder = thumbprint(contract.grant.holder.signing_jwk)[:12]
    name = f"{terms.name}-{contract.sha256[:12]}-{holder}.contract"
    return desk.folder / "contracts" / name
