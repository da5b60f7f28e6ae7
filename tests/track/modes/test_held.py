"""Promise: trees may look at what the network holds of a leg, and people are told that it told."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from geowallet.model.errors import BadModelError
from geowallet.model.mobility import Mode
from geowallet.track.legs import Span
from geowallet.track.modes.artefact import MAGIC, forest_bytes, read_forest
from geowallet.track.modes.classify import SpanModes, classify_spans, leg_hearing
from geowallet.track.modes.features import FEATURES
from geowallet.track.modes.forest import Forest, held_names
from geowallet.track.modes.hints import Hints
from tests.track.modes.forests import STEPS, forest_of, step, trees_of
from tests.track.modes.networks import SPEED, fast_is, forest_with, straight
from tests.track.modes.test_classify import a_day

NONE = step(1, 1.5, 0.0, 0.0)
SEEN = (*STEPS, NONE, NONE, NONE, step(4, 128.0, -6.0, 6.0), NONE)
"""A bus is what the network holds to be faster than 7.5 m/s."""
PATH, SPANS = straight(12.0, 600), [Span(0, 60, on_foot=False), Span(60, 120, on_foot=False)]


def seeing(**settings: object) -> Forest:
    plain = forest_with(fast_is("car", logit=0.0))
    features = (*plain.features, f"held_{SPEED:02d}")
    neutral = {"neutral": {**plain.settings["neutral"], features[-1]: 64.0}}
    made = replace(
        plain,
        features=features,
        trees=trees_of(SEEN),
        settings={**plain.settings, **neutral, **settings},
    )
    return read_forest(forest_bytes(made))


def test_a_leg_is_told_by_what_is_held_wherever_it_is_described() -> None:
    hints = Hints(forest=seeing())
    plain = Hints(forest=forest_of())
    assert classify_spans(PATH, SPANS, hints=plain)[0].mode is not Mode.BUS
    assert [guess.mode for guess in classify_spans(PATH, SPANS, hints=hints)] == [Mode.BUS] * 2


def test_legs_are_described_alike_alone_and_among_others() -> None:
    modes = SpanModes([(PATH, Hints(forest=seeing()))])
    modes.weighed([SPANS[1:]])
    found = modes.weighed([SPANS]).legs
    assert found is not None
    assert found.table.shape == (2, len(FEATURES) + fast_is("car").holds)
    assert found.table[:, len(FEATURES) + SPEED] == pytest.approx(256 * 12 / 15, abs=1)


def test_that_what_is_held_decided_is_among_the_reasons() -> None:
    why = "how it went, seen every ten seconds, fits {mode}"
    told = classify_spans(PATH, SPANS, hints=Hints(forest=seeing()))[0]
    assert why in [reason.text for reason in told.reasons]
    fast = seeing(neutral={f"held_{SPEED:02d}": 200.0})
    told = classify_spans(PATH, SPANS, hints=Hints(forest=fast))[0]
    assert why not in [reason.text for reason in told.reasons]


def test_of_raw_fixes_what_has_no_leg_is_held_to_be_nothing() -> None:
    fixes, bounds_us = a_day()
    held = leg_hearing(fast_is("car"), fixes, np.array([[0, 1], *bounds_us]))[1]
    assert held.shape == (1 + len(bounds_us), fast_is("car").holds)
    assert not np.any(held[0])
    assert held[1, SPEED] == pytest.approx(256 * 1.4 / 15, abs=4)


@pytest.mark.parametrize("name", ["held_15", "held_8", "held_"])
def test_columns_that_no_network_holds_are_refused(name: str) -> None:
    with pytest.raises(BadModelError):
        read_forest(_renamed(forest_bytes(seeing()), f"held_{SPEED:02d}", name))


def test_without_a_network_nothing_is_held() -> None:
    made = replace(seeing(), network=None)
    with pytest.raises(BadModelError):
        read_forest(forest_bytes(made))
    assert not forest_of().sees_held
    assert held_names(2) == ("held_00", "held_01")


def _renamed(data: bytes, old: str, new: str) -> bytes:
    start = len(MAGIC) + 4
    length = int.from_bytes(data[len(MAGIC) : start], "little")
    header = json.loads(data[start : start + length])
    header["features"] = [new if name == old else name for name in header["features"]]
    head = json.dumps(header).encode()
    body = zlib.compress(zlib.decompress(data[start + length :]))
    return MAGIC + len(head).to_bytes(4, "little") + head + body
