from __future__ import annotations

from typing import Any

import pytest

from geowallet.crypto.signing import thumbprint, verify_detached
from geowallet.proofs.build import build_export
from geowallet.proofs.sdjwt import EXPORT_TYP, unpack
from tests.proofs.parties import (
    COMMUTE,
    CONTRACT,
    DESK,
    HOLDER,
    JTI,
    NOW_S,
    NULLIFIER,
    commute_days,
    contract_of,
    export_of,
    fixed_salts,
    mileage,
    note,
)


def test_says_exactly_this() -> None:
    """Read by a person: each claim of the example contract, and no other."""
    opened = unpack(export_of())
    hashes = opened.claims.pop("groups")
    assert opened.claims == {
        "_sd_alg": "sha-256",
        "aud": thumbprint(DESK),
        "contract": CONTRACT.sha256,
        "contract_name": "rhone-mileage",
        "exp": NOW_S + 36 * 31 * 86_400,
        "iat": NOW_S,
        "iss": "urn:geowallet:" + thumbprint(HOLDER),
        "jti": JTI,
        "log": {
            "origin": "geowallet/" + "4f" * 16,
            "root": "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=",
            "size": 42,
        },
        "nbf": NOW_S,
        "nullifier": NULLIFIER,
        "period": "2026-10",
        "share_m": {"L0": 412_000, "L1": 0, "L2": 0, "L3": 0},
        "share_percent": {"L0": 100, "L1": 0, "L2": 0, "L3": 0},
        "total": {"days": 9, "distance_m": 412_000},
        "vct": "urn:geowallet:export:1",
    }
    assert [one["..."] for one in hashes] == [hashed for hashed, _ in opened.rows]
    assert [row for _, row in opened.rows] == [
        {"month": "2026-10", "mode": "car", "distance_m": 400_000, "days": 8},
        {"month": "2026-10", "mode": "bike", "distance_m": 12_000, "days": 2},
    ]


def test_is_signed_by_the_holder_over_the_bytes_it_carries() -> None:
    opened = unpack(export_of())
    holder = CONTRACT.grant.holder.signing_jwk
    verify_detached(opened.payload, opened.detached, holder, EXPORT_TYP)


def test_a_count_of_days_gives_no_metre_away() -> None:
    opened = unpack(export_of(commute_days(), contract_of(COMMUTE)))
    assert {"groups", "_sd_alg", "share_m"}.isdisjoint(opened.claims)
    assert opened.rows == ()
    assert opened.claims["total"] == {"days": 9}


def test_an_export_that_replaces_another_says_which() -> None:
    assert unpack(export_of(supersedes="0" * 32)).claims["supersedes"] == "0" * 32


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        ("jti", "e41c"),
        ("jti", JTI.upper()),
        ("supersedes", "e41c"),
        ("nullifier", "48.853"),
        ("checkpoint", "geowallet/home\n42\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n\n"),
        ("checkpoint", note().replace("\n42\n", "\n0\n")),
        ("checkpoint", note().replace("\n42\n", "\nmany\n")),
        ("checkpoint", "one line"),
    ],
)
def test_an_argument_of_another_shape_is_a_mistake_of_the_caller(fault: str, value: str) -> None:
    texts: dict[str, Any] = {
        "checkpoint": note(),
        "jti": JTI,
        "nullifier": NULLIFIER,
        "supersedes": "",
    }
    with pytest.raises(ValueError, match=r"digits|checkpoint|invalid literal"):
        build_export(
            mileage(),
            CONTRACT,
            now_s=NOW_S,
            holder_private_jwk=HOLDER,
            salts=fixed_salts(),
            **(texts | {fault: value}),
        )
