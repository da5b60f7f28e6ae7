"""How a forger makes exports: by hand, part by part.

The forger holds the holder's own key unless a case says otherwise: what the
verifier refuses here, it refuses although the signature is good.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc.jwe import JWERegistry, encrypt_compact
from joserfc.jwk import ECKey

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u
from geowallet.crypto.signing import public_jwk, sign_detached, thumbprint
from geowallet.proofs.sdjwt import EXPORT_TYP, digest, unpack
from tests.proofs.parties import (
    DESK_SEAL,
    HOLDER,
    STRANGER,
    export_of,
)

GOOD = export_of()
READER = public_jwk(DESK_SEAL)


@dataclass(frozen=True, slots=True)
class Fault:
    """One forgery: how it must end, and the check that must say so."""

    name: str
    expect: str
    check: str
    forge: Callable[[], str]


def token_of(payload: bytes, key: dict[str, Any] = HOLDER, typ: str = EXPORT_TYP) -> str:
    header, _, signature = sign_detached(payload, key, typ).split(".")
    return f"{header}.{b64u(payload)}.{signature}"


def assembled(token: str, disclosures: list[str]) -> str:
    return "~".join([token, *disclosures, ""])


def disclosures_of(text: str) -> list[str]:
    return text.split("~")[1:-1]


def changed(change: Callable[[dict[str, Any]], None], key: dict[str, Any] = HOLDER) -> str:
    """The good export with its claims changed and signed again."""
    claims = unpack(GOOD).claims
    change(claims)
    return assembled(token_of(canonical_bytes(claims), key), disclosures_of(GOOD))


def with_claim(name: str, value: Any) -> str:
    return changed(lambda claims: claims.update({name: value}))


def without_claim(name: str) -> str:
    return changed(lambda claims: claims.pop(name))


def inside(claim: str, name: str, value: Any) -> str:
    return changed(lambda claims: claims[claim].update({name: value}))


def with_disclosures(disclosures: list[str], listed: list[str] | None = None) -> str:
    """The good export with other rows, hashed and signed."""
    claims = unpack(GOOD).claims
    hashes = [digest(one) for one in (disclosures if listed is None else listed)]
    claims["groups"] = [{"...": one} for one in hashes]
    return assembled(token_of(canonical_bytes(claims)), disclosures)


def row(value: Any, salt: str = "c2FsdCBzYWx0IHNhbHQgIQ") -> str:
    return b64u(json.dumps([salt, value], separators=(",", ":")).encode())


def with_first_row(change: Callable[[dict[str, Any]], None]) -> str:
    rows = [dict(value) for _, value in unpack(GOOD).rows]
    change(rows[0])
    return with_disclosures(
        [row(value, f"c2FsdCBzYWx0IHNhbHQgI{n}") for n, value in zip("Qg", rows, strict=True)]
    )


def with_header(header: dict[str, Any], signature: str) -> str:
    payload = unpack(GOOD).payload
    return assembled(f"{b64u(canonical_bytes(header))}.{b64u(payload)}.{signature}", [])


def hmac_signed() -> str:
    """RS/ES-to-HMAC confusion: the public key taken as a shared secret."""
    header = {"alg": "HS256", "kid": thumbprint(HOLDER), "typ": EXPORT_TYP}
    signed = f"{b64u(canonical_bytes(header))}.{b64u(unpack(GOOD).payload)}"
    mac = hmac.digest(canonical_bytes(public_jwk(HOLDER)), signed.encode(), "sha256")
    return with_header(header, b64u(mac))


def stranger_with_the_holders_kid() -> str:
    header = {"alg": "ES256", "kid": thumbprint(HOLDER), "typ": EXPORT_TYP}
    signature = sign_detached(unpack(GOOD).payload, STRANGER, EXPORT_TYP).split(".")[2]
    return with_header(header, signature)


def unsigned_change() -> str:
    claims = unpack(GOOD).claims
    claims["total"]["distance_m"] += 1_000
    header, _, signature = GOOD.split("~")[0].split(".")
    token = f"{header}.{b64u(canonical_bytes(claims))}.{signature}"
    return assembled(token, disclosures_of(GOOD))


def twice_the_member() -> str:
    payload = unpack(GOOD).payload[:-1] + b',"total":{"distance_m":0,"days":0}}'
    return assembled(token_of(payload), disclosures_of(GOOD))


def with_float() -> str:
    payload = unpack(GOOD).payload.replace(b'"distance_m":412000', b'"distance_m":412000.5')
    return assembled(token_of(payload), disclosures_of(GOOD))


def loosened(text: str) -> str:
    """The same bytes in a spelling that sets an unused bit of the last character."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def loose_signature() -> str:
    token, rest = GOOD.split("~", 1)
    return f"{loosened(token)}~{rest}"


def loose_row() -> str:
    last = disclosures_of(GOOD)
    loose = row({"month": "2026-10", "mode": "car", "distance_m": 400_000, "days": 8})
    return with_disclosures([loose + "=", *last[1:]])


def too_weak() -> str:
    def change(claims: dict[str, Any]) -> None:
        claims["share_m"] = {"L0": 100_000, "L1": 312_000, "L2": 0, "L3": 0}
        claims["share_percent"] = {"L0": 25, "L1": 75, "L2": 0, "L3": 0}

    return changed(change)


def sealed_with(alg: str, enc: str, **more: str) -> str:
    header = {"alg": alg, "enc": enc, "kid": thumbprint(READER), "cty": EXPORT_TYP, **more}
    key = ECKey.import_key({name: READER[name] for name in ("kty", "crv", "x", "y")})
    return encrypt_compact(header, GOOD, key, registry=JWERegistry(algorithms=[alg, enc, "DEF"]))


def with_part(sealed: str, index: int, change: Callable[[str], str]) -> str:
    parts = sealed.split(".")
    parts[index] = change(parts[index])
    return ".".join(parts)


def flipped(text: str) -> str:
    return ("B" if text[0] == "A" else "A") + text[1:]
