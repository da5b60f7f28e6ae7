from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.contracts.evaluation.result import check_result
from geowallet.contracts.evaluation.rows import LEVELS
from geowallet.crypto.curve import IDENTITY, ORDER, scalar_bytes
from geowallet.crypto.pedersen import commit
from geowallet.proofs.commitments import commitment_claims
from geowallet.verify import points, quick_sums
from geowallet.verify.verifier import verify_export
from tests.crypto import slow_curve
from tests.proofs.audited import AUDITED, DAYS_M, SEED
from tests.proofs.parties import JTI, NOW_S, OCTOBER, contract_of, export_of

TERMS = replace(AUDITED, min_assurance="L0", audit=replace(AUDITED.audit, spot_checks=0))

GOOD = commit(5, 7)
SMALL = bytes.fromhex("ec" + "ff" * 30 + "7f")
"""A point of order two."""

MIXED = slow_curve.encode(slow_curve.add(slow_curve.decode(GOOD), slow_curve.decode(SMALL)))
FOREIGN = [SMALL, MIXED, IDENTITY, bytes(32), b"\xff" * 32, GOOD[:31], b""]
OPENINGS = st.integers(1, ORDER - 1)
"""Nothing under 0 would be the zero point, which is none of the group here."""


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_point_outside_the_group_is_added(foreign: bytes) -> None:
    assert not quick_sums.add_up([foreign], 5, scalar_bytes(7))
    assert not points.add_up([foreign], 5, scalar_bytes(7))


@pytest.mark.parametrize("opening", [bytes(31), b"", ORDER.to_bytes(32, "little")])
def test_an_opening_has_one_spelling(opening: bytes) -> None:
    assert quick_sums.add_up([], 0, bytes(32))
    assert not quick_sums.add_up([], 0, opening)


class TestJudged:
    """Promise: "what `points` says", of sums that hold and of sums that nearly do."""

    @given(
        days=st.lists(st.tuples(st.integers(0, 2_000_000), OPENINGS), max_size=3),
        off_m=st.sampled_from([0, 0, 1]),
        off_opening=st.sampled_from([0, 0, 1]),
    )
    @settings(max_examples=20)
    def test_both_say_the_same(
        self, days: list[tuple[int, int]], off_m: int, off_opening: int
    ) -> None:
        found = [commit(*day) for day in days]
        total = sum(metres for metres, _ in days) + off_m
        opening = scalar_bytes(sum(opening for _, opening in days) + off_opening)
        said = quick_sums.add_up(found, total, opening)
        assert said is points.add_up(found, total, opening)
        assert said is (off_m == off_opening == 0)


def test_geowallet_itself_asks_the_quick_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_slow(*_: object) -> object:
        raise NotImplementedError

    claims = commitment_claims(TERMS, DAYS_M, seed=SEED, jti=JTI, period="2026-10", random=bytes)
    raw = {
        "totals": {"distance_m": sum(DAYS_M)},
        "groups": [],
        "share_m": dict.fromkeys(LEVELS, 0) | {"L0": sum(DAYS_M)},
        "share_percent": dict.fromkeys(LEVELS, 0) | {"L0": 100},
    }
    contract = contract_of(TERMS)
    sent = export_of(check_result(TERMS, OCTOBER, raw), contract, further=claims)
    monkeypatch.setattr(points, "_times", too_slow)
    assert verify_export(sent, contract, now_s=NOW_S).accepted
