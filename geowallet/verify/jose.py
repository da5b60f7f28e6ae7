"""Seals, signatures and the spelling of an export: what every JOSE library knows, strictly.

Part of the verifier, see `standalone`. Every part has one spelling, and every algorithm is
fixed: a file has no choice.
"""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MALFORMED, MISMATCH = "malformed", "contract_mismatch"
MAX_BYTES, MAX_SEALED_BYTES = 1 << 21, (1 << 21) * 4 // 3 + 4_096
"""Of an export before and after sealing: a year of days in every mode, and some."""


def N_(text: str) -> str:  # noqa: N802  the usual name
    """Mark ``text`` for translators, and return it; they also find the texts of `refuse`."""
    return text


BROKEN = N_("the seal is broken: the file was changed or damaged after it was written")


class RefusedError(ValueError):
    """Why a file is refused, without a value of it; ``check`` is the first that failed."""

    def __init__(self, text: str, status: str, values: dict[str, str | int]) -> None:
        super().__init__(text.format(**values))
        self.text, self.status, self.values, self.check = text, status, values, "open"


def refuse(text: str, status: str, when: bool, **values: str | int) -> None:
    """Raise `RefusedError` if ``when``."""
    if when:
        raise RefusedError(text, status, values)


def opened(data: bytes, reader: dict[str, Any]) -> str:
    """Return what is sealed in ``data``, a compact JWE for the private key ``reader``.

    Raises:
        RefusedError: Of another form, for another key, or changed.
    """
    refuse("it is too long", MALFORMED, len(data) > MAX_SEALED_BYTES)
    parts = data.rstrip(b"\r\n").decode("latin-1").split(".")
    fit = len(parts) == 5 and not parts[1] and all(parts[0:1] + parts[2:])
    refuse("it is not a sealed file in five parts", MALFORMED, not fit)
    iv, ciphertext, tag = map(unb64u, parts[2:])
    header = _json(parts[0])
    good = (len(iv), len(tag)) == (12, 16) and _is_seal(header)
    refuse("it is sealed by a method that geowallet does not accept", MALFORMED, not good)
    other = header["kid"] != thumbprint(reader)
    refuse("the file is sealed for another key", "wrong_recipient", other)
    try:
        key = AESGCM(_agreed(header["epk"], reader))
        return key.decrypt(iv, ciphertext + tag, parts[0].encode()).decode("ascii")
    except (InvalidTag, ValueError) as error:
        raise RefusedError(BROKEN, "bad_signature", {}) from error


def unpacked(text: str) -> tuple[str, dict[str, Any], dict[str, Any], list[str], list[Any]]:
    """Return token, header, claims, digests and rows of an SD-JWT (RFC 9901)."""
    refuse("it is too long, or is not written in base64url", MALFORMED, len(text) > MAX_BYTES)
    token, *rows = text.split("~")
    parts = token.split(".")
    odd = len(parts) != 3 or rows[-1:] != [""] or len(rows) > 6_001
    refuse("it is not a signed JWT with rows between tildes", MALFORMED, odd)
    header, claims = _json(parts[0]), _json(parts[1])
    odd = not isinstance(header, dict) or not isinstance(claims, dict)
    refuse("its header or payload is not a JSON object", MALFORMED, odd)
    values = [_json(row) for row in rows[:-1]]
    digests = [b64u(sha256(row.encode()).digest()) for row in rows[:-1]]
    good = all(isinstance(v, list) and len(v) == 2 and isinstance(v[0], str) for v in values)
    good = good and all(len(unb64u(salt)) >= 16 for salt, _ in values)
    refuse("a row is not a salt and a value", MALFORMED, not good)
    return token, header, claims, digests, [row for _, row in values]


def _json(text: str) -> Any:
    """Return what ``text`` writes: compact JSON without fractions, the only way to write it."""
    data = unb64u(text)
    try:
        value = json.loads(data.decode(), parse_int=_exact, parse_float=int, parse_constant=int)
        same = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() == data
        same = same and not re.search(rb'"[0-9]+":', data)  # readers disagree on their order
    except (ValueError, RecursionError):
        same = False
    refuse("a part of it is not strict JSON", MALFORMED, not same)
    return value


def _exact(digits: str) -> int:
    if abs(int(digits)) >= 2**53:
        raise ValueError("more than every reader keeps")
    return int(digits)


def unb64u(text: str) -> bytes:
    """Return what ``text`` writes in base64url, if it is the only way to write it."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        data = b""
    refuse("a part of it is not canonical base64url", MALFORMED, b64u(data) != text)
    return data


def signs(jws: str, payload: str, jwk: dict[str, Any], typ: str) -> bool:
    """Say whether ``header..signature`` signs ``payload`` (RFC 7515, ES256 alone)."""
    try:
        head, text = jws.split("..")
        expected = {"alg": "ES256", "kid": thumbprint(jwk), "typ": typ}
        signature = unb64u(text)
        if _json(head) != expected or len(signature) != 64:
            return False
        halves = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        signed = f"{head}.{payload}".encode()
        _public(jwk).verify(encode_dss_signature(*halves), signed, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True


def _public(jwk: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    point = b"\4" + unb64u(jwk["x"]) + unb64u(jwk["y"])
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def _agreed(epk: dict[str, Any], reader: dict[str, Any]) -> bytes:
    """Return the content key (RFC 7518, section 4.6: one round of Concat KDF)."""
    own = ec.derive_private_key(int.from_bytes(unb64u(reader["d"]), "big"), ec.SECP256R1())
    secret = own.exchange(ec.ECDH(), _public(epk))
    info = (7).to_bytes(4, "big") + b"A256GCM" + bytes(8) + (256).to_bytes(4, "big")
    return sha256(b"\0\0\0\1" + secret + info).digest()


def _is_seal(header: Any) -> bool:
    match header:
        case {"alg": "ECDH-ES", "enc": "A256GCM", "cty": "dc+sd-jwt", "kid": _, "epk": dict(epk)}:
            own = {"kty": "EC", "crv": "P-256", "x": str(epk.get("x")), "y": str(epk.get("y"))}
            return len(header) == 5 and epk == own and len(own["x"]) == len(own["y"]) == 43
    return False


def canonical(value: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of a value without fractions: what is signed."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def b64u(data: bytes) -> str:
    """Return ``data`` in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def thumbprint(jwk: dict[str, Any]) -> str:
    """Return the name of a key: SHA-256 of its public half (RFC 7638)."""
    return b64u(sha256(canonical({name: jwk[name] for name in ("crv", "kty", "x", "y")})).digest())
