from __future__ import annotations

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from geowallet.vault.blobs import pack, unpack

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
