from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.desk import desk, desk_answers, inbox, ledger
from geowallet.app.desk.desk import Desk
from geowallet.app.desk.inbox import Taken
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements, export, life
from geowallet.app.sharing.export import Exported
from geowallet.app.sharing.preparing import prepare
from geowallet.contracts.life.acknowledgement import check_acknowledgement
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.life.offer import Offer
from geowallet.model.errors import (
    DiskFullError,
    ForeignAnswerError,
    NoContractError,
    NoFilesError,
    NotReceivedError,
    TooLargeError,
)
from geowallet.vault.store import Vault
from tests.app import scene

NOW_S = scene.NOON_US // 1_000_000 + 60


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    return folder


def offered(employer: Desk, folder: Path, *, name: str = "mileage") -> Offer:
    path = desk.make_offer(employer, scene.mileage(employer, name=name), folder / "offers")
    return agreements.offer_from(path)


def accept(vault: Vault, offer: Offer, folder: Path) -> Contract:
    return agreements.accept_offer(
        vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=folder
    )[0]


def send(vault: Vault, contract: Contract, folder: Path, *, later_s: int = 0) -> Exported:
    return export.export(
        vault,
        contract,
        prepare(vault, contract.terms, scene.MONTH),
        now_us=scene.NOON_US + later_s * 1_000_000,
        target=folder,
        words=scene.words,
    )


def take_in(employer: Desk, folder: Path) -> dict[str, Taken]:
    found = inbox.take_in(employer, folder, now_s=NOW_S, today=scene.TODAY)
    return {taken.path.name: taken for taken in found}


class TestFolder:
    """Promise: what is good is taken in, whatever lies beside it and in whatever order."""

    def test_contract_export_no_and_end_come_in_one_folder(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        contract = accept(vault, offered(employer, tmp_path), box)
        sent = send(vault, contract, box)
        other = offered(employer, tmp_path, name="other")
        life.decline_offer(
            vault, other, today=scene.TODAY, now_us=scene.NOON_US, target=box, reason="too much"
        )
        life.withdraw(vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=box)
        found = take_in(employer, box)
        assert {name: str(taken.came) for name, taken in found.items()} == {
            "mileage-2026-05.jwe": "export",
            "mileage.contract": "contract",
            "mileage.withdrawal": "withdrawal",
            "other.decline": "decline",
        }
        assert [taken.error for taken in found.values()] == [None] * 4
        taken = found["mileage-2026-05.jwe"]
        assert (taken.holder, taken.period) == ("Camille Martin", "2026-05")
        assert taken.judged is not None
        assert taken.judged.claim is ledger.Claim.COUNTS
        assert found["other.decline"].reason == "too much"
        assert [one.contract for one in desk_answers.declines(employer)] == ["other"]
        assert desk_answers.withdrawn_on(employer, contract) == scene.TODAY
        assert found["mileage.withdrawal"].delete == (sent.receipt.jti,)
        assert [entry.jti for entry in ledger.received(employer)] == [sent.receipt.jti]

    def test_a_full_disk_is_not_called_a_bad_file(
        self,
        vault: Vault,
        employer: Desk,
        tmp_path: Path,
        box: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def full(_: int) -> None:
            raise OSError(28, "No space left")

        accept(vault, offered(employer, tmp_path), box)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(DiskFullError):
                take_in(employer, box)

    def test_a_second_time_nothing_is_entered_twice(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        send(vault, accept(vault, offered(employer, tmp_path), box), box)
        take_in(employer, box)
        again = take_in(employer, box)
        assert again["mileage-2026-05.jwe"].before == "2026-06-02"
        assert all(taken.error is None for taken in again.values())
        assert len(ledger.received(employer)) == 1

    def test_a_readable_copy_is_left_only_beside_its_export(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        send(vault, accept(vault, offered(employer, tmp_path), box), box)
        assert not {"mileage-2026-05.txt", "mileage-2026-05.csv"} & set(take_in(employer, box))
        (box / "mileage-2026-05.jwe").unlink()
        assert take_in(employer, box)["mileage-2026-05.txt"].error is not None

    def test_a_correction_is_seen_in_whichever_order_it_comes(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        contract = accept(vault, offered(employer, tmp_path), box)
        first = send(vault, contract, tmp_path / "first")
        second = send(vault, contract, tmp_path / "second", later_s=10)
        for name, sent in (("a.jwe", second), ("b.jwe", first)):
            (box / name).write_bytes(sent.files[0].read_bytes())
        found = take_in(employer, box)
        claims = [found[name].judged for name in ("a.jwe", "b.jwe")]
        assert [one.claim for one in claims if one] == ["counts", "replaced"]

    def test_two_wallets_of_one_name_are_pointed_out(
        self, vault: Vault, empty: Locations, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        offer = offered(employer, tmp_path)
        accept(vault, offer, box)
        with scene.opened(empty) as second:
            settings.set_owner_name(second, "camille  MARTIN", now_us=scene.NOON_US)
            accept(second, offer, tmp_path / "second")
        (box / "second.contract").write_bytes(
            (tmp_path / "second" / "mileage.contract").read_bytes()
        )
        found = take_in(employer, box)
        first, other = found["mileage.contract"], found["second.contract"]
        assert first.others == (other.key,)
        assert other.others == (first.key,)

    def test_an_empty_or_missing_folder_is_said(self, employer: Desk, box: Path) -> None:
        (box / ".hidden").write_text("x")
        (box / "folder").mkdir()
        for folder in (box, box / "none"):
            with pytest.raises(NoFilesError):
                take_in(employer, folder)

    def test_a_folder_without_end_is_refused(
        self, employer: Desk, box: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox, "MOST_FILES", 2)
        for number in range(3):
            (box / f"{number}").write_text("x")
        with pytest.raises(TooLargeError):
            take_in(employer, box)


class TestHostile:
    """Promise: a hostile file is refused by name and code, and costs the others nothing."""

    def test_each_is_refused_and_the_good_one_is_taken_in(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        contract = accept(vault, offered(employer, tmp_path), box)
        sent = send(vault, contract, tmp_path / "sent").files[0]
        stranger = scene.new_desk(tmp_path / "stranger", "Autre SAS")
        foreign = offered(stranger, tmp_path / "foreign", name="foreign")
        accept(vault, foreign, tmp_path / "foreign")
        life.decline_offer(
            vault,
            offered(stranger, tmp_path / "foreign", name="no"),
            today=scene.TODAY,
            now_us=scene.NOON_US,
            target=tmp_path / "foreign",
        )
        withdrawal = life.withdraw(
            vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=tmp_path
        )[0].read_bytes()
        whole = sent.read_text()
        parts = whole.split(".")
        parts[3] = ("A" if parts[3][0] != "A" else "B") + parts[3][1:]
        hostile: dict[str, tuple[bytes, str]] = {
            "huge.jwe": (b"a" * (desk.MAX_FILE_BYTES + 1), "source.too_large"),
            "empty": (b"", "verify.malformed"),
            "trace.gpx": (b"<gpx/>", "verify.malformed"),
            "cut.jwe": (whole[: len(whole) // 2].encode(), "verify.malformed"),
            "edited.jwe": (".".join(parts).encode(), "verify.signature"),
            "deep.contract": (b'{"a":' * 99 + b"1" + b"}" * 99, "contract.other_file"),
            "odd.contract": (b'{"schema": "geowallet.offer/9"}', "contract.other_file"),
            "bare.contract": (b'{"schema": "geowallet.contract/1"}', "contract.malformed"),
            "foreign.contract": (
                (tmp_path / "foreign" / "foreign.contract").read_bytes(),
                "contract.foreign",
            ),
            "no.decline": ((tmp_path / "foreign" / "no.decline").read_bytes(), "desk.foreign"),
            "edited.withdrawal": (
                scene.altered(withdrawal, withdrawn="2027-01-01"),
                "contract.signature",
            ),
            "other.withdrawal": (
                scene.altered(withdrawal, terms_sha256="0f" * 32),
                "desk.foreign",
            ),
            "more.withdrawal": (scene.altered(withdrawal, more=1), "contract.unknown_member"),
        }
        for name, (body, _) in hostile.items():
            (box / name).write_bytes(body)
        (box / "good.jwe").write_bytes(whole.encode())
        os.mkfifo(box / "pipe")
        found = take_in(employer, box)
        codes = {name: taken.error.code for name, taken in found.items() if taken.error}
        assert codes == {name: code for name, (_, code) in hostile.items()}
        assert set(found) - set(codes) == {"good.jwe", "mileage.contract"}
        assert len(ledger.received(employer)) == 1
        assert len(desk.filed_contracts(employer)) == 1

    def test_an_export_signed_after_the_end_is_refused(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        """A wallet that goes on after it withdrew: the recipient's desk holds it to its word."""
        contract = accept(vault, offered(employer, tmp_path), box)
        before = send(vault, contract, tmp_path / "a")
        after = send(vault, contract, tmp_path / "b", later_s=3 * 86_400)
        life.withdraw(vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=box)
        for name, sent in (("a.jwe", before), ("b.jwe", after)):
            (box / name).write_bytes(sent.files[0].read_bytes())
        found = inbox.take_in(employer, box, now_s=NOW_S + 3 * 86_400, today=scene.TODAY)
        errors = {taken.path.name: taken.error for taken in found}
        assert errors["a.jwe"] is None
        assert getattr(errors["b.jwe"], "code", "") == "contract.withdrawn"

    def test_one_file_is_taken_in_the_same_way(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path
    ) -> None:
        accept(vault, offered(employer, tmp_path), box)
        path = box / "mileage.contract"
        taken = inbox.take_file(employer, path, now_s=NOW_S, today=scene.TODAY)
        assert (taken.contract, taken.error) == ("mileage", None)
        path.write_text(json.dumps({"schema": 4}))
        taken = inbox.take_file(employer, path, now_s=NOW_S, today=scene.TODAY)
        assert getattr(taken.error, "code", "") == "contract.other_file"


class TestAcknowledge:
    @pytest.fixture
    def sent(self, vault: Vault, employer: Desk, tmp_path: Path, box: Path) -> Exported:
        sent = send(vault, accept(vault, offered(employer, tmp_path), box), box)
        take_in(employer, box)
        return sent

    def test_the_owners_wallet_takes_the_word_in(
        self, vault: Vault, employer: Desk, tmp_path: Path, sent: Exported
    ) -> None:
        said, written = desk_answers.acknowledge(
            employer, sent.receipt.id, act="received", today=scene.TODAY, target=tmp_path
        )
        assert written.name == f"mileage-2026-05-{sent.receipt.jti[:8]}.received"
        key = employer.recipient.signing_jwk
        assert check_acknowledgement(written.read_bytes(), key) == said
        taken, _ = life.take_acknowledgement(vault, written.read_bytes(), now_us=scene.NOON_US)
        assert taken.sealed_sha256 == sent.receipt.sealed_sha256

    def test_a_deletion_takes_the_figures_away(
        self, vault: Vault, employer: Desk, tmp_path: Path, sent: Exported
    ) -> None:
        _, written = desk_answers.acknowledge(
            employer, sent.receipt.id, act="deleted", today=scene.TODAY, target=tmp_path
        )
        (entry,) = ledger.received(employer)
        assert (entry.total, entry.deleted) == (None, "2026-06-02")
        said, _ = life.take_acknowledgement(vault, written.read_bytes(), now_us=scene.NOON_US)
        assert said.act == "deleted"

    def test_what_never_came_is_not_acknowledged(
        self, employer: Desk, tmp_path: Path, sent: Exported
    ) -> None:
        del sent
        with pytest.raises(NotReceivedError):
            desk_answers.acknowledge(
                employer, "ffff-ffff", act="received", today=scene.TODAY, target=tmp_path
            )

    def test_without_its_contract_nobody_can_tell_whose_it_is(
        self, employer: Desk, tmp_path: Path, sent: Exported
    ) -> None:
        for path in (employer.folder / "contracts").iterdir():
            path.unlink()
        with pytest.raises(NoContractError):
            desk_answers.acknowledge(
                employer, sent.receipt.id, act="deleted", today=scene.TODAY, target=tmp_path
            )
        assert ledger.received(employer)[0].total is not None

    def test_a_withdrawal_names_only_what_is_still_here(
        self, vault: Vault, employer: Desk, tmp_path: Path, box: Path, sent: Exported
    ) -> None:
        (contract,) = desk.filed_contracts(employer)
        life.withdraw(vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=box)
        assert take_in(employer, box)["mileage.withdrawal"].delete == (sent.receipt.jti,)
        desk_answers.acknowledge(
            employer, sent.receipt.id, act="deleted", today=scene.TODAY, target=tmp_path
        )
        assert take_in(employer, box)["mileage.withdrawal"].delete == ()

    def test_an_end_of_what_is_not_filed_is_foreign(
        self, vault: Vault, employer: Desk, tmp_path: Path, sent: Exported
    ) -> None:
        del sent
        (contract,) = desk.filed_contracts(employer)
        written, _ = life.withdraw(
            vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=tmp_path
        )
        other = scene.new_desk(tmp_path / "other")
        with pytest.raises(ForeignAnswerError):
            desk_answers.file_withdrawal(other, written.read_bytes())
