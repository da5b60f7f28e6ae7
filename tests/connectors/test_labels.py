from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.connectors.api import SourceLabel
from geowallet.connectors.fields import labels
from geowallet.connectors.fields.labels import LabelLog

MINUTE_US = 60_000_000


def test_equal_words_in_a_row_are_one_label() -> None:
    log = LabelLog()
    for at_us, word in ((1, "walk"), (2, "walk "), (3, "car"), (4, "walk")):
        log.sample("mode", word, at_us)
    assert log.labels() == (
        SourceLabel(1, 2, "mode", "walk"),
        SourceLabel(3, 3, "mode", "car"),
        SourceLabel(4, 4, "mode", "walk"),
    )


def test_a_silence_ends_a_label_for_nobody_knows_what_was_true_meanwhile() -> None:
    log = LabelLog()
    for minute in (0, 10, 40, 20):
        log.sample("mode", "walk", minute * MINUTE_US)
    found = [(x.start_us // MINUTE_US, x.end_us // MINUTE_US) for x in log.labels()]
    assert found == [(0, 10), (20, 20), (40, 40)]


def test_a_long_value_is_no_sample() -> None:
    log = LabelLog()
    log.sample("mode", "x" * 65, 1)
    assert log.labels() == ()


def test_traces_and_kinds_do_not_mix() -> None:
    log = LabelLog()
    log.sample("mode", "on", 1, trace="a")
    log.sample("ignition", "on", 2, trace="a")
    log.sample("mode", "on", 3, trace="b")
    assert len(log.labels()) == 3


def test_blank_and_long_values_are_dropped_and_times_are_put_in_order() -> None:
    log = LabelLog()
    log.add("visit", " ", 1, 2)
    log.add("visit", "x" * 65, 1, 2)
    log.add("visit", " gym ", 9, 2)
    assert log.labels() == (SourceLabel(2, 9, "visit", "gym"),)


def test_an_odometer_is_read_once_a_minute_and_at_the_end() -> None:
    log = LabelLog()
    for second in range(0, 151, 10):
        log.odometer(1000.4 + second, second * 1_000_000, trace="car")
    log.odometer(float("nan"), 999)
    log.odometer(-1, 999)
    found = [(label.start_us // 1_000_000, label.value) for label in log.labels()]
    assert found == [(0, "1000"), (60, "1060"), (120, "1120"), (150, "1150")]


def test_an_odometer_that_stands_still_is_one_label() -> None:
    log = LabelLog()
    for minute in (0, 5, 90):
        log.odometer(1000, minute * MINUTE_US)
    log.odometer(1001, 95 * MINUTE_US)
    assert log.labels() == (
        SourceLabel(0, 90 * MINUTE_US, "odometer_m", "1000"),
        SourceLabel(95 * MINUTE_US, 95 * MINUTE_US, "odometer_m", "1001"),
    )


def test_local_times_become_utc_by_the_zone() -> None:
    log = LabelLog()
    log.add("mode", "car", 0, 30 * MINUTE_US)
    (label,) = log.labels(ZoneInfo("Asia/Kolkata"))
    assert (label.start_us, label.end_us) == (-330 * MINUTE_US, -300 * MINUTE_US)


def test_their_number_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MAX_LABELS", 3)
    log = LabelLog()
    for number in range(9):
        log.add("mode", str(number), number, number)
    assert len(log.labels()) == 3


class TestSample:
    """Promise: "equal values in a row become one label"."""

    @given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 50)), max_size=30))
    def test_every_sample_lies_within_a_label_of_its_word(
        self, samples: list[tuple[str, int]]
    ) -> None:
        log = LabelLog()
        for word, at_us in samples:
            log.sample("mode", word, at_us)
        found = log.labels()
        for word, at_us in samples:
            assert any(x.value == word and x.start_us <= at_us <= x.end_us for x in found)
