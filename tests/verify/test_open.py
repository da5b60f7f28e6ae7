from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwe import encrypt_compact
from joserfc.jwk import ECKey

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.model.errors import (
    BadExportError,
    ExportSignatureError,
    GeowalletError,
    WrongRecipientError,
)
from geowallet.proofs.seal import SealRegistry, seal_for
from geowallet.verify.open import MAX_SEALED_BYTES, open_sealed_export
from tests.proofs.parties import DESK_SEAL, HOLDER_SEAL, STRANGER_SEAL
from tests.verify.forgeries import SEALS
from tests.verify.forging import GOOD, Fault

SEALED = seal_for(GOOD, public_jwk(DESK_SEAL)).encode()
ERRORS = {
    "wrong_recipient": WrongRecipientError,
    "bad_signature": ExportSignatureError,
    "malformed": BadExportError,
}


def test_the_reader_gets_what_was_sealed() -> None:
    assert open_sealed_export(SEALED, DESK_SEAL) == GOOD


def test_the_owner_keeps_a_copy_under_their_own_key() -> None:
    own = seal_for(GOOD, public_jwk(HOLDER_SEAL)).encode()
    assert open_sealed_export(own, HOLDER_SEAL) == GOOD
    with pytest.raises(WrongRecipientError):
        open_sealed_export(own, DESK_SEAL)


def test_a_line_end_that_an_editor_added_is_forgiven() -> None:
    assert open_sealed_export(SEALED + b"\r\n", DESK_SEAL) == GOOD


@pytest.mark.parametrize("fault", SEALS, ids=[fault.name for fault in SEALS])
def test_a_fault_of_the_seal_has_its_own_error(fault: Fault) -> None:
    with pytest.raises(ERRORS[fault.expect]):
        open_sealed_export(fault.forge().encode(), DESK_SEAL)


def test_a_file_past_the_limit_is_not_even_split() -> None:
    with pytest.raises(BadExportError, match="too long"):
        open_sealed_export(b"A" * (MAX_SEALED_BYTES + 1), DESK_SEAL)


@pytest.mark.parametrize(
    "epk", [{"kty": "EC"}, "text", {"kty": "EC", "crv": "P-384", "x": "", "y": ""}]
)
def test_an_ephemeral_key_of_another_shape_is_refused(epk: object) -> None:
    with pytest.raises(BadExportError, match="method"):
        open_sealed_export(with_epk(epk), DESK_SEAL)


@pytest.mark.parametrize("x", ["", "AA", "!!", b64u(bytes(31)), "A" * 300])
def test_an_ephemeral_key_of_another_length_is_refused(x: str) -> None:
    with pytest.raises(BadExportError, match="method"):
        open_sealed_export(with_epk({"kty": "EC", "crv": "P-256", "x": x, "y": x}), DESK_SEAL)


@pytest.mark.parametrize("x", [b64u(bytes(32)), b64u(b"\xff" * 32), "!" * 43])
def test_an_ephemeral_key_off_the_curve_is_refused(x: str) -> None:
    with pytest.raises(ExportSignatureError):
        open_sealed_export(with_epk({"kty": "EC", "crv": "P-256", "x": x, "y": x}), DESK_SEAL)


def test_what_is_sealed_but_no_text_is_refused() -> None:
    reader = public_jwk(DESK_SEAL)
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": thumbprint(reader), "cty": "dc+sd-jwt"}
    sealed = encrypt_compact(header, b"\xff", ECKey.import_key(reader), registry=SealRegistry())
    with pytest.raises(ExportSignatureError):
        open_sealed_export(sealed.encode(), DESK_SEAL)


class TestAnyChange:
    """Promise: "any flipped byte of the sealed file is refused"."""

    @given(at=st.integers(0, len(SEALED) - 1), byte=st.integers(0, 255))
    @settings(max_examples=150)
    def test_a_changed_byte_is_refused(self, at: int, byte: int) -> None:
        changed = bytearray(SEALED)
        changed[at] = byte
        if changed == SEALED:
            return
        with pytest.raises(GeowalletError):
            open_sealed_export(bytes(changed), DESK_SEAL)

    def test_every_byte_with_one_bit_flipped_is_refused(self) -> None:
        for at in range(len(SEALED)):
            changed = bytearray(SEALED)
            changed[at] ^= 1
            with pytest.raises(GeowalletError):
                open_sealed_export(bytes(changed), DESK_SEAL)

    @given(cut=st.integers(0, len(SEALED) - 1))
    def test_a_file_cut_short_is_refused(self, cut: int) -> None:
        with pytest.raises(GeowalletError):
            open_sealed_export(SEALED[:cut], DESK_SEAL)

    @given(st.binary(max_size=80))
    def test_no_bytes_are_a_crash(self, data: bytes) -> None:
        with pytest.raises(BadExportError):
            open_sealed_export(data, DESK_SEAL)


def test_two_seals_of_one_export_share_no_part_but_the_shape() -> None:
    one, two = (seal_for(GOOD, public_jwk(STRANGER_SEAL)).split(".") for _ in range(2))
    assert one[1] == two[1] == ""
    assert all(one[part] != two[part] for part in (0, 2, 3, 4))
    assert len(unb64u(one[4])) == 16


def with_epk(epk: object) -> bytes:
    header = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": thumbprint(DESK_SEAL),
        "cty": "dc+sd-jwt",
        "epk": epk,
    }
    _, *rest = SEALED.decode().split(".")
    return ".".join([b64u(canonical_bytes(header)), *rest]).encode()
