from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.track.modes import network
from geowallet.track.modes.course import Course
from geowallet.track.modes.network import Layer
from tests.track.modes.forests import CLASSES
from tests.track.modes.networks import drawn, errand

ERRAND = errand()
DRAWN = drawn()
CAR = CLASSES.index("car")


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)[:, None]


def beside(rows: np.ndarray, layer: Layer) -> np.ndarray:
    """What `Layer.sums` wants for all rows but those at the ends, and rows of 0."""
    count = len(rows) - 2 * layer.reach
    parts = [rows[at : at + count] for at in range(0, 2 * layer.reach + 1, layer.dilation)]
    empty = np.zeros((-count % network.ROWS_A_PRODUCT, len(layer.weight)), dtype=np.float32)
    return np.concatenate((np.concatenate(parts, axis=1), empty))


def row_by_row(net: network.Network, rows: np.ndarray) -> np.ndarray:
    """What a network says of all rows but those at the ends, by its definition."""
    for layer in net.layers:
        around = beside(rows, layer)
        rows = np.rint(layer.sums(around)[: len(rows) - 2 * layer.reach])
        if layer is not net.layers[-1]:
            rows = np.clip(rows, 0, network.MOST_ACTIVATION)
    return rows


class TestLayer:
    def test_sums_of_a_row_and_its_neighbours_worked_by_hand(self) -> None:
        layer = Layer(column(1, 2, -1), column(0.5)[0], column(10)[0], kernel=3, dilation=2)
        rows = column(1, 2, 3, 4, 5, 6)
        found = layer.sums(beside(rows, layer))
        assert found[:2].ravel().tolist() == [11, 12]  # (1 + 6 - 5) / 2 + 10, ...

    def test_adds_the_row_in_the_middle(self) -> None:
        layer = Layer(column(1, 0, 0), column(1)[0], column(0)[0], kernel=3, adds=True)
        found = layer.sums(beside(column(1, 20, 300, 4000), layer))
        assert found[:2].ravel().tolist() == [21, 320]

    def test_sums_are_those_of_whole_numbers(self) -> None:
        layer = DRAWN.layers[0]
        rows = np.random.default_rng(2).integers(-2047, 2048, (60, 15)).astype(np.float32)
        around = beside(rows, layer)
        exact = around.astype(np.int64) @ layer.weight.astype(np.int64)
        found = Layer(layer.weight, 0 * layer.scale + 1, 0 * layer.bias, 5).sums(around)
        assert np.array_equal(found, exact)


class TestNetwork:
    """Promise: what is left out, rows in the midst of silence, is what reading them would say."""

    @given(st.lists(st.tuples(st.integers(-30, 150), st.integers(1, 60)), min_size=1, max_size=4))
    def test_of_each_row_it_says_what_its_definition_says(
        self, asked: list[tuple[int, int]]
    ) -> None:
        course, reach = Course(ERRAND), DRAWN.reach
        stretches = [(first, first + long) for first, long in asked]
        found = DRAWN.at_stretches(course, stretches)
        for (first, after), said in zip(stretches, found, strict=True):
            rows = course.rows(first - reach, after + reach)
            assert np.array_equal(said, row_by_row(DRAWN, rows))

    def test_reading_in_blocks_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = DRAWN.at_rows(Course(ERRAND), -3, 90)
        monkeypatch.setattr(network, "ROWS_TOGETHER", 7)
        assert np.array_equal(DRAWN.at_rows(Course(ERRAND), -3, 90), whole)
