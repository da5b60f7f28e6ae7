from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.evidence.witness import (
    Witness,
    create_witness,
    open_witness,
)
from geowallet.app.evidence.witness_signing import sign_request
from geowallet.crypto.cosignatures import witness_key
from geowallet.crypto.log_texts import WitnessRequest
from geowallet.crypto.merkle import consistency_proof, leaf_hash, root
from geowallet.crypto.notes import (
    Checkpoint,
    sign_checkpoint,
    verifier_key,
)
from geowallet.crypto.signing import log_public
from geowallet.model.errors import (
    BadLogKeyError,
    BadRequestError,
    GeowalletError,
    LogForkedError,
    LogRolledBackError,
    LogSignatureError,
    NoWitnessError,
    OldSizeError,
    TooLargeError,
    UnknownLogError,
    WeakPassphraseError,
    WitnessDamagedError,
    WitnessExistsError,
    WitnessPassphraseError,
)
from tests.app import scene

SEED = bytes(range(32))
ORIGIN = "geowallet/0123"
KEY = verifier_key(ORIGIN, log_public(SEED))
LEAVES = [leaf_hash(bytes([n])) for n in range(9)]
NOW_S = 1_780_000_000


def note(leaves: list[bytes], *, seed: bytes = SEED, origin: str = ORIGIN) -> str:
    return sign_checkpoint(Checkpoint(origin, len(leaves), root(leaves)), seed)


def request(folder: Path, old: int, leaves: list[bytes], **other: Any) -> Path:
    """A request file; ``proof`` and ``note`` may be given."""
    proof = other.get("proof", consistency_proof(old, leaves) if 0 < old <= len(leaves) else ())
    path = folder / "request"
    path.write_text(str(WitnessRequest(old, proof, other.get("note", note(leaves)))))
    return path


def signed(witness: Witness, path: Path, *, key: str = "", now_s: int = NOW_S) -> int:
    return sign_request(witness, path, log_key=key, now_s=now_s).size


def file_of(witness: Witness) -> Path:
    return witness.folder / "witness.json"


class TestSigning:
    """Promise: a log that only grows is signed; a fork or a rollback is not."""

    def test_a_growing_log_is_signed_at_each_size(self, witness: Witness, tmp_path: Path) -> None:
        assert signed(witness, request(tmp_path, 0, LEAVES[:3]), key=KEY) == 3
        assert signed(witness, request(tmp_path, 3, LEAVES[:4])) == 4
        assert signed(witness, request(tmp_path, 4, LEAVES[:4])) == 4
        assert signed(witness, request(tmp_path, 4, LEAVES)) == 9

    def test_an_unknown_log_is_not_signed(self, witness: Witness, tmp_path: Path) -> None:
        with pytest.raises(UnknownLogError):
            signed(witness, request(tmp_path, 0, LEAVES))
        assert json.loads(file_of(witness).read_bytes())["logs"] == {}

    def test_a_fork_is_not_signed(self, witness: Witness, tmp_path: Path) -> None:
        signed(witness, request(tmp_path, 0, LEAVES[:3]), key=KEY)
        other = [leaf_hash(b"other"), *LEAVES[1:]]
        before = file_of(witness).read_bytes()
        for size in (3, 4, 9):
            with pytest.raises(LogForkedError):
                signed(witness, request(tmp_path, 3, other[:size]))
        assert file_of(witness).read_bytes() == before

    def test_a_rollback_is_not_signed(self, witness: Witness, tmp_path: Path) -> None:
        signed(witness, request(tmp_path, 0, LEAVES[:5]), key=KEY)
        for old in (0, 4, 5):
            with pytest.raises(LogRolledBackError):
                signed(witness, request(tmp_path, old, LEAVES[:4]))

    @pytest.mark.parametrize("old", [0, 2, 4])
    def test_a_proof_from_elsewhere_is_answered_with_where_it_should_begin(
        self, witness: Witness, tmp_path: Path, old: int
    ) -> None:
        signed(witness, request(tmp_path, 0, LEAVES[:3]), key=KEY)
        with pytest.raises(OldSizeError) as refused:
            signed(witness, request(tmp_path, old, LEAVES))
        assert refused.value.details["known"] == 3

    def test_a_first_request_has_nothing_to_continue(
        self, witness: Witness, tmp_path: Path
    ) -> None:
        with pytest.raises(BadRequestError):
            signed(witness, request(tmp_path, 0, LEAVES, proof=(LEAVES[0],)), key=KEY)

    def test_another_key_is_refused(self, witness: Witness, tmp_path: Path) -> None:
        forged = note(LEAVES[:3], seed=bytes(32))
        path = request(tmp_path, 0, LEAVES[:3], note=forged)
        with pytest.raises(LogSignatureError):
            signed(witness, path, key=KEY)
        signed(witness, request(tmp_path, 0, LEAVES[:3]), key=KEY)
        with pytest.raises(LogSignatureError):
            signed(witness, path, key=verifier_key(ORIGIN, log_public(bytes(32))))
        with pytest.raises(LogSignatureError):
            signed(witness, path, key=verifier_key("other", log_public(SEED)))

    def test_each_log_has_its_own_state(self, witness: Witness, tmp_path: Path) -> None:
        signed(witness, request(tmp_path, 0, LEAVES[:5]), key=KEY)
        other = note(LEAVES[:2], origin="geowallet/other")
        key = verifier_key("geowallet/other", log_public(SEED))
        assert signed(witness, request(tmp_path, 0, LEAVES[:2], note=other), key=key) == 2

    def test_two_at_once_never_sign_two_states(self, witness: Witness, tmp_path: Path) -> None:
        """Promise (tlog-witness): comparing and persisting are one step."""
        signed(witness, request(tmp_path, 0, LEAVES[:3]), key=KEY)
        outcomes: list[int | str] = []

        def ask(number: int) -> None:
            folder = tmp_path / str(number)
            folder.mkdir()
            try:
                outcomes.append(signed(witness, request(folder, 3, LEAVES[: 4 + number])))
            except GeowalletError as error:
                outcomes.append(error.code)

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len([one for one in outcomes if isinstance(one, int)]) == 1

    @pytest.mark.parametrize(
        "data", [b"", b"\xff", b"old 0\n\nx", b"old 0\n\nx\n\n\n", b"old 1 2\n\n"]
    )
    def test_what_is_no_request_is_refused(
        self, witness: Witness, tmp_path: Path, data: bytes
    ) -> None:
        path = tmp_path / "request"
        path.write_bytes(data)
        with pytest.raises(BadRequestError):
            signed(witness, path, key=KEY)

    def test_an_endless_request_is_refused(self, witness: Witness, tmp_path: Path) -> None:
        path = tmp_path / "request"
        path.write_bytes(b"x" * 30_000)
        with pytest.raises(TooLargeError):
            signed(witness, path)

    @pytest.mark.parametrize("key", ["x", "a+b+c", witness_key("w", log_public(SEED))])
    def test_what_is_no_key_of_a_log_is_refused(
        self, witness: Witness, tmp_path: Path, key: str
    ) -> None:
        with pytest.raises(BadLogKeyError):
            signed(witness, request(tmp_path, 0, LEAVES), key=key)


class TestKeeping:
    def test_is_opened_by_its_passphrase_alone(self, witness: Witness) -> None:
        assert open_witness(witness.folder, lambda: scene.DESK_PASSPHRASE) == witness
        with pytest.raises(WitnessPassphraseError):
            open_witness(witness.folder, lambda: b"another one of them")
        assert witness.seed32.hex() not in file_of(witness).read_text()
        assert file_of(witness).stat().st_mode & 0o077 == 0

    def test_is_not_made_twice_nor_badly(self, witness: Witness, tmp_path: Path) -> None:
        with pytest.raises(WitnessExistsError):
            create_witness(witness.folder, "a", scene.DESK_PASSPHRASE)
        with pytest.raises(WeakPassphraseError):
            create_witness(tmp_path / "new", "a", b"short")
        with pytest.raises(BadLogKeyError):
            create_witness(tmp_path / "new", "a b", scene.DESK_PASSPHRASE)
        with pytest.raises(NoWitnessError):
            open_witness(tmp_path / "new", lambda: scene.DESK_PASSPHRASE)

    @pytest.mark.parametrize(
        "members",
        [
            {"schema": "geowallet.witness/9"},
            {"slot": {}},
            {"slot": []},
            {"seed": "AAAA"},
            {"seed": 1},
            {"key": "another"},
        ],
    )
    def test_a_file_that_is_not_what_was_written_is_refused(
        self, witness: Witness, members: dict[str, object]
    ) -> None:
        path = file_of(witness)
        path.write_bytes(scene.altered(path.read_bytes(), **members))
        with pytest.raises(WitnessDamagedError):
            open_witness(witness.folder, lambda: scene.DESK_PASSPHRASE)

    @pytest.mark.parametrize(
        "logs", [{ORIGIN: {"key": "x"}}, {ORIGIN: {"key": KEY}}, [], {ORIGIN: [1]}]
    )
    def test_a_memory_that_is_not_what_was_written_is_refused(
        self, witness: Witness, tmp_path: Path, logs: object
    ) -> None:
        path = file_of(witness)
        path.write_bytes(scene.altered(path.read_bytes(), logs=logs))
        with pytest.raises(WitnessDamagedError):
            signed(witness, request(tmp_path, 0, LEAVES), key=KEY)

    def test_a_file_that_is_no_json_is_refused(self, witness: Witness) -> None:
        file_of(witness).write_bytes(b"{")
        with pytest.raises(WitnessDamagedError):
            open_witness(witness.folder, lambda: scene.DESK_PASSPHRASE)
