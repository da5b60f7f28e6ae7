from __future__ import annotations

import json
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements
from geowallet.contracts.life.grant import accept, contract_bytes
from geowallet.contracts.life.offer import sign_offer
from geowallet.crypto.signing import new_private_jwk, public_jwk
from geowallet.model.errors import (
    BadContractError,
    ContractSignatureError,
    DeskDamagedError,
    DeskExistsError,
    DeskPassphraseError,
    ForeignContractError,
    NoDeskError,
    WeakPassphraseError,
)
from geowallet.vault.store import Vault
from tests.app import scene


def ask() -> bytes:
    return scene.DESK_PASSPHRASE


def signed(vault: Vault, employer: Desk, folder: Path) -> bytes:
    offer = agreements.offer_from(desk.make_offer(employer, scene.mileage(employer), folder))
    _, written = agreements.accept_offer(
        vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=folder
    )
    return written.read_bytes()


class TestKeys:
    def test_a_desk_opens_again_with_its_keys(self, employer: Desk) -> None:
        assert desk.open_desk(employer.folder, ask) == employer

    def test_its_keys_are_its_owners_alone(self, employer: Desk) -> None:
        assert (employer.folder / "keys.json").stat().st_mode & 0o777 == 0o600

    def test_no_private_key_lies_open(self, employer: Desk) -> None:
        stored = (employer.folder / "keys.json").read_text(encoding="utf-8")
        assert employer.signing_jwk["d"] not in stored
        assert employer.sealing_jwk["d"] not in stored
        assert '"d"' not in stored

    def test_a_desk_is_never_overwritten(self, employer: Desk) -> None:
        with pytest.raises(DeskExistsError):
            scene.new_desk(employer.folder, "Another SAS")
        assert desk.open_desk(employer.folder, ask).name == "Exemple SAS"

    def test_there_must_be_one(self, tmp_path: Path) -> None:
        with pytest.raises(NoDeskError):
            desk.open_desk(tmp_path, ask)

    def test_a_wrong_passphrase_opens_nothing(self, employer: Desk) -> None:
        with pytest.raises(DeskPassphraseError):
            desk.open_desk(employer.folder, lambda: b"another desk's")

    def test_a_short_passphrase_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(WeakPassphraseError):
            desk.create_desk(tmp_path / "d", "X", b"eleven char")
        assert not (tmp_path / "d").exists()

    @pytest.mark.parametrize(
        "change",
        [
            {"keys": "AAAA"},
            {"slot": []},
            {"slot": {"header": {}, "wrapped": ""}},
            {"name": "Exemple"} | {"keys": 1},
        ],
    )
    def test_a_damaged_file_is_said_to_be_damaged(
        self, employer: Desk, change: dict[str, object]
    ) -> None:
        path = employer.folder / "keys.json"
        path.write_bytes(scene.altered(path.read_bytes(), **change))
        with pytest.raises(DeskDamagedError):
            desk.open_desk(employer.folder, ask)

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"{}", b"\xff"])
    def test_no_json_is_damage_too(self, employer: Desk, body: bytes) -> None:
        (employer.folder / "keys.json").write_bytes(body)
        with pytest.raises(DeskDamagedError):
            desk.open_desk(employer.folder, ask)

    def test_the_name_is_sealed_with_the_keys(self, employer: Desk) -> None:
        path = employer.folder / "keys.json"
        path.write_bytes(scene.altered(path.read_bytes(), name="Somebody Else"))
        with pytest.raises(DeskDamagedError):
            desk.open_desk(employer.folder, ask)


class TestOffers:
    def test_the_desk_keeps_what_it_hands_out(self, employer: Desk, tmp_path: Path) -> None:
        written = desk.make_offer(employer, scene.mileage(employer), tmp_path)
        kept = employer.folder / "offers" / written.name
        assert kept.read_bytes() == written.read_bytes()

    def test_terms_that_no_reader_accepts_are_not_signed(
        self, employer: Desk, tmp_path: Path
    ) -> None:
        with pytest.raises(BadContractError):
            desk.make_offer(employer, scene.mileage(employer, name="../up"), tmp_path)
        assert not list(tmp_path.glob("**/*.offer"))


class TestContracts:
    def test_a_signed_contract_is_filed_once(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        body = signed(vault, employer, tmp_path)
        filed = desk.file_contract(employer, body)
        assert desk.file_contract(employer, body) == filed
        assert desk.filed_contracts(employer) == (filed,)

    def test_an_empty_desk_has_none(self, employer: Desk) -> None:
        assert desk.filed_contracts(employer) == ()

    def test_many_people_sign_the_same_offer(
        self, vault: Vault, empty: Locations, employer: Desk, tmp_path: Path
    ) -> None:
        desk.file_contract(employer, signed(vault, employer, tmp_path))
        with scene.opened(empty) as other:
            settings.set_owner_name(other, "Dominique Petit", now_us=scene.NOON_US)
            desk.file_contract(employer, signed(other, employer, tmp_path / "other"))
        names = {c.grant.holder.name for c in desk.filed_contracts(employer)}
        assert names == {"Camille Martin", "Dominique Petit"}

    def test_a_contract_of_another_desk_is_refused(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        other = scene.new_desk(tmp_path / "other")
        with pytest.raises(ForeignContractError):
            desk.file_contract(other, signed(vault, employer, tmp_path))
        assert desk.filed_contracts(other) == ()

    @pytest.mark.parametrize(
        "alter",
        [
            lambda v: v["terms"].update(retention_months=120),
            lambda v: v["grant"]["holder"].update(name="Somebody Else"),
            lambda v: v["grant"].update(accepted="2026-06-03"),
        ],
    )
    def test_an_altered_contract_is_refused(
        self, *, vault: Vault, employer: Desk, tmp_path: Path, alter: object
    ) -> None:
        value = json.loads(signed(vault, employer, tmp_path))
        assert callable(alter)
        alter(value)
        with pytest.raises((ContractSignatureError, BadContractError)):
            desk.file_contract(employer, json.dumps(value).encode())
        assert desk.filed_contracts(employer) == ()

    def test_the_same_person_cannot_sign_the_same_terms_in_another_way(
        self, employer: Desk
    ) -> None:
        signing, sealing = (new_private_jwk(use, b"7" * 32) for use in ("sig", "enc"))
        offer = sign_offer(scene.mileage(employer), employer.signing_jwk)
        first, second = (
            accept(
                offer,
                holder_name=name,
                holder_private_jwk=signing,
                holder_sealing_public=public_jwk(sealing),
                today=scene.TODAY,
            )
            for name in ("Camille Martin", "Camille M.")
        )
        desk.file_contract(employer, contract_bytes(first))
        with pytest.raises(ForeignContractError):
            desk.file_contract(employer, contract_bytes(second))
        assert desk.filed_contracts(employer) == (first,)

    def test_an_offer_is_no_contract(self, employer: Desk, tmp_path: Path) -> None:
        path = desk.make_offer(employer, scene.mileage(employer), tmp_path)
        with pytest.raises(BadContractError):
            desk.file_contract(employer, path.read_bytes())


@pytest.mark.parametrize("digest", ["", "*", "../x", "1A" * 32])
def test_a_contract_is_looked_up_by_proper_digests_alone(employer: Desk, digest: str) -> None:
    assert desk.filed_contract(employer, digest, "h" * 43) is None
    assert desk.filed_contract(employer, "1a" * 32, digest) is None
