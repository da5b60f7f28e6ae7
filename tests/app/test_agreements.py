from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.life.offer import Offer
from geowallet.model.errors import (
    AmbiguousNameError,
    BadContractError,
    BadNameError,
    ContractExpiredError,
    ContractNotYetError,
    ContractSignatureError,
    DiskFullError,
    NotFoundError,
    SecondOfferError,
    SourceMissingError,
    TooLargeError,
)
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene


def offered(employer: Desk, folder: Path, **particulars: object) -> Offer:
    terms = scene.mileage(employer, **particulars)  # type: ignore[arg-type]  # by name
    return agreements.offer_from(desk.make_offer(employer, terms, folder))


def accept(
    vault: Vault, offer: Offer, folder: Path, *, today: dt.date = scene.TODAY
) -> tuple[Contract, Path]:
    return agreements.accept_offer(vault, offer, today=today, now_us=scene.NOON_US, target=folder)


class TestOffer:
    def test_there_must_be_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(SourceMissingError):
            agreements.offer_from(tmp_path / "none.offer")

    def test_a_trace_is_no_offer(self, tmp_path: Path) -> None:
        (path,) = scene.write_days(tmp_path, scene.days_of_may(4))
        with pytest.raises(BadContractError):
            agreements.offer_from(path)

    def test_a_huge_file_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.offer"
        path.write_bytes(b" " * (agreements.MAX_CONTRACT_BYTES + 1))
        with pytest.raises(TooLargeError):
            agreements.offer_from(path)

    @pytest.mark.parametrize("member", ["purpose", "name", "retention_months"])
    def test_an_altered_offer_does_not_fit_its_signature(
        self, employer: Desk, tmp_path: Path, member: str
    ) -> None:
        path = desk.make_offer(employer, scene.mileage(employer), tmp_path)
        value = json.loads(path.read_bytes())
        value["terms"][member] = 24 if member == "retention_months" else "other"
        path.write_text(json.dumps(value))
        with pytest.raises(ContractSignatureError):
            agreements.offer_from(path)


class TestAccept:
    def test_the_contract_is_kept_logged_and_written(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        contract, written = accept(vault, offered(employer, tmp_path), tmp_path)
        assert agreements.accepted(vault) == (contract,)
        assert written.name == "mileage.contract"
        *_, (_, last, _) = vault.log_entries()
        assert (last.kind, last.subjects) == (StatementKind.CONSENT, (contract.sha256,))

    def test_accepting_twice_gives_the_same_bytes_and_no_new_entry(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, tmp_path)
        first = accept(vault, offer, tmp_path)
        before = vault.mark()
        assert accept(vault, offer, tmp_path) == first
        assert vault.mark() == before

    def test_a_second_offer_of_the_same_name_is_refused(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        contract, _ = accept(vault, offered(employer, tmp_path), tmp_path)
        other = offered(employer, tmp_path / "other", step_m=1)
        with pytest.raises(SecondOfferError):
            accept(vault, other, tmp_path)
        assert agreements.accepted(vault) == (contract,)

    def test_an_owner_without_a_name_signs_nothing(
        self, empty: Locations, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, tmp_path)
        with scene.opened(empty) as vault, pytest.raises(BadNameError):
            accept(vault, offer, tmp_path)
        assert not list(tmp_path.glob("*.contract"))

    def test_the_last_day_is_still_in_time_and_the_next_is_not(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, tmp_path, expires=scene.TODAY)
        with pytest.raises(ContractExpiredError):
            accept(vault, offer, tmp_path, today=scene.TODAY + dt.timedelta(days=1))
        accept(vault, offer, tmp_path)

    def test_an_offer_of_tomorrow_waits(self, vault: Vault, employer: Desk, tmp_path: Path) -> None:
        with pytest.raises(ContractNotYetError):
            accept(vault, offered(employer, tmp_path), tmp_path, today=dt.date(2026, 1, 1))

    def test_a_copy_that_could_not_be_written_is_written_the_next_time(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, tmp_path)
        blocked = tmp_path / "blocked"
        blocked.write_text("a file where the folder should be")
        with pytest.raises(DiskFullError):
            accept(vault, offer, blocked)
        (contract,) = agreements.accepted(vault)
        assert accept(vault, offer, tmp_path)[0] == contract

    def test_the_name_in_the_contract_is_the_one_at_the_time(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, tmp_path)
        accept(vault, offer, tmp_path)
        settings.set_owner_name(vault, "Somebody Else", now_us=scene.NOON_US)
        contract, _ = accept(vault, offer, tmp_path)
        assert contract.grant.holder.name == "Camille Martin"


class TestFind:
    def test_contracts_are_found_by_a_beginning(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        for name in ("mileage-a", "mileage-b", "other"):
            accept(vault, offered(employer, tmp_path, name=name), tmp_path)
        assert agreements.find_contract(vault, "o").terms.name == "other"
        with pytest.raises(AmbiguousNameError):
            agreements.find_contract(vault, "mileage")
        with pytest.raises(NotFoundError):
            agreements.find_contract(vault, "none")
        names = [contract.terms.name for contract in agreements.accepted(vault)]
        assert names == ["mileage-a", "mileage-b", "other"]
