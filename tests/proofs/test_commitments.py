from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geowallet.crypto.curve import IDENTITY, ORDER, base_times, plus, scalar_bytes, times
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.pedersen import SECOND_BASE, check_opening
from geowallet.proofs.commitments import (
    check_prefix,
    check_proofs,
    check_total,
    commitment_claims,
    open_day,
)
from tests.crypto import slow_curve as slow
from tests.proofs.audited import AUDITED, DAYS_M, SEED, claims_of, fixed_random
from tests.proofs.parties import JTI, TERMS


def moved(claims: dict[str, Any], day: int, metres: int) -> list[str]:
    """The commitments with one day longer (or shorter) by so many metres."""
    points = [unb64u(text) for text in claims["commitments"]]
    points[day] = plus(points[day], base_times(metres))
    return [b64u(point) for point in points]


class TestClaims:
    def test_there_is_one_commitment_for_each_day_and_they_add_up(self) -> None:
        claims = claims_of()
        assert len(claims["commitments"]) == 31
        assert "range_proofs" not in claims
        check_total(claims)

    def test_a_second_implementation_adds_up_the_same(self) -> None:
        claims = claims_of()
        points = [unb64u(text) for text in claims["commitments"][:6]]
        opening = sum(open_day(DAYS_M, SEED, day).opening for day in range(6)) % ORDER
        assert slow.check_sum(points, 287_120, opening)

    def test_terms_that_ask_for_none_get_none(self) -> None:
        claims = commitment_claims(
            TERMS, DAYS_M, seed=SEED, jti=JTI, period="2026-10", random=fixed_random()
        )
        assert claims == {}

    def test_equal_days_have_different_commitments(self) -> None:
        assert len(set(claims_of((0,) * 31)["commitments"])) == 31

    @pytest.mark.parametrize(
        "change",
        [
            lambda _claims: {"total": {"distance_m": 299_121}},
            lambda claims: {"commitments": claims["commitments"][1:]},
            lambda claims: {"commitments": moved(claims, 5, 1)},
            lambda _claims: {"opening": b64u(scalar_bytes(1))},
            lambda claims: {"opening": claims["opening"] + "A"},
            lambda claims: {"commitments": [b64u(IDENTITY), *claims["commitments"][1:]]},
        ],
    )
    def test_a_total_that_does_not_follow_is_refused(self, change: Any) -> None:
        claims = claims_of()
        with pytest.raises(ValueError, match=r"add up|point|base64url|scalar"):
            check_total(claims | change(claims))


class TestRangeProofs:
    def test_every_day_is_proved_for_this_export_and_this_day(self) -> None:
        claims = claims_of((37_120, 0, 1_048_575), "day_proved")
        check_total(claims)
        check_proofs(claims)
        for change in (
            {"jti": "00" * 16},
            {"period": "2026-11"},
            {"range_proofs": claims["range_proofs"][::-1]},
            {"range_proofs": claims["range_proofs"][1:]},
            {"commitments": moved(claims, 0, 1)},
        ):
            with pytest.raises(ValueError, match=r"proof|zip"):
                check_proofs(claims | change)

    def test_a_day_beyond_the_range_is_not_written(self) -> None:
        with pytest.raises(ValueError, match="out of range"):
            claims_of((1_048_576,), "day_proved")

    def test_a_negative_day_passes_the_sum_and_not_the_proof(self) -> None:
        """The forgery for which range proofs are there."""
        claims = claims_of((10_000, 20_000), "day_proved")
        points = [unb64u(text) for text in claims["commitments"]]
        points[0] = plus(points[0], base_times(-500_000))
        forged = claims | {
            "commitments": [b64u(point) for point in points],
            "total": {"distance_m": 30_000},
        }
        with pytest.raises(ValueError, match="add up"):
            check_total(forged)
        points[1] = plus(points[1], base_times(500_000))
        forged["commitments"] = [b64u(point) for point in points]
        check_total(forged)
        with pytest.raises(ValueError, match="proof"):
            check_proofs(forged)


class TestOpenings:
    def test_a_day_opens_with_all_days_before_it(self) -> None:
        claims = claims_of()
        for day in (0, 4, 5, 30):
            opened = open_day(DAYS_M, SEED, day)
            assert (opened.metres, opened.before_m) == (DAYS_M[day], sum(DAYS_M[:day]))
            check_prefix(claims, opened)
            check_opening(unb64u(claims["commitments"][day]), DAYS_M[day], opened.opening)

    @pytest.mark.parametrize(
        ("part", "by"),
        [("day", 1), ("metres", 1), ("opening", 1), ("before_m", 1), ("before_opening", 1)],
    )
    def test_a_change_of_any_part_is_refused(self, part: str, by: int) -> None:
        opened = open_day(DAYS_M, SEED, 5)
        forged = replace(opened, **{part: getattr(opened, part) + by})
        with pytest.raises(ValueError, match=r"open|add up"):
            check_prefix(claims_of(), forged)

    def test_the_openings_of_one_day_say_nothing_of_another(self) -> None:
        """What an audit opens of 5 October leaves all points of the others as they are."""
        opened = open_day(DAYS_M, SEED, 4)
        others = [plus(times(opened.opening, SECOND_BASE), base_times(m)) for m in (0, 250_000)]
        assert not {b64u(one) for one in others} & set(claims_of()["commitments"][5:])


def test_the_fixture_is_of_the_contract() -> None:
    assert AUDITED.commitments == "day"
