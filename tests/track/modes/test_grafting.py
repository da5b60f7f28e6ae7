from __future__ import annotations

import numpy as np
import pytest

from geowallet.track.modes.grafting import among, constant, reordered, together, weighted
from tests.track.modes.forests import STEPS, trees_of

TABLE = np.random.default_rng(4).uniform(0.0, 25.0, (60, 4))
TABLE[::7, 1] = np.nan
LOGITS = trees_of().logits(TABLE)


def test_columns_may_stand_elsewhere() -> None:
    table = np.column_stack((TABLE[:, 2], np.zeros(60), TABLE[:, 0], TABLE[:, 3], TABLE[:, 1]))
    assert np.array_equal(reordered(trees_of(), [2, 4, 0, 3]).logits(table), LOGITS)


def test_among_more_classes_trees_say_nothing_of_the_others() -> None:
    found = among(together(trees_of(), trees_of()), [3, 0, 4, 6, 1], 7).logits(TABLE)
    assert np.array_equal(found[:, [3, 0, 4, 6, 1]], 2 * LOGITS)
    assert not np.any(found[:, [2, 5]])


def test_a_weight_is_that_of_the_logits_but_for_a_millionth_a_tree() -> None:
    found = weighted(trees_of(), 0.3).logits(TABLE)
    assert found == pytest.approx(0.3 * LOGITS, abs=len(STEPS) * 2.0**-21)
    assert np.abs(found - 0.3 * LOGITS).max() > 0  # it is rounded


def test_trees_of_other_classes_are_not_added() -> None:
    with pytest.raises(ValueError, match="same classes"):
        together(trees_of(), constant(np.zeros(4)))
