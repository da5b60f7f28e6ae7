"""Everything that leaves a wallet, once, each with who reads it at the other end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from geowallet.app import settings
from geowallet.app.desk import desk, verification
from geowallet.app.evidence.witness import create_witness
from geowallet.app.evidence.witness_signing import sign_request
from geowallet.app.evidence.witnessing import add_witness, take_cosigned, witness_request
from geowallet.app.sharing import agreements, export, life, preparing
from geowallet.contracts.life.acknowledgement import (
    Acknowledgement,
    acknowledgement_bytes,
    check_acknowledgement,
)
from geowallet.contracts.life.decline import read_decline
from geowallet.contracts.life.grant import Contract, contract_bytes, read_contract
from geowallet.contracts.life.offer import offer_bytes, read_offer
from geowallet.contracts.life.withdrawal import check_withdrawal
from geowallet.crypto.keys import KdfCost
from geowallet.crypto.notes import verifier_key
from geowallet.crypto.timestamps import Authority, ask_for_stamp, open_stamp
from geowallet.model.errors import GeowalletError
from geowallet.vault.backup import backup
from geowallet.vault.restore import check_backup
from geowallet.vault.store import Vault
from geowallet.verify.open import open_sealed_export
from geowallet.verify.verdict import Verdict
from geowallet.verify.verifier import verify_export
from tests.app import scene
from tests.authority import POLICY, new_authority
from tests.faults.key_papers import key_papers

NOW_S = scene.NOON_US // 1_000_000
STAMPED = b"what was stamped"

Read = Callable[[bytes], object]
"""Returns what a reader learns; anything but `GeowalletError` is a crash."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that left, and what its reader does with it."""

    name: str
    data: bytes
    read: Read


class RefusedStampError(GeowalletError):
    """What the library of time stamps says, as an error."""


def papers(folder: Path) -> Iterator[Paper]:
    """Make one of each; nothing in them is true."""
    here = scene.new_wallet(folder / "wallet")
    scene.ingest_files(here, scene.write_days(folder / "days", scene.days_of_may(4, 5)))
    with scene.opened(here) as vault:
        scene.introduce(vault)
        yield from _of_contracts(vault, folder)
        yield from (Paper(*one) for one in key_papers(vault, folder))
        yield from _of_witnesses(vault, folder)
        yield from _of_backups(vault, folder / "backups")
    yield _of_authority(folder / "authority")


def _of_contracts(vault: Vault, folder: Path) -> Iterator[Paper]:
    employer = scene.new_desk(folder / "desk")
    contract = scene.agree(vault, employer, scene.mileage(employer), folder)
    yield Paper("offer", offer_bytes(contract.offer), read_offer)
    yield Paper("contract", contract_bytes(contract), read_contract)
    yield from _of_exports(vault, employer, contract, folder)
    offer = agreements.offer_from(desk.make_offer(employer, scene.commute(employer), folder))
    no = life.decline_offer(
        vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=folder, reason="no"
    )
    yield Paper("refusal of an offer", no.read_bytes(), read_decline)
    ended, _ = life.withdraw(
        vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=folder
    )
    yield Paper("withdrawal", ended.read_bytes(), lambda data: check_withdrawal(data, contract))


def _of_exports(
    vault: Vault, employer: desk.Desk, contract: Contract, folder: Path
) -> Iterator[Paper]:
    made = export.export(
        vault,
        contract,
        preparing.prepare(vault, contract.terms, scene.MONTH),
        now_us=scene.NOON_US,
        target=folder,
        words=scene.words,
    )
    (path,) = [path for path in made.files if path.suffix == ".jwe"]

    def sealed(data: bytes) -> object:
        return _told(verification.verify_bytes(data, employer, now_s=NOW_S).verdict)

    def opened(data: bytes) -> object:
        return _told(verify_export(data.decode("utf-8", "replace"), contract, now_s=NOW_S))

    yield Paper("export, sealed", path.read_bytes(), sealed)
    text = open_sealed_export(path.read_bytes(), employer.sealing_jwk)
    yield Paper("export, opened", text.encode(), opened)
    signing = employer.signing_jwk
    said = Acknowledgement(
        contract=contract.terms.name,
        terms_sha256=contract.sha256,
        jti=made.receipt.jti,
        sealed_sha256=made.receipt.sealed_sha256,
        act="received",
        day=scene.TODAY,
    )
    yield Paper(
        "acknowledgement",
        acknowledgement_bytes(said, signing),
        lambda data: check_acknowledgement(data, contract.terms.recipient.signing_jwk),
    )


def _of_witnesses(vault: Vault, folder: Path) -> Iterator[Paper]:
    witness = create_witness(
        folder / "witness", "exemple.fr/witness", scene.DESK_PASSPHRASE, cost=KdfCost.LEAST
    )
    chosen = add_witness(vault, witness.key, now_us=scene.NOON_US)
    key = verifier_key(vault.origin, vault.log_public)
    asked, signed = folder / "asked", folder / "signed"
    asked.write_bytes(str(witness_request(vault, old_size=0)).encode())
    first = sign_request(witness, asked, log_key=key, now_s=NOW_S)
    settings.set_owner_name(vault, "Dominique Martin", now_us=scene.NOON_US)
    request = str(witness_request(vault, old_size=first.size)).encode()
    known = {path: path.read_bytes() for path in (folder / "witness").iterdir()}

    def sign(data: bytes) -> object:
        for path, before in known.items():  # what it signed is forgotten again
            path.write_bytes(before)
        asked.write_bytes(data)
        return sign_request(witness, asked, log_key=key, now_s=NOW_S)

    yield Paper("request to a witness", request, sign)

    def take(data: bytes) -> object:
        signed.write_bytes(data)
        return take_cosigned(vault, signed, chosen, now_us=scene.NOON_US)

    yield Paper("note with a witness's signature", first.note.encode(), take)


def _of_authority(folder: Path) -> Paper:
    local = new_authority(folder)
    asked = ask_for_stamp(STAMPED)
    pinned = Authority(local.pem, POLICY)

    def read(token: bytes) -> object:
        try:
            return open_stamp(token, STAMPED, pinned, nonce=asked.nonce)
        except ValueError as error:
            raise RefusedStampError from error

    return Paper("time stamp", local.answer(asked.body), read)


def _of_backups(vault: Vault, folder: Path) -> Iterator[Paper]:
    backup(vault, folder, now_us=scene.NOON_US, random=os.urandom)
    files = [path for path in folder.rglob("*") if path.is_file()]

    def read(path: Path, data: bytes) -> None:
        path.write_bytes(data)
        for _, problem in check_backup(folder).problems:
            raise problem

    for number, path in enumerate(sorted(files)):
        whole = path.read_bytes()
        yield Paper(f"backup, file {number}", whole, partial(read, path))
        path.write_bytes(whole)


def _told(verdict: Verdict) -> object:
    if verdict.error is not None:
        raise verdict.error
    return verdict.figures
