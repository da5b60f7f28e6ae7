"""Two JOSE libraries that did not write the export open and verify it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwe import JWE, InvalidJWEData
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature

from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import (
    CONTRACT,
    DESK,
    DESK_SEAL,
    HOLDER,
    STRANGER,
    STRANGER_SEAL,
    export_of,
)

HERE = Path(__file__).parent
RECIPE = HERE.parent.parent / "docs" / "how-to" / "verify-without-geowallet.md"
ROWS = [
    {"month": "2026-10", "mode": "car", "distance_m": 400_000, "days": 8},
    {"month": "2026-10", "mode": "bike", "distance_m": 12_000, "days": 2},
]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """What a recipient has: the sealed file, their own key, the holder's key."""
    sealed = seal_for(export_of(now_s=int(time.time())), public_jwk(DESK_SEAL))
    contents = {
        "export.jwe": sealed,
        "reader.json": json.dumps(DESK_SEAL),
        "holder.json": json.dumps(CONTRACT.grant.holder.signing_jwk),
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="ascii")
    return {name: tmp_path / name for name in contents}


class TestNode:
    """Promise: "a stranger verifies an export with a stock JOSE library"."""

    def test_reads_the_total_and_both_rows(self, files: dict[str, Path]) -> None:
        done = node(files)
        assert done.stderr == ""
        said = json.loads(done.stdout)
        assert said["claims"]["total"] == {"distance_m": 412_000, "days": 9}
        assert said["claims"]["contract"] == CONTRACT.sha256
        assert said["rows"] == ROWS

    def test_refuses_a_changed_file(self, files: dict[str, Path]) -> None:
        sealed = files["export.jwe"].read_text(encoding="ascii")
        head, tail = sealed[:-30], sealed[-30:]
        files["export.jwe"].write_text(head + tail.swapcase(), encoding="ascii")
        done = node(files)
        assert done.returncode != 0
        assert "JWEDecryptionFailed" in done.stderr

    def test_refuses_another_holder(self, files: dict[str, Path]) -> None:
        files["holder.json"].write_text(json.dumps(public_jwk(STRANGER)), encoding="ascii")
        done = node(files)
        assert done.returncode != 0
        assert "JWSSignatureVerificationFailed" in done.stderr

    def test_refuses_a_file_for_another_audience(self, files: dict[str, Path]) -> None:
        done = node(files, audience=thumbprint(STRANGER))
        assert done.returncode != 0
        assert "not for us" in done.stderr

    def test_takes_less_than_thirty_lines(self) -> None:
        script = (HERE / "verify.mjs").read_text(encoding="utf-8")
        assert len([line for line in script.splitlines() if line.strip()]) < 30


class TestJwcrypto:
    """Promise: the same, with a second Python library and no code of geowallet."""

    def test_reads_the_total_and_both_rows(self) -> None:
        claims, rows = second_reader(
            seal_for(export_of(), public_jwk(DESK_SEAL)), DESK_SEAL, public_jwk(HOLDER)
        )
        assert claims["total"] == {"distance_m": 412_000, "days": 9}
        assert claims["aud"] == thumbprint(DESK)
        assert rows == ROWS

    def test_refuses_another_readers_key(self) -> None:
        sealed = seal_for(export_of(), public_jwk(DESK_SEAL))
        with pytest.raises(InvalidJWEData):
            second_reader(sealed, STRANGER_SEAL, public_jwk(HOLDER))

    def test_refuses_another_holder(self) -> None:
        sealed = seal_for(export_of(), public_jwk(DESK_SEAL))
        with pytest.raises(InvalidJWSSignature):
            second_reader(sealed, DESK_SEAL, public_jwk(STRANGER))

    def test_agrees_on_the_thumbprint_by_which_both_sides_pin_a_key(self) -> None:
        assert JWK(**public_jwk(HOLDER)).thumbprint() == thumbprint(HOLDER)


class TestRecipe:
    """Promise: docs/how-to/verify-without-geowallet.md works as written."""

    def test_the_script_in_the_page_is_the_one_that_is_tested(self) -> None:
        script = (HERE / "verify.mjs").read_text(encoding="utf-8").strip()
        assert f"```js\n{script}\n```" in RECIPE.read_text(encoding="utf-8")

    def test_the_python_in_the_page_reads_the_total(self, files: dict[str, Path]) -> None:
        page = RECIPE.read_text(encoding="utf-8")
        script = page.split("```python\n")[1].split("```")[0]
        folder = files["export.jwe"].parent
        (folder / "recipient.txt").write_text(thumbprint(DESK), encoding="ascii")
        space: dict[str, Any] = {"folder": folder}
        exec(script, space)  # noqa: S102  the page's own text
        assert space["claims"]["total"] == {"distance_m": 412_000, "days": 9}
        assert space["rows"] == ROWS


def node(
    files: dict[str, Path], audience: str = thumbprint(DESK)
) -> subprocess.CompletedProcess[str]:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    if not (HERE / "node_modules" / "jose").is_dir():
        pytest.skip("run 'npm ci' in tests/interop to have the second reader")
    arguments = [str(files[name]) for name in ("export.jwe", "reader.json", "holder.json")]
    command = ["node", str(HERE / "verify.mjs"), *arguments, audience]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def second_reader(
    sealed: str, reader: dict[str, Any], holder: dict[str, Any]
) -> tuple[dict[str, Any], list[Any]]:
    envelope = JWE(algs=["ECDH-ES", "A256GCM"])
    envelope.deserialize(sealed, key=JWK(**reader))
    token, *rows, end = envelope.payload.decode("ascii").split("~")
    assert end == ""
    jws = JWS()
    jws.allowed_algs = ["ES256"]
    jws.deserialize(token, key=JWK(**holder))
    claims = json.loads(jws.payload)
    hashes = [base64.urlsafe_b64encode(sha256(row.encode()).digest()) for row in rows]
    assert [one["..."] for one in claims["groups"]] == [h.decode().rstrip("=") for h in hashes]
    return claims, [json.loads(base64.urlsafe_b64decode(row + "==="))[1] for row in rows]
