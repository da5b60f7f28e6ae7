from __future__ import annotations

import pytest

from geowallet.crypto.canonical import strict_json
from geowallet.crypto.encoding import unb64u
from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.proofs.sdjwt import MAX_EXPORT_BYTES
from geowallet.proofs.seal import seal_for
from geowallet.verify.open import open_sealed_export
from tests.proofs.parties import DESK, DESK_SEAL, export_of


def test_the_header_names_the_reader_and_nothing_else() -> None:
    head = seal_for(export_of(), public_jwk(DESK_SEAL)).split(".")[0]
    header = strict_json(unb64u(head), max_bytes=1_024)
    epk = header.pop("epk")
    assert header == {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": thumbprint(DESK_SEAL),
        "cty": "dc+sd-jwt",
    }
    assert set(epk) == {"kty", "crv", "x", "y"}


def test_the_largest_export_can_be_sealed_and_opened() -> None:
    largest = "A" * MAX_EXPORT_BYTES
    sealed = seal_for(largest, public_jwk(DESK_SEAL)).encode()
    assert open_sealed_export(sealed, DESK_SEAL) == largest


@pytest.mark.parametrize("text", ["A" * (MAX_EXPORT_BYTES + 1)])
def test_one_character_more_cannot(text: str) -> None:
    with pytest.raises(ValueError, match="2 MiB"):
        seal_for(text, public_jwk(DESK_SEAL))


def test_a_key_for_signatures_does_not_seal() -> None:
    with pytest.raises(ValueError, match="sealing key"):
        seal_for(export_of(), public_jwk(DESK))


def test_a_private_key_is_not_taken_for_a_public_one() -> None:
    with pytest.raises(ValueError, match="members"):
        seal_for(export_of(), DESK_SEAL)
