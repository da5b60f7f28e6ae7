from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import export, preparing
from geowallet.app.sharing.export import Exported
from geowallet.app.sharing.identity import sealing_key
from geowallet.app.sharing.preparing import Prepared
from geowallet.app.sharing.receipts import receipts
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.calendar import Period
from geowallet.model.errors import (
    AssuranceTooLowError,
    ContractExpiredError,
    ContractNotYetError,
    DiskFullError,
    PeriodCadenceError,
    PeriodRefusedError,
)
from geowallet.model.provenance import StatementKind
from geowallet.proofs.claims import read_figures
from geowallet.vault.store import Vault
from geowallet.verify.open import open_sealed_export
from tests.app import scene


@pytest.fixture
def contract(vault: Vault, employer: Desk, tmp_path: Path) -> Contract:
    return scene.agree(vault, employer, scene.mileage(employer), tmp_path)


def prepared(vault: Vault, terms: Terms) -> Prepared:
    return preparing.prepare(vault, terms, scene.MONTH)


def send(
    vault: Vault,
    contract: Contract,
    folder: Path,
    *,
    now_us: int = scene.NOON_US,
) -> Exported:
    shown = prepared(vault, contract.terms)
    return export.export(vault, contract, shown, now_us=now_us, target=folder, words=scene.words)


class TestPrepare:
    def test_two_days_of_business_are_counted_and_commutes_left_out(
        self, vault: Vault, contract: Contract
    ) -> None:
        # 11,119.5 m there and back on two days: 44,478 m.
        shown = prepared(vault, contract.terms)
        assert shown.result.totals == {"distance_m": 47_000}
        assert len(shown.selected.used) == 4
        assert [number for _, number in shown.selected.left_out] == [4]

    def test_nothing_is_written_by_a_preview(self, vault: Vault, contract: Contract) -> None:
        before = vault.mark()
        prepared(vault, contract.terms)
        assert vault.mark() == before

    def test_a_period_outside_the_contract_is_refused(
        self, vault: Vault, contract: Contract
    ) -> None:
        with pytest.raises(PeriodRefusedError):
            preparing.prepare(vault, contract.terms, Period.parse("2027-01"))

    @pytest.mark.parametrize("part", ["2026-05-04", "2026-05-01..2026-05-30", "2026"])
    def test_a_part_of_a_month_is_refused(
        self, vault: Vault, contract: Contract, part: str
    ) -> None:
        with pytest.raises(PeriodCadenceError):
            preparing.prepare(vault, contract.terms, Period.parse(part))

    def test_a_month_without_trips_is_zero(self, vault: Vault, contract: Contract) -> None:
        shown = preparing.prepare(vault, contract.terms, Period.parse("2026-04"))
        assert shown.result.totals == {"distance_m": 0}

    def test_the_leave_of_the_owner_takes_a_day_out(self, vault: Vault, contract: Contract) -> None:
        week = dataclasses.replace(scene.WEEK, leave=frozenset({dt.date(2026, 5, 5)}))
        settings.set_work_week(vault, week, now_us=scene.NOON_US)
        assert prepared(vault, contract.terms).result.totals == {"distance_m": 24_000}

    def test_a_commute_by_car_is_no_soft_mobility(self, vault: Vault, employer: Desk) -> None:
        assert prepared(vault, scene.commute(employer)).result.totals == {"days": 0}


class TestExport:
    def test_the_sealed_file_says_what_was_shown(
        self, vault: Vault, contract: Contract, employer: Desk, tmp_path: Path
    ) -> None:
        shown = prepared(vault, contract.terms)
        sent = send(vault, contract, tmp_path)
        opened = open_sealed_export(sent.files[0].read_bytes(), employer.sealing_jwk)
        assert read_figures(opened).result == shown.result

    def test_the_receipt_and_the_log_know_the_very_bytes(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        sent = send(vault, contract, tmp_path)
        digest = sha256_hex(sent.files[0].read_bytes())
        *_, (_, last, _) = vault.log_entries()
        assert receipts(vault) == (sent.receipt,)
        assert sent.receipt.sealed_sha256 == digest
        assert (last.kind, last.subjects) == (StatementKind.EXPORT, (digest,))
        assert last.predicate["used"] == [list(pair) for pair in sent.receipt.used]

    def test_the_owner_can_open_the_copy_that_is_kept(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        sent = send(vault, contract, tmp_path)
        opened = open_sealed_export(sent.receipt.own_copy.encode(), sealing_key(vault))
        assert read_figures(opened).jti == sent.receipt.jti

    def test_a_second_export_names_the_one_it_replaces(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        first = send(vault, contract, tmp_path)
        assert first.figures.supersedes == ""
        second = send(vault, contract, tmp_path, now_us=scene.NOON_US + 1_000_000)
        assert second.figures.supersedes == first.receipt.jti
        assert second.figures.nullifier == first.figures.nullifier
        third = send(vault, contract, tmp_path, now_us=scene.NOON_US + 2_000_000)
        assert third.figures.supersedes == second.receipt.jti

    def test_no_file_is_overwritten(self, vault: Vault, contract: Contract, tmp_path: Path) -> None:
        first = send(vault, contract, tmp_path)
        before = first.files[0].read_bytes()
        second = send(vault, contract, tmp_path, now_us=scene.NOON_US + 1_000_000)
        assert first.files[0].read_bytes() == before
        assert second.files[0].name == "mileage-2026-05-2.jwe"

    def test_the_first_export_under_some_terms_is_told_apart(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        assert prepared(vault, contract.terms).new_recipient
        send(vault, contract, tmp_path)
        assert not prepared(vault, contract.terms).new_recipient

    @pytest.mark.parametrize(
        ("day", "refusal"),
        [
            (dt.date(2028, 1, 1), ContractExpiredError),
            (scene.TODAY - dt.timedelta(days=1), ContractNotYetError),
        ],
    )
    def test_outside_the_days_of_the_contract_nothing_leaves(
        self,
        *,
        vault: Vault,
        contract: Contract,
        tmp_path: Path,
        day: dt.date,
        refusal: type[Exception],
    ) -> None:
        before = vault.mark()
        with pytest.raises(refusal):
            send(vault, contract, tmp_path / "out", now_us=scene.minute_us(day, 12))
        assert vault.mark() == before
        assert not (tmp_path / "out").exists()

    def test_too_little_assurance_leaves_nothing(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        strict = dataclasses.replace(
            scene.mileage(employer), min_assurance="L1", min_share_percent=50
        )
        contract = scene.agree(vault, employer, strict, tmp_path)
        with pytest.raises(AssuranceTooLowError):
            send(vault, contract, tmp_path / "out")
        assert receipts(vault) == ()

    def test_what_could_not_be_written_is_on_record_and_can_be_made_again(
        self, vault: Vault, contract: Contract, tmp_path: Path
    ) -> None:
        blocked = tmp_path / "blocked"
        blocked.write_text("a file where the folder should be")
        with pytest.raises(DiskFullError):
            send(vault, contract, blocked)
        (receipt,) = receipts(vault)
        again = send(vault, contract, tmp_path, now_us=scene.NOON_US + 1_000_000)
        assert again.figures.supersedes == receipt.jti

    def test_a_hundred_contracts_would_not_mix_their_receipts(
        self, vault: Vault, employer: Desk, contract: Contract, tmp_path: Path
    ) -> None:
        other = scene.agree(vault, employer, scene.mileage(employer, name="other"), tmp_path)
        send(vault, contract, tmp_path)
        assert send(vault, other, tmp_path).figures.supersedes == ""
