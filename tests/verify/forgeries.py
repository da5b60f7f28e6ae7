"""Exports with one fault each, and the failure that each must end in.

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
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import (
    COMMUTE,
    DESK_SEAL,
    HOLDER,
    NOW_S,
    STRANGER,
    STRANGER_SEAL,
    commute_days,
    contract_of,
    export_of,
)

YEAR_S = 366 * 86_400
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
    return b64u(json.dumps([salt, value]).encode())


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


_SIGNED: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
    ("payload changed, not signed again", "bad_signature", "signature", unsigned_change),
    (
        "another key under the holder's kid",
        "bad_signature",
        "signature",
        stranger_with_the_holders_kid,
    ),
    (
        "alg none",
        "bad_signature",
        "signature",
        lambda: with_header({"alg": "none", "kid": thumbprint(HOLDER), "typ": EXPORT_TYP}, ""),
    ),
    ("alg HS256 keyed with the public key", "bad_signature", "signature", hmac_signed),
    (
        "signed as another kind of document",
        "bad_signature",
        "signature",
        lambda: assembled(
            token_of(unpack(GOOD).payload, typ="geowallet-grant+jws"), disclosures_of(GOOD)
        ),
    ),
    (
        "another key that says so",
        "unknown_holder",
        "signature",
        lambda: changed(lambda _: None, STRANGER),
    ),
    (
        "no kid",
        "unknown_holder",
        "signature",
        lambda: with_header({"alg": "ES256", "typ": EXPORT_TYP}, b64u(bytes(64))),
    ),
    ("another vct", "malformed", "type", lambda: with_claim("vct", "urn:geowallet:export:2")),
    ("another iss", "malformed", "type", lambda: with_claim("iss", "urn:geowallet:someone")),
    ("another hash", "malformed", "type", lambda: with_claim("_sd_alg", "sha-1")),
    (
        "another audience",
        "contract_mismatch",
        "audience",
        lambda: with_claim("aud", thumbprint(STRANGER)),
    ),
    (
        "two audiences",
        "contract_mismatch",
        "audience",
        lambda: with_claim("aud", [thumbprint(STRANGER)]),
    ),
    (
        "another contract",
        "contract_mismatch",
        "contract_digest",
        lambda: with_claim("contract", "0" * 64),
    ),
    (
        "another contract name",
        "contract_mismatch",
        "contract_digest",
        lambda: with_claim("contract_name", "else"),
    ),
    (
        "replayed from another contract",
        "contract_mismatch",
        "contract_digest",
        lambda: export_of(commute_days(), contract_of(COMMUTE)),
    ),
    ("expired", "expired", "dates", lambda: with_claim("exp", NOW_S)),
    ("no exp", "malformed", "dates", lambda: without_claim("exp")),
    ("exp is true", "malformed", "dates", lambda: with_claim("exp", True)),
    ("exp is text", "malformed", "dates", lambda: with_claim("exp", "2029-01-01")),
    ("exp past all dates", "malformed", "dates", lambda: with_claim("exp", 2**53 - 1)),
    ("valid before it was signed", "malformed", "dates", lambda: with_claim("nbf", NOW_S - 1)),
    ("signed in the future", "malformed", "dates", lambda: export_of(now_s=NOW_S + 301)),
    ("not yet valid", "malformed", "dates", lambda: with_claim("nbf", NOW_S + 301)),
    (
        "a day of the period",
        "contract_mismatch",
        "period",
        lambda: with_claim("period", "2026-10-05"),
    ),
    (
        "a period before the contract",
        "contract_mismatch",
        "period",
        lambda: with_claim("period", "2026-09"),
    ),
    (
        "a period spelled otherwise",
        "contract_mismatch",
        "period",
        lambda: with_claim("period", "2026-10-01..2026-10-31"),
    ),
    ("no period", "contract_mismatch", "period", lambda: without_claim("period")),
    (
        "the same hash twice",
        "malformed",
        "disclosures",
        lambda: with_disclosures(disclosures_of(GOOD)[:1], disclosures_of(GOOD)[:1] * 2),
    ),
    (
        "the same row twice",
        "malformed",
        "disclosures",
        lambda: assembled(GOOD.split("~")[0], disclosures_of(GOOD) + disclosures_of(GOOD)[:1]),
    ),
    (
        "a row that no hash names",
        "malformed",
        "disclosures",
        lambda: assembled(GOOD.split("~")[0], [*disclosures_of(GOOD), row({"distance_m": 0})]),
    ),
    (
        "a row withheld",
        "contract_mismatch",
        "disclosures",
        lambda: assembled(GOOD.split("~")[0], disclosures_of(GOOD)[:1]),
    ),
    (
        "rows in disorder",
        "contract_mismatch",
        "disclosures",
        lambda: assembled(GOOD.split("~")[0], disclosures_of(GOOD)[::-1]),
    ),
    ("groups is no list", "malformed", "disclosures", lambda: with_claim("groups", {"...": "x"})),
    (
        "a row in clear",
        "malformed",
        "disclosures",
        lambda: changed(lambda claims: claims["groups"].append({"distance_m": 0})),
    ),
    (
        "a hash within a row",
        "contract_mismatch",
        "named_claims",
        lambda: with_first_row(lambda value: value.update({"_sd": []})),
    ),
    (
        "a member that hides others",
        "contract_mismatch",
        "named_claims",
        lambda: with_claim("_sd", ["x" * 43]),
    ),
    (
        "departure_time",
        "contract_mismatch",
        "named_claims",
        lambda: with_claim("departure_time", 755),
    ),
    (
        "a place",
        "contract_mismatch",
        "named_claims",
        lambda: with_claim("place", {"lat": 48_853_000, "lon": 2_349_000}),
    ),
    (
        "a coordinate as a name",
        "contract_mismatch",
        "named_claims",
        lambda: with_claim("48.853,2.349", 1),
    ),
    (
        "a measure that was not asked",
        "contract_mismatch",
        "named_claims",
        lambda: inside("total", "trips", 14),
    ),
    (
        "a measure in a row that was not asked",
        "contract_mismatch",
        "named_claims",
        lambda: with_first_row(lambda value: value.update({"lat": 48_853})),
    ),
    ("an unknown level", "contract_mismatch", "named_claims", lambda: inside("share_m", "L4", 0)),
    (
        "an unknown member of log",
        "contract_mismatch",
        "named_claims",
        lambda: inside("log", "place", "home"),
    ),
    (
        "a measure is missing",
        "contract_mismatch",
        "named_claims",
        lambda: changed(lambda claims: claims["total"].pop("days")),
    ),
    ("no jti", "contract_mismatch", "named_claims", lambda: without_claim("jti")),
    ("total is a number", "malformed", "named_claims", lambda: with_claim("total", 412_000)),
    (
        "a row is a number",
        "malformed",
        "named_claims",
        lambda: with_disclosures([row(412_000), *disclosures_of(GOOD)[1:]]),
    ),
    (
        "a jti with a coordinate",
        "malformed",
        "identifiers",
        lambda: with_claim("jti", "48.853000,2.349000"),
    ),
    (
        "a nullifier that is a number",
        "malformed",
        "identifiers",
        lambda: with_claim("nullifier", 48_853),
    ),
    ("supersedes nothing", "malformed", "identifiers", lambda: with_claim("supersedes", None)),
    (
        "a row of another mode",
        "contract_mismatch",
        "groups",
        lambda: with_first_row(lambda value: value.update({"mode": "bus"})),
    ),
    (
        "a row of another month",
        "contract_mismatch",
        "groups",
        lambda: with_first_row(lambda value: value.update({"month": "2026-09"})),
    ),
    (
        "a mode that is a list",
        "contract_mismatch",
        "groups",
        lambda: with_first_row(lambda value: value.update({"mode": ["car"]})),
    ),
    ("off its step", "contract_mismatch", "ranges", lambda: inside("total", "distance_m", 412_500)),
    (
        "beyond its range",
        "contract_mismatch",
        "ranges",
        lambda: inside("total", "distance_m", 20_001_000),
    ),
    (
        "negative",
        "contract_mismatch",
        "ranges",
        lambda: with_first_row(lambda value: value.update({"distance_m": -1_000})),
    ),
    ("true for one", "contract_mismatch", "ranges", lambda: inside("total", "days", True)),
    (
        "a text for a number",
        "contract_mismatch",
        "ranges",
        lambda: inside("total", "days", "48.853"),
    ),
    (
        "a share off its step",
        "contract_mismatch",
        "ranges",
        lambda: inside("share_m", "L1", 371_001),
    ),
    (
        "a total above its rows",
        "contract_mismatch",
        "arithmetic",
        lambda: inside("total", "distance_m", 413_000),
    ),
    (
        "days above the sum of the rows",
        "contract_mismatch",
        "arithmetic",
        lambda: inside("total", "days", 11),
    ),
    ("days below a row", "contract_mismatch", "arithmetic", lambda: inside("total", "days", 7)),
    (
        "shares above the total",
        "contract_mismatch",
        "arithmetic",
        lambda: inside("share_m", "L1", 372_000),
    ),
    (
        "shares of 101 percent",
        "contract_mismatch",
        "arithmetic",
        lambda: inside("share_percent", "L1", 91),
    ),
    ("too little assurance", "contract_mismatch", "assurance", too_weak),
    (
        "a place as the name of the log",
        "malformed",
        "log_reference",
        lambda: inside("log", "origin", "geowallet/48.853,2.349"),
    ),
    ("an empty log", "malformed", "log_reference", lambda: inside("log", "size", 0)),
    ("a loose root", "malformed", "log_reference", lambda: inside("log", "root", "A" * 42 + "B=")),
    ("a member twice", "malformed", "format", twice_the_member),
    ("a fraction", "malformed", "format", with_float),
    ("loose base64 in a row", "malformed", "format", loose_row),
    (
        "a row of three",
        "malformed",
        "format",
        lambda: with_disclosures([b64u(b'["c2FsdCBzYWx0IHNhbHQgIQ","total",{}]')]),
    ),
    ("a row without salt", "malformed", "format", lambda: with_disclosures([row({}, "c2FsdA")])),
    (
        "a salt that is no base64",
        "malformed",
        "format",
        lambda: with_disclosures([row({}, "!" * 22)]),
    ),
    ("a salt that is a number", "malformed", "format", lambda: with_disclosures([b64u(b"[1,{}]")])),
    (
        "a row too deep",
        "malformed",
        "format",
        lambda: with_disclosures([b64u(b"[" * 40 + b"]" * 40)]),
    ),
    ("a payload that is a list", "malformed", "format", lambda: assembled(token_of(b"[]"), [])),
    ("no tilde", "malformed", "format", lambda: GOOD.split("~")[0]),
    ("a key-binding token at the end", "malformed", "format", lambda: GOOD + GOOD.split("~")[0]),
    ("four parts", "malformed", "format", lambda: GOOD.replace("~", ".x~", 1)),
    ("a blank", "malformed", "format", lambda: GOOD + " "),
    ("loose base64 in the signature", "bad_signature", "signature", loose_signature),
)
SIGNED = tuple(Fault(*fields) for fields in _SIGNED)
"""Faults of what is inside the seal."""

_SEALS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    (
        "sealed for another key",
        "wrong_recipient",
        lambda: seal_for(GOOD, public_jwk(STRANGER_SEAL)),
    ),
    ("ciphertext changed", "bad_signature", lambda: with_part(seal_for(GOOD, READER), 3, flipped)),
    ("tag changed", "bad_signature", lambda: with_part(seal_for(GOOD, READER), 4, flipped)),
    ("iv changed", "bad_signature", lambda: with_part(seal_for(GOOD, READER), 2, flipped)),
    ("a key is wrapped", "malformed", lambda: sealed_with("ECDH-ES+A256KW", "A256GCM")),
    ("a shorter key", "malformed", lambda: sealed_with("ECDH-ES", "A128GCM")),
    ("compressed", "malformed", lambda: sealed_with("ECDH-ES", "A256GCM", zip="DEF")),
    ("an unknown header member", "malformed", lambda: sealed_with("ECDH-ES", "A256GCM", typ="x")),
    ("not sealed", "malformed", lambda: GOOD),
    ("empty", "malformed", lambda: ""),
    ("four parts", "malformed", lambda: seal_for(GOOD, READER).rpartition(".")[0]),
    (
        "a short tag",
        "malformed",
        lambda: with_part(seal_for(GOOD, READER), 4, lambda tag: tag[:16]),
    ),
    (
        "the header is a list",
        "malformed",
        lambda: with_part(seal_for(GOOD, READER), 0, lambda _: b64u(b"[]")),
    ),
    (
        "the header is not JSON",
        "malformed",
        lambda: with_part(seal_for(GOOD, READER), 0, lambda _: "AAAA"),
    ),
    (
        "loose base64 in the tag",
        "malformed",
        lambda: with_part(seal_for(GOOD, READER), 4, loosened),
    ),
    (
        "loose base64 in the ciphertext",
        "malformed",
        lambda: with_part(seal_for(GOOD, READER), 3, loosened),
    ),
)
SEALS = tuple(Fault(name, expect, "open", forge) for name, expect, forge in _SEALS)
"""Faults of the seal itself."""
