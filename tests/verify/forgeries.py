"""Exports with one fault each, and the failure that each must end in."""

from __future__ import annotations

from collections.abc import Callable

from geowallet.crypto.encoding import b64u
from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.proofs.sdjwt import EXPORT_TYP, unpack
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import (
    COMMUTE,
    HOLDER,
    NOW_S,
    STRANGER,
    STRANGER_SEAL,
    commute_days,
    contract_of,
    export_of,
)
from tests.verify.forgeries_of_content import CONTENT
from tests.verify.forging import (
    GOOD,
    READER,
    Fault,
    assembled,
    changed,
    disclosures_of,
    flipped,
    hmac_signed,
    loose_row,
    loose_signature,
    loosened,
    row,
    sealed_with,
    stranger_with_the_holders_kid,
    token_of,
    twice_the_member,
    unsigned_change,
    with_claim,
    with_disclosures,
    with_float,
    with_header,
    with_part,
    without_claim,
)

_ORIGIN: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
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

SIGNED = (*(Fault(*fields) for fields in _ORIGIN), *CONTENT)
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
    ("a seal in four parts", "malformed", lambda: seal_for(GOOD, READER).rpartition(".")[0]),
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
