"""Promise: a ride is parted where another vehicle shows for long, and is sure, without a walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from geowallet.model.mobility import Mode
from geowallet.track import unwalked
from geowallet.track.drafts import draft_of
from geowallet.track.modes.course import CHANNELS
from geowallet.track.modes.forest import softmax
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.network import LOGIT_UNIT, Layer, Network
from geowallet.track.motion import path_of, speeds_mps
from geowallet.track.trips import named_legs
from geowallet.track.unwalked import heard_changes, is_change
from tests.track.modes.forests import CLASSES
from tests.track.modes.networks import SPEED, forest_with
from tests.track.synthetic import Traveller

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geowallet.track.modes.listener import Listener
    from geowallet.track.motion import Path


class Told:
    """Says of each row whether it is cycled, else it is driven."""

    on_foot, cycled = (0,), (1,)

    def __init__(self, said: Callable[[int], bool]) -> None:
        self.said = said

    def shares(self, first: int, after: int) -> NDArray[np.float64]:
        bike = np.array([self.said(row) for row in range(first, after)])
        return softmax(np.column_stack([0 * bike, 9.0 * bike, 9.0 * ~bike, 0 * bike]))


def _cycle_and_drive() -> Path:
    """Ten minutes at 5 m/s, half a minute at a stop, ten minutes at 12."""
    way = Traveller().go(3000, 5.0, every_s=2).stay(30, every_s=2).go(7200, 12.0, every_s=2)
    return path_of(way.fixes())


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        pytest.param(lambda row: row < 58, [10], id="heard too early, placed at the stop"),
        pytest.param(lambda row: row < 66, [10], id="heard too late"),
        pytest.param(lambda row: row not in range(50, 60), [], id="not for long enough"),
        pytest.param(lambda row: row >= 0, [], id="nothing else"),
    ],
)
def test_a_ride_is_cut_at_its_halt_near_where_another_vehicle_is_heard(
    said: Callable[[int], bool], minutes: list[int]
) -> None:
    path = _cycle_and_drive()
    told, slow_mps = cast("Listener", Told(said)), speeds_mps(path, half_s=20.0)
    cuts = heard_changes(path, (0, len(path) - 1), told, slow_mps)
    assert (path.time_s[cuts] / 60).round().tolist() == minutes
    # A ride of 200 s, and one that begins a minute and a half before the halt.
    for ride in ((0, 100), (260, len(path) - 1)):
        assert heard_changes(path, ride, told, slow_mps) == []


def test_what_is_heard_in_a_silence_has_no_place() -> None:
    way = Traveller().go(3000, 5.0).silence(600).jump_to(5000, 0).go(7200, 12.0)
    path = path_of(way.fixes())
    told = cast("Listener", Told(lambda row: row < 90))
    assert heard_changes(path, (0, len(path) - 1), told, speeds_mps(path, half_s=20.0)) == []


BIKE, UNSURE = (Mode.BIKE, 0.96), (Mode.BIKE, 0.94)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (BIKE, (Mode.BUS, 0.4), True),
        ((Mode.TRAIN, 0.4), BIKE, True),
        (UNSURE, (Mode.BUS, 1.0), False),
        (BIKE, (Mode.UNKNOWN, 0.4), False),
        (BIKE, (Mode.WALK, 1.0), False),
        ((Mode.CAR, 1.0), (Mode.BUS, 1.0), False),
    ],
)
def test_only_a_sure_bike_beside_a_motor_is_a_change(
    before: tuple[Mode, float], after: tuple[Mode, float], *, expected: bool
) -> None:
    assert is_change(before, after) is expected


def test_who_parks_a_bike_at_the_stop_has_two_legs_if_both_are_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weight, bias = np.zeros((CHANNELS, len(CLASSES) + 1)), np.zeros(len(CLASSES) + 1)
    weight[SPEED, CLASSES.index("car")], bias[CLASSES.index("bike")] = 100.0, 60.0 / LOGIT_UNIT
    scale = np.full(len(bias), 100.0 / 256 / 100.0 / LOGIT_UNIT)
    layer = Layer(weight.astype(np.float32), scale.astype(np.float32), bias.astype(np.float32))
    path, hints = _cycle_and_drive(), Hints(forest=forest_with(Network((layer,))))

    def legs() -> list[Mode]:
        draft = draft_of(path, np.zeros(len(path), dtype=np.int32), hints)
        (named,) = named_legs([draft])
        return [guess.mode for trip in named for _, guess in trip]

    assert legs() == [Mode.BIKE, Mode.CAR]
    monkeypatch.setattr(unwalked, "SURE", 1.1)
    assert legs() == [Mode.CAR]
