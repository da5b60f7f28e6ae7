"""Exports whose headers, signatures or seals try what JOSE libraries have fallen for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.signing import P256_ORDER, public_jwk, thumbprint
from geowallet.proofs.sdjwt import EXPORT_TYP
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import HOLDER, STRANGER
from tests.verify.forging import (
    GOOD,
    READER,
    Fault,
    assembled,
    disclosures_of,
    row,
    sealed_with,
    with_disclosures,
    with_part,
)

_HEADER = {"alg": "ES256", "kid": thumbprint(HOLDER), "typ": EXPORT_TYP}
_SIGNATURE = unb64u(GOOD.split("~")[0].split(".")[2])
_HALF = len(_SIGNATURE) // 2


def header(**members: Any) -> Callable[[], str]:
    """The good payload and signature under another header."""
    return lambda: raw_header(canonical_bytes({**_HEADER, **members}))


def raw_header(data: bytes) -> str:
    _, payload, signature = GOOD.split("~")[0].split(".")
    return assembled(f"{b64u(data)}.{payload}.{signature}", disclosures_of(GOOD))


def signature(data: bytes) -> str:
    head, payload, _ = GOOD.split("~")[0].split(".")
    return assembled(f"{head}.{payload}.{b64u(data)}", disclosures_of(GOOD))


def der() -> bytes:
    halves = [b"\0" + _SIGNATURE[:_HALF], b"\0" + _SIGNATURE[_HALF:]]
    body = b"".join(bytes([2, len(half)]) + half for half in halves)
    return bytes([0x30, len(body)]) + body


def mirrored() -> str:
    """(r, n - s) signs the same text: whoever has a signature has two. The id does not change."""
    s = P256_ORDER - int.from_bytes(_SIGNATURE[_HALF:], "big")
    return signature(_SIGNATURE[:_HALF] + s.to_bytes(_HALF, "big"))


MIRRORED = mirrored()

_SIGNED: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
    *(
        (f"alg {alg}", "bad_signature", "signature", header(alg=alg))
        for alg in (
            "RS256",
            "PS256",
            "ES384",
            "ES512",
            "EdDSA",
            "ES256K",
            "HS512",
            "es256",
            "NO",
        )
    ),
    (
        "a key of the sender's in the header",
        "bad_signature",
        "signature",
        header(jwk=public_jwk(STRANGER)),
    ),
    ("where to fetch a key", "bad_signature", "signature", header(jku="https://k.example/keys")),
    ("a certificate in the header", "bad_signature", "signature", header(x5c=["MIIB"])),
    ("a critical extension", "bad_signature", "signature", header(crit=["exp"], exp=0)),
    ("an unencoded payload", "bad_signature", "signature", header(b64=False, crit=["b64"])),
    ("kid is a path", "unknown_holder", "signature", header(kid="../../keys/holder")),
    ("kid is a list", "unknown_holder", "signature", header(kid=[thumbprint(HOLDER)])),
    ("alg is a list", "bad_signature", "signature", header(alg=["ES256", "none"])),
    ("no signature", "bad_signature", "signature", lambda: signature(b"")),
    ("a signature of zeros", "bad_signature", "signature", lambda: signature(bytes(64))),
    ("a signature in DER", "bad_signature", "signature", lambda: signature(der())),
    (
        "half a signature",
        "bad_signature",
        "signature",
        lambda: signature(_SIGNATURE[:_HALF]),
    ),
    (
        "the halves of the signature changed about",
        "bad_signature",
        "signature",
        lambda: signature(_SIGNATURE[_HALF:] + _SIGNATURE[:_HALF]),
    ),
    (
        "alg twice in the header",
        "malformed",
        "format",
        lambda: raw_header(b'{"alg":"none",' + canonical_bytes(_HEADER)[1:]),
    ),
    ("blanks in the header", "malformed", "format", lambda: raw_header(b'{ "alg":"ES256"}')),
    (
        "an escape that hides a name",
        "malformed",
        "format",
        lambda: raw_header(canonical_bytes(_HEADER).replace(b"alg", b"\\u0061lg")),
    ),
    ("a byte order mark", "malformed", "format", lambda: raw_header(b"\xef\xbb\xbf{}")),
    ("a header in UTF-16", "malformed", "format", lambda: raw_header('{"alg":1}'.encode("utf-16"))),
    ("not a number", "malformed", "format", lambda: raw_header(b'{"alg":NaN}')),
    ("a number past 2^53", "malformed", "format", lambda: raw_header(b'{"alg":9007199254740992}')),
    ("an exponent", "malformed", "format", lambda: raw_header(b'{"alg":1e3}')),
    ("half a surrogate pair", "malformed", "format", lambda: raw_header(b'{"alg":"\\ud83d"}')),
    ("a name that is a number", "malformed", "format", lambda: raw_header(b'{"alg":1,"7":1}')),
    (
        "a row with a name twice",
        "malformed",
        "format",
        lambda: with_disclosures([b64u(b'["c2FsdCBzYWx0IHNhbHQgIQ",{"days":1,"days":8}]')]),
    ),
    (
        "a row padded with blanks",
        "malformed",
        "format",
        lambda: with_disclosures([b64u(b'["c2FsdCBzYWx0IHNhbHQgIQ", {}]')]),
    ),
    ("a row with a short salt", "malformed", "format", lambda: with_disclosures([row({}, "c2Fs")])),
    (
        "standard base64 in a row",
        "malformed",
        "format",
        lambda: assembled(GOOD.split("~")[0], [*disclosures_of(GOOD), "ab+/"]),
    ),
)
HEADERS = tuple(Fault(*fields) for fields in _SIGNED)
"""Faults inside the seal."""


def seal_header(**members: Any) -> Callable[[], str]:
    """A good seal under another header: an allow-list refuses it before any key is used."""
    sealed = seal_for(GOOD, READER)
    return lambda: with_part(sealed, 0, lambda text: b64u(_changed(text, members)))


def _changed(text: str, members: dict[str, Any]) -> bytes:
    merged = {**json.loads(unb64u(text)), **members}
    return canonical_bytes({name: value for name, value in merged.items() if value is not ...})


def _epk(**members: Any) -> Callable[[], str]:
    point = {"kty": "EC", "crv": "P-256", "x": READER["x"], "y": READER["y"]}
    return seal_header(epk={**point, **members})


def _second(text: str) -> str:
    return with_part(seal_for(GOOD, READER), 1, lambda _: text)


def _of_two() -> str:
    one, other = seal_for(GOOD, READER).split("."), seal_for(GOOD, READER).split(".")
    return ".".join([*one[:2], *other[2:]])


_SEALS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    *(
        (f"sealed with alg {alg}", "malformed", seal_header(alg=alg))
        for alg in ("dir", "none", "RSA-OAEP", "RSA1_5", "PBES2-HS256+A128KW", "A256KW")
    ),
    ("sealed with enc A128CBC-HS256", "malformed", seal_header(enc="A128CBC-HS256")),
    ("party information", "malformed", seal_header(apu="QWxpY2U", apv="Qm9i")),
    ("a critical extension of the seal", "malformed", seal_header(crit=["exp"], exp=0)),
    ("another kind of content", "malformed", seal_header(cty="JWT")),
    ("a seal without kid", "malformed", seal_header(kid=...)),
    ("a seal without ephemeral key", "malformed", seal_header(epk=...)),
    ("the ephemeral key is off the curve", "bad_signature", _epk(y=READER["x"])),
    ("the ephemeral key is zero", "bad_signature", _epk(x="A" * 43, y="A" * 43)),
    ("the ephemeral key is longer", "malformed", _epk(x="A" + READER["x"])),
    ("the ephemeral key is on another curve", "malformed", _epk(crv="P-384")),
    ("the ephemeral key is private", "malformed", _epk(d="AQ")),
    ("the ephemeral key is a number", "malformed", _epk(x=1)),
    ("the ephemeral key is another's", "bad_signature", _epk()),
    ("five parts, the second not empty", "malformed", lambda: _second("AAAA")),
    ("six parts", "malformed", lambda: seal_for(GOOD, READER) + ".AAAA"),
    ("padded base64", "malformed", lambda: seal_for(GOOD, READER) + "=="),
    ("a blank before it", "malformed", lambda: " " + seal_for(GOOD, READER)),
    (
        "a short iv",
        "malformed",
        lambda: with_part(seal_for(GOOD, READER), 2, lambda iv: iv[:12]),
    ),
    ("parts of two files", "bad_signature", _of_two),
    ("a JWE in JSON", "malformed", lambda: '{"protected":"","ciphertext":""}'),
    ("a key wrapped with A128KW", "malformed", lambda: sealed_with("ECDH-ES+A128KW", "A256GCM")),
)


SEAL_HEADERS = tuple(Fault(name, expect, "open", forge) for name, expect, forge in _SEALS)
"""Faults of the seal."""
