"""The published vectors: one fault each, and how every implementation must end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geowallet.crypto.encoding import unb64u
from geowallet.crypto.keys import Slot, open_slot
from geowallet.crypto.notes import Checkpoint, open_checkpoint, parse_verifier_key
from geowallet.crypto.recovery import parse_recovery
from geowallet.crypto.signing import verify_detached
from geowallet.model.errors import RecoveryTypoError

FILE = json.loads((Path(__file__).parent.parent / "vectors" / "primitives.json").read_bytes())
SUBJECTS = {"checkpoints": "note", "detached": "jws", "recovery": "text", "slots": "slot"}
CASES = [(part, vector) for part in SUBJECTS for vector in FILE[part]["vectors"]]
REASONS = {
    r"signature does not fit": "bad_signature",
    r"one signature of this key": "wrong_key",
    r"header is not the one expected": "bad_header",
    r"not canonical|not base64url": "not_canonical",
    r"secret does not open": "wrong_secret",
    r"do not authenticate": "bad_seal",
}


def open_note(part: dict[str, Any], note: str) -> None:
    origin, public = parse_verifier_key(part["verifier_key"])
    right = Checkpoint(origin, part["size"], bytes.fromhex(part["root"]))
    assert open_checkpoint(note, public) == right


def verify_jws(part: dict[str, Any], jws: str) -> None:
    verify_detached(part["payload"].encode(), jws, part["public_jwk"], part["typ"])


def parse_text(part: dict[str, Any], text: str) -> None:
    right = bytes.fromhex(part["secret"]), bytes.fromhex(part["vault_tag"])
    assert parse_recovery(text) == right


def unwrap(part: dict[str, Any], slot: dict[str, Any]) -> None:
    made = Slot(slot["header"], unb64u(slot["wrapped"]))
    assert open_slot(made, part["secret"].encode()).hex() == part["master"]


RUN: dict[str, Callable[[dict[str, Any], Any], None]] = {
    "checkpoints": open_note,
    "detached": verify_jws,
    "recovery": parse_text,
    "slots": unwrap,
}


@pytest.mark.parametrize(
    ("part", "vector"), CASES, ids=[f"{part}: {vector['name']}" for part, vector in CASES]
)
def test_ends_as_expected(part: str, vector: dict[str, Any]) -> None:
    assert outcome(part, vector[SUBJECTS[part]]) == vector["expect"]


def test_nothing_in_the_file_is_unknown() -> None:
    assert FILE["schema"] == "geowallet.primitive-vectors/1"
    assert set(FILE) == {"schema", *SUBJECTS}
    for part, vector in CASES:
        assert set(vector) == {"name", "expect", SUBJECTS[part]}


def test_every_reason_occurs() -> None:
    expected = {vector["expect"] for _, vector in CASES}
    assert expected >= {"ok", "malformed", *REASONS.values()}


def outcome(part: str, subject: Any) -> str:
    try:
        RUN[part](FILE[part], subject)
    except RecoveryTypoError as error:
        return f"typo_{error.details['group']}"
    except ValueError as error:
        found = [word for reason, word in REASONS.items() if re.search(reason, str(error))]
        return found[0] if found else "malformed"
    return "ok"
