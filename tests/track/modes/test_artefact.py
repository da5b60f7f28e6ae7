from __future__ import annotations

import json
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import BadModelError
from geowallet.track.modes.artefact import MAGIC, MOST_BYTES, forest_bytes, read_forest
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.forest import Forest
from tests.track.modes.forests import forest_of, trees_of

FROZEN = {"cadence_s_up_to": None, "temperature": 0, "bias": [0] * 5}
GOOD = forest_bytes(forest_of())


def parts(data: bytes = GOOD) -> tuple[dict[str, Any], bytes]:
    start = len(MAGIC) + 4
    length = int.from_bytes(data[len(MAGIC) : start], "little")
    return json.loads(data[start : start + length]), zlib.decompress(data[start + length :])


def packed(header: Any, body: bytes) -> bytes:
    head = json.dumps(header).encode()
    return MAGIC + len(head).to_bytes(4, "little") + head + zlib.compress(body)


def changed(**members: Any) -> bytes:
    header, body = parts()
    return packed(header | members, body)


def with_settings(**members: Any) -> bytes:
    header, _ = parts()
    return changed(settings=header["settings"] | members)


class TestRoundTrip:
    def test_gives_the_same_forest_and_the_same_bytes(self) -> None:
        forest = read_forest(GOOD)
        assert forest_bytes(forest) == GOOD
        assert forest.digest == sha256_hex(GOOD)
        row = np.arange(len(FEATURES), dtype=np.float64)[None]
        assert np.array_equal(forest.probabilities(row), forest_of().probabilities(row))

    def test_keeps_the_trees_of_the_context(self) -> None:
        plain = forest_of()
        made = Forest(plain.features, plain.classes, plain.trees, trees_of(), plain.settings, "")
        again = read_forest(forest_bytes(made))
        table, context = np.zeros((2, len(FEATURES))), np.full((2, 14), np.nan)
        assert again.in_context(table, context).shape == (2, 5)
        assert forest_bytes(again) == forest_bytes(made)


class TestHostile:
    """Promise: bytes that anyone may have made give a forest within bounds, or BadModelError."""

    @settings(max_examples=150)
    @given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
    def test_a_changed_byte_is_refused_or_harmless(self, place: int, value: int) -> None:
        data = bytearray(GOOD)
        data[place] = value
        try:
            forest = read_forest(bytes(data))
        except BadModelError:
            return
        assert np.all(np.isfinite(forest.probabilities(np.zeros((1, len(FEATURES))))))

    @settings(max_examples=150)
    @given(st.integers(0, len(parts()[1]) - 1), st.integers(0, 255))
    def test_a_changed_byte_of_the_tables_is_refused_or_harmless(
        self, place: int, value: int
    ) -> None:
        header, body = parts()
        other = bytearray(body)
        other[place] = value
        try:
            forest = read_forest(packed(header, bytes(other)))
        except BadModelError:
            return
        found = forest.probabilities(np.full((1, len(FEATURES)), 3.0))
        assert found.sum() == pytest.approx(1.0)

    def test_every_truncation_is_refused(self) -> None:
        for length in range(len(GOOD)):
            with pytest.raises(BadModelError):
                read_forest(GOOD[:length])

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"PK\x03\x04",
            GOOD + b"\0",
            MAGIC + b"\xff\xff\xff\xff",
            GOOD + bytes(MOST_BYTES),
            packed([], b""),
            packed({}, b""),
            packed(parts()[0], bytes(50_000_000)),
            packed(parts()[0], parts()[1] + b"\0"),
            changed(features=["v60_p90", "no such column", "corners_km", "cadence_s"]),
            changed(features=["v60_p90"] * 4),
            changed(features=[]),
            changed(features=3),
            changed(features=["v60_p90"]),
            changed(classes=["walk", "walk", "car", "bus", "train"]),
            changed(classes=["walk", "bike", "car", "bus", "rocket"]),
            changed(classes=["walk"]),
            changed(trees={"trees": 10**12, "comparisons": 1}),
            changed(trees={"trees": -1, "comparisons": 1}),
            changed(trees={"trees": 1.5, "comparisons": 1}),
            changed(settings=[]),
            with_settings(prior=[0.5] * 4),
            with_settings(prior=[float("nan")] * 5),
            with_settings(least_confidence={}),
            with_settings(least_confidence={"default": 2}),
            with_settings(
                calibration=[{"cadence_s_up_to": None, "temperature": 0, "bias": [0] * 5}]
            ),
            with_settings(sparsest_s=0),
            with_settings(soft_needs=-1),
            with_settings(pairs=[[0.0] * 5] * 4),
            with_settings(pairs=[[99.0] * 5] * 5),
            with_settings(neutral={"v60_p90": "fast"}),
        ],
        ids=lambda data: f"{len(data)}-{zlib.crc32(data):08x}",
    )
    def test_is_refused(self, data: bytes) -> None:
        with pytest.raises(BadModelError):
            read_forest(data)
