from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geowallet.crypto import curve
from geowallet.crypto.curve import (
    IDENTITY,
    ORDER,
    base_times,
    check_point,
    joined,
    minus,
    plus,
    point_from,
    read_scalar,
    scalar_bytes,
    scalar_of,
    sum_of,
    times,
)
from tests.crypto import slow_curve as slow

SCALARS = st.integers(0, ORDER - 1) | st.sampled_from([0, 1, 2, ORDER - 1])
BASE = base_times(1)

SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
"""The eight points of orders 1, 2, 4 and 8 (RFC 7748 and libsodium list the same)."""


class TestArithmetic:
    """`geowallet.crypto.curve`: "libsodium does the arithmetic"; whole numbers agree."""

    @settings(max_examples=6)
    @given(SCALARS, SCALARS)
    @example(0, 0)
    @example(1, ORDER - 1)
    def test_a_second_implementation_finds_the_same_points(self, one: int, other: int) -> None:
        a, b = slow.times(one, slow.BASE), slow.times(other, slow.BASE)
        assert base_times(one) == slow.encode(a)
        assert plus(base_times(one), base_times(other)) == slow.encode(slow.add(a, b))
        difference = minus(base_times(one), base_times(other))
        assert plus(difference, base_times(other)) == base_times(one)
        assert times(other, base_times(one)) == slow.encode(slow.times(other, a))

    def test_zero_times_anything_and_anything_times_the_identity_add_nothing(self) -> None:
        assert times(0, BASE) == times(ORDER, BASE) == IDENTITY
        assert times(5, IDENTITY) == base_times(0) == IDENTITY
        assert sum_of([]) == IDENTITY
        assert sum_of([BASE, BASE, BASE]) == base_times(3)


class TestPoints:
    """`check_point`: "a point of the group, in its only spelling, not the identity"."""

    @pytest.mark.parametrize("small", SMALL)
    def test_a_point_of_small_order_is_refused(self, small: str) -> None:
        with pytest.raises(ValueError, match="not a point of the group"):
            check_point(bytes.fromhex(small))

    @pytest.mark.parametrize("small", SMALL[1:3] + SMALL[4:])
    def test_a_point_with_a_part_of_small_order_is_refused(self, small: str) -> None:
        mixed = plus(base_times(7), bytes.fromhex(small))
        assert not slow.in_group(slow.decode(mixed))
        with pytest.raises(ValueError, match="not a point of the group"):
            check_point(mixed)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            BASE[:-1],
            BASE + b"\0",
            (slow.P + 1).to_bytes(32, "little"),
            (2).to_bytes(32, "little"),
            b"\xff" * 32,
        ],
    )
    def test_other_bytes_are_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="not a point of the group"):
            check_point(data)

    def test_a_point_of_the_group_is_returned(self) -> None:
        assert check_point(BASE) == BASE == slow.encode(slow.BASE)

    @settings(max_examples=20)
    @given(st.binary(min_size=32, max_size=32))
    def test_random_bytes_are_judged_as_the_second_implementation_judges(self, data: bytes) -> None:
        try:
            expected = slow.in_group(slow.decode(data))
        except ValueError:
            expected = False
        try:
            found = check_point(data) == data
        except ValueError:
            found = False
        assert found == expected


class TestScalars:
    def test_a_number_has_one_spelling(self) -> None:
        assert read_scalar(scalar_bytes(ORDER - 1)) == ORDER - 1
        assert scalar_bytes(ORDER) == scalar_bytes(0) == bytes(32)
        for data in (ORDER.to_bytes(32, "little"), b"\xff" * 32, bytes(31), bytes(33)):
            with pytest.raises(ValueError, match="not a scalar"):
                read_scalar(data)

    def test_parts_cannot_be_moved_across_their_boundary(self) -> None:
        assert joined([b"ab", b"c"]) == b"\0\0\0\2ab\0\0\0\1c"
        assert scalar_of(b"ab", b"c") != scalar_of(b"a", b"bc")
        hashed = hashlib.sha512(b"\0\0\0\1x").digest()
        assert scalar_of(b"x") == int.from_bytes(hashed, "little") % ORDER


class TestPointFrom:
    """`point_from`: "nobody could choose it"; anybody can derive it again."""

    @pytest.mark.parametrize("label", [b"geowallet/pedersen/second-base/v1", b"", b"other"])
    def test_a_second_implementation_derives_the_same_point(self, label: bytes) -> None:
        point = point_from(label)
        assert point == slow.encode(slow.second_base(label))
        assert slow.in_group(slow.decode(point))

    def test_a_label_without_a_point_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # The first two candidates of this label are off the curve.
        monkeypatch.setattr(curve, "_TRIES", 2)
        with pytest.raises(ValueError, match="no point follows"):
            point_from(b"geowallet/pedersen/second-base/v1")

    @pytest.mark.parametrize("digest", [b"\xff" * 64, bytes(64)])
    def test_a_candidate_of_another_spelling_or_of_small_order_is_passed_over(
        self, digest: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hashlib, "sha512", lambda _data: _Digest(digest))
        with pytest.raises(ValueError, match="no point follows"):
            point_from(b"label")


class _Digest:
    def __init__(self, value: bytes) -> None:
        self._value = value

    def digest(self) -> bytes:
        return self._value
