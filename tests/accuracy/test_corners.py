from __future__ import annotations

import numpy as np
import pytest

from geowallet.track.shortfall import LOST

corners = pytest.importorskip("benchmarks.accuracy.corners", exc_type=ImportError)


def test_a_known_table_is_found_again() -> None:
    """Cases that lose exactly what a table says give that table back."""
    rng = np.random.default_rng(4)
    truth = np.cumsum(rng.uniform(0.0, 0.1, (len(LOST), 7)), axis=1)
    truth[:, 0] = 0.0
    cases = []
    for number in range(3000):
        place = rng.integers(0, len(LOST))
        shares = rng.dirichlet(np.full(7, 0.4))
        lost = float(shares @ truth[place])
        case = corners.Case("bike", str(number % 50), 5.0, shares, list(LOST)[place], lost)
        cases.append(case)
    assert corners.fitted(cases) == pytest.approx(truth, abs=0.01)


def test_outliers_do_not_move_the_table() -> None:
    straight, turned = np.eye(7)[0], np.eye(7)[3]
    cases = [
        corners.Case("bike", str(n), 5.0, shares, 18.0, lost)
        for n in range(200)
        for shares, lost in ((straight, 0.0), (turned, 0.1 if n % 10 else 0.7))
    ]
    assert corners.fitted(cases)[2, 3] == pytest.approx(0.1, abs=0.02)


def test_families_weigh_the_same() -> None:
    shares = np.eye(7)[3]
    many = [corners.Case("bike", str(n % 9), 5.0, shares, 18.0, 0.1) for n in range(900)]
    few = [corners.Case("rail", str(n % 9), 5.0, shares, 18.0, 0.1) for n in range(100)]
    weight = corners._weights([*many, *few])
    assert np.sum(weight[:900]) < 4 * np.sum(weight[900:])
