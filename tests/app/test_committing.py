from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.audits import committing
from geowallet.app.audits.committed_track import track_of
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import export, preparing
from geowallet.contracts.evaluation.cells import cell_mark, slot_at, slot_start
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.terms.protection import Audit
from geowallet.contracts.terms.syntax import Terms
from geowallet.model.errors import DayTooLongError, ResultRefusedError
from geowallet.model.mobility import NamedPlace, PlaceKind
from geowallet.proofs.commitments import check_proofs, check_total
from geowallet.proofs.sdjwt import unpack
from geowallet.vault.store import Vault
from geowallet.verify.open import open_sealed_export
from geowallet.verify.verifier import verify_export
from tests.app import scene


def audited(employer: Desk, *, commitments: str = "day", spot_checks: int = 5) -> Terms:
    return replace(
        scene.mileage(employer, name="audited", step_m=1),
        commitments=commitments,
        audit=Audit(draws=10, spot_checks=spot_checks),
    )


@pytest.fixture
def contract(vault: Vault, employer: Desk, tmp_path: Path) -> Contract:
    return scene.agree(vault, employer, audited(employer), tmp_path)


def sent(vault: Vault, contract: Contract, employer: Desk, folder: Path) -> str:
    """Export May and return what the employer unseals."""
    shown = preparing.prepare(vault, contract.terms, scene.MONTH)
    done = export.export(
        vault, contract, shown, now_us=scene.NOON_US, target=folder, words=scene.words
    )
    return open_sealed_export(done.files[0].read_bytes(), employer.sealing_jwk)


def test_an_export_commits_to_its_days_and_is_accepted(
    vault: Vault, contract: Contract, employer: Desk, tmp_path: Path
) -> None:
    text = sent(vault, contract, employer, tmp_path)
    claims = unpack(text).claims
    assert len(claims["commitments"]) == 31
    assert claims["track"]["size"] == 33 * 96
    check_total(claims)
    assert verify_export(text, contract, now_s=scene.NOON_US // 10**6).accepted
    kept = committing.kept(vault, claims["jti"])
    assert kept is not None
    assert sum(kept.days_m) == claims["total"]["distance_m"]
    assert {n for n, metres in enumerate(kept.days_m) if metres} == {3, 4}


def test_range_proofs_are_made_where_terms_ask_for_them(
    vault: Vault, employer: Desk, tmp_path: Path
) -> None:
    terms = audited(employer, commitments="day_proved", spot_checks=0)
    contract = scene.agree(vault, employer, terms, tmp_path)
    text = sent(vault, contract, employer, tmp_path)
    check_proofs(unpack(text).claims)
    assert "track" not in unpack(text).claims


def test_a_contract_without_either_keeps_no_secret(
    vault: Vault, employer: Desk, tmp_path: Path
) -> None:
    contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
    claims = unpack(sent(vault, contract, employer, tmp_path)).claims
    assert {"commitments", "opening", "range_proofs", "track"}.isdisjoint(claims)
    assert committing.kept(vault, claims["jti"]) is None


def test_a_later_correction_changes_nothing_that_was_committed_to(
    vault: Vault, contract: Contract, employer: Desk, tmp_path: Path
) -> None:
    claims = unpack(sent(vault, contract, employer, tmp_path)).claims
    before = committing.kept(vault, claims["jti"])
    office = NamedPlace("Other", PlaceKind.OTHER, scene.CLIENT)
    settings.name_place(vault, office, now_us=scene.NOON_US)
    assert committing.kept(vault, claims["jti"]) == before


class TestDays:
    def test_a_day_that_no_proof_can_show_is_refused(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        terms = audited(employer, commitments="day_proved", spot_checks=0)
        scene.agree(vault, employer, terms, tmp_path)
        shown = preparing.prepare(vault, terms, scene.MONTH)
        far = replace(shown.selected, metres_by_day=((dt.date(2026, 5, 4), 1_048_576),))
        with pytest.raises(DayTooLongError):
            committing.secrets_for(vault, replace(shown, selected=far))

    def test_days_that_are_not_the_total_are_refused(
        self, vault: Vault, contract: Contract
    ) -> None:
        shown = preparing.prepare(vault, contract.terms, scene.MONTH)
        less = replace(shown.selected, metres_by_day=shown.selected.metres_by_day[:1])
        with pytest.raises(ResultRefusedError):
            committing.secrets_for(vault, replace(shown, selected=less))


class TestTrack:
    """`track_of`: "What the export does not count leaves nothing"."""

    def track(self, vault: Vault, contract: Contract) -> dict[int, tuple[str, ...]]:
        shown = preparing.prepare(vault, contract.terms, scene.MONTH)
        used = [trip for trip, _ in shown.selected.used]
        return track_of(vault, contract.terms, scene.MONTH, used)

    def test_the_squares_of_the_drive_to_the_client_are_there(
        self, vault: Vault, contract: Contract
    ) -> None:
        """9:00 UTC on 4 May, from the office (48.0, 2.1) north to the client (48.1, 2.1)."""
        track = self.track(vault, contract)
        slot = slot_at(scene.MONTH, scene.minute_us(dt.date(2026, 5, 4), 9, 5))
        assert slot is not None
        assert {f"cell:{row}:105" for row in range(2400, 2405)} <= set(track[slot])

    def test_commutes_leave_nothing(self, vault: Vault, contract: Contract) -> None:
        track = self.track(vault, contract)
        hours = {slot_start(scene.MONTH, slot).hour for slot in track}
        assert hours <= {9, 13}
        home = cell_mark(round(scene.HOME.lat_deg * 1e5), round(scene.HOME.lon_deg * 1e5))
        assert all(home not in marks for marks in track.values())

    def test_a_named_client_is_marked_and_a_home_never(
        self, vault: Vault, contract: Contract
    ) -> None:
        client = NamedPlace("Dupont", PlaceKind.CLIENT, scene.CLIENT)
        settings.name_place(vault, client, now_us=scene.NOON_US)
        marks = {mark for found in self.track(vault, contract).values() for mark in found}
        kinds = {mark for mark in marks if mark.startswith("place:")}
        assert kinds == {"place:client", "place:work"}

    def test_nothing_is_used_and_nothing_is_committed_to(
        self, vault: Vault, contract: Contract
    ) -> None:
        assert track_of(vault, contract.terms, scene.MONTH, []) == {}
