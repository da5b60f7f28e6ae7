from __future__ import annotations

import numpy as np
import pytest

from geowallet.track.modes.outset import Outset, outset_of


def _of(logits: np.ndarray, classes: np.ndarray) -> Outset:
    return outset_of(logits, classes, np.ones(len(classes)))


def test_what_promises_too_much_is_believed_less() -> None:
    """Nine of ten are right, both ways, at odds of e^8: half of the power would make e^4."""
    said = np.arange(4000) % 2
    logits = np.where(np.arange(2) == said[:, None], 8.0, 0.0)
    wrong = np.arange(4000) % 20 < 2
    found = _of(logits, np.where(wrong, 1 - said, said))
    assert found.power == pytest.approx(np.log(9.0) / 8.0, rel=0.01)
    assert found.bias == pytest.approx([0.0, 0.0], abs=1e-3)


def test_a_mode_that_is_more_frequent_here_is_raised() -> None:
    """The other forest knows nothing, three of four labels are of the second mode."""
    classes = (np.arange(8000) % 4 > 0).astype(np.int64)
    found = _of(np.zeros((8000, 2)), classes)
    assert found.bias[1] - found.bias[0] == pytest.approx(np.log(3.0), rel=0.02)
    assert found.of(np.array([[1.0, 0.0]]))[0, 0] == pytest.approx(found.power + found.bias[0])


def test_nothing_is_said_more_surely_than_it_was() -> None:
    """Ten thousand labels agree with odds of e: the most probable power has no bound."""
    said = np.arange(10_000) % 3
    found = _of((np.arange(3) == said[:, None]).astype(float), said)
    assert found.power == 1.0


def test_few_labels_move_it_little() -> None:
    logits = np.array([[3.0, 0.0], [0.0, 3.0]])
    against = _of(logits, np.array([1, 0]))
    assert 0.5 < against.power < 0.9


def test_it_is_the_most_probable_one() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 4, (300, 4))
    classes = np.where(rng.random(300) < 0.5, logits.argmax(axis=1), rng.integers(0, 4, 300))
    weights = rng.uniform(0.2, 3.0, 300)
    found = outset_of(logits, classes, weights)

    def loss(power: float, bias: np.ndarray) -> float:
        z = power * logits + bias
        told = np.log(np.exp(z).sum(axis=1)) - z[np.arange(300), classes]
        return float(np.sum(weights * told) + 5.0 * ((power - 1) ** 2 + np.sum(bias**2)))

    least = loss(found.power, found.bias)
    for step in np.eye(5) * 0.01:
        assert loss(found.power + step[0], found.bias + step[1:]) > least
        assert loss(found.power - step[0], found.bias - step[1:]) > least
