from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geowallet.model.fixes import Fixes, FixFlag, fixes_from, no_fixes
from geowallet.vault.blobs import pack, pack_parts
from geowallet.vault.columns import (
    BLOB_FIXES,
    decode_fixes,
    encode_fixes,
    join_fixes,
    split_fixes,
)
from tests.strategies import fixes

FIRST_FORMAT = (
    "012e8fa6b528b52ffd204405020064037b6dc0032c00c80099000100f60aec2a1e3c1dad00002ea4"
    "b69394d65ea201fe00ff007f0080006d9305fa00ff00ff00800000000000031000e2bb61d101"
)
HALF_STEPS = (0, 0.5e-7, 0.5e-7, 0.05, 0.05, 0.005, 0.05)

STEPS = (1e7, 1e7, 10.0, 10.0, 100.0, 10.0)
ANY_ROW = st.tuples(
    st.integers(-(2**61), 2**61),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180), *[st.floats()] * 4),
)


def _table(*columns: NDArray[Any]) -> Fixes:
    return Fixes(*columns)


def _same(left: Fixes, right: Fixes) -> None:
    for one, other in zip(left.columns(), right.columns(), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def _walk(n: int) -> Fixes:
    rng = np.random.default_rng(7)
    return fixes_from(
        np.arange(n, dtype=np.int64) * 1_000_000,
        48.85 + np.cumsum(rng.normal(0, 1e-5, n)),
        2.35 + np.cumsum(rng.normal(0, 1e-5, n)),
        elevation_m=np.where(np.arange(n) % 3, np.nan, -12.34),
        speed_mps=np.abs(rng.normal(1.4, 0.2, n)),
    )


def _head(n: int, orders: list[int], divisors: list[int], first_ms: int = 0) -> bytes:
    firsts = (first_ms, *[0] * 6, 0)
    return struct.pack(">H8B8Iq6ih", n, *orders, *divisors, *firsts)


class TestEncodeFixes:
    """Promise: "Decoding and encoding again changes nothing"."""

    @given(fixes())
    def test_a_second_round_changes_nothing(self, before: Fixes) -> None:
        once = decode_fixes(encode_fixes(before))
        assert encode_fixes(once) == encode_fixes(before)
        _same(decode_fixes(encode_fixes(once)), once)

    @given(fixes())
    def test_every_column_is_within_half_a_step(self, before: Fixes) -> None:
        after = decode_fixes(encode_fixes(before))
        assert np.all(before.time_us - after.time_us < 1000)
        assert np.all(before.time_us >= after.time_us)
        for one, other, half in zip(
            before.columns()[1:-1], after.columns()[1:-1], HALF_STEPS[1:], strict=True
        ):
            np.testing.assert_allclose(one, other, rtol=0, atol=half * 1.001)

    def test_what_the_source_does_not_say_stays_unsaid(self) -> None:
        after = decode_fixes(encode_fixes(_walk(4)))
        np.testing.assert_array_equal(after.elevation_m, [-12.3, np.nan, np.nan, -12.3])
        assert np.isnan(after.accuracy_m).all()

    def test_values_by_hand(self) -> None:
        one = fixes_from(
            np.array([1_760_000_000_123_999, 1_760_000_001_000_000]),
            np.array([48.85660061, -90.0]),
            np.array([-180.0, 180.0]),
            elevation_m=np.array([35.04, -1e300]),
            accuracy_m=np.array([4.96, np.inf]),
            speed_mps=np.array([13.888, 0.0]),
            bearing_deg=np.array([359.97, 0.04]),
        ).with_flag(np.array([True, False]), FixFlag.SHADOWED)
        after = decode_fixes(encode_fixes(one))
        assert after.time_us.tolist() == [1_760_000_000_123_000, 1_760_000_001_000_000]
        assert after.lat_deg.tolist() == [48.8566006, -90.0]
        assert after.lon_deg.tolist() == [-180.0, 180.0]
        assert after.elevation_m.tolist() == [35.0, -214_748_364.7]
        assert after.accuracy_m.tolist() == [5.0, 214_748_364.7]
        assert after.speed_mps.tolist() == [13.89, 0.0]
        assert after.bearing_deg.tolist() == [360.0, 0.0]
        assert after.flags.tolist() == [32, 0]

    def test_no_fixes_are_a_blob_too(self) -> None:
        assert len(decode_fixes(encode_fixes(no_fixes()))) == 0

    def test_more_than_a_blob_holds_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="a blob holds 8192"):
            encode_fixes(_walk(BLOB_FIXES + 1))

    @pytest.mark.parametrize("time_us", [2**62, -(2**62) - 1, -(2**63)])
    def test_a_time_beyond_all_sense_is_a_mistake(self, time_us: int) -> None:
        one = fixes_from(np.array([time_us]), np.zeros(1), np.zeros(1))
        with pytest.raises(ValueError, match="too far from 1970"):
            encode_fixes(one)

    def test_six_decimals_take_less_than_seven(self) -> None:
        whole = _walk(3000)
        digits = {name: np.round(getattr(whole, name), 6) for name in ("lat_deg", "lon_deg")}
        fewer = _table(whole.time_us, *digits.values(), *whole.columns()[3:])
        assert len(encode_fixes(fewer)) < len(encode_fixes(whole)) - 3000 // 2
        np.testing.assert_array_equal(decode_fixes(encode_fixes(fewer)).lat_deg, fewer.lat_deg)

    def test_an_hour_of_walking_takes_less_than_five_bytes_a_fix(self) -> None:
        assert len(encode_fixes(_walk(3600))) < 5 * 3600

    @settings(max_examples=40)
    @given(st.integers(1, 3), st.lists(ANY_ROW, min_size=1, max_size=12), st.integers(0, 2**16 - 1))
    def test_whatever_floats_say_each_is_the_nearest_step_again(
        self, repeats: int, rows: list[tuple[int, tuple[float, ...]]], flags: int
    ) -> None:
        """Steps of every float pattern: NaN, infinities, signed zeros, the least and largest."""
        rows = rows * (1, 40, 120)[repeats - 1]
        given_values = np.array([values for _, values in rows], dtype=np.float64).T
        time_us = np.sort(np.array([at for at, _ in rows], dtype=np.int64))
        told = np.full(len(rows), flags, dtype=np.uint16)
        with np.errstate(over="ignore"):
            after = decode_fixes(encode_fixes(_table(time_us, *given_values, told)))
            scaled = [values * steps for values, steps in zip(given_values, STEPS, strict=True)]
        np.testing.assert_array_equal(after.time_us, time_us // 1000 * 1000)
        np.testing.assert_array_equal(after.flags, told)
        for found, wanted, steps in zip(after.columns()[1:-1], scaled, STEPS, strict=True):
            held = np.rint(np.clip(wanted, 1 - 2.0**31, 2.0**31 - 1))
            np.testing.assert_array_equal(found, held / steps)


class TestDecodeFixes:
    """Promise: "Not such a blob, cut short, or larger than a blob may be" is a ValueError."""

    def test_every_truncation_is_refused(self) -> None:
        blob = encode_fixes(_walk(40))
        for cut in range(len(blob)):
            with pytest.raises(ValueError, match=r"."):
                decode_fixes(blob[:cut])

    def test_every_flipped_bit_is_refused_or_harmless(self) -> None:
        table = decode_fixes(encode_fixes(_walk(40)))
        blob = encode_fixes(table)
        for at in range(8 * len(blob)):
            forged = bytearray(blob)
            forged[at // 8] ^= 1 << at % 8
            try:
                _same(decode_fixes(bytes(forged)), table)
            except ValueError:
                continue

    @settings(max_examples=60)
    @given(st.binary(max_size=200))
    def test_any_packed_bytes_are_fixes_or_a_clean_error(self, data: bytes) -> None:
        try:
            assert len(decode_fixes(b"\x01" + pack(data))) == len(data) // 34
        except ValueError:
            return

    def test_blobs_of_the_first_format_are_read_for_ever(self) -> None:
        after = decode_fixes(bytes.fromhex(FIRST_FORMAT))
        assert after.time_us.tolist() == [1_760_000_000_123_000, 1_760_000_001_000_000]
        assert after.lat_deg.tolist() == [48.8566006, -90.0]
        assert after.lon_deg.tolist() == [-180.0, 180.0]
        np.testing.assert_array_equal(after.elevation_m, [35.0, np.nan])
        assert after.speed_mps.tolist() == [13.89, 0.0]

    @settings(max_examples=60)
    @given(
        st.integers(0, 2000),
        st.lists(st.integers(0, 3), min_size=8, max_size=8),
        st.lists(st.integers(0, 2**32 - 1), min_size=8, max_size=8),
        st.integers(-(2**63), 2**63 - 1),
    )
    def test_any_head_before_zeros_is_fixes_or_a_clean_error(
        self, n: int, orders: list[int], divisors: list[int], first_ms: int
    ) -> None:
        head = _head(n, orders, divisors, first_ms)
        blob = b"\x02" + head + pack_parts([bytes(34 * n)], about=head)
        try:
            assert len(decode_fixes(blob)) == n
        except ValueError:
            wrong = n > 1024 or max(orders) > 2 or min(divisors) == 0
            assert wrong or (n and abs(first_ms) > 2**52)

    @pytest.mark.parametrize("n", [3, 1500])
    def test_another_order_in_the_head_does_not_match_the_checksum(self, n: int) -> None:
        forged = bytearray(encode_fixes(_walk(n)))
        forged[3] = (forged[3] + 1) % 3
        with pytest.raises(ValueError, match="checksum"):
            decode_fixes(bytes(forged))

    def test_more_fixes_than_a_blob_holds_are_refused_by_the_head(self) -> None:
        with pytest.raises(ValueError, match="out of range"):
            decode_fixes(b"\x02" + _head(BLOB_FIXES + 1, [0] * 8, [1] * 8) + bytes(30))

    def test_a_divisor_of_nothing_is_refused(self) -> None:
        with pytest.raises(ValueError, match="out of range"):
            decode_fixes(b"\x02" + _head(1, [0] * 8, [1] * 7 + [0]) + bytes(30))

    def test_half_a_fix_is_refused(self) -> None:
        with pytest.raises(ValueError, match="different length"):
            decode_fixes(b"\x01" + pack(bytes(35)))

    def test_a_blob_of_too_many_fixes_is_refused(self) -> None:
        with pytest.raises(ValueError, match="larger than it may be"):
            decode_fixes(b"\x01" + pack(bytes(34 * (BLOB_FIXES + 1))))


class TestSplitFixes:
    """Promise: "in order, in tables of at most BLOB_FIXES; none if empty"."""

    def test_joined_again_they_are_the_same(self) -> None:
        whole = _walk(2 * BLOB_FIXES + 5)
        parts = list(split_fixes(whole))
        assert [len(part) for part in parts] == [BLOB_FIXES, BLOB_FIXES, 5]
        _same(join_fixes(parts), whole)

    def test_none_gives_none(self) -> None:
        assert list(split_fixes(no_fixes())) == []
