"""Signatures: Ed25519 for the evidence log, ES256 for what leaves the wallet."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.crypto.encoding import b64u, unb64u

KeyUse = Literal["sig", "enc"]

ALGORITHMS: dict[KeyUse, str] = {"sig": "ES256", "enc": "ECDH-ES"}
"""The one algorithm of each use. A key names its own, and nothing else is ever
tried with it: a header cannot choose (RFC 8725 section 3.1)."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Number of points of the curve (SP 800-186 section 3.2.1.3)."""

P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
"""Of the field that coordinates are in (the same section)."""

COORDINATE_BYTES = 32
SIGNATURE_BYTES = 64
SEED_BYTES = 32
MAX_JWS_CHARS = 1024


def log_public(seed32: bytes) -> bytes:
    """Return the 32-byte Ed25519 public key of a 32-byte seed.

    Raises:
        ValueError: The seed has another length.
    """
    return bytes(_log_key(seed32).verify_key)


def sign_log(message: bytes, seed32: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature (RFC 8032), the same every time.

    Raises:
        ValueError: The seed has another length.
    """
    return bytes(_log_key(seed32).sign(message).signature)


def verify_log(message: bytes, signature: bytes, public32: bytes) -> None:
    """Return if ``signature`` is that of ``message`` under ``public32``.

    Raises:
        ValueError: It is not, or a length is wrong.
    """
    if len(signature) != SIGNATURE_BYTES or len(public32) != SEED_BYTES:
        raise ValueError("an Ed25519 key or signature has another length")
    try:
        VerifyKey(public32).verify(message, signature)
    except CryptoError:
        raise ValueError("the Ed25519 signature does not fit") from None


def new_private_jwk(use: KeyUse, secret32: bytes) -> dict[str, Any]:
    """Return the P-256 private key (JWK) that 32 random bytes stand for.

    The same bytes give the same key; the two uses give unrelated ones.

    Raises:
        ValueError: The secret has another length.

    Source:
        FIPS 186-5 appendix A.2.1: 128 bits more than the order has are reduced,
        so that no key is likelier than another.
    """
    if len(secret32) != SEED_BYTES:
        raise ValueError("the secret is not 32 bytes long")
    wide = hashlib.blake2b(secret32, digest_size=48, person=b"gw1-p256-" + use.encode("ascii"))
    scalar = int.from_bytes(wide.digest(), "big") % (P256_ORDER - 1) + 1
    point = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _number(point.x),
        "y": _number(point.y),
        "d": _number(scalar),
        "use": use,
        "alg": ALGORITHMS[use],
    }


def public_jwk(private: dict[str, Any]) -> dict[str, Any]:
    """Return the public half of a private JWK.

    Raises:
        ValueError: The halves do not belong together, or either is malformed.
    """
    key = _private_key(private)
    public = check_public_jwk({name: private[name] for name in private if name != "d"})
    if key.public_key() != _public_key(public):
        raise ValueError("the halves of the key do not belong together")
    return public


def check_public_jwk(value: Any) -> dict[str, Any]:
    """Return ``value`` as a fresh public JWK: a P-256 point with one declared use.

    Raises:
        ValueError: Members other than exactly ``kty crv x y use alg``, an
            algorithm that is not that of the use, a spelling that is not
            canonical, or a point that is not on the curve.
    """
    if not isinstance(value, dict) or set(value) != _PUBLIC_MEMBERS:
        raise ValueError("a public key has exactly the members kty crv x y use alg")
    if not all(isinstance(member, str) for member in value.values()):
        raise ValueError("a member of the public key is not text")
    if value["kty"] != "EC" or value["crv"] != "P-256":
        raise ValueError("the key is not on the curve P-256")
    if (value["use"], value["alg"]) not in ALGORITHMS.items():
        raise ValueError("the key's algorithm is not that of its use")
    _public_key(value)
    return dict(value)


def thumbprint(jwk: dict[str, Any]) -> str:
    """Return the SHA-256 thumbprint of a P-256 key (private or public), base64url.

    Raises:
        ValueError: A member is missing or is not text.

    Source:
        RFC 7638 section 3.
    """
    required = {name: jwk.get(name) for name in ("crv", "kty", "x", "y")}
    if not all(isinstance(value, str) for value in required.values()):
        raise ValueError("the key lacks a member")
    return b64u(hashlib.sha256(canonical_bytes(required)).digest())


def sign_detached(payload: bytes, private_jwk: dict[str, Any], typ: str) -> str:
    """Return a signature that stands apart from what it signs: ``header..signature``.

    Args:
        payload: What is signed, byte for byte.
        private_jwk: A key for signatures.
        typ: What is signed, such as ``geowallet-offer+jws``; a signature for one thing
            never passes for another.

    Raises:
        ValueError: The key is malformed or made for something else.

    Source:
        RFC 7515 appendix F; ES256 of RFC 7518 section 3.4.
    """
    public = public_jwk(private_jwk)
    _check_signs(public)
    header = {"alg": "ES256", "kid": thumbprint(public), "typ": typ}
    protected = b64u(canonical_bytes(header))
    return f"{protected}..{b64u(sign_es256(_signed(protected, payload), private_jwk))}"


def verify_detached(payload: bytes, jws: str, public_jwk: dict[str, Any], typ: str) -> None:
    """Return if ``jws`` signs ``payload`` as a ``typ`` under this key.

    Raises:
        ValueError: It does not, it is not canonical, or its header holds
            anything but the ``alg`` of the key, its ``kid`` and ``typ``.
    """
    public = check_public_jwk(public_jwk)
    _check_signs(public)
    protected, signature = _detached_parts(jws)
    header = strict_json(unb64u(protected), max_bytes=MAX_JWS_CHARS, max_depth=1)
    if header != {"alg": public["alg"], "kid": thumbprint(public), "typ": typ}:
        raise ValueError("the signature's header is not the one expected")
    verify_es256(_signed(protected, payload), signature, public)


def sign_es256(message: bytes, private_jwk: dict[str, Any]) -> bytes:
    """Return the 64 bytes of an ES256 signature (RFC 7518, section 3.4).

    Raises:
        ValueError: The key is malformed or made for something else.
    """
    _check_signs(public_jwk(private_jwk))
    r, s = decode_dss_signature(_private_key(private_jwk).sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")


def verify_es256(message: bytes, signature: bytes, public_jwk: dict[str, Any]) -> None:
    """Return if ``signature`` is that of ``message`` under this key.

    Raises:
        ValueError: It is not, or the key is malformed or made for something else.
    """
    public = check_public_jwk(public_jwk)
    _check_signs(public)
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError("the signature has another length")
    r, s = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    try:
        _public_key(public).verify(der, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ValueError("the signature does not fit what is signed") from None


_PUBLIC_MEMBERS = {"kty", "crv", "x", "y", "use", "alg"}


def _log_key(seed32: bytes) -> SigningKey:
    if len(seed32) != SEED_BYTES:
        raise ValueError("the seed is not 32 bytes long")
    return SigningKey(seed32)


def _detached_parts(jws: str) -> tuple[str, bytes]:
    if len(jws) > MAX_JWS_CHARS:
        raise ValueError("the signature is longer than any")
    match jws.split("."):
        case [protected, "", text]:
            signature = unb64u(text)
        case _:
            raise ValueError("not a detached signature")
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError("the signature has another length")
    return protected, signature


def _check_signs(public: dict[str, Any]) -> None:
    if public["use"] != "sig":
        raise ValueError("the key is not for signatures")


def _signed(protected: str, payload: bytes) -> bytes:
    return f"{protected}.{b64u(payload)}".encode("ascii")


def _private_key(private: dict[str, Any]) -> ec.EllipticCurvePrivateKey:
    scalar = _coordinate(private.get("d", ""))
    if not 0 < scalar < P256_ORDER:
        raise ValueError("the private key is out of range")
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _public_key(public: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    x, y = _coordinate(public["x"]), _coordinate(public["y"])
    # The library reduces larger numbers: one point would have two thumbprints.
    if max(x, y) >= P256_PRIME:
        raise ValueError("a number of the key is out of range")
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError:
        raise ValueError("the key is not a point of the curve") from None


def _coordinate(text: Any) -> int:
    if not isinstance(text, str):
        raise ValueError("a number of the key is not text")  # noqa: TRY004  hostile bytes, one class
    data = unb64u(text)
    if len(data) != COORDINATE_BYTES:
        raise ValueError("a number of the key has another length")
    return int.from_bytes(data, "big")


def _number(value: int) -> str:
    return b64u(value.to_bytes(COORDINATE_BYTES, "big"))
