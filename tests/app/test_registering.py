from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import recipients, registering
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import BadContractError, ContractSignatureError, SourceMissingError
from geowallet.vault.store import Vault
from tests.app import scene

EXPIRES = dt.date(2026, 12, 31)


@pytest.fixture
def federation(tmp_path: Path) -> Desk:
    return scene.new_desk(tmp_path / "federation", "Fédération")


def offered(by: Desk, folder: Path) -> Path:
    return desk.make_offer(by, scene.mileage(by), folder / by.name)


def issue(federation: Desk, offers: list[Path], folder: Path) -> Path:
    return registering.issue_register(
        federation, offers, today=scene.TODAY, expires=EXPIRES, target=folder
    )[1]


def test_who_signed_an_offer_is_listed_and_a_wallet_reads_it(
    vault: Vault, employer: Desk, federation: Desk, tmp_path: Path
) -> None:
    offer = offered(employer, tmp_path)
    written = issue(federation, [offer, offer], tmp_path)
    key = fingerprint(thumbprint(federation.signing_jwk))
    found = recipients.take_register(
        vault, written.read_bytes(), key=key, today=scene.TODAY, now_us=scene.NOON_US
    )
    assert (found.version, found.organisation, len(found.recipients)) == (1, "Fédération", 1)
    assert found.lists(employer.recipient)


def test_the_next_one_strikes_off_and_takes_the_place_of_the_first(
    vault: Vault, employer: Desk, federation: Desk, tmp_path: Path
) -> None:
    other = scene.new_desk(tmp_path / "other", "Autre SAS")
    key = fingerprint(thumbprint(federation.signing_jwk))
    for offers in (
        [offered(employer, tmp_path), offered(other, tmp_path)],
        [offered(other, tmp_path)],
    ):
        written = issue(federation, offers, tmp_path)
        recipients.take_register(
            vault, written.read_bytes(), key=key, today=scene.TODAY, now_us=scene.NOON_US
        )
    (last,) = recipients.registers(vault)
    assert (last.version, written.name) == (2, "register-2.register")
    assert not last.lists(employer.recipient)
    assert last.lists(other.recipient)


def test_what_is_no_offer_is_not_vouched_for(
    employer: Desk, federation: Desk, tmp_path: Path
) -> None:
    offer = offered(employer, tmp_path)
    offer.write_bytes(
        offer.read_bytes().replace(b'"retention_months": 36', b'"retention_months": 1')
    )
    with pytest.raises(ContractSignatureError):
        issue(federation, [offer], tmp_path)
    with pytest.raises(SourceMissingError):
        issue(federation, [tmp_path / "none"], tmp_path)
    with pytest.raises(BadContractError):
        registering.issue_register(
            federation, [], today=EXPIRES, expires=scene.TODAY, target=tmp_path
        )
    assert not (federation.folder / "registers").exists()
