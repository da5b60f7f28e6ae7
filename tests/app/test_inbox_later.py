"""What a folder of papers shows of changes that come later: keys and versions of terms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app.desk import desk, desk_answers, desk_offers, inbox
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import life
from geowallet.contracts.life.offer import terms_digest
from geowallet.contracts.life.rotation import read_rotation
from geowallet.model.errors import (
    NoRotationError,
    NotFoundError,
    OfferExistsError,
    WrongRecipientError,
)
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.test_inbox import NOW_S, accept, box, offered, send, take_in

__all__ = ["box"]


class TestRotation:
    """Promise: new keys end no contract, and lose no export that was on its way."""

    def rotated(self, employer: Desk, folder: Path) -> tuple[Desk, Path]:
        new = desk.rotate_desk(employer.folder, lambda: scene.DESK_PASSPHRASE)
        assert desk.open_desk(employer.folder, lambda: scene.DESK_PASSPHRASE) == new
        return new, desk.write_rotation(new, today=scene.TODAY, target=folder)

    def test_the_statement_can_be_written_again_and_needs_a_change(
        self, employer: Desk, tmp_path: Path
    ) -> None:
        with pytest.raises(NoRotationError):
            desk.write_rotation(employer, today=scene.TODAY, target=tmp_path)
        new, first = self.rotated(employer, tmp_path)
        again = desk.write_rotation(new, today=scene.TODAY, target=tmp_path / "again")
        assert read_rotation(again.read_bytes()) == read_rotation(first.read_bytes())

    def test_both_keys_sign_the_change(self, employer: Desk, tmp_path: Path) -> None:
        new, written = self.rotated(employer, tmp_path)
        said = read_rotation(written.read_bytes())
        assert (said.old, said.new) == (employer.recipient, new.recipient)
        assert new.recipient != employer.recipient
        assert new.pair_of(employer.recipient) == employer.pairs[0]
        assert new.pair_of(scene.new_desk(tmp_path / "other").recipient) is None

    def test_contracts_and_exports_of_before_are_taken_in(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        contract = accept(vault, offered(employer, tmp_path), box)
        sent = send(vault, contract, box)
        once, _ = self.rotated(employer, tmp_path)
        twice, _ = self.rotated(once, tmp_path / "again")
        assert [taken.error for taken in take_in(twice, box).values()] == [None, None]
        _, written = desk_answers.acknowledge(
            twice, sent.receipt.id, act="received", today=scene.TODAY, target=tmp_path
        )
        life.take_acknowledgement(vault, written.read_bytes(), now_us=scene.NOON_US)

    def test_somebody_elses_export_still_opens_with_no_key(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        sent = send(vault, accept(vault, offered(employer, tmp_path), box), tmp_path)
        other, _ = self.rotated(scene.new_desk(tmp_path / "other"), tmp_path)
        taken = inbox.take_file(other, sent.files[0], now_s=NOW_S, today=scene.TODAY)
        assert isinstance(taken.error, WrongRecipientError)

    def test_no_private_key_lies_open(self, employer: Desk, tmp_path: Path) -> None:
        new, _ = self.rotated(employer, tmp_path)
        stored = (employer.folder / "keys.json").read_text()
        for pair in new.pairs:
            assert pair.signing_jwk["d"] not in stored
            assert pair.sealing_jwk["d"] not in stored


class TestVersions:
    def test_a_name_is_taken_until_the_next_version_is_said(
        self, employer: Desk, tmp_path: Path
    ) -> None:
        first = scene.mileage(employer)
        assert desk_offers.following(employer, first, supersede=False) == first
        with pytest.raises(NotFoundError):
            desk_offers.following(employer, first, supersede=True)
        desk.make_offer(employer, first, tmp_path)
        with pytest.raises(OfferExistsError):
            desk_offers.following(employer, first, supersede=False)
        newer = replace(first, retention_months=12)
        second = desk_offers.following(employer, newer, supersede=True)
        assert (second.version, second.supersedes) == (2, terms_digest(first))
        desk.make_offer(employer, second, tmp_path)
        third = desk_offers.following(employer, first, supersede=True)
        assert (third.version, third.supersedes) == (3, terms_digest(second))
        assert [offer.terms.version for offer in desk_offers.offers(employer)] == [1, 2]
