"""Use cases: a new key that signs exports, and what recipients must know of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.files import write_new
from geowallet.app.settings import resolve
from geowallet.app.sharing.agreements import accepted, every_contract
from geowallet.app.sharing.identity import (
    Rotated,
    replace_identity,
    rotated_of,
    sealing_key,
    signing_key,
)
from geowallet.app.sharing.receipts import receipts
from geowallet.contracts.life.grant import contract_bytes, read_contract, renewed
from geowallet.contracts.life.holder_rotation import holder_rotation_bytes
from geowallet.contracts.life.rotation_notice import MOST_EXPORTS, MOST_ROTATIONS, notice_bytes
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.signing import new_private_jwk, public_jwk, thumbprint
from geowallet.model.errors import NotRotatedError, VaultDamagedError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.proofs.seal import seal_for
from geowallet.verify.open import open_sealed_export

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geowallet.app.sharing.receipts import Receipt
    from geowallet.contracts.life.grant import Contract
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """A new key, and the contracts that it signed anew.

    Attributes:
        key: Its thumbprint.
        contracts: All that were ever accepted, by name and version.
    """

    key: str
    contracts: tuple[Contract, ...]


def rotate_identity(vault: Vault, *, now_us: int, linked: bool = True) -> NewIdentity:
    """Give the owner a new signing and a new sealing key; the old private keys are destroyed.

    One transaction signs every contract anew, seals the owner's copies anew, and keeps
    the change that both keys signed. Marks of periods stay: a second claim still shows.

    Args:
        vault: The open wallet.
        now_us: The present.
        linked: Whether the old key signs the change. Without it the new key is a
            stranger's to every recipient until they compare it; this needs no old key.

    Raises:
        VaultDamagedError: The old keys cannot be read, and ``linked``.
        DiskFullError: It could not be written; the old keys are in use.
    """
    signing, sealing = (new_private_jwk(use, os.urandom(32)) for use in ("sig", "enc"))
    sealing_public = public_jwk(sealing)
    with vault.transaction(now_us=now_us) as tx:
        # Read with nobody else writing: an export of a moment ago must be in the list.
        rotated = _after(vault, (signing, sealing_public), now_us) if linked else Rotated()
        copies = _copies_for(vault, sealing_public, needed=linked)
        for name, body in vault.items("contract"):
            new = renewed(
                read_contract(body),
                holder_private_jwk=signing,
                holder_sealing_public=sealing_public,
            )
            tx.put("contract", name, contract_bytes(new))
        for receipt in copies:
            tx.put("export", receipt.jti, msgspec.msgpack.encode(receipt))
        replace_identity(tx, signing, sealing, rotated)
        tx.log(_statement(rotated))
    return NewIdentity(thumbprint(signing), every_contract(vault))


def write_notices(vault: Vault, target: Path, shortened: str = "") -> tuple[Path, ...]:
    """Write what recipients must know of the changes, one file for each contract.

    Args:
        vault: The open wallet.
        target: Folder for the files.
        shortened: The beginning of one contract's name; "" for all that were signed anew.

    Raises:
        NotRotatedError: None was signed with an earlier key.
        NotFoundError: No contract has a name that begins so.
        AmbiguousNameError: Several do.
        DiskFullError: A file could not be written.
    """
    contracts = every_contract(vault)
    if shortened:
        name = resolve("contract", shortened, {one.terms.name for one in contracts})
        contracts = tuple(one for one in contracts if one.terms.name == name)
    rotated = rotated_of(vault)
    told = [one for one in contracts if one.sha256 in rotated.first]
    if not told:
        raise NotRotatedError
    return tuple(_write(vault, rotated, contract, target) for contract in told)


def write_contracts(vault: Vault, target: Path) -> tuple[Path, ...]:
    """Write every contract in force as the present key signs it, for its recipient.

    Raises:
        DiskFullError: A file could not be written.
    """
    return tuple(
        write_new(target / f"{one.terms.name}.contract", contract_bytes(one))
        for one in accepted(vault)
    )


def write_notice_due(vault: Vault, contract: Contract, target: Path) -> tuple[Path, ...]:
    """Write the notice that goes with the first export by a new key; nothing at others.

    Raises:
        DiskFullError: The file could not be written.
    """
    rotated = rotated_of(vault)
    if contract.sha256 not in rotated.first:
        return ()
    told = set(rotated.exports.get(contract.sha256, ()))
    sent = {one.sealed_sha256 for one in receipts(vault) if one.terms_sha256 == contract.sha256}
    return () if len(sent - told) > 1 else (_write(vault, rotated, contract, target),)


def _after(vault: Vault, new: tuple[dict[str, Any], dict[str, Any]], now_us: int) -> Rotated:
    """Return what is kept once ``new`` has taken the place of the present keys."""
    before, old = rotated_of(vault), signing_key(vault)
    sealing_public = public_jwk(sealing_key(vault))
    change = holder_rotation_bytes((old, sealing_public), new, rotated_s=now_us // 1_000_000)
    first = dict.fromkeys((one.sha256 for one in every_contract(vault)), thumbprint(old))
    exports: dict[str, list[str]] = {}
    for receipt in receipts(vault):
        exports.setdefault(receipt.terms_sha256, []).append(receipt.sealed_sha256)
    return Rotated(
        (*before.changes, change),
        (*before.keys, thumbprint(old)),
        first | before.first,
        {digest: tuple(found) for digest, found in exports.items()},
    )


def _copies_for(vault: Vault, sealing: dict[str, Any], *, needed: bool) -> Sequence[Receipt]:
    """Return receipts whose copy is sealed to a new key, where the old one can be read."""
    try:
        old = sealing_key(vault)
    except VaultDamagedError:
        if needed:
            raise
        return ()
    return [
        msgspec.structs.replace(one, own_copy=seal_for(_text(one, old), sealing))
        for one in receipts(vault)
        if one.own_copy
    ]


def _text(receipt: Receipt, private_jwk: dict[str, Any]) -> str:
    return open_sealed_export(receipt.own_copy.encode(), private_jwk)


def _write(vault: Vault, rotated: Rotated, contract: Contract, target: Path) -> Path:
    body = notice_bytes(
        _changes_for(rotated, contract)[-MOST_ROTATIONS:],
        contract,
        signing_key(vault),
        exports=rotated.exports.get(contract.sha256, ())[-MOST_EXPORTS:],
    )
    return write_new(target / f"{contract.terms.name}.rotation", body)


def _changes_for(rotated: Rotated, contract: Contract) -> tuple[bytes, ...]:
    """Return the changes since a contract was signed at first; earlier ones are not told."""
    return rotated.changes[rotated.keys.index(rotated.first[contract.sha256]) :]


def _statement(rotated: Rotated) -> Statement:
    if not rotated.changes:
        return Statement(StatementKind.SETTING, (), (), {"what": "identity replaced"})
    digest = sha256_hex(rotated.changes[-1])
    return Statement(StatementKind.SETTING, (digest,), (), {"what": "identity rotated"})
