from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.errors import BadModelError
from geowallet.track.modes.artefact import forest_bytes, read_forest
from geowallet.track.modes.course import Course
from tests.track.modes.forests import forest_of
from tests.track.modes.networks import drawn, errand, forest_with
from tests.track.modes.test_artefact import packed, parts

DRAWN = drawn()
GOOD = forest_bytes(forest_with(DRAWN))
TABLES = sum(layer.weight.size + 8 * layer.weight.shape[1] for layer in DRAWN.layers)
FIRST_SCALE = 5 * 15 * 8
"""Bytes of weights before the first scale."""


def changed(layer: int, **members: Any) -> bytes:
    header, body = parts(GOOD)
    header["network"][layer] |= members
    return packed(header, body)


def with_bytes(place: int, data: bytes) -> bytes:
    """Return the artefact with other bytes of the network's tables from ``place`` on."""
    header, body = parts(GOOD)
    place += len(body) - TABLES
    return packed(header, body[:place] + data + body[place + len(data) :])


class TestRoundTrip:
    def test_gives_the_same_network_and_the_same_bytes(self) -> None:
        forest = read_forest(GOOD)
        assert forest.network is not None
        assert forest_bytes(forest) == GOOD
        course = Course(errand())
        assert np.array_equal(forest.network.at_rows(course, 0, 40), DRAWN.at_rows(course, 0, 40))

    def test_a_forest_without_one_says_nothing_of_it(self) -> None:
        header, _ = parts(forest_bytes(forest_of()))
        assert "network" not in header
        assert read_forest(forest_bytes(forest_of())).network is None


class TestHostile:
    """Promise: bytes that anyone may have made give whole numbers, or BadModelError."""

    @settings(max_examples=60)
    @given(st.integers(0, TABLES - 1), st.integers(0, 255))
    def test_a_changed_byte_is_refused_or_harmless(self, place: int, value: int) -> None:
        try:
            forest = read_forest(with_bytes(place, bytes([value])))
        except BadModelError:
            return
        assert forest.network is not None
        found = forest.network.at_rows(Course(errand()), 0, 20)
        assert np.array_equal(found, np.rint(found))

    @pytest.mark.parametrize(
        ("layer", "members"),
        [
            (0, {"inputs": 14}),
            (0, {"outputs": 0}),
            (0, {"outputs": 9}),
            (1, {"inputs": 256, "outputs": 256, "kernel": 7}),
            (0, {"kernel": 4}),
            (0, {"kernel": True}),
            (0, {"dilation": 0}),
            (0, {"dilation": 10**6}),
            (0, {"adds": True}),
            (0, {"adds": 1}),
            (1, {"inputs": 9}),
            (2, {"adds": True}),
            (2, {"outputs": 5}),
        ],
    )
    def test_layers_that_cannot_be_are_refused(self, layer: int, members: dict[str, Any]) -> None:
        with pytest.raises(BadModelError):
            read_forest(changed(layer, **members))

    @pytest.mark.parametrize("network", [[], {}, "along", 7, [{}], [[]]])
    def test_what_is_no_list_of_layers_is_refused(self, network: Any) -> None:
        header, body = parts(GOOD)
        with pytest.raises(BadModelError):
            read_forest(packed(header | {"network": network}, body))

    def test_sums_beyond_whole_numbers_are_refused(self) -> None:
        header, body = parts(GOOD)
        wide = {"inputs": 15, "outputs": 8, "kernel": 15, "dilation": 1, "adds": False}
        header["network"][0] = wide
        tables = body[:-TABLES] + bytes([127]) * (15 * 15 * 8) + body[-TABLES:][FIRST_SCALE:]
        with pytest.raises(BadModelError):
            read_forest(packed(header, tables))

    def test_a_weight_of_minus_128_is_refused(self) -> None:
        with pytest.raises(BadModelError):
            read_forest(with_bytes(0, b"\x80"))

    @pytest.mark.parametrize("value", [np.nan, np.inf, 2e3])
    def test_a_scale_that_is_no_number_or_too_large_is_refused(self, value: float) -> None:
        with pytest.raises(BadModelError):
            read_forest(with_bytes(FIRST_SCALE, np.array([value], "<f4").tobytes()))

    def test_a_share_beyond_one_is_refused(self) -> None:
        header, body = parts(GOOD)
        header["settings"]["network_share"] = 1.5
        with pytest.raises(BadModelError):
            read_forest(packed(header, body))
