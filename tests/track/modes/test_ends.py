from __future__ import annotations

import numpy as np
import pytest

from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import ALL_MODES
from geowallet.track.modes.ends import POWER, WALKED, end_odds
from geowallet.track.modes.features import FEATURES


def odds(**facts: float) -> dict[Mode, float]:
    (row,) = end_odds(np.array([[facts.get(name, np.nan) for name in FEATURES]]))
    return dict(zip(ALL_MODES, row.tolist(), strict=True))


BEFORE_DOOR = {"before_heard": 1.0, "before_still": 1.0, "before_walk": 0.0}
AFTER_DOOR = {"after_heard": 1.0, "after_still": 0.9, "after_walk": 0.1}
BEFORE_WALK = {"before_heard": 0.8, "before_still": 0.3, "before_walk": 0.7}


class TestEnds:
    """Promise: a walk at an end speaks for a stop, a stay for a vehicle that stands there."""

    def test_two_doors_speak_for_a_car_against_a_tram(self) -> None:
        found = odds(**BEFORE_DOOR, **AFTER_DOOR)
        expected = 2 * POWER * np.log((1 - WALKED[Mode.CAR]) / (1 - WALKED[Mode.TRAM]))
        assert found[Mode.CAR] - found[Mode.TRAM] == pytest.approx(expected)
        assert expected > 1.0

    def test_a_walk_speaks_for_a_train_against_a_car(self) -> None:
        found = odds(**BEFORE_WALK)
        assert found[Mode.TRAIN] - found[Mode.CAR] == pytest.approx(
            POWER * np.log(WALKED[Mode.TRAIN] / WALKED[Mode.CAR])
        )

    @pytest.mark.parametrize(
        "facts",
        [
            {},
            {"before_heard": 0.2, "before_still": 1.0, "before_walk": 0.0},
            {"before_heard": 1.0, "before_still": 0.1, "before_walk": 0.1, "before_fast": 0.8},
            {"after_heard": 1.0, "after_still": 0.65, "after_walk": 0.3},
        ],
    )
    def test_silence_another_ride_and_a_short_walk_say_nothing(
        self, facts: dict[str, float]
    ) -> None:
        assert not any(odds(**facts).values())

    def test_every_mode_has_its_share(self) -> None:
        assert set(WALKED) == set(ALL_MODES)
        assert all(0 < share < 1 for share in WALKED.values())
