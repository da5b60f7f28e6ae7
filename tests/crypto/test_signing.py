from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.signing import (
    P256_ORDER,
    P256_PRIME,
    check_public_jwk,
    new_private_jwk,
    public_jwk,
    sign_detached,
    sign_es256,
    thumbprint,
    verify_detached,
    verify_es256,
)

SECRETS = st.binary(min_size=32, max_size=32)
PRIVATE = new_private_jwk("sig", bytes(range(32)))
PUBLIC = public_jwk(PRIVATE)
OTHER = new_private_jwk("sig", bytes(32))
SEALING = new_private_jwk("enc", bytes(range(32)))
PAYLOAD = b'{"total_m":1412000}'
TYP = "geowallet-offer+jws"
JWS = sign_detached(PAYLOAD, PRIVATE, TYP)
HEADER = {"alg": "ES256", "kid": thumbprint(PUBLIC), "typ": TYP}


def p256(scalar: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(scalar, ec.SECP256R1())


def raw_signature(signed: bytes) -> bytes:
    scalar = int.from_bytes(unb64u(PRIVATE["d"]), "big")
    r, s = decode_dss_signature(p256(scalar).sign(signed, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def signed_with(header: bytes, payload: bytes = PAYLOAD) -> str:
    """A detached JWS with a true signature under any header."""
    protected = b64u(header)
    return f"{protected}..{b64u(raw_signature(f'{protected}.{b64u(payload)}'.encode()))}"


def attached(jws: str, payload: bytes = PAYLOAD) -> str:
    protected, _, signature = jws.split(".")
    return f"{protected}.{b64u(payload)}.{signature}"


class TestNewPrivateJwk:
    """Promise: "the same bytes give the same key; the two uses give unrelated ones"."""

    def test_never_changes(self) -> None:
        assert thumbprint(PRIVATE) == "YECT5fIqR2ERGGBMdc5mNFDY9rQ8u5yh2fT2SDS-vSo"
        assert thumbprint(SEALING) == "sYACvY9KDUj1V-85wYOCNDQN_QeKDICTRktECCV9z2Q"

    def test_names_its_use_and_algorithm(self) -> None:
        assert (PRIVATE["use"], PRIVATE["alg"]) == ("sig", "ES256")
        assert (SEALING["use"], SEALING["alg"]) == ("enc", "ECDH-ES")
        assert set(PRIVATE) == {"kty", "crv", "x", "y", "d", "use", "alg"}

    def test_reduces_384_bits_into_the_range_of_the_order(self) -> None:
        for secret in (bytes(32), b"\xff" * 32):
            wide = hashlib.blake2b(secret, digest_size=48, person=b"gw1-p256-enc").digest()
            scalar = int.from_bytes(wide, "big") % (P256_ORDER - 1) + 1
            point = p256(scalar).public_key().public_numbers()
            made = new_private_jwk("enc", secret)
            assert unb64u(made["d"]) == scalar.to_bytes(32, "big")
            assert unb64u(made["x"]) == point.x.to_bytes(32, "big")
            assert unb64u(made["y"]) == point.y.to_bytes(32, "big")

    @given(SECRETS)
    @settings(max_examples=15)
    def test_other_libraries_take_it_and_agree_on_its_thumbprint(self, secret: bytes) -> None:
        private = new_private_jwk("sig", secret)
        public = public_jwk(private)
        assert public == {name: private[name] for name in private if name != "d"}
        assert check_public_jwk(public) == public
        assert ECKey.import_key(private).thumbprint() == thumbprint(public)
        assert jwcrypto_jwk.JWK(**private).thumbprint() == thumbprint(private)

    @pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33)])
    def test_a_secret_of_another_length_is_refused(self, secret: bytes) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            new_private_jwk("sig", secret)


class TestPublicJwk:
    """Promise: "the public half", and an error where the halves do not belong together."""

    @pytest.mark.parametrize(
        "change",
        [
            {"d": OTHER["d"]},
            {"d": b64u(bytes(32))},
            {"d": b64u(P256_ORDER.to_bytes(32, "big"))},
            {"d": b64u(bytes(31))},
            {"d": 7},
            {"d": ""},
            {"x": OTHER["x"], "y": OTHER["y"]},
            {"x": OTHER["x"]},
            {"kid": "a"},
        ],
    )
    def test_refuses(self, change: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="key"):
            public_jwk(PRIVATE | change)

    def test_refuses_a_key_without_private_half(self) -> None:
        with pytest.raises(ValueError, match="length"):
            public_jwk(PUBLIC)


class TestCheckPublicJwk:
    """Promise: "a P-256 point with one declared use", and exactly six members."""

    def test_returns_a_fresh_copy(self) -> None:
        copy = check_public_jwk(PUBLIC)
        copy["x"] = "changed"
        assert PUBLIC["x"] != "changed"

    @pytest.mark.parametrize(
        "value",
        [
            None,
            [],
            "EC",
            {},
            PRIVATE,
            PUBLIC | {"kid": "a"},
            {name: PUBLIC[name] for name in PUBLIC if name != "use"},
            PUBLIC | {"kty": "OKP"},
            PUBLIC | {"kty": "RSA"},
            PUBLIC | {"crv": "P-384"},
            PUBLIC | {"crv": "secp256k1"},
            PUBLIC | {"alg": "ES384"},
            PUBLIC | {"alg": "none"},
            PUBLIC | {"alg": "HS256"},
            PUBLIC | {"alg": "ECDH-ES"},
            PUBLIC | {"use": "enc"},
            PUBLIC | {"use": ["sig"]},
            PUBLIC | {"alg": {"a": 1}},
            PUBLIC | {"x": 7},
            PUBLIC | {"y": None},
            PUBLIC | {"x": PUBLIC["x"] + "="},
            PUBLIC | {"x": PUBLIC["x"][:-1]},
            PUBLIC | {"x": b64u(bytes(33))},
            PUBLIC | {"x": PUBLIC["y"], "y": PUBLIC["x"]},
            PUBLIC | {"x": b64u(bytes(32)), "y": b64u(bytes(32))},
            PUBLIC | {"x": b64u(b"\xff" * 32)},
            PUBLIC | {"y": OTHER["y"]},
        ],
    )
    def test_refuses(self, value: Any) -> None:
        with pytest.raises(ValueError, match=r"key|base64url"):
            check_public_jwk(value)

    def test_refuses_a_coordinate_at_or_above_the_prime(self) -> None:
        """Regression: the library takes x + p for x, and one key had two thumbprints."""
        # x = 5 lies on the curve: y^2 = 5^3 - 3*5 + b.
        b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
        y = pow(125 - 15 + b, (P256_PRIME + 1) // 4, P256_PRIME)
        assert pow(y, 2, P256_PRIME) == (125 - 15 + b) % P256_PRIME
        low = PUBLIC | {"x": b64u((5).to_bytes(32, "big")), "y": b64u(y.to_bytes(32, "big"))}
        assert check_public_jwk(low) == low
        with pytest.raises(ValueError, match="out of range"):
            check_public_jwk(low | {"x": b64u((5 + P256_PRIME).to_bytes(32, "big"))})

    @given(st.integers(0, 511))
    @settings(max_examples=40)
    def test_a_flipped_bit_leaves_the_curve(self, bit: int) -> None:
        name = "x" if bit < 256 else "y"
        data = bytearray(unb64u(PUBLIC[name]))
        data[bit % 256 // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="point"):
            check_public_jwk(PUBLIC | {name: b64u(bytes(data))})


class TestThumbprint:
    """Promise: RFC 7638."""

    def test_of_the_key_in_rfc_7515_appendix_a_3(self) -> None:
        key = {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        }
        assert thumbprint(key) == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"

    @pytest.mark.parametrize("key", [{}, PUBLIC | {"x": 7}, {"kty": "EC", "crv": "P-256"}])
    def test_refuses_a_key_that_lacks_a_member(self, key: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="member"):
            thumbprint(key)


class TestDetached:
    """Promise: alg of the key, its kid and typ, "and nothing else"; RFC 7515 appendix F."""

    def test_has_the_header_and_no_payload(self) -> None:
        header, payload, signature = JWS.split(".")
        assert unb64u(header) == canonical_bytes(HEADER)
        assert payload == ""
        assert len(unb64u(signature)) == 64

    @given(SECRETS, st.binary(max_size=60), st.text(max_size=20))
    @settings(max_examples=25)
    def test_verifies_what_was_signed(self, secret: bytes, payload: bytes, typ: str) -> None:
        private = new_private_jwk("sig", secret)
        jws = sign_detached(payload, private, typ)
        verify_detached(payload, jws, public_jwk(private), typ)

    def test_two_other_libraries_verify_it_when_the_payload_is_put_back(self) -> None:
        token = attached(JWS)
        found = joserfc_jws.deserialize_compact(token, ECKey.import_key(PUBLIC), ["ES256"])
        assert found.payload == PAYLOAD
        other = jwcrypto_jws.JWS()
        other.deserialize(token, jwcrypto_jwk.JWK(**PUBLIC), alg="ES256")
        assert other.payload == PAYLOAD

    def test_verifies_what_another_library_signed(self) -> None:
        token = joserfc_jws.serialize_compact(
            dict(reversed(HEADER.items())), PAYLOAD, ECKey.import_key(PRIVATE), ["ES256"]
        )
        header, _, signature = token.split(".")
        verify_detached(PAYLOAD, f"{header}..{signature}", PUBLIC, TYP)

    def test_every_flipped_bit_is_refused(self) -> None:
        header, _, signature = JWS.split(".")
        for bit in range(512):
            forged = bytearray(unb64u(signature))
            forged[bit // 8] ^= 1 << bit % 8
            with pytest.raises(ValueError, match="does not fit"):
                verify_detached(PAYLOAD, f"{header}..{b64u(bytes(forged))}", PUBLIC, TYP)

    def test_every_changed_character_is_refused(self) -> None:
        for at, right in enumerate(JWS):
            for wrong in {"A", "-", "=", ".", " ", "\n", "é"} - {right}:
                with pytest.raises(ValueError, match=r"\w"):
                    verify_detached(PAYLOAD, JWS[:at] + wrong + JWS[at + 1 :], PUBLIC, TYP)

    def test_every_truncation_is_refused(self) -> None:
        for length in range(len(JWS)):
            with pytest.raises(ValueError, match=r"\w"):
                verify_detached(PAYLOAD, JWS[:length], PUBLIC, TYP)

    @pytest.mark.parametrize(
        "header",
        [
            {"alg": "none", "kid": HEADER["kid"], "typ": TYP},
            {"alg": "HS256", "kid": HEADER["kid"], "typ": TYP},
            {"alg": "ES384", "kid": HEADER["kid"], "typ": TYP},
            {"alg": "es256", "kid": HEADER["kid"], "typ": TYP},
            {"alg": "ES256", "kid": thumbprint(OTHER), "typ": TYP},
            {"alg": "ES256", "kid": HEADER["kid"], "typ": "geowallet-grant+jws"},
            {"alg": "ES256", "kid": HEADER["kid"]},
            {"alg": "ES256", "typ": TYP},
            {"alg": "ES256"},
            HEADER | {"b64": False, "crit": ["b64"]},
            HEADER | {"crit": []},
            HEADER | {"jwk": PUBLIC},
            HEADER | {"jku": "https://example.org"},
            HEADER | {"zip": "DEF"},
            [],
            "ES256",
            None,
        ],
    )
    def test_a_truly_signed_but_foreign_header_is_refused(self, header: Any) -> None:
        with pytest.raises(ValueError, match=r"header|deeply"):
            verify_detached(PAYLOAD, signed_with(json.dumps(header).encode()), PUBLIC, TYP)

    def test_a_truly_signed_header_that_says_a_thing_twice_is_refused(self) -> None:
        twice = json.dumps(HEADER).replace('{"alg"', '{"alg": "none", "alg"').encode()
        with pytest.raises(ValueError, match="twice"):
            verify_detached(PAYLOAD, signed_with(twice), PUBLIC, TYP)

    @pytest.mark.parametrize("header", [b"", b"{", b"\xff", b"[" * 700])
    def test_a_header_that_is_no_json_is_refused(self, header: bytes) -> None:
        with pytest.raises(ValueError, match=r"JSON|longer"):
            verify_detached(PAYLOAD, signed_with(header), PUBLIC, TYP)

    def test_no_signature_is_no_signature(self) -> None:
        for alg in ("none", "ES256"):
            header = b64u(json.dumps(HEADER | {"alg": alg}).encode())
            with pytest.raises(ValueError, match="length"):
                verify_detached(PAYLOAD, f"{header}..", PUBLIC, TYP)

    def test_the_public_key_is_no_shared_secret(self) -> None:
        """The classic confusion: HMAC with the bytes of the public key."""
        header = b64u(json.dumps(HEADER | {"alg": "HS256"}).encode())
        signed = f"{header}.{b64u(PAYLOAD)}".encode()
        mac = hmac.digest(canonical_bytes(PUBLIC), signed, "sha512")
        with pytest.raises(ValueError, match="header"):
            verify_detached(PAYLOAD, f"{header}..{b64u(mac)}", PUBLIC, TYP)

    @pytest.mark.parametrize(
        ("r", "s"),
        [
            (0, 0),
            (0, 1),
            (1, 0),
            (1, 1),
            (P256_ORDER, 1),
            (1, P256_ORDER),
            (P256_ORDER - 1, P256_ORDER - 1),
            (2**256 - 1, 2**256 - 1),
        ],
    )
    def test_numbers_that_no_signature_has_are_refused(self, r: int, s: int) -> None:
        forged = b64u(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        with pytest.raises(ValueError, match="does not fit"):
            verify_detached(PAYLOAD, f"{JWS.split('.')[0]}..{forged}", PUBLIC, TYP)

    @pytest.mark.parametrize("length", [0, 63, 65, 70, 72, 96])
    def test_a_signature_of_another_length_is_refused(self, length: int) -> None:
        with pytest.raises(ValueError, match="length"):
            verify_detached(PAYLOAD, f"{JWS.split('.')[0]}..{b64u(bytes(length))}", PUBLIC, TYP)

    @pytest.mark.parametrize("length", [0, 63, 65])
    def test_a_bare_signature_of_another_length_is_refused(self, length: int) -> None:
        signature = sign_es256(PAYLOAD, PRIVATE)
        verify_es256(PAYLOAD, signature, PUBLIC)
        with pytest.raises(ValueError, match="length"):
            verify_es256(PAYLOAD, (signature * 2)[:length], PUBLIC)

    @pytest.mark.parametrize(
        "jws", ["", ".", "..", "...", JWS + ".", attached(JWS), JWS.replace("..", ".")]
    )
    def test_another_shape_is_refused(self, jws: str) -> None:
        with pytest.raises(ValueError, match=r"detached|length"):
            verify_detached(PAYLOAD, jws, PUBLIC, TYP)

    def test_an_endless_one_is_refused_unread(self) -> None:
        with pytest.raises(ValueError, match="longer than any"):
            verify_detached(PAYLOAD, "A" * 1_025, PUBLIC, TYP)

    @pytest.mark.parametrize("payload", [b"", PAYLOAD + b"\n", PAYLOAD[:-1], PAYLOAD.upper()])
    def test_another_payload_is_refused(self, payload: bytes) -> None:
        with pytest.raises(ValueError, match="does not fit"):
            verify_detached(payload, JWS, PUBLIC, TYP)

    def test_another_key_is_refused(self) -> None:
        with pytest.raises(ValueError, match="header"):
            verify_detached(PAYLOAD, JWS, public_jwk(OTHER), TYP)

    def test_a_key_for_sealing_neither_signs_nor_verifies(self) -> None:
        with pytest.raises(ValueError, match="not for signatures"):
            sign_detached(PAYLOAD, SEALING, TYP)
        with pytest.raises(ValueError, match="not for signatures"):
            verify_detached(PAYLOAD, JWS, public_jwk(SEALING), TYP)

    def test_a_malformed_key_is_refused_first(self) -> None:
        with pytest.raises(ValueError, match="exactly"):
            verify_detached(PAYLOAD, JWS, PRIVATE, TYP)
