from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.life.audit import (
    CHALLENGE_SCHEMA,
    CHALLENGE_TYP,
    Asked,
    Challenge,
    asked_as_json,
    challenge_bytes,
    check_challenge,
    drawn_metres,
    read_challenge,
)
from geowallet.contracts.life.signed import signed_bytes
from geowallet.model.errors import BadContractError, ContractSignatureError
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING, contract, mileage

CONTRACT = contract(mileage(step_m=1))
ABOUT = Asked(CONTRACT.sha256, "2026-10", "e41c77b0" + "5a" * 12, dt.date(2026, 11, 2))
SEED = bytes(range(32))


def signed(changes: dict[str, Any]) -> bytes:
    """A challenge with other members, signed all the same."""
    value = asked_as_json(CONTRACT, ABOUT) | {"seed": SEED.hex(), "draws": 5} | changes
    value = {name: item for name, item in value.items() if item is not None}
    return signed_bytes(CHALLENGE_SCHEMA, value, {"signature": (EMPLOYER_SIGNING, CHALLENGE_TYP)})


def made() -> bytes:
    return challenge_bytes(CONTRACT, EMPLOYER_SIGNING, ABOUT, seed=SEED, draws=5)


def test_a_challenge_comes_back_as_it_was_made() -> None:
    challenge = check_challenge(made(), CONTRACT)
    assert (challenge.about, challenge.seed, challenge.draws) == (ABOUT, SEED, 5)
    assert len(challenge.sha256) == 64
    assert read_challenge(made()).sha256 == challenge.sha256


def test_another_key_another_contract_or_another_word_is_refused() -> None:
    with pytest.raises(ContractSignatureError):
        challenge_bytes(CONTRACT, HOLDER_SIGNING, ABOUT, seed=SEED, draws=5)
    with pytest.raises(BadContractError, match="of another contract"):
        check_challenge(made(), contract(mileage(step_m=100)))
    value = json.loads(made())
    value["draws"] = 6
    with pytest.raises(ContractSignatureError):
        check_challenge(json.dumps(value).encode(), CONTRACT)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"draws": 0}, "draws"),
        ({"draws": 101}, "draws"),
        ({"draws": True}, "draws"),
        ({"seed": "00"}, "seed"),
        ({"seed": SEED.hex().upper()}, "seed"),
        ({"jti": "e41c"}, "jti"),
        ({"period": "2026-13"}, "period: not a period"),
        ({"period": "2026-10-01..2026-10-31"}, "period: not written"),
        ({"period": None}, "period: missing"),
        ({"issued": "soon"}, "issued"),
        ({"contract": "Km"}, "contract"),
        ({"terms_sha256": 5}, "terms_sha256"),
        ({"home": 5}, "a member that does not exist"),
    ],
)
def test_each_part_is_read_strictly(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(BadContractError, match=named):
        read_challenge(signed(changes))


class TestDraws:
    """`drawn_metres`: "It can be computed again by anybody"."""

    def test_these_are_the_metres_of_a_known_seed(self) -> None:
        """Published: another implementation must draw the same."""
        challenge = Challenge(
            Asked("ab" * 32, "2026-10", "cd" * 16, dt.date(2026, 11, 2)), SEED, 4, ""
        )
        assert drawn_metres(challenge, 463_017) == (156_400, 179_544, 432_521, 451_809)

    @given(st.integers(1, 10**9), st.integers(1, 100), st.binary(min_size=32, max_size=32))
    def test_each_lies_in_the_total(self, total_m: int, draws: int, seed: bytes) -> None:
        drawn = drawn_metres(Challenge(ABOUT, seed, draws, ""), total_m)
        assert len(drawn) == draws
        assert list(drawn) == sorted(drawn)
        assert all(0 <= metre < total_m for metre in drawn)

    def test_everything_named_changes_the_draw(self) -> None:
        known = drawn_metres(Challenge(ABOUT, SEED, 5, ""), 10**9)
        others = [
            Asked("00" * 32, ABOUT.period, ABOUT.jti, ABOUT.issued),
            Asked(ABOUT.terms_sha256, "2026-11", ABOUT.jti, ABOUT.issued),
            Asked(ABOUT.terms_sha256, ABOUT.period, "00" * 16, ABOUT.issued),
        ]
        drawn = {drawn_metres(Challenge(about, SEED, 5, ""), 10**9) for about in others}
        drawn.add(drawn_metres(Challenge(ABOUT, SEED[::-1], 5, ""), 10**9))
        assert len(drawn - {known}) == 4

    def test_no_metre_is_likelier_than_another(self) -> None:
        """4,000 draws over ten metres: each within 5 standard deviations of 400."""
        counts: Counter[int] = Counter()
        for number in range(40):
            seed = number.to_bytes(32, "big")
            counts.update(drawn_metres(Challenge(ABOUT, seed, 100, ""), 10))
        assert all(abs(counts[metre] - 400) < 95 for metre in range(10))

    def test_a_total_of_nothing_has_no_metre_to_draw(self) -> None:
        assert drawn_metres(Challenge(ABOUT, SEED, 5, ""), 0) == ()
