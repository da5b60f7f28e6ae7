from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64u
from geowallet.crypto.signing import new_private_jwk, public_jwk, sign_es256, thumbprint
from geowallet.proofs.odometer import (
    ODOMETER_TYP,
    ODOMETER_VCT,
    Statement,
    read_statement,
    registration_of,
    state_odometer,
)
from geowallet.proofs.sdjwt import digest
from tests.proofs.parties import fixed_salts

KEY = new_private_jwk("sig", b"o" * 32)
DAY = dt.date(2026, 10, 31)
GOOD = state_odometer("AB123CD", 48_210, DAY, private_jwk=KEY, salts=fixed_salts())


def signed(*, header: Any = None, shown: Any = None, **payload: Any) -> str:
    """A statement with other members, signed as they are."""
    jwk = {name: KEY[name] for name in ("crv", "kty", "x", "y")}
    head = {"alg": "ES256", "jwk": jwk, "typ": ODOMETER_TYP} | (header or {})
    parts = [b64u(canonical_bytes(one)) for one in shown or _values("AB123CD", 48_210)]
    body = {
        "vct": ODOMETER_VCT,
        "day": "2026-10-31",
        "_sd": sorted(map(digest, parts)),
        "_sd_alg": "sha-256",
    } | payload
    token = f"{b64u(canonical_bytes(head))}.{b64u(canonical_bytes(body))}"
    return "~".join([f"{token}.{b64u(sign_es256(token.encode(), KEY))}", *parts, ""])


def _values(vehicle: Any, km: Any) -> list[list[Any]]:
    return [["s" * 22, "vehicle", vehicle], ["t" * 22, "km", km]]


class TestStatement:
    """Promise: what a key signed of an odometer, whole, and nothing else in it."""

    def test_says_what_was_signed_and_by_which_key(self) -> None:
        assert read_statement(GOOD.text) == GOOD
        assert (GOOD.vehicle, GOOD.km, GOOD.day) == ("AB123CD", 48_210, DAY)
        assert GOOD.signer == thumbprint(public_jwk(KEY))

    def test_closed_it_shows_the_day_alone(self) -> None:
        closed = GOOD.closed()
        assert (
            read_statement(closed.text)
            == closed
            == Statement(closed.text, GOOD.signer, DAY, "", None)
        )
        assert "AB123CD" not in str(closed)

    def test_another_library_can_make_one(self) -> None:
        """As the page on the format says, with the members in an order of its own."""
        key = ECKey.import_key({name: KEY[name] for name in ("crv", "kty", "x", "y", "d")})
        parts = [b64u(json.dumps(one).encode()) for one in _values("AB123CD", 7)]
        body = {"_sd_alg": "sha-256", "day": "2026-10-31", "vct": ODOMETER_VCT}
        whole = {**body, "_sd": [digest(one) for one in parts]}
        jwk = {name: KEY[name] for name in ("kty", "crv", "x", "y")}
        header = {"typ": ODOMETER_TYP, "alg": "ES256", "jwk": jwk}
        token = jws.serialize_compact(header, json.dumps(whole).encode(), key)
        assert read_statement("~".join([token, *parts, ""])).km == 7

    @pytest.mark.parametrize(
        "text",
        [
            None,
            "",
            GOOD.text[:-1],
            GOOD.text.replace("~", "~~", 1),
            GOOD.text.replace(".", "..", 1),
            GOOD.text + "~",
            GOOD.text.partition("~")[0],
            "~".join(GOOD.text.split("~")[:2]) + "~",
            "x" * 5_000,
            signed(header={"alg": "none"}),
            signed(header={"typ": "dc+sd-jwt"}),
            signed(header={"kid": "x"}),
            signed(header={"jwk": {"kty": "EC"}}),
            signed(vct="urn:geowallet:odometer:2"),
            signed(day="2026-02-30"),
            signed(day="yesterday"),
            signed(note="x"),
            signed(_sd_alg="md5"),
            signed(_sd=["A" * 43, "B" * 43]),
            signed(_sd=["A" * 43] * 2),
            signed(shown=_values("ab 123 cd", 1)),
            signed(shown=_values("AB123CD", -1)),
            signed(shown=_values("AB123CD", True)),
            signed(shown=_values("AB123CD", 10_000_000)),
            signed(shown=[["s" * 22, "km", 1], ["t" * 22, "km", 2]]),
            signed(shown=[["s", "km", 1], ["t" * 22, "vehicle", "AB123CD"]]),
            signed(shown=[["s" * 22, "who", "x"], ["t" * 22, "km", 2]]),
        ],
    )
    def test_anything_else_is_refused(self, text: Any) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            read_statement(text)

    def test_a_changed_signature_is_refused(self) -> None:
        """The signature of the same reading a day later."""
        other = state_odometer(
            "AB123CD", 48_210, DAY + dt.timedelta(1), private_jwk=KEY, salts=fixed_salts()
        )
        mixed = GOOD.text.split("~")[0].rpartition(".")[0]
        forged = f"{mixed}.{other.text.split('~')[0].rpartition('.')[2]}~"
        with pytest.raises(ValueError, match="fit"):
            read_statement(forged)

    @pytest.mark.parametrize(
        ("typed", "written"),
        [("ab-123-cd", "AB123CD"), (" AB 123·CD", "AB123CD"), ("é1", ""), ("A", ""), ("", "")],
    )
    def test_a_registration_has_one_spelling(self, typed: str, written: str) -> None:
        assert registration_of(typed) == written
