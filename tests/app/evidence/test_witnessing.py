"""The owner's side of a witness: asking by files, keeping what it signed, and proving by it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from geowallet.app import settings
from geowallet.app.evidence import witnessing
from geowallet.app.evidence.proving import entry_proof
from geowallet.app.evidence.stamps import confirmed, stamps
from geowallet.app.evidence.witness import (
    Witness,
    create_witness,
)
from geowallet.app.evidence.witness_signing import sign_request
from geowallet.app.locations import Locations
from geowallet.crypto.keys import KdfCost
from geowallet.crypto.log_texts import EntryProof, parse_entry_proof
from geowallet.crypto.merkle import verify_inclusion
from geowallet.crypto.note_lines import split_note
from geowallet.crypto.notes import (
    Checkpoint,
    open_checkpoint,
    verifier_key,
)
from geowallet.model.errors import (
    BadLogKeyError,
    BadOptionError,
    CosignatureError,
    DiskFullError,
    EvidenceError,
    LogForkedError,
    UnknownWitnessError,
)
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.seen import at, seen
from tests.app.evidence.test_witness import NOW_S


class TestTheOwnersSide:
    """Promise: by files, and what a witness signed is a state that this log had."""

    def ask(self, vault: Vault, folder: Path, *, old: int = 0) -> Path:
        path = folder / "wallet.request"
        path.write_text(str(witnessing.witness_request(vault, old_size=old)))
        return path

    def answer(self, vault: Vault, witness: Witness, folder: Path, *, old: int = 0) -> Path:
        key = verifier_key(vault.origin, vault.log_public)
        done = sign_request(witness, self.ask(vault, folder, old=old), log_key=key, now_s=NOW_S)
        path = folder / "wallet.cosigned"
        path.write_text(done.note)
        return path

    def test_asks_and_takes_in_and_asks_again_from_there(
        self, vault: Vault, witness: Witness, tmp_path: Path
    ) -> None:
        chosen = witnessing.add_witness(vault, f"{witness.key}\n", now_us=1)
        assert witnessing.witnesses(vault) == (chosen,)
        size = vault.mark().size
        path = self.answer(vault, witness, tmp_path)
        stamp = witnessing.take_cosigned(vault, path, chosen, now_us=NOW_S * 1_000_000)
        assert (stamp.size, stamp.at_s, stamp.by) == (size, NOW_S, witness.key)
        assert stamps(vault) == (stamp,)
        *_, (_, statement, _) = vault.log_entries()
        assert statement.kind is StatementKind.WITNESS
        old = witnessing.last_signed(vault, chosen)
        assert old == size
        again = self.answer(vault, witness, tmp_path, old=old)
        assert witnessing.take_cosigned(vault, again, chosen, now_us=1).size > size
        assert len(stamps(vault)) == 2

    def test_the_wallet_of_an_older_copy_is_refused_by_the_witness(
        self, here: Locations, witness: Witness, tmp_path: Path
    ) -> None:
        """Two copies of one wallet that went on apart: the second is a fork."""
        twin = scene.copied(here, tmp_path / "twin")
        for place in (here, twin):
            with scene.opened(place) as vault:
                settings.set_owner_name(vault, f"{place.wallet.parent.name}", now_us=1)
                if place is here:
                    self.answer(vault, witness, tmp_path)
                else:
                    with pytest.raises(LogForkedError):
                        self.answer(vault, witness, tmp_path, old=vault.mark().size)

    def test_another_log_s_state_is_refused(
        self, vault: Vault, witness: Witness, tmp_path: Path, empty: Locations
    ) -> None:
        chosen = witnessing.add_witness(vault, witness.key, now_us=1)
        with scene.opened(empty) as other:
            path = self.answer(other, witness, tmp_path)
        with pytest.raises(CosignatureError):
            witnessing.take_cosigned(vault, path, chosen, now_us=1)

    def test_a_state_that_this_log_never_had_is_refused(
        self, here: Locations, witness: Witness, tmp_path: Path
    ) -> None:
        longer, fork = (scene.copied(here, tmp_path / name) for name in ("longer", "fork"))
        paths = []
        for place in (longer, fork):
            folder = place.wallet.parent
            with scene.opened(place) as vault:
                settings.set_owner_name(vault, "Dominique", now_us=1)
                if place is longer:
                    settings.set_owner_name(vault, "Camille Martin", now_us=1)
                own = create_witness(
                    folder / "w", witness.name, scene.DESK_PASSPHRASE, cost=KdfCost.LEAST
                )
                paths.append((self.answer(vault, own, folder), own.key))
        with scene.opened(here) as vault:
            settings.set_owner_name(vault, "Dominique", now_us=1)
            for path, key in paths:
                chosen = witnessing.add_witness(vault, key, now_us=1)
                with pytest.raises(CosignatureError):
                    witnessing.take_cosigned(vault, path, chosen, now_us=1)

    def test_a_note_that_the_witness_did_not_sign_is_refused(
        self, vault: Vault, witness: Witness, tmp_path: Path
    ) -> None:
        chosen = witnessing.add_witness(vault, witness.key, now_us=1)
        path = tmp_path / "cosigned"
        for text in (vault.checkpoint(), "x", "\xff"):
            path.write_text(text, encoding="latin-1" if text == "\xff" else "utf-8")
            with pytest.raises(CosignatureError):
                witnessing.take_cosigned(vault, path, chosen, now_us=1)

    def test_a_size_that_the_log_never_had_is_no_beginning(self, vault: Vault) -> None:
        for old in (-1, vault.mark().size + 1):
            with pytest.raises(BadOptionError):
                witnessing.witness_request(vault, old_size=old)

    def test_a_new_witness_and_its_first_signature_are_kept_together(
        self, vault: Vault, witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise DiskFullError(reason="")

        path = self.answer(vault, witness, tmp_path)
        new = witnessing.witness_of(vault, witness.key, now_us=1)
        with monkeypatch.context() as patch:
            patch.setattr(witnessing, "put_stamp", full)
            with pytest.raises(DiskFullError):
                witnessing.take_cosigned(vault, path, new, now_us=2)
        assert witnessing.witnesses(vault) == ()
        witnessing.take_cosigned(vault, path, new, now_us=2)
        assert witnessing.witnesses(vault) == (new,)
        assert witnessing.add_witness(vault, f" {witness.key}", now_us=3) == new

    def test_witnesses_are_found_by_name(self, vault: Vault, witness: Witness) -> None:
        with pytest.raises(UnknownWitnessError):
            witnessing.chosen_witness(vault, "")
        with pytest.raises(BadLogKeyError):
            witnessing.add_witness(vault, "x", now_us=1)
        chosen = witnessing.add_witness(vault, witness.key, now_us=1)
        assert witnessing.chosen_witness(vault, "") == chosen
        assert witnessing.chosen_witness(vault, "exemple") == chosen
        assert witnessing.last_signed(vault, None) == 0
        with pytest.raises(UnknownWitnessError):
            witnessing.chosen_witness(vault, "other")


class TestProving:
    """Promise: self-contained, offline, with the witness's signature where there is one."""

    def checked(self, vault: Vault, proof: EntryProof) -> Checkpoint:
        """Check a proof as a stranger with the log's key would, and return its state."""
        again = parse_entry_proof(str(proof))
        checkpoint = open_checkpoint(again.note, vault.log_public)
        leaf = vault.leaf_hashes()[again.index]
        verify_inclusion(
            leaf, again.proof, index=again.index, size=checkpoint.size, root=checkpoint.root
        )
        return checkpoint

    def test_leads_to_the_state_of_now_without_a_witness(self, vault: Vault) -> None:
        for index in (0, 3, vault.mark().size - 1):
            assert self.checked(vault, entry_proof(vault, index)).size == vault.mark().size

    def test_leads_to_the_earliest_state_that_a_witness_signed(
        self, vault: Vault, witness: Witness, tmp_path: Path
    ) -> None:
        owner = TestTheOwnersSide()
        chosen = witnessing.add_witness(vault, witness.key, now_us=1)
        size = vault.mark().size
        path = owner.answer(vault, witness, tmp_path)
        witnessing.take_cosigned(vault, path, chosen, now_us=1)
        proof = entry_proof(vault, 0)
        assert self.checked(vault, proof).size == size
        _, lines = split_note(proof.note)
        assert [line.name for line in lines] == [vault.origin, witness.name]
        assert self.checked(vault, entry_proof(vault, size)).size == size + 1

    def test_there_is_no_proof_of_what_is_not_there(self, vault: Vault) -> None:
        for index in (-1, vault.mark().size):
            with pytest.raises(BadOptionError):
                entry_proof(vault, index)


class TestConfirmed:
    """Promise: what others saw is found again in the log, or the log was rewritten."""

    def test_every_state_that_was_seen_is_in_the_log(self, vault: Vault) -> None:
        assert confirmed(vault) == 0
        for hour in (20, 21, 22):
            seen(vault, at(4, hour))
        assert confirmed(vault) == 3

    def test_a_state_that_is_not_is_said(self, vault: Vault) -> None:
        true = seen(vault, at(4, 20))
        for size, other in ((true.size, bytes(32)), (vault.mark().size + 5, true.root)):
            forged = msgspec.structs.replace(true, size=size, root=other, by=f"w+{size}+x")
            with vault.transaction(now_us=1) as tx:
                tx.put("witness", f"forged/{size}", msgspec.msgpack.encode(forged))
                tx.log(scene.statement())
            with pytest.raises(EvidenceError):
                confirmed(vault)
            with vault.transaction(now_us=1) as tx:
                tx.delete("witness", f"forged/{size}")
                tx.log(scene.statement())
