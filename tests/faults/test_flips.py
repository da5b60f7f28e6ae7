"""No flipped bit is read as something else; what leaves shows every one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.model.errors import GeowalletError
from tests.faults.flips import HEADER_BYTES, Count, Small, flip_paper, flip_wallet, small_wallet
from tests.faults.papers import Paper, papers

LEAVING = {
    "offer",
    "contract",
    "export, sealed",
    "export, opened",
    "acknowledgement",
    "refusal of an offer",
    "withdrawal",
    "request to a witness",
    "note with a witness's signature",
    "time stamp",
    "change of keys",
    "receipt of consent",
    "receipt of erasure",
    "signed odometer reading",
}

UNSIGNED = {"time stamp"}
"""CMS does not sign the issuer's name beside a signature, and what repeats its algorithm:
time, policy and what was stamped stay the same. In an export all of it is signed."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return small_wallet(tmp_path_factory.mktemp("small"))


class TestWallet:
    """Promise: a wallet tells what was written, or that it is damaged; never anything else."""

    def test_a_bit_of_every_seventieth_byte(self, small: Small, tmp_path: Path) -> None:
        """By command: all of them (``python -m tests.faults.flips``)."""
        count = flip_wallet(small, range(0, len(small.data), 71), tmp_path)
        assert (count.silent, count.crashed) == ([], [])
        assert count.detected > 50

    def test_a_bit_of_every_byte_of_the_head(self, small: Small, tmp_path: Path) -> None:
        count = flip_wallet(small, range(HEADER_BYTES), tmp_path)
        assert (count.silent, count.crashed) == ([], [])
        assert count.detected > 20

    def test_a_wallet_that_holds_something_else_would_be_silent(
        self, small: Small, tmp_path: Path
    ) -> None:
        other = Small(small.data, small.master, ())
        count = flip_wallet(other, range(0, len(small.data), 997), tmp_path)
        assert count.harmless == 0
        assert len(count.silent) > 5


class TestPapers:
    """Promise: everything that leaves shows each flipped bit to who reads it."""

    def test_a_bit_of_every_eleventh_byte(self, tmp_path: Path) -> None:
        seen = set()
        for paper in papers(tmp_path):
            step = 11 if len(paper.data) < 8192 else 4999
            count = flip_paper(paper, bits=1, step=step)
            allowed = count.harmless if paper.name in UNSIGNED else 0
            all_detected = Count(count.flips, count.flips - allowed, allowed)
            assert (paper.name, str(count)) == (paper.name, str(all_detected))
            seen.add(paper.name)
        assert seen > LEAVING
        assert {"backup, file 0", "backup, file 1"} < seen

    def test_a_reader_that_refuses_nothing_would_be_seen(self) -> None:
        count = flip_paper(Paper("any", b"abc", bytes.lower), bits=8)
        assert (count.flips, len(count.silent), count.harmless) == (24, 21, 3)

    def test_a_reader_that_crashes_would_be_seen(self) -> None:
        def crash(data: bytes) -> None:
            if data != b"abc":
                raise KeyError

        def refuse(data: bytes) -> None:
            if data != b"abc":
                raise GeowalletError

        count = flip_paper(Paper("any", b"abc", crash), bits=1)
        assert (len(count.crashed), count.detected) == (3, 0)
        assert flip_paper(Paper("any", b"abc", refuse), bits=1).detected == 3
