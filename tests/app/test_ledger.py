from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.app.desk import ledger
from geowallet.app.desk.desk import Desk
from geowallet.app.desk.ledger import Claim, Entry, judged
from geowallet.model.errors import (
    AmbiguousNameError,
    DeskDamagedError,
    DiskFullError,
    NotReceivedError,
    ReplayError,
)
from tests.app import scene


def jti(number: int) -> str:
    return f"{number:08x}" * 4


def entry(number: int, *, supersedes: int = 0, nullifier: str = "m", issued_s: int = 0) -> Entry:
    return Entry(
        jti=jti(number),
        contract="mileage",
        terms_sha256="1a" * 32,
        holder="h" * 43,
        period="2026-05",
        nullifier=nullifier,
        supersedes=jti(supersedes) if supersedes else "",
        issued_s=issued_s or number,
        received="2026-06-02",
        sealed_sha256="2b" * 32,
        total={"distance_m": 47_000},
    )


def claims(*entries: Entry) -> list[str]:
    return [str(one.claim) for one in judged(entries)]


class TestWorth:
    """Promise: of one contract and period one figure counts, and a second claim shows."""

    def test_one_alone_counts(self) -> None:
        assert claims(entry(1)) == ["counts"]
        assert claims(entry(1), entry(2, nullifier="other")) == ["counts", "counts"]

    def test_a_correction_replaces_what_it_names(self) -> None:
        first, second = judged([entry(1), entry(2, supersedes=1)])
        assert (first.claim, first.by) == (Claim.REPLACED, jti(2))
        assert (second.claim, second.by) == (Claim.COUNTS, "")

    def test_the_order_of_arrival_does_not_matter(self) -> None:
        assert claims(entry(2, supersedes=1), entry(1)) == ["counts", "replaced"]

    def test_one_that_never_came_may_lie_between(self) -> None:
        """The second was never handed over; the third names it, and takes the first's place."""
        assert claims(entry(1), entry(3, supersedes=2)) == ["replaced", "counts"]

    def test_a_second_claim_that_says_nothing_is_a_double(self) -> None:
        first, second = judged([entry(1), entry(2)])
        assert (first.claim, second.claim, second.by) == (Claim.COUNTS, Claim.DOUBLE, jti(1))

    def test_a_double_shows_whichever_came_first(self) -> None:
        assert claims(entry(2), entry(1)) == ["double", "counts"]

    def test_of_one_second_what_came_first_counts(self) -> None:
        assert claims(entry(2, issued_s=5), entry(1, issued_s=5)) == ["counts", "double"]

    def test_of_one_second_a_correction_counts_whichever_came_first(self) -> None:
        late = entry(1, supersedes=2, issued_s=5)
        assert claims(late, entry(2, issued_s=5)) == ["counts", "replaced"]

    def test_a_correction_settles_a_double(self) -> None:
        found = claims(entry(1), entry(2), entry(3, supersedes=2))
        assert found == ["replaced", "replaced", "counts"]

    def test_what_was_deleted_counts_no_more(self) -> None:
        gone = msgspec.structs.replace(entry(1), total=None, deleted="2026-07-01")
        assert claims(gone) == ["deleted"]

    @given(
        st.lists(
            st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(0, 3)),
            max_size=7,
            unique_by=lambda item: item[0],
        )
    )
    def test_never_do_two_of_one_mark_count(self, made: list[tuple[int, int, int]]) -> None:
        entries = [entry(n, supersedes=old, issued_s=at) for n, old, at in made]
        found = claims(*entries)
        assert found.count("counts") == bool(entries)


class TestFile:
    def test_an_export_is_entered_once(self, employer: Desk) -> None:
        assert ledger.enter(employer, entry(1)).claim is Claim.COUNTS
        with pytest.raises(ReplayError):
            ledger.enter(employer, entry(1))
        assert ledger.received(employer) == (entry(1),)
        assert ledger.received_on(employer, jti(1)) == "2026-06-02"
        assert ledger.received_on(employer, jti(2)) == ledger.received_on(employer, "") == ""

    def test_a_second_claim_is_said_when_it_is_entered(self, employer: Desk) -> None:
        ledger.enter(employer, entry(1))
        assert ledger.enter(employer, entry(2)).claim is Claim.DOUBLE

    def test_it_is_found_by_the_beginning_of_its_receipt(self, employer: Desk) -> None:
        for number in (1, 2):
            ledger.enter(employer, entry(number))
        assert ledger.find(employer, "0000-0001") == entry(1)
        with pytest.raises(AmbiguousNameError):
            ledger.find(employer, "0000")
        for nothing in ("ff", ""):
            with pytest.raises(NotReceivedError):
                ledger.find(employer, nothing)

    def test_deleted_figures_are_gone_and_the_mark_stays(self, employer: Desk) -> None:
        ledger.enter(employer, entry(1))
        ledger.delete_figures(employer, jti(1), today=scene.TODAY)
        (kept,) = ledger.received(employer)
        assert (kept.total, kept.deleted, kept.nullifier) == (None, "2026-06-02", "m")
        assert b"47000" not in (employer.folder / "received.jsonl").read_bytes()
        with pytest.raises(ReplayError):
            ledger.enter(employer, entry(1))
        with pytest.raises(NotReceivedError):
            ledger.delete_figures(employer, jti(2), today=scene.TODAY)

    @pytest.mark.parametrize("body", [b'{"jti": "ab', b"[]\n", b"{}\n", b"\xff\n", b"null\n"])
    def test_damage_is_said(self, employer: Desk, body: bytes) -> None:
        (employer.folder / "received.jsonl").write_bytes(body)
        with pytest.raises(DeskDamagedError):
            ledger.received(employer)

    def test_a_desk_that_is_gone_takes_nothing(self, employer: Desk, tmp_path: Path) -> None:
        with pytest.raises(DiskFullError):
            ledger.enter(replace(employer, folder=tmp_path / "gone"), entry(1))
