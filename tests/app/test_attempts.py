from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import attempts, life
from geowallet.contracts.life.grant import Contract
from geowallet.model.errors import ContractExpiredError, DiskFullError, PeriodRefusedError
from geowallet.vault.store import Vault
from tests.app import scene

LATER_US = scene.NOON_US + 60_000_000


@pytest.fixture
def contract(vault: Vault, employer: Desk, tmp_path: Path) -> Contract:
    return scene.agree(vault, employer, scene.mileage(employer), tmp_path)


class TestAttempts:
    """Promise: every attempt to export is on record, with its code and no figure."""

    def test_a_refused_export_leaves_its_code(self, vault: Vault, contract: Contract) -> None:
        with (
            pytest.raises(PeriodRefusedError),
            attempts.attempted(vault, contract.terms, "2027-01", clock=lambda: LATER_US),
        ):
            raise PeriodRefusedError(name="mileage", period="2027-01", allowed="2026")
        last = life.history(vault)[-1]
        assert (last.what, last.code, last.period) == ("failed", "contract.period", "2027-01")
        assert (last.at_us, last.terms_sha256) == (LATER_US, contract.sha256)

    def test_what_is_no_period_is_not_written_down(self, vault: Vault, contract: Contract) -> None:
        typed = "48.8566, 2.3522"
        with (
            pytest.raises(ContractExpiredError),
            attempts.attempted(vault, contract.terms, typed, clock=lambda: LATER_US),
        ):
            raise ContractExpiredError(name="mileage", date="2026-01-01")
        assert life.history(vault)[-1].period == ""
        *_, (_, statement, _) = vault.log_entries()
        assert "48.8566" not in str(statement.as_json())

    def test_an_owner_who_stops_is_on_record_too(self, vault: Vault, contract: Contract) -> None:
        with (
            pytest.raises(KeyboardInterrupt),
            attempts.attempted(vault, contract.terms, "2026-05", clock=lambda: LATER_US),
        ):
            raise KeyboardInterrupt
        assert life.history(vault)[-1].code == "interrupted"

    def test_success_has_an_entry_of_its_own(self, vault: Vault, contract: Contract) -> None:
        before = vault.mark()
        with attempts.attempted(vault, contract.terms, "2026-05", clock=lambda: LATER_US):
            pass
        assert vault.mark() == before

    def test_a_log_that_cannot_be_written_hides_nothing(
        self, vault: Vault, contract: Contract, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_self: Vault, *, now_us: int) -> None:
            del now_us
            raise DiskFullError(reason="no space")

        monkeypatch.setattr(Vault, "transaction", full)
        with (
            pytest.raises(PeriodRefusedError),
            attempts.attempted(vault, contract.terms, "2026-05", clock=lambda: LATER_US),
        ):
            raise PeriodRefusedError(name="mileage", period="2027-01", allowed="2026")
