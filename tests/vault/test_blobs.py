from __future__ import annotations

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from geowallet.vault.blobs import pack, pack_parts, unpack, unpack_parts

TEXT = bytes(range(256)) * 3


class TestUnpack:
    """Promise: "exactly one whole frame"; "refused before anything is allocated"."""

    @given(st.binary(max_size=300))
    def test_gives_back_what_was_packed(self, data: bytes) -> None:
        assert unpack(pack(data), max_bytes=300) == data

    def test_a_bomb_is_refused(self) -> None:
        bomb = pack(bytes(10_000_000))
        assert len(bomb) < 1_000
        with pytest.raises(ValueError, match="larger than it may be"):
            unpack(bomb, max_bytes=9_999_999)

    def test_a_frame_that_hides_its_size_is_refused(self) -> None:
        writer = zstandard.ZstdCompressor().compressobj()
        with pytest.raises(ValueError, match="larger than it may be"):
            unpack(bytes(4) + writer.compress(TEXT) + writer.flush(), max_bytes=10_000)

    def test_every_truncation_is_refused(self) -> None:
        blob = pack(TEXT)
        for cut in range(len(blob)):
            with pytest.raises(ValueError, match=r"zstd|larger|checksum"):
                unpack(blob[:cut], max_bytes=10_000)

    def test_every_flipped_bit_is_refused_or_harmless(self) -> None:
        blob = pack(TEXT)
        for at in range(8 * len(blob)):
            forged = bytearray(blob)
            forged[at // 8] ^= 1 << at % 8
            try:
                assert unpack(bytes(forged), max_bytes=10_000) == TEXT
            except ValueError:
                continue

    def test_bytes_after_the_frame_are_refused(self) -> None:
        with pytest.raises(ValueError, match="not a whole zstd frame"):
            unpack(pack(TEXT) + b"x", max_bytes=10_000)


def _take(blob: bytes) -> list[bytes]:
    return unpack_parts(blob, count=3, part_bytes=len(TEXT), about=b"three")


class TestUnpackParts:
    """Promise: "Not so many, of another length, cut short, longer, or without its checksum"."""

    @given(st.integers(0, 90), st.data())
    def test_gives_back_what_was_packed(self, length: int, data: st.DataObject) -> None:
        any_part = st.binary(min_size=length, max_size=length)
        parts = data.draw(st.lists(any_part | st.just(bytes(length)), max_size=64))
        blob = pack_parts(parts, about=b"x")
        taken = unpack_parts(blob, count=len(parts), part_bytes=length, about=b"x")
        assert taken == parts

    def test_zeros_cost_a_bit_and_noise_no_more_than_itself(self) -> None:
        noise = bytes((7 * n * n + n // 3) % 251 for n in range(100))
        assert len(pack_parts([bytes(50_000)] * 64, about=b"")) == 12
        assert len(pack_parts([noise], about=b"")) == 12 + 2 + 100

    def test_every_truncation_is_refused(self) -> None:
        blob = pack_parts([TEXT, bytes(len(TEXT)), TEXT[::-1]], about=b"three")
        assert _take(blob) == [TEXT, bytes(len(TEXT)), TEXT[::-1]]
        for cut in range(len(blob)):
            with pytest.raises(ValueError, match=r"zstd|larger|checksum|cut short|parts|length"):
                _take(blob[:cut])

    def test_every_flipped_bit_is_refused(self) -> None:
        blob = pack_parts([TEXT, bytes(len(TEXT)), TEXT[::-1]], about=b"three")
        for at in range(8 * len(blob)):
            forged = bytearray(blob)
            forged[at // 8] ^= 1 << at % 8
            try:
                assert _take(bytes(forged)) == [TEXT, bytes(len(TEXT)), TEXT[::-1]]
            except ValueError:
                continue

    def test_another_head_is_refused(self) -> None:
        with pytest.raises(ValueError, match="checksum"):
            _take(pack_parts([TEXT] * 3, about=b"four"))

    def test_more_parts_are_refused(self) -> None:
        with pytest.raises(ValueError, match="not so many"):
            _take(pack_parts([TEXT] * 4, about=b"three"))
        with pytest.raises(ValueError, match="more parts"):
            _take(pack_parts([TEXT] * 3, about=b"three") + b"\0\1x")

    def test_a_part_that_is_another_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="of another length"):
            _take(pack_parts([TEXT[1:]] * 3, about=b"three"))
        with pytest.raises(ValueError, match="larger than it may be"):
            _take(pack_parts([TEXT + TEXT] * 3, about=b"three"))
