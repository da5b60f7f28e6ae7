"""What another copy gave away counts here, and its promises are not made here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from geowallet.app import backups
from geowallet.app.audits import auditing
from geowallet.app.desk import desk_audits
from geowallet.app.desk.desk import Desk
from geowallet.app.evidence.changes import changes_since_export
from geowallet.app.keeping import copies, erasing, scope
from geowallet.app.keeping.matters import Matter
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements, export, life, preparing, tracing
from geowallet.app.sharing.export import Exported
from geowallet.app.sharing.own_copies import own_copy
from geowallet.app.sharing.receipts import receipts
from geowallet.app.sharing.rotating import rotate_identity
from geowallet.contracts.life.audit import Asked, challenge_bytes
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.terms.protection import Audit
from geowallet.model.errors import AuditRepeatedError, ContractWithdrawnError
from geowallet.model.mobility import Mode
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.keeping.test_merging import Two, mark, merge, read, say

NOW_S = scene.NOON_US // 1_000_000


@pytest.fixture
def contract(lived_in: Locations, employer: Desk, tmp_path: Path) -> Contract:
    return agreed(scene.copied(lived_in, tmp_path / "agreed"), employer, tmp_path)


def agreed(here: Locations, employer: Desk, folder: Path) -> Contract:
    terms = replace(
        scene.mileage(employer, name="audited", step_m=1),
        commitments="day",
        audit=Audit(draws=5, spot_checks=3),
    )
    with scene.opened(here) as vault:
        return scene.agree(vault, employer, terms, folder)


@pytest.fixture
def two(contract: Contract, tmp_path: Path) -> Two:
    """The wallet, under one contract, on two machines."""
    del contract  # it is in the wallet
    origin = scene.places_at(tmp_path / "agreed")
    return scene.copied(origin, tmp_path / "a"), scene.copied(origin, tmp_path / "b")


def send(vault: Vault, contract: Contract, folder: Path) -> Exported:
    shown = preparing.prepare(vault, contract.terms, scene.MONTH)
    return export.export(
        vault, contract, shown, now_us=scene.NOON_US, target=folder, words=scene.words
    )


def answered(
    vault: Vault, contract: Contract, employer: Desk, sent: Exported, folder: Path
) -> None:
    found = desk_audits.accepted_export(sent.files[0], employer, now_s=NOW_S)
    path = desk_audits.challenge(employer, found, draws=3, today=scene.TODAY, target=folder)
    shown = auditing.look(vault, path.read_bytes(), clock=lambda: scene.NOON_US)
    auditing.answer(vault, shown, now_us=scene.NOON_US, target=folder)


class TestBudgets:
    """Promise: "what left there has left, and a budget that was used there is used"."""

    def test_an_audit_answered_there_is_used_up_here(
        self, two: Two, contract: Contract, employer: Desk, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        with scene.opened(other) as vault:
            sent = send(vault, contract, tmp_path)
            answered(vault, contract, employer, sent, tmp_path)
        planned = merge(one, other, frozenset({Matter.SOURCES}))
        assert (len(planned.disclosed.exports), planned.disclosed.answers) == (1, 1)
        about = Asked(contract.sha256, "2026-05", sent.receipt.jti, scene.TODAY)
        question = challenge_bytes(contract, employer.signing_jwk, about, seed=b"t" * 32, draws=1)
        with scene.opened(one) as vault:
            with pytest.raises(AuditRepeatedError):
                auditing.look(vault, question, clock=lambda: scene.NOON_US)
            assert [given.count for given in auditing.answers(vault)] == [3]
        before = mark(one)
        assert not merge(one, other, frozenset({Matter.SOURCES})).changes
        assert mark(one) == before

    def test_an_export_made_there_is_replaced_and_traced_as_one_that_left(
        self, two: Two, contract: Contract, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        read(other, tmp_path / "days", 6)
        with scene.opened(other) as vault:
            there = send(vault, contract, tmp_path)
        say(other, 1, Mode.TRAM)
        merge(one, other)
        with scene.opened(one) as vault:
            # The words of both sides came after it; the file of the 6th was in it.
            assert changes_since_export(vault, "audited", "2026-05") == 2
            (receipt,) = receipts(vault)
            first = tracing.trace(vault, receipt)[0]
            assert (first.holds, "copy that was merged" in str(first.how)) == (True, True)
            again = send(vault, contract, tmp_path / "again")
            assert again.figures.supersedes == there.receipt.jti
            assert again.figures.nullifier == there.figures.nullifier
            forged = msgspec.structs.replace(receipt, sealed_sha256="00" * 32)
            assert not tracing.trace(vault, forged)[0].holds

    def test_a_receipt_that_was_erased_here_does_not_come_back(
        self, two: Two, contract: Contract, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        with scene.opened(other) as vault:
            sent = send(vault, contract, tmp_path)
        merge(one, other)
        with scene.opened(one) as vault, vault.transaction(now_us=scene.NOON_US) as tx:
            tx.delete("export", sent.receipt.jti)
            tx.log(scene.statement())
        assert not merge(one, other).changes

    def test_a_contract_ended_there_is_ended_and_one_accepted_there_is_not_accepted(
        self, two: Two, contract: Contract, employer: Desk, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        with scene.opened(other) as vault:
            scene.agree(vault, employer, scene.commute(employer), tmp_path / "other")
            life.withdraw(vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=tmp_path)
        planned = merge(one, other)
        assert planned.disclosed.withdrawn == ("audited",)
        assert planned.disclosed.accepted == ("commute",)
        with scene.opened(one) as vault:
            assert [found.terms.name for found in agreements.accepted(vault)] == ["audited"]
            with pytest.raises(ContractWithdrawnError):
                send(vault, contract, tmp_path)
        assert not merge(one, other).changes


class TestElsewhere:
    def test_noise_drawn_there_is_drawn(self, two: Two) -> None:
        one, other = two
        for here, draws in ((one, {"a": 1, "b": 2}), (other, {"b": 3, "c": 4})):
            with scene.opened(here) as vault, vault.transaction(now_us=scene.NOON_US) as tx:
                tx.put("setting", "noise|n", msgspec.msgpack.encode(draws))
                tx.log(scene.statement())
        merge(one, other)
        with scene.opened(one) as vault:
            kept = msgspec.msgpack.decode(vault.get("setting", "noise|n") or b"")
        assert kept == {"a": 1, "b": 2, "c": 4}

    def test_its_backups_are_known_and_what_it_erased_is_due_there(
        self, two: Two, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        folder = tmp_path / "backups"
        with scene.opened(other) as vault:
            backups.back_up(vault, folder)
            period = scope.of_period(vault, scene.MONTH)
            erasing.carry_out(vault, erasing.plan(vault, period), now_us=scene.NOON_US)
        merge(one, other)
        with scene.opened(one) as vault:
            (copy,) = copies.copies(vault)
            assert (copy.folder, copy.standing) == (str(folder), copies.Standing.DUE)
            assert copies.renew_copies(vault)[0].standing is copies.Standing.CLEAN
            assert check_vault(vault).problems == ()

    def test_a_copy_sealed_to_another_key_opens_here(
        self, two: Two, contract: Contract, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        with scene.opened(other) as vault:
            sent = send(vault, contract, tmp_path)
            rotate_identity(vault, now_us=scene.NOON_US)
        assert merge(one, other).disclosed.signs_otherwise
        with scene.opened(one) as vault:
            copy = own_copy(vault, sent.receipt.id)
            assert copy.figures == sent.figures
