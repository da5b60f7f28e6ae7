from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha512

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geowallet.crypto import range_proof
from geowallet.crypto.curve import IDENTITY, ORDER, SCALAR_BYTES, base_times, minus, plus, times
from geowallet.crypto.pedersen import SECOND_BASE, commit
from geowallet.crypto.range_proof import BITS, MOST, PROOF_BYTES, check_range, prove_range
from tests.crypto import slow_curve as slow

OPENING = 123_456_789
ABOUT = b"an export and a day"


def fixed() -> Callable[[int], bytes]:
    drawn = iter(range(1_000))
    return lambda n: sha512(f"draw {next(drawn)}".encode()).digest()[:n]


@cache
def proved(value: int = 90_123, opening: int = OPENING) -> tuple[bytes, bytes]:
    proof = prove_range(value, opening, about=ABOUT, random=fixed())
    return commit(value, opening), proof


def refused(commitment: bytes, proof: bytes, about: bytes = ABOUT) -> None:
    with pytest.raises(ValueError, match=r"proof|point|scalar"):
        check_range(commitment, proof, about=about)


class TestProofs:
    """`check_range`: "a committed value is at least 0 and below 2^20"."""

    @settings(max_examples=10)
    @given(st.integers(0, MOST), st.integers(1, ORDER - 1))
    @example(0, 1)
    @example(MOST, 5)
    def test_a_value_in_range_is_proved(self, value: int, opening: int) -> None:
        proof = prove_range(value, opening, about=ABOUT, random=os.urandom)
        assert len(proof) == PROOF_BYTES == 2_560
        check_range(commit(value, opening), proof, about=ABOUT)

    @pytest.mark.parametrize("value", [-1, MOST + 1])
    def test_a_value_out_of_range_is_not_proved(self, value: int) -> None:
        with pytest.raises(ValueError, match="out of range"):
            prove_range(value, OPENING, about=ABOUT, random=fixed())

    def test_it_is_good_for_one_commitment_and_one_purpose(self) -> None:
        commitment, proof = proved()
        check_range(commitment, proof, about=ABOUT)
        refused(commitment, proof, b"another day")
        refused(commit(90_124, OPENING), proof)
        refused(commit(90_123, OPENING + 1), proof)
        refused(IDENTITY, proof)

    def test_a_day_of_minus_a_metre_finds_no_proof_among_those_of_its_bits(self) -> None:
        """The proof of 2^20 - 1 moved to -1 by its own commitments, as a forger would try."""
        negative = plus(base_times(-1), times(OPENING, SECOND_BASE))
        _, proof = proved(MOST)
        refused(negative, proof)
        refused(minus(negative, base_times(1)), proof)

    def test_another_draw_gives_another_proof_of_the_same(self) -> None:
        commitment, one = proved()
        other = prove_range(90_123, OPENING, about=ABOUT, random=os.urandom)
        assert one != other
        check_range(commitment, other, about=ABOUT)

    def test_a_forger_with_a_bit_of_two_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """He commits to 2 where a bit belongs, and answers as the prover does."""
        honest = commit

        def forged(value: int, opening: int) -> bytes:
            return honest(2 if value == 1 else value, opening)

        monkeypatch.setattr(range_proof, "commit", forged)
        proof = prove_range(3, OPENING, about=ABOUT, random=fixed())
        refused(honest(6, OPENING), proof)


class TestBytes:
    """Every outside byte is hostile."""

    @pytest.mark.parametrize("place", range(PROOF_BYTES // SCALAR_BYTES))
    def test_a_change_of_any_part_is_refused(self, place: int) -> None:
        commitment, proof = proved()
        changed = bytearray(proof)
        changed[place * SCALAR_BYTES] ^= 1
        refused(commitment, bytes(changed))

    def test_another_length_or_spelling_is_refused(self) -> None:
        commitment, proof = proved()
        refused(commitment, proof[:-1])
        refused(commitment, proof + b"\0")
        refused(commitment, b"")
        last = int.from_bytes(proof[-SCALAR_BYTES:], "little") + ORDER
        refused(commitment, proof[:-SCALAR_BYTES] + last.to_bytes(SCALAR_BYTES, "little"))

    def test_bits_that_leave_nothing_for_the_lowest_are_refused(self) -> None:
        _, proof = proved()
        above = [proof[at : at + 32] for at in range(32, 32 * BITS, 32)]
        whole = IDENTITY
        for bit, point in enumerate(above, start=1):
            whole = plus(whole, times(1 << bit, point))
        refused(whole, proof)


def test_the_equations_hold_in_whole_numbers() -> None:
    """The verifier's equations, by a second implementation, for three of the bits."""
    commitment, proof = proved(5)
    parts = [proof[at : at + 32] for at in range(0, PROOF_BYTES, 32)]
    challenge = int.from_bytes(parts[0], "little")
    h = slow.decode(SECOND_BASE)
    points = [slow.decode(part) for part in parts[1:BITS]]
    weighted = slow.total_of(slow.times(1 << bit, p) for bit, p in enumerate(points, start=1))
    lowest = slow.add(slow.decode(commitment), slow.times(slow.L - 1, weighted))
    for bit, value in ((0, 1), (1, 0), (2, 1)):
        point = lowest if bit == 0 else points[bit - 1]
        e0, z0, z1 = (int.from_bytes(p, "little") for p in parts[BITS + 3 * bit :][:3])
        share, answer = ((challenge - e0) % slow.L, z1) if value else (e0, z0)
        less = slow.add(point, slow.times(slow.L - value, slow.BASE)) if value else point
        # The move is what the true statement's nonce was: a multiple of H alone.
        move = slow.add(slow.times(answer, h), slow.times((slow.L - share) % slow.L, less))
        nonce = int.from_bytes(fixed_at(BITS + bit), "little") % slow.L
        assert move == slow.times(nonce, h)


def fixed_at(number: int) -> bytes:
    return sha512(f"draw {number}".encode()).digest()
