from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app.desk import desk, ledger, verification
from geowallet.app.desk.desk import Desk
from geowallet.app.desk.verification import Verified
from geowallet.app.sharing import export, preparing
from geowallet.app.sharing.export import Exported
from geowallet.contracts.life.grant import Contract
from geowallet.model.errors import (
    BadExportError,
    DeskDamagedError,
    DiskFullError,
    ExportSignatureError,
    NoContractError,
    ReplayError,
    SourceMissingError,
    WrongRecipientError,
)
from geowallet.vault.store import Vault
from tests.app import scene

NOW_S = scene.NOON_US // 1_000_000 + 60


def send(vault: Vault, contract: Contract, folder: Path, *, later_s: int = 0) -> Exported:
    return export.export(
        vault,
        contract,
        preparing.prepare(vault, contract.terms, scene.MONTH),
        now_us=scene.NOON_US + later_s * 1_000_000,
        target=folder,
        words=scene.words,
    )


@pytest.fixture
def contract(vault: Vault, employer: Desk, tmp_path: Path) -> Contract:
    return scene.agree(vault, employer, scene.mileage(employer), tmp_path)


@pytest.fixture
def sent(vault: Vault, contract: Contract, tmp_path: Path) -> Path:
    return send(vault, contract, tmp_path).files[0]


def judge(path: Path, reader: Desk, contract: Contract | None = None) -> Verified:
    return verification.verify_file(path, reader, now_s=NOW_S, contract=contract)


class TestVerify:
    def test_an_export_is_accepted_under_the_filed_contract(
        self, sent: Path, employer: Desk, contract: Contract
    ) -> None:
        verified = judge(sent, employer)
        assert verified.verdict.accepted
        assert verified.contract == contract
        assert verified.verdict.figures is not None
        assert verified.verdict.figures.result.totals == {"distance_m": 47_000}

    def test_without_the_contract_nothing_is_believed(self, sent: Path, employer: Desk) -> None:
        for path in (employer.folder / "contracts").iterdir():
            path.unlink()
        with pytest.raises(NoContractError):
            judge(sent, employer)

    def test_a_contract_given_by_hand_is_judged_by(
        self, sent: Path, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        other = scene.agree(vault, employer, scene.mileage(employer, name="other"), tmp_path)
        verdict = judge(sent, employer, other).verdict
        assert not verdict.accepted
        assert verdict.figures is None

    def test_another_desk_cannot_open_it(self, sent: Path, tmp_path: Path) -> None:
        with pytest.raises(WrongRecipientError):
            judge(sent, scene.new_desk(tmp_path / "other"))

    @pytest.mark.parametrize("part", [2, 3, 4])
    def test_one_changed_symbol_breaks_the_seal(
        self, sent: Path, employer: Desk, part: int
    ) -> None:
        parts = sent.read_bytes().split(b".")
        first = b"A" if parts[part][:1] != b"A" else b"B"
        parts[part] = first + parts[part][1:]
        sent.write_bytes(b".".join(parts))
        with pytest.raises(ExportSignatureError):
            judge(sent, employer)

    def test_the_readable_copy_is_no_export(self, sent: Path, employer: Desk) -> None:
        with pytest.raises(BadExportError):
            judge(sent.with_suffix(".txt"), employer)

    def test_there_must_be_a_file(self, employer: Desk, tmp_path: Path) -> None:
        with pytest.raises(SourceMissingError):
            judge(tmp_path / "none.jwe", employer)

    def test_a_year_after_its_end_it_is_refused(self, sent: Path, employer: Desk) -> None:
        late = verification.verify_file(sent, employer, now_s=NOW_S + 10 * 366 * 86_400)
        assert not late.verdict.accepted


class TestLedger:
    """Promise: an export is received once."""

    def test_what_was_accepted_is_entered(self, sent: Path, employer: Desk) -> None:
        verification.record(employer, judge(sent, employer), today=scene.TODAY)
        (entry,) = ledger.received(employer)
        assert entry.period == "2026-05"
        assert entry.total == {"distance_m": 47_000}
        assert judge(sent, employer).received == "2026-06-02"

    def test_a_replay_is_refused_and_not_entered_again(self, sent: Path, employer: Desk) -> None:
        verification.record(employer, judge(sent, employer), today=scene.TODAY)
        with pytest.raises(ReplayError):
            verification.record(employer, judge(sent, employer), today=scene.TODAY)
        assert len(ledger.received(employer)) == 1

    def test_a_replay_is_refused_although_both_were_judged_before(
        self, sent: Path, employer: Desk
    ) -> None:
        first, second = judge(sent, employer), judge(sent, employer)
        verification.record(employer, first, today=scene.TODAY)
        with pytest.raises(ReplayError):
            verification.record(employer, second, today=scene.TODAY)

    def test_a_renamed_copy_is_a_replay(self, sent: Path, employer: Desk, tmp_path: Path) -> None:
        copy = tmp_path / "september.jwe"
        copy.write_bytes(sent.read_bytes() + b"\n")
        verification.record(employer, judge(sent, employer), today=scene.TODAY)
        assert judge(copy, employer).received == "2026-06-02"

    def test_a_correction_is_another_export_with_the_same_mark(
        self, vault: Vault, contract: Contract, employer: Desk, tmp_path: Path
    ) -> None:
        for later_s in (0, 10):
            path = send(vault, contract, tmp_path, later_s=later_s).files[0]
            verification.record(employer, judge(path, employer), today=scene.TODAY)
        first, second = ledger.received(employer)
        assert first.nullifier == second.nullifier
        assert first.jti != second.jti

    def test_what_was_refused_is_not_entered(
        self, sent: Path, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        other = scene.agree(vault, employer, scene.mileage(employer, name="other"), tmp_path)
        verification.record(employer, judge(sent, employer, other), today=scene.TODAY)
        assert ledger.received(employer) == ()

    @pytest.mark.parametrize("body", [b'{"jti": "ab', b"[]\n", b"{}\n", b"\xff\n"])
    def test_a_damaged_ledger_is_said_to_be_damaged(
        self, sent: Path, employer: Desk, body: bytes
    ) -> None:
        (employer.folder / "received.jsonl").write_bytes(body)
        with pytest.raises(DeskDamagedError):
            judge(sent, employer)

    def test_a_ledger_that_cannot_be_written_enters_nothing(
        self, sent: Path, employer: Desk, tmp_path: Path
    ) -> None:
        verified = judge(sent, employer)
        elsewhere = desk.Desk(
            tmp_path / "gone", employer.name, employer.signing_jwk, employer.sealing_jwk
        )
        with pytest.raises(DiskFullError):
            verification.record(elsewhere, verified, today=scene.TODAY)
