"""Vectors that others published: each ends as its authors say, or it is said why not."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from nacl.bindings import crypto_scalarmult
from nacl.exceptions import RuntimeError as RefusedPointError

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.envelope import open_sealed, seal
from geowallet.crypto.merkle import verify_consistency, verify_inclusion
from geowallet.crypto.signing import verify_log

FOLDER = Path(__file__).parent.parent / "vectors" / "published"
SOURCES = tomllib.loads((FOLDER / "SOURCES.toml").read_text(encoding="utf-8"))


WITH_FLOATS = {"structures", "values"}


def published(name: str) -> dict[str, bytes]:
    """Return every file of an archive, after checking that it is the recorded one."""
    path = FOLDER / name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SOURCES[name]["sha256"]
    found = {}
    with tarfile.open(path) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            assert stream is not None
            found[member.name] = stream.read()
    return found


def cases(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return group and case of one file of Wycheproof."""
    file = json.loads(published("wycheproof.tar.xz")[f"testvectors_v1/{name}_test.json"])
    found = [(group, case) for group in file["testGroups"] for case in group["tests"]]
    assert len(found) == file["numberOfTests"]
    return found


def holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except ValueError:
        return False
    return True


def ends(found: bool, wanted: bool) -> str:
    return f"{'valid' if wanted else 'invalid'}, {'accepted' if found else 'refused'}"


def test_ed25519() -> None:
    counted = Counter(
        ends(
            holds(
                lambda group=group, case=case: verify_log(  # type: ignore[misc]  # bound at once
                    bytes.fromhex(case["msg"]),
                    bytes.fromhex(case["sig"]),
                    bytes.fromhex(group["publicKey"]["pk"]),
                )
            ),
            case["result"] == "valid",
        )
        for group, case in cases("ed25519")
    )
    assert counted == {"valid, accepted": 88, "invalid, refused": 63}


def test_xchacha20_poly1305() -> None:
    counted: Counter[str] = Counter()
    for _, case in cases("xchacha20_poly1305"):
        key, nonce, aad, text, sealed, tag = (
            bytes.fromhex(case[part]) for part in ("key", "iv", "aad", "msg", "ct", "tag")
        )
        valid = case["result"] == "valid"
        opens = holds(lambda: open_sealed(key, nonce + sealed + tag, aad=aad))  # noqa: B023  called at once
        counted[ends(opens, valid)] += 1
        if valid:
            assert open_sealed(key, nonce + sealed + tag, aad=aad) == text
            assert seal(key, text, aad=aad, nonce24=nonce) == nonce + sealed + tag
    assert set(counted) == {"valid, accepted", "invalid, refused"}
    assert counted.total() == 315


def test_x25519_of_the_library() -> None:
    """Nothing here uses it; a point of small order is refused, as its authors allow."""
    counted: Counter[str] = Counter()
    for _, case in cases("x25519"):
        private, public = (bytes.fromhex(case[part]) for part in ("private", "public"))
        try:
            agreed = crypto_scalarmult(private, public).hex()
        except RefusedPointError:
            assert "ZeroSharedSecret" in case["flags"]
            counted["refused"] += 1
        else:
            assert agreed == case["shared"]
            counted[case["result"]] += 1
    assert counted.total() == 518
    assert counted["valid"] == 264


def test_proofs_in_trees() -> None:
    counted: Counter[str] = Counter()
    differing = []
    for name, data in published("merkle.tar.xz").items():
        if not name.endswith(".json"):
            continue
        case = json.loads(data)
        found = holds(lambda: _proof(name, case))  # noqa: B023  called at once
        counted[ends(found, not case["wantErr"])] += 1
        if found == case["wantErr"]:
            differing.append(name)
    assert differing == []
    assert counted == {"valid, accepted": 12, "invalid, refused": 184}


def _proof(name: str, case: dict[str, Any]) -> None:
    proof = [base64.b64decode(node) for node in case["proof"] or ()]
    if "/inclusion/" in name:
        verify_inclusion(
            base64.b64decode(case["leafHash"]),
            proof,
            index=case.get("leafIdx", 0),
            size=case.get("treeSize", 0),
            root=base64.b64decode(case["root"]),
        )
        return
    verify_consistency(
        proof,
        old_size=case.get("size1", 0),
        new_size=case.get("size2", 0),
        old_root=base64.b64decode(case["root1"]),
        new_root=base64.b64decode(case["root2"]),
    )


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_canonical_json(name: str) -> None:
    """Floats are refused here, whatever their canonical form; the library writes it too."""
    files = published("json-canonicalization.tar.xz")
    given, wanted = (files[f"testdata/{part}/{name}.json"] for part in ("input", "output"))
    assert rfc8785.dumps(json.loads(given)) == wanted
    if name in WITH_FLOATS:
        with pytest.raises(ValueError, match="not an integer"):
            strict_json(given, max_bytes=9999)
        return
    assert canonical_bytes(strict_json(given, max_bytes=9999)) == wanted


def test_every_archive_has_a_source_and_its_licence() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*SOURCES, "SOURCES.toml"}
    for name, source in SOURCES.items():
        assert set(source) == {"origin", "commit", "licence", "sha256", "what"}
        assert source["licence"] == "Apache-2.0"
        assert b"Apache License" in published(name)["LICENSE"]
