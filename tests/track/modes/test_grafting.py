from __future__ import annotations

import numpy as np
import pytest

from geowallet.track.modes.course import Course
from geowallet.track.modes.grafting import constant, network_of, of_classes, together, weighted
from tests.track.modes.forests import STEPS, trees_of
from tests.track.modes.networks import drawn, straight

TABLE = np.random.default_rng(4).uniform(0.0, 25.0, (60, 4))
TABLE[::7, 1] = np.nan
LOGITS = trees_of().logits(TABLE)


def test_trees_of_some_classes_say_what_they_said_of_them() -> None:
    some = of_classes(trees_of(), [3, 0, 4], range(4))
    assert np.array_equal(some.logits(TABLE), LOGITS[:, [3, 0, 4]])


def test_columns_may_stand_elsewhere() -> None:
    moved = np.column_stack((TABLE[:, 2], np.zeros(60), TABLE[:, 0], TABLE[:, 3], TABLE[:, 1]))
    found = of_classes(trees_of(), range(5), [2, 4, 0, 3])
    assert np.array_equal(found.logits(moved), LOGITS)


def test_single_leaves_among_trees_keep_their_place() -> None:
    both = together(constant(np.arange(5.0)), trees_of(), constant(np.full(5, 0.5)))
    some = of_classes(both, [4, 1], range(4))
    assert some.logits(TABLE) == pytest.approx(LOGITS[:, [4, 1]] + [4.5, 1.5])


def test_a_weight_is_that_of_the_logits_but_for_a_millionth_a_tree() -> None:
    found = weighted(trees_of(), 0.3).logits(TABLE)
    assert found == pytest.approx(0.3 * LOGITS, abs=len(STEPS) * 2.0**-21)
    assert np.abs(found - 0.3 * LOGITS).max() > 0  # it is rounded


def test_trees_of_other_classes_are_not_added() -> None:
    with pytest.raises(ValueError, match="same classes"):
        together(trees_of(), constant(np.zeros(4)))


def test_a_network_of_some_classes_says_what_it_said_of_them_and_of_rest() -> None:
    course = Course(straight(9.0, 300))
    whole, some = (net.at_rows(course, 0, 30) for net in (drawn(), network_of(drawn(), [2, 0])))
    assert np.array_equal(some, whole[:, [2, 0, -1]])
    assert network_of(drawn(), [2, 0]).classes == 2
