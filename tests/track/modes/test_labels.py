from __future__ import annotations

import numpy as np
import pytest

from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import ALL_MODES
from geowallet.track.modes.labels import CONFIRMED, PREDICTED, ModeLabel, label_odds, modes_of

HOUR_US = 3_600_000_000
LEG_US = np.array([[0, HOUR_US]])


@pytest.mark.parametrize(
    ("word", "modes"),
    [
        ("WALKING", {Mode.WALK, Mode.RUN}),
        ("ON_FOOT", {Mode.WALK, Mode.RUN}),
        ("IN_BUS", {Mode.BUS}),
        ("IN_PASSENGER_VEHICLE", {Mode.CAR}),
        ("IN_RAIL_VEHICLE", {Mode.TRAIN, Mode.SUBWAY, Mode.TRAM}),
        ("HKWorkoutActivityTypeCycling", {Mode.BIKE, Mode.E_BIKE}),
        ("MotionTypes.BICYCLING", {Mode.BIKE, Mode.E_BIKE}),
        ("Ride", {Mode.BIKE, Mode.E_BIKE}),
        ("e-bike", {Mode.E_BIKE}),
        ("running", {Mode.RUN}),
        ("Running", {Mode.RUN}),
        ("FLYING", {Mode.AIRPLANE}),
        ("driving,stationary", {Mode.CAR}),
        ("walking,cycling", {Mode.WALK, Mode.RUN, Mode.BIKE, Mode.E_BIKE}),
        ("stationary", set()),
        ("UNKNOWN", set()),
        ("", set()),
    ],
)
def test_words_of_all_formats_are_read(word: str, modes: set[Mode]) -> None:
    assert modes_of(word) == modes


def odds(*labels: ModeLabel) -> dict[Mode, float]:
    (row,) = label_odds(labels, LEG_US, ALL_MODES)
    return dict(zip(ALL_MODES, row.tolist(), strict=True))


class TestOdds:
    def test_grow_with_the_share_that_is_covered(self) -> None:
        whole = odds(ModeLabel(0, HOUR_US, "IN_BUS", "google_timeline"))
        half = odds(ModeLabel(0, HOUR_US // 2, "IN_BUS", "google_timeline"))
        assert whole[Mode.BUS] == pytest.approx(np.log(PREDICTED))
        assert half[Mode.BUS] == pytest.approx(np.log(PREDICTED) / 2)
        assert whole[Mode.CAR] == 0.0

    def test_are_none_for_a_label_that_only_touches(self) -> None:
        assert not any(odds(ModeLabel(0, HOUR_US // 10, "IN_BUS", "arc")).values())
        assert not any(odds(ModeLabel(2 * HOUR_US, 3 * HOUR_US, "IN_BUS", "arc")).values())

    def test_of_what_a_person_chose_are_higher(self) -> None:
        fit = odds(ModeLabel(0, HOUR_US, "cycling", "fit"))[Mode.BIKE]
        phone = odds(ModeLabel(0, HOUR_US, "cycling", "overland"))[Mode.BIKE]
        assert fit > phone
        assert np.log(CONFIRMED) > fit

    def test_count_once_however_often_and_in_whatever_order_labels_come(self) -> None:
        bus = ModeLabel(0, HOUR_US, "IN_BUS", "google_timeline")
        car = ModeLabel(0, HOUR_US // 2, "driving", "overland")
        assert odds(bus, car) == odds(car, bus, bus, car)
        pieces = [ModeLabel(n * 6**9, (n + 1) * 6**9, "IN_BUS", "arc") for n in range(400)]
        assert odds(*pieces)[Mode.BUS] == pytest.approx(np.log(PREDICTED))

    def test_no_legs_give_no_rows(self) -> None:
        label = ModeLabel(0, HOUR_US, "IN_BUS", "arc")
        assert label_odds([label], np.zeros((0, 2), dtype=np.int64), ALL_MODES).shape == (0, 13)
