"""A holder changes keys: both sides by files, and what a thief of the old key is left with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.desk import desk, desk_answers, inbox, ledger
from geowallet.app.desk.desk import Desk, rotate_desk, write_rotation
from geowallet.app.desk.inbox import Came, Taken
from geowallet.app.desk.rotations import keys_of, standing_contracts
from geowallet.app.desk.verification import verify_file
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements, export, identity, life, recipients, rotating
from geowallet.app.sharing.own_copies import own_copy
from geowallet.app.sharing.preparing import prepare
from geowallet.contracts.life.grant import Contract, renewed
from geowallet.contracts.life.holder_rotation import holder_rotation_bytes
from geowallet.contracts.life.rotation_notice import notice_bytes, read_notice
from geowallet.crypto.signing import new_private_jwk, public_jwk, thumbprint
from geowallet.model.errors import (
    ContractWithdrawnError,
    ForeignAnswerError,
    GeowalletError,
    KeyGivenUpError,
    NoContractError,
    NotFoundError,
    NotRotatedError,
    RotationForkedError,
    VaultBusyError,
    VaultDamagedError,
)
from geowallet.vault.store import Vault
from tests.app import scene

NOW_S = scene.NOON_US // 1_000_000
LATER_US = scene.NOON_US + 60_000_000


@dataclass
class Sides:
    """A wallet and a desk with one contract, an export under it, and a copy of the old wallet."""

    vault: Vault
    thief: Vault
    desk: Desk
    contract: Contract
    sent: export.Exported
    folder: Path

    def rotate(self, name: str = "new") -> Path:
        """Change keys, and return the notice."""
        rotating.rotate_identity(self.vault, now_us=LATER_US)
        (notice,) = rotating.write_notices(self.vault, self.folder / name)
        return notice

    def export(self, vault: Vault, name: str, *, now_us: int = LATER_US) -> export.Exported:
        contract = agreements.find_contract(vault, "mileage")
        return export.export(
            vault,
            contract,
            prepare(vault, contract.terms, scene.MONTH),
            now_us=now_us,
            target=self.folder / name,
            words=scene.words,
        )

    def take(self, path: Path) -> Taken:
        return inbox.take_file(self.desk, path, now_s=NOW_S + 120, today=scene.TODAY)

    def taken(self, path: Path) -> Taken:
        found = self.take(path)
        assert found.error is None, found.error
        return found

    def refused(self, path: Path) -> type[GeowalletError]:
        found = self.take(path)
        assert found.error is not None
        return type(found.error)


@pytest.fixture
def sides(vault: Vault, here: Locations, employer: Desk, tmp_path: Path) -> Iterator[Sides]:
    contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
    first = Sides(vault, vault, employer, contract, None, tmp_path)  # type: ignore[arg-type]
    first.sent = first.export(vault, "sent", now_us=scene.NOON_US)
    with scene.opened(scene.copied(here, tmp_path / "stolen")) as thief:
        first.thief = thief
        yield first


def key_of(vault: Vault) -> str:
    return thumbprint(identity.signing_key(vault))


class TestFollowed:
    """Promise: "follow a holder from one key to the next"."""

    def test_an_export_by_the_new_key_is_taken_once_the_change_is(self, sides: Sides) -> None:
        old = key_of(sides.vault)
        notice = sides.rotate()
        new = sides.export(sides.vault, "new")
        assert [path.suffix for path in new.files] == [".jwe", ".txt", ".csv", ".rotation"]
        assert sides.refused(new.files[0]) is NoContractError
        taken = sides.taken(notice)
        assert (taken.came, taken.holder) == (Came.ROTATION, "Camille Martin")
        assert taken.next_key == key_of(sides.vault) != old
        judged = sides.taken(new.files[0]).judged
        assert judged is not None
        assert judged.claim is ledger.Claim.COUNTS
        assert judged.entry.supersedes == sides.sent.receipt.jti
        assert sides.taken(new.files[3]).unlisted == ()
        (standing,) = standing_contracts(sides.desk)
        assert keys_of(sides.desk, standing) == (old, key_of(sides.vault))

    @pytest.mark.parametrize("years", [10, -10])
    def test_a_change_is_followed_by_its_signatures_whatever_the_clock_said(
        self, sides: Sides, years: int
    ) -> None:
        off_us = years * 365 * 86_400_000_000
        rotating.rotate_identity(sides.vault, now_us=LATER_US + off_us)
        (notice,) = rotating.write_notices(sides.vault, sides.folder / "new")
        assert sides.taken(notice).next_key == key_of(sides.vault)
        judged = sides.taken(sides.export(sides.vault, "new").files[0]).judged
        assert judged is not None
        assert judged.claim is ledger.Claim.COUNTS

    def test_what_was_sent_before_still_counts(self, sides: Sides) -> None:
        sides.taken(sides.rotate())
        verified = verify_file(sides.sent.files[0], sides.desk, now_s=NOW_S + 120)
        assert verified.verdict.accepted
        assert verified.contract == sides.contract
        assert sides.taken(sides.sent.files[0]).judged is not None

    def test_the_notice_goes_with_the_first_export_alone(self, sides: Sides) -> None:
        sides.rotate()
        assert len(sides.export(sides.vault, "one").files) == 4
        assert len(sides.export(sides.vault, "two", now_us=LATER_US + 1_000_000).files) == 3

    def test_two_changes_are_followed_at_once_and_out_of_order(self, sides: Sides) -> None:
        one = sides.rotate("one")
        middle = sides.export(sides.vault, "middle")
        two = sides.rotate("two")
        assert len(read_notice(two.read_bytes()).keys) == 3
        sides.taken(two)
        late = sides.taken(one)
        assert late.next_key == key_of(sides.vault)
        assert sides.taken(middle.files[0]).judged is not None
        assert len(standing_contracts(sides.desk)) == 1

    def test_own_copies_open_with_the_new_key(self, sides: Sides) -> None:
        before = own_copy(sides.vault, sides.sent.receipt.id).figures
        sides.rotate()
        assert own_copy(sides.vault, sides.sent.receipt.id).figures == before

    def test_a_contract_of_afterwards_tells_nothing_of_earlier_keys(
        self, sides: Sides, tmp_path: Path
    ) -> None:
        sides.rotate()
        scene.agree(sides.vault, sides.desk, scene.mileage(sides.desk, name="later"), tmp_path)
        with pytest.raises(NotRotatedError):
            rotating.write_notices(sides.vault, tmp_path / "none", "later")
        rotating.rotate_identity(sides.vault, now_us=LATER_US)
        (notice,) = rotating.write_notices(sides.vault, tmp_path / "some", "later")
        assert len(read_notice(notice.read_bytes()).keys) == 2
        with pytest.raises(NotFoundError):
            rotating.write_notices(sides.vault, tmp_path / "none", "nothing")

    def test_an_end_said_with_either_key_ends_it(self, sides: Sides) -> None:
        sides.taken(sides.rotate())
        new = sides.export(sides.vault, "new").files[0]
        contract = agreements.find_contract(sides.vault, "mileage")
        path, _ = life.withdraw(
            sides.vault,
            contract,
            today=scene.days_of_may(4)[0],
            now_us=LATER_US,
            target=sides.folder / "end",
        )
        sides.taken(path)
        assert sides.refused(new) is ContractWithdrawnError
        assert desk_answers.withdrawn_on(sides.desk, sides.contract) is not None

    def test_an_end_of_before_the_change_ends_it_for_the_new_key(self, sides: Sides) -> None:
        path, _ = life.withdraw(
            sides.vault,
            sides.contract,
            today=scene.TODAY,
            now_us=scene.NOON_US,
            target=sides.folder / "end",
        )
        sides.taken(path)
        sides.taken(sides.rotate())
        (standing,) = standing_contracts(sides.desk)
        assert standing != sides.contract
        assert desk_answers.withdrawn_on(sides.desk, standing) == scene.TODAY

    def test_an_old_copy_of_the_contract_is_still_known_as_ones_own(
        self, sides: Sides, tmp_path: Path
    ) -> None:
        before = tmp_path / "mileage.contract"
        sides.rotate()
        assert agreements.asked_of(sides.vault, before).terms == sides.contract.terms


class TestThief:
    """Promise: "whatever else an earlier key signs, whatever date it bears"."""

    @pytest.mark.parametrize("now_us", [LATER_US + 30_000_000, scene.NOON_US - 3_600_000_000])
    def test_what_the_old_key_signs_is_refused_also_back_dated(
        self, sides: Sides, now_us: int
    ) -> None:
        sides.taken(sides.rotate())
        forged = sides.export(sides.thief, "forged", now_us=now_us).files[0]
        assert sides.refused(forged) is KeyGivenUpError
        with pytest.raises(KeyGivenUpError, match="2026-06-02"):
            verify_file(forged, sides.desk, now_s=NOW_S + 120, contract=sides.contract)

    def test_what_came_before_the_notice_is_pointed_out(self, sides: Sides) -> None:
        sides.taken(sides.sent.files[0])
        forged = sides.export(sides.thief, "forged").receipt
        sides.taken(sides.folder / "forged" / "mileage-2026-05.jwe")
        assert sides.taken(sides.rotate()).unlisted == (forged.jti,)

    def test_the_key_is_given_up_under_every_contract(self, sides: Sides, tmp_path: Path) -> None:
        other = scene.mileage(sides.desk, name="other")
        scene.agree(sides.vault, sides.desk, other, tmp_path)
        sent = export.export(
            sides.vault,
            agreements.find_contract(sides.vault, "other"),
            prepare(sides.vault, other, scene.MONTH),
            now_us=scene.NOON_US,
            target=tmp_path / "other",
            words=scene.words,
        ).files[0]
        rotating.rotate_identity(sides.vault, now_us=LATER_US)
        mileage, others = rotating.write_notices(sides.vault, tmp_path / "two")
        sides.taken(mileage)
        assert sides.refused(sent) is KeyGivenUpError
        sides.taken(others)
        assert sides.taken(sent).judged is not None

    def test_a_second_change_of_the_same_key_is_refused(self, sides: Sides) -> None:
        sides.taken(sides.rotate())
        rotating.rotate_identity(sides.thief, now_us=LATER_US)
        (forged,) = rotating.write_notices(sides.thief, sides.folder / "forged")
        assert sides.refused(forged) is RotationForkedError
        export_ = sides.export(sides.thief, "by-thief").files[0]
        assert sides.refused(export_) is NoContractError
        assert len(standing_contracts(sides.desk)) == 1

    def test_a_chain_from_a_key_that_is_not_filed_is_refused(self, sides: Sides) -> None:
        stranger = (
            new_private_jwk("sig", b"s" * 32),
            public_jwk(new_private_jwk("enc", b"s" * 32)),
        )
        heir = (new_private_jwk("sig", b"h" * 32), public_jwk(new_private_jwk("enc", b"h" * 32)))
        change = holder_rotation_bytes(stranger, heir, rotated_s=NOW_S)
        mine = renewed(sides.contract, holder_private_jwk=heir[0], holder_sealing_public=heir[1])
        path = sides.folder / "stranger.rotation"
        path.write_bytes(notice_bytes([change], mine, heir[0], exports=[]))
        assert sides.refused(path) is ForeignAnswerError

    def test_the_old_private_key_is_nowhere_in_the_wallet(self, sides: Sides) -> None:
        old = identity.signing_key(sides.vault)["d"]
        sides.rotate()
        kept = [body for _, body in sides.vault.items("identity")]
        assert not any(old.encode() in body for body in kept)

    def test_an_export_that_was_under_way_is_not_signed_with_it(
        self, sides: Sides, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign = export._signed

        def signed(*arguments: Any) -> str:
            text = sign(*arguments)
            rotating.rotate_identity(sides.vault, now_us=LATER_US)
            return text

        monkeypatch.setattr(export, "_signed", signed)
        with pytest.raises(VaultBusyError):
            sides.export(sides.vault, "late")
        assert not (sides.folder / "late").exists()


class TestUnlinked:
    """Promise: without the old key "the new key is a stranger's until they compare it"."""

    def test_the_desk_takes_it_for_another_key_and_says_so(
        self, sides: Sides, tmp_path: Path
    ) -> None:
        sides.rotate()
        made = rotating.rotate_identity(sides.vault, now_us=LATER_US, linked=False)
        with pytest.raises(NotRotatedError):
            rotating.write_notices(sides.vault, tmp_path / "none")
        (path,) = rotating.write_contracts(sides.vault, tmp_path / "again")
        taken = sides.taken(path)
        assert (taken.came, len(taken.others)) == (Came.CONTRACT, 1)
        assert made.key == key_of(sides.vault)
        assert sides.taken(sides.export(sides.vault, "new").files[0]).judged is not None

    def test_it_needs_no_old_key(self, sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
        def damaged(_: Vault) -> dict[str, str]:
            raise VaultDamagedError(what="an identity key")

        monkeypatch.setattr(rotating, "sealing_key", damaged)
        with pytest.raises(VaultDamagedError):
            rotating.rotate_identity(sides.vault, now_us=LATER_US)
        rotating.rotate_identity(sides.vault, now_us=LATER_US, linked=False)


class TestRecipientsNewKey:
    """Promise: files are sealed with the key of the recipient's last change that was taken in."""

    def test_an_old_contract_is_sealed_for_the_new_key(self, sides: Sides, tmp_path: Path) -> None:
        renewed_desk = rotate_desk(sides.desk.folder, lambda: scene.DESK_PASSPHRASE)
        statement = write_rotation(renewed_desk, today=scene.TODAY, target=tmp_path)
        terms = sides.contract.terms
        assert recipients.newest_sealing_key(sides.vault, terms.recipient) == (
            terms.recipient.sealing_jwk
        )
        recipients.take_rotation(sides.vault, statement.read_bytes(), now_us=scene.NOON_US)
        sealed = sides.export(sides.vault, "sealed").files[0]
        only_new = Desk(
            sides.desk.folder,
            renewed_desk.name,
            renewed_desk.signing_jwk,
            renewed_desk.sealing_jwk,
        )
        assert verify_file(sealed, only_new, now_s=NOW_S + 120).verdict.accepted
        assert desk.open_desk(sides.desk.folder, lambda: scene.DESK_PASSPHRASE).earlier
