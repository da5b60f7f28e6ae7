from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import agreements, recipients
from geowallet.contracts.life.accreditation import Listed, register_bytes
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.life.rotation import rotation_bytes
from geowallet.contracts.terms.syntax import Recipient
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import new_private_jwk, public_jwk, thumbprint
from geowallet.model.errors import (
    CertificateError,
    ContractSignatureError,
    RecipientKeyChangedError,
    RegisterExpiredError,
    RegisterRolledBackError,
    RegisterUnknownError,
    SecondOfferError,
    TooLargeError,
    UnknownOldKeyError,
)
from geowallet.vault.store import Vault
from tests.app import scene
from tests.crypto.certificates import key_of, party

REGISTRAR = new_private_jwk("sig", b"r" * 32)
REGISTRAR_KEY = fingerprint(thumbprint(REGISTRAR))
NEW_SIGNING = new_private_jwk("sig", b"n" * 32)
NEW_SEAL = new_private_jwk("enc", b"n" * 32)
NEW_SEALING = public_jwk(NEW_SEAL)
NOW_S = scene.NOON_US // 1_000_000


@pytest.fixture
def contract(vault: Vault, employer: Desk, tmp_path: Path) -> Contract:
    return scene.agree(vault, employer, scene.mileage(employer), tmp_path)


def impostor(folder: Path) -> Desk:
    return scene.new_desk(folder / "impostor", "EXEMPLE  sas")


def rotation(employer: Desk, new: dict[str, str] = NEW_SIGNING) -> bytes:
    old = (employer.signing_jwk, employer.recipient.sealing_jwk)
    return rotation_bytes(employer.name, old=old, new=(new, NEW_SEALING), today=scene.TODAY)


def renewed(employer: Desk) -> Desk:
    return replace(employer, signing_jwk=NEW_SIGNING, sealing_jwk=NEW_SEAL)


def register(*listed: Listed, version: int = 1, expires: dt.date = dt.date(2026, 12, 31)) -> bytes:
    return register_bytes(
        "Annuaire",
        REGISTRAR,
        version=version,
        issued=dt.date(2026, 1, 1),
        expires=expires,
        recipients=listed,
    )


def take(vault: Vault, data: bytes, key: str = "", today: dt.date = scene.TODAY) -> None:
    recipients.take_register(vault, data, key=key, today=today, now_us=scene.NOON_US)


def said(vault: Vault, recipient: Recipient, today: dt.date = scene.TODAY) -> list[str]:
    return [str(line) for line in recipients.vouchers(vault, recipient, today=today)]


class TestPinned:
    """Promise: a known name under another key is refused, whatever its spelling."""

    def test_the_first_contract_pins_the_key(self, vault: Vault, contract: Contract) -> None:
        (known,) = recipients.known_recipients(vault)
        key = thumbprint(contract.terms.recipient.signing_jwk)
        assert known == recipients.Known("Exemple SAS", key, scene.TODAY, changed=False)
        assert said(vault, contract.terms.recipient) == ["known since 2026-06-02, with this key"]

    def test_another_key_under_that_name_signs_nothing(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        other = impostor(tmp_path)
        terms = scene.mileage(other, name="other")
        offer = agreements.offer_from(desk.make_offer(other, terms, tmp_path / "o"))
        with pytest.raises(RecipientKeyChangedError) as caught:
            agreements.accept_offer(
                vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=tmp_path
            )
        keys = (contract.terms.recipient.signing_jwk, other.signing_jwk)
        known, found = (fingerprint(thumbprint(key)) for key in keys)
        assert (caught.value.details["known"], caught.value.details["found"]) == (known, found)
        assert agreements.accepted(vault) == (contract,)

    def test_nor_under_a_name_that_looks_the_same(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        del contract
        alike = scene.new_desk(tmp_path / "alike", "\u0415xempl\u0435 SAS")
        with pytest.raises(RecipientKeyChangedError):
            recipients.check_recipient(vault, alike.recipient)

    def test_another_name_is_new(self, vault: Vault, contract: Contract, tmp_path: Path) -> None:
        del contract
        other = scene.new_desk(tmp_path / "other", "Autre SAS")
        assert said(vault, other.recipient)[0].startswith("NEW")


class TestRotation:
    def test_a_change_by_both_keys_is_followed(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        recipients.take_rotation(vault, rotation(employer), now_us=scene.NOON_US)
        now = renewed(employer).recipient
        assert said(vault, now)[0].startswith("known since 2026-06-02; the key changed")
        with pytest.raises(RecipientKeyChangedError):
            recipients.check_recipient(vault, contract.terms.recipient)
        newer = replace(scene.mileage(renewed(employer)), version=2, supersedes=contract.sha256)
        offer = agreements.offer_from(desk.make_offer(renewed(employer), newer, tmp_path / "o"))
        agreements.accept_offer(
            vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=tmp_path / "o"
        )
        (known,) = recipients.known_recipients(vault)
        assert (known.key, known.changed) == (thumbprint(NEW_SIGNING), False)

    def test_the_same_change_twice_is_one(
        self, vault: Vault, employer: Desk, contract: Contract
    ) -> None:
        del contract
        first = recipients.take_rotation(vault, rotation(employer), now_us=scene.NOON_US)
        before = vault.mark()
        assert recipients.take_rotation(vault, rotation(employer), now_us=scene.NOON_US) == first
        assert vault.mark() == before

    def test_a_stranger_cannot_change_a_key(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        del contract
        with pytest.raises(UnknownOldKeyError):
            recipients.take_rotation(vault, rotation(impostor(tmp_path)), now_us=scene.NOON_US)

    def test_an_old_key_cannot_change_twice_or_come_back(
        self, vault: Vault, employer: Desk, contract: Contract
    ) -> None:
        del contract
        recipients.take_rotation(vault, rotation(employer), now_us=scene.NOON_US)
        third = new_private_jwk("sig", b"t" * 32)
        with pytest.raises(UnknownOldKeyError):
            recipients.take_rotation(vault, rotation(employer, third), now_us=scene.NOON_US)
        back = rotation_bytes(
            employer.name,
            old=(NEW_SIGNING, NEW_SEALING),
            new=(employer.signing_jwk, employer.recipient.sealing_jwk),
            today=scene.TODAY,
        )
        with pytest.raises(RecipientKeyChangedError):
            recipients.take_rotation(vault, back, now_us=scene.NOON_US)

    def test_one_key_alone_changes_nothing(
        self, vault: Vault, employer: Desk, contract: Contract
    ) -> None:
        del contract
        forged = scene.altered(rotation(employer), old_signature="x..y")
        with pytest.raises(ContractSignatureError):
            recipients.take_rotation(vault, forged, now_us=scene.NOON_US)
        assert not recipients.known_recipients(vault)[0].changed

    def test_a_newer_version_may_come_from_the_new_key_only_after_the_change(
        self, vault: Vault, employer: Desk, contract: Contract
    ) -> None:
        newer = replace(scene.mileage(renewed(employer)), version=2, supersedes=contract.sha256)
        with pytest.raises(SecondOfferError):
            agreements.superseded_by(vault, newer)
        recipients.take_rotation(vault, rotation(employer), now_us=scene.NOON_US)
        assert agreements.superseded_by(vault, newer) == contract


class TestRegister:
    def test_its_key_is_compared_once(self, vault: Vault) -> None:
        with pytest.raises(RegisterUnknownError) as caught:
            take(vault, register())
        assert caught.value.details["found"] == REGISTRAR_KEY
        with pytest.raises(RegisterUnknownError):
            take(vault, register(), "7K2M-Q9XA-41TD")
        assert recipients.registers(vault) == ()
        take(vault, register(), f" {REGISTRAR_KEY.lower()}")
        take(vault, register(version=2))
        assert [one.version for one in recipients.registers(vault)] == [2]

    def test_an_older_one_is_refused_and_the_newer_stays(self, vault: Vault) -> None:
        take(vault, register(version=3), REGISTRAR_KEY)
        with pytest.raises(RegisterRolledBackError):
            take(vault, register(version=2), REGISTRAR_KEY)
        assert [one.version for one in recipients.registers(vault)] == [3]

    def test_one_that_has_ended_is_refused(self, vault: Vault) -> None:
        late = dt.date(2027, 1, 1)
        with pytest.raises(RegisterExpiredError):
            take(vault, register(), REGISTRAR_KEY, today=late)

    def test_the_same_file_twice_is_one_entry(self, vault: Vault) -> None:
        take(vault, register(), REGISTRAR_KEY)
        before = vault.mark()
        take(vault, register())
        assert vault.mark() == before

    def test_it_is_said_who_is_listed_and_who_is_not(self, vault: Vault, employer: Desk) -> None:
        line = Listed("exemple sas", thumbprint(employer.signing_jwk))
        take(vault, register(line), REGISTRAR_KEY)
        assert said(vault, employer.recipient) == [
            "listed by Annuaire (register version 1, until 2026-12-31)"
        ]
        take(vault, register(version=2))
        assert said(vault, employer.recipient) == ["NOT listed by Annuaire (register version 2)"]

    def test_a_register_that_ended_since_vouches_for_nobody(
        self, vault: Vault, employer: Desk
    ) -> None:
        line = Listed("Exemple SAS", thumbprint(employer.signing_jwk))
        take(vault, register(line), REGISTRAR_KEY)
        (line_said,) = said(vault, employer.recipient, today=dt.date(2027, 1, 1))
        assert "ended on 2026-12-31" in line_said


class TestCertificate:
    def write(self, folder: Path, employer: Desk, name: str = "Exemple SAS") -> tuple[Path, Path]:
        root = party("Racine", authority=True)
        leaf = party(name, key_of(employer.signing_jwk), by=root)
        paths = (folder / "chain.pem", folder / "roots.pem")
        for path, one in zip(paths, (leaf, root), strict=True):
            path.write_bytes(one.pem)
        return paths

    def at(self) -> int:
        return int(dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC).timestamp())

    def test_a_chain_says_who_vouches(self, employer: Desk, tmp_path: Path) -> None:
        chain, roots = self.write(tmp_path, employer)
        found = recipients.check_certificate(employer.recipient, chain, roots, now_s=self.at())
        assert str(found).startswith("vouched for by Racine, until 2026-12-30")

    def test_a_chain_that_does_not_hold_is_refused(self, employer: Desk, tmp_path: Path) -> None:
        chain, roots = self.write(tmp_path, employer)
        with pytest.raises(CertificateError, match="no way"):
            recipients.check_certificate(employer.recipient, chain, roots, now_s=NOW_S - 10**8)
        with pytest.raises(CertificateError, match="no certificates"):
            recipients.check_certificate(employer.recipient, Path(__file__), roots, now_s=self.at())

    def test_a_certificate_on_another_name_is_refused(self, employer: Desk, tmp_path: Path) -> None:
        chain, roots = self.write(tmp_path, employer, "Autre SAS")
        with pytest.raises(CertificateError, match="somebody else"):
            recipients.check_certificate(employer.recipient, chain, roots, now_s=self.at())

    def test_a_huge_file_is_not_read(self, employer: Desk, tmp_path: Path) -> None:
        chain, roots = self.write(tmp_path, employer)
        chain.write_bytes(b" " * (recipients.MAX_CERTIFICATE_BYTES + 1))
        with pytest.raises(TooLargeError):
            recipients.check_certificate(employer.recipient, chain, roots, now_s=self.at())
