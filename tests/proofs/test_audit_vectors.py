"""The published vectors of commitments, draws, tracks and range proofs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from geowallet.crypto.curve import check_point
from geowallet.crypto.range_proof import check_range
from geowallet.proofs.track import Mark, Slot, check_mark, check_slot
from tests.crypto import slow_curve as slow
from tools.write_audit_vectors import vectors

FILE = json.loads((Path(__file__).parent.parent / "vectors" / "audits.json").read_bytes())


def test_the_file_is_what_the_code_makes_today() -> None:
    assert vectors() == FILE


def test_another_implementation_derives_the_base_and_the_commitments() -> None:
    label = FILE["second_base"]["label"].encode()
    assert slow.encode(slow.second_base(label)).hex() == FILE["second_base"]["point"]
    for one in FILE["commitments"]:
        opening = int.from_bytes(bytes.fromhex(one["opening"]), "little")
        assert slow.commitment(one["value"], opening).hex() == one["point"]


@pytest.mark.parametrize("vector", FILE["points"], ids=lambda one: one["name"])
def test_both_implementations_judge_a_point_alike(vector: dict[str, Any]) -> None:
    data, good = bytes.fromhex(vector["point"]), vector["expect"] == "ok"
    try:
        assert slow.in_group(slow.decode(data)) == good
    except ValueError:
        assert not good
    if good:
        check_point(data)
    else:
        with pytest.raises(ValueError, match="not a point"):
            check_point(data)


def test_a_quarter_hour_opens() -> None:
    track = FILE["track"]
    slot = Slot(
        track["number"],
        bytes.fromhex(track["salt"]),
        tuple(map(bytes.fromhex, track["hashes"])),
        tuple(map(bytes.fromhex, track["proof"])),
    )
    check_slot(slot, root=bytes.fromhex(track["root"]), size=track["size"])
    check_mark(Mark(track["mark"]["text"], bytes.fromhex(track["mark"]["salt"])), slot)


@pytest.mark.parametrize("vector", FILE["range_proofs"]["vectors"], ids=lambda one: one["name"])
def test_a_range_proof_ends_as_declared(vector: dict[str, Any]) -> None:
    point, proof = bytes.fromhex(vector["point"]), bytes.fromhex(vector["proof"])
    about = FILE["range_proofs"]["about"].encode()
    if vector["expect"] == "ok":
        check_range(point, proof, about=about)
    else:
        with pytest.raises(ValueError, match=r"proof|point|scalar"):
            check_range(point, proof, about=about)
