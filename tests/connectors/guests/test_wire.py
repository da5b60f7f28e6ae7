from __future__ import annotations

import math
import struct
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import Problem, ReadResult, SourceLabel, Trace
from geowallet.connectors.guests import wire
from geowallet.connectors.guests.frames import MAX_FRAME_BYTES, answered, frames
from geowallet.model.errors import BadOptionError, NaiveTimeError, TooLargeError
from geowallet.model.fixes import TimeKind, fixes_from
from geowallet.model.words import Phrase, phrase


def trace(count: int = 3, **known: float) -> Trace:
    columns = {name: np.full(count, value) for name, value in known.items()}
    steps = np.arange(count, dtype=np.int64)
    degrees = np.zeros(count)
    fixes = fixes_from(steps * 1_000_000, degrees, degrees, **columns)
    return Trace("watch", fixes, TimeKind.OFFSET)


def head(**changed: Any) -> bytes:
    value = {"device": "", "time_kind": "utc", "count": 1, "goes_on": False} | changed
    packed = msgspec.msgpack.encode(value)
    return struct.pack(">H", len(packed)) + packed


def row(*values: float, time_us: int = 0) -> bytes:
    return struct.pack("<q6d", time_us, *values)


GOOD = (48.5, 6.25, 200.0, 5.0, 1.5, 90.0)


class TestTraces:
    """Promise: "ValueError: It is not one, or holds what cannot be measured"."""

    def test_what_is_sent_is_what_arrives(self) -> None:
        sent = trace(speed_mps=2.0, accuracy_m=math.nan)
        (data,) = wire.trace_bytes(sent)
        arrived, goes_on = wire.trace_of(data)
        assert (arrived.device, arrived.time_kind, goes_on) == ("watch", TimeKind.OFFSET, False)
        for mine, yours in zip(sent.fixes.columns(), arrived.fixes.columns(), strict=True):
            np.testing.assert_array_equal(mine, yours)

    def test_many_fixes_come_in_pieces_and_none_in_no_piece(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wire, "MAX_FRAME_FIXES", 4)
        pieces = [wire.trace_of(data) for data in wire.trace_bytes(trace(9))]
        assert [(len(piece.fixes), goes_on) for piece, goes_on in pieces] == [
            (4, True),
            (4, True),
            (1, False),
        ]
        assert list(wire.trace_bytes(trace(0))) == []

    def test_a_row_by_hand(self) -> None:
        found, _ = wire.trace_of(head() + row(*GOOD, time_us=7))
        assert [column[0] for column in found.fixes.columns()] == [7, *GOOD, 0]

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\x00",
            b"\xff\xff" + b"x" * 60,
            head() + row(*GOOD)[:-1],
            head() + row(*GOOD) + b"x",
            head(count=2) + row(*GOOD),
            head(count=0),
            head(count=1 << 40),
            head(count=-1),
            head(device="x" * 101) + row(*GOOD),
            head(device=None) + row(*GOOD),
            head(time_kind="local") + row(*GOOD),
            head(more=1) + row(*GOOD),
            head() + row(91.0, *GOOD[1:]),
            head() + row(math.nan, *GOOD[1:]),
            head() + row(48.5, 180.1, *GOOD[2:]),
            head() + row(*GOOD[:2], math.inf, *GOOD[3:]),
            head() + row(*GOOD[:3], -1.0, *GOOD[4:]),
            head() + row(*GOOD[:4], -0.1, 0.0),
            head() + row(*GOOD[:4], math.inf, 0.0),
            head() + row(*GOOD[:5], 361.0),
            head() + row(*GOOD, time_us=1 << 62),
            head() + row(*GOOD, time_us=-(1 << 62)),
        ],
        ids=map(str, range(23)),
    )
    def test_what_is_no_trace_is_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            wire.trace_of(data)

    def test_times_that_run_backwards_are_refused(self) -> None:
        columns = struct.pack("<2q12d", 5, 4, *(value for value in GOOD for _ in range(2)))
        with pytest.raises(ValueError, match="backwards"):
            wire.trace_of(head(count=2) + columns)

    @settings(max_examples=200)
    @given(st.binary(max_size=200), st.integers(0, 200))
    def test_any_bytes_are_a_trace_or_a_value_error(self, noise: bytes, at: int) -> None:
        good = head(count=2) + row(*GOOD) + row(*GOOD)
        data = good[:at] + noise + good[at + len(noise) :]
        try:
            found, _ = wire.trace_of(data)
        except ValueError:
            return
        assert len(found.fixes) == 2


class TestParts:
    def test_what_is_sent_is_what_arrives(self) -> None:
        words = phrase("{count} odd {what}", count=3, what="words")
        problems = (Problem("line 7", words, 4),)
        labels = (SourceLabel(5, 9, "mode", "bike", "watch"),)
        result = ReadResult((), problems, 2, phrase("a note"), labels, 77)
        packed = msgspec.msgpack.encode(wire.part_end(result))
        assert msgspec.msgpack.decode(packed, type=wire.PartEnd).result(()) == result

    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("{x.__class__}", {"x": 1}),
            ("{x[0]}", {"x": "abc"}),
            ("{x!r}", {"x": "abc"}),
            ("{x:>1000000000}", {"x": 1}),
            ("{}", {}),
            ("{0}", {"0": 1}),
            ("{y}", {"x": 1}),
            ("{x", {"x": 1}),
            ("{X}", {"X": 1}),
            ("at 48.6921", {}),
            ("at {x}", {"x": 48.6921}),
            ("at {x}", {"x": "48,6921"}),
            ("{x}.692", {"x": 48}),
            ("{x}", {"x": math.nan}),
        ],
    )
    def test_a_sentence_that_does_more_than_name_values_is_refused(
        self, text: str, values: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError, match=r"."):
            wire.Sentence(text, values).phrase()

    def test_a_place_that_is_a_coordinate_is_refused(self) -> None:
        doubt = wire.Doubt("48.6921", wire.Sentence("x", {}), 1)
        with pytest.raises(ValueError, match="coordinate"):
            wire.PartEnd([doubt], 0, None, []).result(())

    @pytest.mark.parametrize(
        "changed",
        [
            {"problems": [{"where": "x", "what": {"text": "y" * 401, "values": {}}, "count": 1}]},
            {"problems": [{"where": "x" * 101, "what": {"text": "", "values": {}}, "count": 1}]},
            {"problems": [{"where": "", "what": {"text": "", "values": {}}, "count": -1}]},
            {"untimed": -1},
            {"untimed": 1.5},
            {"note": "words"},
            {"labels": [{"start_us": 0, "end_us": 0, "kind": "name", "value": "x", "trace": ""}]},
            {"labels": [{"start_us": 0, "end_us": 0, "kind": "mode", "value": "", "trace": ""}]},
            {"labels": [{"start_us": 0, "end_us": 1 << 62, "kind": "mode", "value": "x"}]},
            {"labels": [0] * (wire.MAX_LABELS + 1)},
            {"written_us": 1 << 62},
            {"secret": b"x"},
        ],
    )
    def test_a_part_of_another_shape_is_refused(self, changed: dict[str, Any]) -> None:
        value = {"problems": [], "untimed": 0, "note": None, "labels": []} | changed
        with pytest.raises(msgspec.ValidationError):
            msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=wire.PartEnd)


class TestErrors:
    def test_an_error_that_a_connector_may_raise_arrives(self) -> None:
        for error in (NaiveTimeError(), TooLargeError(limit="9 MiB")):
            found = wire.error_of(wire.failure_of(error))
            assert type(found) is type(error)
            assert str(found) == str(error)

    def test_another_error_is_none_of_its_business(self) -> None:
        assert wire.error_of(wire.Failure("vault.locked", {})) is None
        assert wire.error_of(wire.Failure(wire.CRASH, {})) is None

    @pytest.mark.parametrize(
        "failure",
        [
            wire.Failure("source.too_large", {}),
            wire.Failure("source.too_large", {"limit": "x", "more": "y"}),
            wire.Failure("source.too_large", {"limit": "48.6921"}),
            wire.Failure(BadOptionError.code, {"option": "--zone"}),
        ],
    )
    def test_details_are_those_of_the_error_and_no_coordinate(self, failure: wire.Failure) -> None:
        with pytest.raises(ValueError, match=r"."):
            wire.error_of(failure)


class TestFrames:
    def test_frames_arrive_however_the_bytes_are_cut(self) -> None:
        sent = [(b"T", b"abc"), (b"P", b""), (b"E", b"\x00" * 70_000)]
        data = b"".join(answered(kind, body) for kind, body in sent)
        for size in (3, 7, len(data)):
            cut = (data[at : at + size] for at in range(0, len(data), size))
            assert list(frames(cut)) == sent
        with pytest.raises(ValueError, match="early"):
            list(frames(iter([data[:-1]])))

    def test_a_frame_larger_than_allowed_is_refused_before_it_is_heard(self) -> None:
        with pytest.raises(ValueError, match="larger"):
            list(frames(iter([b"T" + struct.pack(">I", MAX_FRAME_BYTES)])))


def test_a_sentence_is_cut_to_what_may_be_said() -> None:
    sentence = wire.sentence_of(Phrase("x" * 999, (("a", "y" * 999), ("b", 2))))
    assert len(sentence.text) == 400
    assert sentence.values == {"a": "y" * 100, "b": 2}
