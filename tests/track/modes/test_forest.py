from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.track.modes.boosted import trees_from_dump
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.forest import UNIT, Trees, softmax
from geowallet.track.modes.reach import nested
from tests.track.modes.forests import CLASSES, STEPS, forest_of, trees_of

NAN = float("nan")

MANY = 70
"""Rows: more than a word has bits."""


def table_of(**facts: float) -> np.ndarray:
    return np.array([[facts.get(name, NAN) for name in FEATURES]])


def test_a_tree_of_two_comparisons_reaches_the_leaf_that_one_finds_by_hand() -> None:
    # x0 <= 1 ? (x1 <= 5 ? 10 : 20) : 30, unknown x0 to the right, unknown x1 to the left
    trees = Trees(
        feature=np.array([0, 1], dtype=np.uint8),
        threshold=np.array([1.0, 5.0], dtype=np.float32),
        nan_left=np.array([False, True]),
        first=np.array([0, 0], dtype=np.uint8),
        after=np.array([2, 1], dtype=np.uint8),
        count=np.array([2]),
        leaf=np.rint(np.array([10.0, 20.0, 30.0]) / UNIT).astype(np.int64),
        classes=1,
    )
    rows = np.array([[0, 0], [1, 5], [1, 5.1], [1.1, 0], [NAN, 0], [0, NAN]], dtype=np.float64)
    assert trees.logits(rows)[:, 0].tolist() == [10, 10, 20, 30, 30, 10]
    assert trees.logits_of(0, rows).tolist() == [10, 10, 20, 30, 30, 10]
    many = np.tile(rows, (MANY, 1))
    assert trees.logits(many)[:, 0].tolist() == [10, 10, 20, 30, 30, 10] * MANY


@pytest.mark.parametrize("leaves", [2, 32, 33, 64])
def test_a_comb_of_leaves_up_to_a_word_is_followed_to_its_end(leaves: int) -> None:
    # x0 <= 1 ? leaf 0 : x0 <= 2 ? leaf 1 : ...; a threshold of zero has no sign.
    n = leaves - 1
    trees = Trees(
        feature=np.zeros(n, dtype=np.uint8),
        threshold=np.concatenate(([-0.0], np.arange(1, n))).astype(np.float32),
        nan_left=np.zeros(n, dtype=np.bool_),
        first=np.arange(n, dtype=np.uint8),
        after=np.arange(1, leaves, dtype=np.uint8),
        count=np.array([n]),
        leaf=np.rint(np.arange(leaves) / UNIT).astype(np.int64),
        classes=1,
    )
    values = np.array([-np.inf, -1e38, -0.0, 0.0, 0.5, n - 1.5, n - 1, n, 3e38, np.inf, NAN])
    expected = np.ceil(np.clip(np.nan_to_num(values, nan=n), 0, n)).tolist()
    for rows in (values[:, None], np.tile(values, MANY)[:, None]):
        assert trees.logits(rows)[: len(values), 0].tolist() == expected


@pytest.mark.parametrize(
    ("first", "after", "holds"),
    [
        ([0, 0], [2, 1], True),
        ([0, 1], [1, 2], True),
        ([0, 0], [1, 2], False),
        ([0, 0], [2, 2], False),
        ([0, 1], [2, 2], False),
        ([0, 1, 1], [1, 2, 3], False),
        ([0, 0, 2], [2, 1, 3], True),
    ],
)
def test_only_comparisons_that_nest_make_a_tree(
    first: list[int], after: list[int], *, holds: bool
) -> None:
    n = len(first)
    trees = Trees(
        feature=np.zeros(n, dtype=np.uint8),
        threshold=np.arange(n, dtype=np.float32),
        nan_left=np.zeros(n, dtype=np.bool_),
        first=np.array(first, dtype=np.uint8),
        after=np.array(after, dtype=np.uint8),
        count=np.array([n]),
        leaf=np.zeros(n + 1, dtype=np.int64),
        classes=1,
    )
    assert nested(trees) is holds


class TestManyTrees:
    """Promise: the sum of the leaves that each row reaches; rows do not see each other."""

    @settings(max_examples=40)
    @given(st.lists(st.tuples(*[st.floats(-5, 40) | st.just(NAN)] * 4), min_size=1, max_size=6))
    def test_add_up_as_by_hand(self, rows: list[tuple[float, ...]]) -> None:
        found = trees_of().logits(np.array(rows))
        for row, logits in zip(rows, found, strict=True):
            expected = [0.0] * len(CLASSES)
            for number, (feature, threshold, left, right) in enumerate(STEPS):
                right_side = np.float32(row[feature]) > np.float32(threshold)
                expected[number % len(CLASSES)] += right if right_side else left
            assert logits == pytest.approx(expected, abs=1e-9)
            assert np.array_equal(trees_of().logits(np.array([row]))[0], logits)

    def test_many_rows_together_are_each_alone(self) -> None:
        rows = np.random.default_rng(3).uniform(-5, 40, (MANY, 4))
        rows[::3, 1], rows[::5, 2], rows[7], rows[8, 0] = NAN, np.inf, -np.inf, -0.0
        found = trees_of().logits(rows)
        for row, logits in zip(rows, found, strict=True):
            assert np.array_equal(trees_of().logits(row[None])[0], logits)

    def test_one_class_alone_is_its_column(self) -> None:
        rows = np.array([[3.0, 2.0, 0.1, 5.0], [30.0, NAN, 2.0, 5.0]])
        whole = trees_of().logits(rows)
        for number in range(len(CLASSES)):
            assert np.array_equal(trees_of().logits_of(number, rows), whole[:, number])


class TestCalibration:
    def test_the_band_of_the_cadence_softens(self) -> None:
        flat = {"temperature": 4.0, "bias": [0.0] * 5}
        bands = [
            {"cadence_s_up_to": 10.0, "temperature": 1.0, "bias": [0.0] * 5},
            {"cadence_s_up_to": None} | flat,
        ]
        forest = forest_of(calibration=bands)
        dense = forest.probabilities(table_of(v60_p90=5.0, cadence_s=5.0))
        sparse = forest.probabilities(table_of(v60_p90=5.0, cadence_s=60.0))
        unknown = forest.probabilities(table_of(v60_p90=5.0))
        assert dense.argmax() == sparse.argmax() == CLASSES.index("bike")
        assert dense.max() > sparse.max()
        assert np.array_equal(sparse, unknown)

    def test_beyond_what_it_was_fitted_on_it_returns_to_what_is_usual(self) -> None:
        rows = [table_of(v60_p90=5.0, cadence_s=s) for s in (60.0, 240.0, 60_000.0)]
        dense, sparse, lost = (forest_of().probabilities(row)[0] for row in rows)
        assert dense.max() > sparse.max() > lost.max()
        assert lost == pytest.approx([0.3, 0.15, 0.3, 0.15, 0.1], abs=0.01)
        far = forest_of(sparsest_s=240).probabilities(rows[1])[0]
        assert far == pytest.approx(dense)

    def test_a_forest_without_context_refuses_to_use_one(self) -> None:
        with pytest.raises(ValueError, match="no context"):
            forest_of().in_context(table_of(), np.zeros((1, 14)))


def test_softmax_of_large_logits_is_finite_and_adds_up_to_one() -> None:
    found = softmax(np.array([[1000.0, 999.0], [-1000.0, 0.0]]))
    assert found.sum(axis=1) == pytest.approx([1, 1])
    assert softmax(np.zeros((0, 3))).shape == (0, 3)


class TestLightGbm:
    """Promise: equal to LightGBM's own prediction, for float32 values and unknown ones."""

    @pytest.fixture
    def fitted(self) -> tuple[object, np.ndarray]:
        lightgbm = pytest.importorskip("lightgbm")
        random = np.random.default_rng(7)
        table = random.normal(size=(1500, 12)).astype(np.float32).astype(np.float64)
        classes = (table[:, 0] + table[:, 1] > 0).astype(int) + (table[:, 2] > 0.5)
        table[random.random(table.shape) < 0.1] = NAN
        table[:, 3] = np.nan_to_num(table[:, 3])
        settings = {"objective": "multiclass", "num_class": 3, "num_leaves": 31, "verbosity": -1}
        settings |= {"num_threads": 1, "seed": 1}
        booster = lightgbm.train(settings, lightgbm.Dataset(table, classes), 20)
        more = random.normal(size=(400, 12)).astype(np.float32).astype(np.float64)
        more[random.random(more.shape) < 0.2] = NAN
        return booster, more

    def test_is_matched_to_a_billionth(self, fitted: tuple[object, np.ndarray]) -> None:
        booster, rows = fitted
        dump = booster.dump_model()  # type: ignore[attr-defined]  # the library has no types
        expected = booster.predict(rows, raw_score=True)  # type: ignore[attr-defined]  # as above
        assert trees_from_dump(dump).logits(rows) == pytest.approx(expected, abs=1e-9)
        assert trees_from_dump(dump, dump).logits(rows) == pytest.approx(expected, abs=1e-9)

    def test_other_kinds_of_splits_are_refused(self, fitted: tuple[object, np.ndarray]) -> None:
        dump = fitted[0].dump_model()  # type: ignore[attr-defined]  # the library has no types
        dump["tree_info"][0]["tree_structure"]["decision_type"] = "=="
        with pytest.raises(ValueError, match="numerical"):
            trees_from_dump(dump)
