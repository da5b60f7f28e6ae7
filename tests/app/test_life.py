from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements, export, life, standing
from geowallet.app.sharing.export import Exported
from geowallet.app.sharing.life import Happened
from geowallet.app.sharing.preparing import prepare
from geowallet.app.sharing.receipts import receipts
from geowallet.contracts.life.acknowledgement import Acknowledgement, acknowledgement_bytes
from geowallet.contracts.life.decline import read_decline
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.life.offer import Offer, terms_digest
from geowallet.contracts.life.withdrawal import check_withdrawal
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.signing import thumbprint
from geowallet.model.errors import (
    AlreadyAcceptedError,
    BadContractError,
    ContractSignatureError,
    ContractSupersededError,
    ContractWithdrawnError,
    ForeignContractError,
    NoReceiptError,
    NotFoundError,
    SecondOfferError,
)
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene

LATER_US = scene.NOON_US + 60_000_000


def offered(employer: Desk, terms: Terms, folder: Path) -> Offer:
    return agreements.offer_from(desk.make_offer(employer, terms, folder))


def accept(vault: Vault, offer: Offer, folder: Path, *, now_us: int = scene.NOON_US) -> Contract:
    done = agreements.accept_offer(vault, offer, today=scene.TODAY, now_us=now_us, target=folder)
    return done[0]


def send(vault: Vault, contract: Contract, folder: Path) -> Exported:
    return export.export(
        vault,
        contract,
        prepare(vault, contract.terms, scene.MONTH),
        now_us=scene.NOON_US,
        target=folder,
        words=scene.words,
    )


def next_version(contract: Contract, **changes: object) -> Terms:
    terms = replace(contract.terms, **changes)  # type: ignore[arg-type]  # by name
    return replace(terms, version=contract.terms.version + 1, supersedes=contract.sha256)


def kinds(vault: Vault) -> list[StatementKind]:
    return [statement.kind for _, statement, _ in vault.log_entries()]


@pytest.fixture
def contract(vault: Vault, employer: Desk, tmp_path: Path) -> Contract:
    return scene.agree(vault, employer, scene.mileage(employer), tmp_path)


class TestDecline:
    def say_no(self, vault: Vault, offer: Offer, folder: Path, reason: str = "") -> Path:
        return life.decline_offer(
            vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=folder, reason=reason
        )

    def test_a_no_is_logged_and_written_without_figures(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, scene.mileage(employer), tmp_path)
        written = self.say_no(vault, offer, tmp_path, "too fine")
        said = read_decline(written.read_bytes())
        assert written.name == "mileage.decline"
        assert (said.contract, said.reason, said.name) == ("mileage", "too fine", "")
        assert kinds(vault)[-1] is StatementKind.DECLINE
        assert agreements.accepted(vault) == ()

    def test_no_twice_is_the_same_file_and_one_entry(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, scene.mileage(employer), tmp_path)
        first = self.say_no(vault, offer, tmp_path)
        before = vault.mark()
        assert self.say_no(vault, offer, tmp_path, "another reason") == first
        assert vault.mark() == before

    def test_a_no_may_become_a_yes(self, vault: Vault, employer: Desk, tmp_path: Path) -> None:
        offer = offered(employer, scene.mileage(employer), tmp_path)
        self.say_no(vault, offer, tmp_path)
        contract = accept(vault, offer, tmp_path)
        state = standing.state_of(vault, contract, scene.TODAY)
        assert state is standing.State.IN_FORCE

    def test_a_yes_is_ended_otherwise(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        with pytest.raises(AlreadyAcceptedError):
            self.say_no(vault, contract.offer, tmp_path)
        assert not list(tmp_path.glob("*.decline"))

    def test_a_reason_that_could_not_be_shown_leaves_no_trace(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, scene.mileage(employer), tmp_path)
        before = vault.mark()
        with pytest.raises(BadContractError):
            self.say_no(vault, offer, tmp_path, "two\nlines")
        assert vault.mark() == before


class TestWithdraw:
    def end(self, vault: Vault, contract: Contract, folder: Path) -> tuple[Path, tuple[str, ...]]:
        return life.withdraw(
            vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=folder
        )

    def test_it_names_what_is_to_be_deleted(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        sent = send(vault, contract, tmp_path).receipt.jti
        written, delete = self.end(vault, contract, tmp_path)
        said = check_withdrawal(written.read_bytes(), contract)
        assert delete == said.delete == (sent,)
        assert said.withdrawn == scene.TODAY
        assert kinds(vault)[-1] is StatementKind.WITHDRAW

    def test_nothing_is_exported_any_more(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        self.end(vault, contract, tmp_path)
        before = vault.mark()
        with pytest.raises(ContractWithdrawnError):
            send(vault, contract, tmp_path)
        assert vault.mark() == before
        assert not list(tmp_path.glob("*.jwe"))

    def test_it_cannot_be_accepted_again(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        self.end(vault, contract, tmp_path)
        with pytest.raises(ContractWithdrawnError):
            accept(vault, contract.offer, tmp_path)

    def test_a_newer_version_may_follow(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        self.end(vault, contract, tmp_path)
        offer = offered(employer, next_version(contract, retention_months=12), tmp_path / "new")
        newer = accept(vault, offer, tmp_path / "new")
        send(vault, newer, tmp_path)
        state = standing.state_of(vault, contract, scene.TODAY)
        assert state is standing.State.WITHDRAWN

    def test_twice_is_the_same_file_and_one_entry(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        first = self.end(vault, contract, tmp_path)
        before = vault.mark()
        assert self.end(vault, contract, tmp_path) == first
        assert vault.mark() == before


class TestSupersede:
    def test_the_old_one_ends_and_is_kept(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        sent = send(vault, contract, tmp_path)
        offer = offered(employer, next_version(contract, retention_months=12), tmp_path / "new")
        assert agreements.superseded_by(vault, offer.terms) == contract
        newer = accept(vault, offer, tmp_path / "new", now_us=LATER_US)
        assert agreements.accepted(vault) == (newer,)
        assert agreements.every_contract(vault) == (contract, newer)
        assert agreements.contract_of(vault, contract.sha256) == contract
        state = standing.state_of(vault, contract, scene.TODAY)
        assert state is standing.State.SUPERSEDED
        assert [receipt.jti for receipt in receipts(vault)] == [sent.receipt.jti]

    def test_accepting_the_new_one_twice_changes_nothing(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        offer = offered(employer, next_version(contract, retention_months=12), tmp_path / "new")
        first = accept(vault, offer, tmp_path / "new")
        before = vault.mark()
        assert accept(vault, offer, tmp_path / "new") == first
        assert vault.mark() == before

    def test_an_old_version_does_not_come_back(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        offer = offered(employer, next_version(contract, retention_months=12), tmp_path / "new")
        accept(vault, offer, tmp_path / "new")
        with pytest.raises(ContractSupersededError):
            accept(vault, contract.offer, tmp_path)

    def test_a_newer_one_must_name_what_it_replaces(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        terms = replace(contract.terms, version=2, supersedes="0f" * 32)
        with pytest.raises(SecondOfferError):
            accept(vault, offered(employer, terms, tmp_path / "new"), tmp_path)

    def test_nobody_else_may_replace_it(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        other = scene.new_desk(tmp_path / "other", "Autre SAS")
        terms = replace(next_version(contract), recipient=other.recipient)
        with pytest.raises(SecondOfferError):
            accept(vault, offered(other, terms, tmp_path / "new"), tmp_path)
        assert agreements.accepted(vault) == (contract,)


class TestStates:
    def test_a_contract_has_a_beginning_and_an_end(self, vault: Vault, contract: Contract) -> None:
        days = {
            scene.TODAY - dt.timedelta(days=1): "not_yet",
            scene.TODAY: "in_force",
            contract.terms.expires: "in_force",
            contract.terms.expires + dt.timedelta(days=1): "expired",
        }
        for day, state in days.items():
            assert standing.state_of(vault, contract, day) == state


class TestAsked:
    def test_the_contract_of_this_wallet_stands_for_its_offer(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        asked = agreements.asked_of(vault, tmp_path / "mileage.contract")
        assert asked == agreements.asked_of(vault, tmp_path / "mileage.offer") == contract.offer

    def test_a_contract_with_somebody_else_is_not_for_this_wallet(
        self, contract: Contract, empty: Locations, tmp_path: Path
    ) -> None:
        del contract
        with scene.opened(empty) as other, pytest.raises(ForeignContractError):
            agreements.asked_of(other, tmp_path / "mileage.contract")


class TestAcknowledgement:
    def said(self, employer: Desk, sent: Exported, **changes: str) -> bytes:
        receipt = sent.receipt
        word = Acknowledgement(
            receipt.contract,
            receipt.terms_sha256,
            receipt.jti,
            receipt.sealed_sha256,
            "received",
            scene.TODAY,
        )
        changed = replace(word, **changes)  # type: ignore[arg-type]  # by name
        return acknowledgement_bytes(changed, employer.signing_jwk)

    def test_a_recipients_word_is_kept_and_logged_once(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        sent = send(vault, contract, tmp_path)
        word = self.said(employer, sent)
        found, receipt = life.take_acknowledgement(vault, word, now_us=LATER_US)
        assert (found.act, receipt) == ("received", sent.receipt)
        assert kinds(vault)[-1] is StatementKind.ACKNOWLEDGE
        before = vault.mark()
        life.take_acknowledgement(vault, self.said(employer, sent), now_us=LATER_US)
        assert vault.mark() == before

    def test_received_and_deleted_are_two_words(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        sent = send(vault, contract, tmp_path)
        for act in ("received", "deleted"):
            life.take_acknowledgement(vault, self.said(employer, sent, act=act), now_us=LATER_US)
        last = life.history(vault)[-2:]
        assert [event.what for event in last] == [Happened.RECEIVED, Happened.DELETED]
        assert {(event.jti, event.terms_sha256) for event in last} == {(sent.receipt.jti, "")}

    def test_somebody_elses_word_is_refused(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        sent = send(vault, contract, tmp_path)
        other = scene.new_desk(tmp_path / "other")
        with pytest.raises(ContractSignatureError):
            life.take_acknowledgement(vault, self.said(other, sent), now_us=LATER_US)

    @pytest.mark.parametrize(
        "change", [{"jti": "0f" * 16}, {"sealed_sha256": "0f" * 32}, {"terms_sha256": "0f" * 32}]
    )
    def test_a_word_on_what_was_never_exported_is_refused(
        self,
        *,
        vault: Vault,
        employer: Desk,
        contract: Contract,
        tmp_path: Path,
        change: dict[str, str],
    ) -> None:
        sent = send(vault, contract, tmp_path)
        before = vault.mark()
        with pytest.raises(NoReceiptError):
            life.take_acknowledgement(vault, self.said(employer, sent, **change), now_us=LATER_US)
        assert vault.mark() == before


class TestHistory:
    def test_a_life_from_its_offer_to_its_end(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        offer = offered(employer, scene.mileage(employer), tmp_path)
        life.note_refusal(vault, offer, "usage.declined", now_us=scene.NOON_US)
        contract = accept(vault, offer, tmp_path)
        sent = send(vault, contract, tmp_path)
        newer = accept(
            vault, offered(employer, next_version(contract), tmp_path / "new"), tmp_path / "new"
        )
        life.withdraw(vault, newer, today=scene.TODAY, now_us=LATER_US, target=tmp_path)
        events = life.history(vault, "mil")
        assert [event.what for event in events] == [
            "refused",
            "accepted",
            "exported",
            "superseded",
            "accepted",
            "withdrawn",
        ]
        assert [event.terms_sha256 for event in events] == [
            contract.sha256,
            contract.sha256,
            contract.sha256,
            contract.sha256,
            newer.sha256,
            newer.sha256,
        ]
        assert (events[0].code, events[2].jti) == ("usage.declined", sent.receipt.jti)
        assert events[2].period == "2026-05"

    def test_each_contract_has_its_own(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        offer = offered(employer, scene.commute(employer), tmp_path)
        life.decline_offer(
            vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=tmp_path, name="Camille"
        )
        (declined,) = life.history(vault, "commute")
        assert (declined.what, declined.terms_sha256) == ("declined", terms_digest(offer.terms))
        assert {event.contract for event in life.history(vault)} == {"mileage", "commute"}
        assert contract.terms.name in {event.contract for event in life.history(vault, "mileage")}

    def test_what_never_was_has_none(self, vault: Vault) -> None:
        assert life.history(vault) == ()
        with pytest.raises(NotFoundError):
            life.history(vault, "mileage")


def test_the_log_holds_no_name_of_the_owner(
    vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
) -> None:
    """Entries cannot be erased: they say what happened, not who the owner is."""
    settings.set_owner_name(vault, "Zacharie Quenouille", now_us=LATER_US)
    offer = offered(employer, scene.commute(employer), tmp_path)
    accept(vault, offer, tmp_path)
    life.withdraw(vault, contract, today=scene.TODAY, now_us=LATER_US, target=tmp_path)
    entries = [str(statement.as_json()) for _, statement, _ in vault.log_entries()]
    assert not [entry for entry in entries if "Quenouille" in entry]
    assert thumbprint(employer.signing_jwk) not in "".join(entries)
