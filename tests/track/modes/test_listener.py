from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.mobility import Mode
from geowallet.track.legs import Span
from geowallet.track.modes.classify import SpanModes, classify_spans, leg_logits
from geowallet.track.modes.course import Course
from geowallet.track.modes.forest import softmax
from geowallet.track.modes.hints import Hints
from geowallet.track.modes.listener import Listener
from geowallet.track.modes.network import LOGIT_UNIT
from tests.track.modes.forests import CLASSES, forest_of
from tests.track.modes.networks import drawn, errand, fast_is, forest_with, straight
from tests.track.modes.test_classify import a_day

ERRAND = errand()
DRAWN = drawn()
CAR = CLASSES.index("car")


class TestListener:
    def test_a_leg_is_the_mean_of_the_rows_whose_middles_lie_in_it(self) -> None:
        path = errand()
        time_s = path.time_s
        span = Span(7, 90, on_foot=False)
        rows = [r for r in range(200) if time_s[7] <= 10 * r + 5 <= time_s[90]]
        each = DRAWN.at_rows(Course(path), rows[0], rows[-1] + 1)[:, :-1] * LOGIT_UNIT
        assert Listener(DRAWN, path).logits([span])[0] == pytest.approx(each.mean(axis=0))

    def test_a_leg_between_two_middles_is_the_row_of_its_own(self) -> None:
        path = straight(10.0, 120, every_s=2)
        found = Listener(DRAWN, path).logits([Span(13, 15, on_foot=False)])[0]  # 26 to 30 s
        row = DRAWN.at_rows(Course(path), 2, 3)[0, :-1]
        assert found.tolist() == (row * LOGIT_UNIT).tolist()

    def test_of_a_leg_that_lasts_too_long_the_beginning_is_read(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = straight(10.0, 600)
        half = Listener(DRAWN, path).logits([Span(0, 60, on_foot=False)])
        monkeypatch.setattr("geowallet.track.modes.listener.MOST_ROWS", 30)
        assert np.array_equal(Listener(DRAWN, path).logits([Span(0, 120, on_foot=False)]), half)

    def test_what_is_held_of_a_leg_is_the_mean_of_what_the_last_layer_looks_at(self) -> None:
        last, spans = DRAWN.layers[-1], [Span(7, 90, on_foot=False), Span(20, 22, on_foot=False)]
        logits, held = Listener(DRAWN, ERRAND, held=True).described(spans)
        assert np.array_equal(logits, Listener(DRAWN, ERRAND).logits(spans))
        rows = DRAWN.at_stretches(Course(ERRAND), [(3, 40)], held=True)[0]
        filled = np.zeros((48, DRAWN.holds), dtype=np.float32)
        filled[:37] = rows[:, 6:]
        assert np.array_equal(np.rint(last.sums(filled))[:37], rows[:, :6])
        at_s = ERRAND.time_s[[20, 22]]
        middle = round(float(at_s.mean()) // 10) - 3
        assert np.array_equal(held[1], rows[middle, 6:])
        assert Listener(DRAWN, ERRAND).described(spans)[1].shape == (2, 0)

    def test_what_is_held_is_not_said_of_rows(self) -> None:
        plain = Listener(DRAWN, ERRAND).rows(3, 40)
        assert np.array_equal(Listener(DRAWN, ERRAND, held=True).rows(3, 40), plain)

    def test_rows_are_those_of_the_network(self) -> None:
        listener = Listener(DRAWN, ERRAND, CLASSES)
        listener.logits([Span(0, 30, on_foot=False)])
        each = DRAWN.at_rows(Course(ERRAND), -4, 70) * LOGIT_UNIT
        assert np.array_equal(listener.rows(-4, 70), each)
        assert np.array_equal(listener.rows(3, 5), each[7:9])
        listener.rows(60, 80)
        assert np.array_equal(listener.rows(65, 70), each[69:])
        listener.rows(-4, 90)
        assert np.array_equal(listener.rows(62, 85)[:8], each[66:])
        assert listener.on_foot == (0,)

    def test_shares_are_those_of_rows_whatever_was_read_before(self) -> None:
        listener = Listener(DRAWN, ERRAND)
        listener.listen([(0, 20), (50, 60)])
        for first, after in ((52, 58), (0, 70), (0, 20), (-9, 5)):
            rows = Listener(DRAWN, ERRAND).rows(first, after)
            assert np.array_equal(listener.shares(first, after), softmax(rows))


class TestAnyGrouping:
    """Promise: what is said of a leg depends on nothing that is asked together or before."""

    @given(
        st.lists(
            st.tuples(st.integers(0, len(ERRAND) - 2), st.integers(1, 80)), min_size=1, max_size=6
        ),
        st.randoms(use_true_random=False),
    )
    def test_legs_are_told_alike_alone_and_among_others(
        self, legs: list[tuple[int, int]], random: object
    ) -> None:
        spans = [Span(a, min(a + long, len(ERRAND) - 1), on_foot=False) for a, long in legs]
        listener = Listener(DRAWN, ERRAND)
        listener.logits(spans[: len(spans) // 2])
        together = listener.logits(spans)
        alone = [Listener(DRAWN, ERRAND).logits([span])[0] for span in spans]
        assert np.array_equal(together, alone)


class TestJoined:
    def test_is_the_mean_by_the_share_of_the_header(self) -> None:
        trees, said = np.array([[1.0, -1.0]]), np.array([[5.0, 3.0]])
        assert forest_with(DRAWN).joined(trees, said).tolist() == [[3.0, 1.0]]
        less = forest_with(DRAWN, network_share=0.25)
        assert less.joined(trees, said).tolist() == [[2.0, 0.0]]

    def test_the_network_moves_what_a_leg_is_taken_for(self) -> None:
        path, spans = straight(15.0, 600), [Span(0, 120, on_foot=False)]
        forest = forest_with(fast_is("bus", logit=30.0))
        assert classify_spans(path, spans, hints=Hints(forest=forest_of()))[0].mode is Mode.CAR
        assert classify_spans(path, spans, hints=Hints(forest=forest))[0].mode is Mode.BUS

    def test_that_the_network_decided_is_among_the_reasons(self) -> None:
        path, spans = straight(15.0, 600), [Span(0, 120, on_foot=False)]
        found = [
            classify_spans(path, spans, hints=Hints(forest=forest_with(fast_is(mode, logit=30.0))))
            for mode in ("bus", "car")
        ]
        texts = [[reason.text for reason in some[0].reasons] for some in found]
        why = "how it went, seen every ten seconds, fits {mode}"
        assert [why in some for some in texts] == [True, False]

    def test_chunks_are_heard_each_for_itself_and_once(self) -> None:
        forest = forest_with(DRAWN)
        chunks = [(ERRAND, Hints(forest=forest)), (straight(9.0, 600), Hints(forest=forest))]
        spans = [[Span(0, 40, on_foot=True), Span(40, 90, on_foot=False)], []]
        more = [spans[0], [Span(0, 120, on_foot=False)]]
        modes = SpanModes(chunks)
        modes.weighed(spans)
        found = modes.weighed(more).legs
        alone = [
            SpanModes([pair]).weighed([some]).legs for pair, some in zip(chunks, more, strict=True)
        ]
        assert found is not None
        both = [part.logits for part in alone if part is not None]
        assert np.array_equal(found.logits, np.concatenate(both))

    def test_legs_of_raw_fixes_are_heard_and_what_has_none_is_not(self) -> None:
        fixes, bounds_us = a_day()
        beyond = np.array([[0, 1], *bounds_us])
        found = leg_logits(fast_is("car"), fixes, beyond)
        assert found[0].tolist() == [0.0] * 5
        assert np.all(np.delete(found, CAR, axis=1) == 0.0)
        assert found[1, CAR] == pytest.approx(8 * 1.4 / 15, abs=0.1)
        assert not np.any(leg_logits(fast_is("car"), fixes, beyond[:1]))
