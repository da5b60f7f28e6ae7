from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from geowallet.connectors.fields.digits import (
    LONGEST_INSTANT,
    LONGEST_NUMBER,
    instants,
    numbers,
)

MARGIN = 40
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

DECIMALS = st.from_regex(r"[-+]?[0-9]{0,12}\.?[0-9]{0,12}", fullmatch=True)
ODD = st.text("0123456789.-+ eE_nN\u0660\n", max_size=26)
SECONDS = st.integers(-30_610_224_000, 32_503_679_999)
"""From the year 1000 to 2999."""


def placed(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the texts in one row of bytes, and where each begins and ends."""
    parts = [text.encode() for text in texts]
    stop = MARGIN + np.cumsum([len(part) + 1 for part in parts]) - 1
    start = stop - [len(part) for part in parts]
    data = bytes(MARGIN) + b"<".join(parts) + bytes(MARGIN)
    return np.frombuffer(data, dtype=np.uint8), start.astype(np.int64), stop.astype(np.int64)


def is_number(text: str) -> bool:
    body = text[1:] if text[:1] in {"-", "+"} else text
    plain = body.replace(".", "", 1)
    return plain.isascii() and plain.isdigit() and len(text.encode()) <= LONGEST_NUMBER


class TestNumbers:
    """Promise: every number is what ``float`` makes of the same characters."""

    @given(st.lists(st.one_of(DECIMALS, ODD), min_size=1, max_size=12))
    @example(["48.8566", "-0.0", "+7", "1", ".5", "5.", ".", "-", "", "1.2.3", "-+1"])
    @example(["179.99999999999999", "0.1234567890123456789", "9007199254740993", "1e5", "1_0"])
    def test_of_any_texts_side_by_side(self, texts: list[str]) -> None:
        values, good = numbers(*placed(texts))
        assert good.tolist() == [is_number(text) for text in texts]
        for text, value in zip(texts, values.tolist(), strict=True):
            if is_number(text):
                assert np.float64(value).tobytes() == np.float64(float(text)).tobytes()


class TestInstants:
    """Promise: an instant is what the calendar says, and nothing else is one."""

    @given(
        st.lists(
            st.tuples(SECONDS, st.integers(0, 999_999), st.integers(0, 6)), min_size=1, max_size=8
        )
    )
    def test_of_any_instants_side_by_side(self, drawn: list[tuple[int, int, int]]) -> None:
        texts, expected = [], []
        for second, part_us, decimals in drawn:
            kept = part_us // 10 ** (6 - decimals)
            fraction = f".{kept:0{decimals}d}" if decimals else ""
            moment = EPOCH + dt.timedelta(seconds=second)
            texts.append(f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z")
            expected.append(second * 1_000_000 + kept * 10 ** (6 - decimals))
        time_us, good = instants(*placed(texts))
        assert good.all()
        assert time_us.tolist() == expected

    def test_what_is_none(self) -> None:
        texts = [
            "2026-05-04T08:00:00Z",
            "2026-02-30T08:00:00Z",
            "2026-05-04T24:00:00Z",
            "2026-05-04T08:60:00Z",
            "2026-05-04T08:00:60Z",
            "2026-05-04 08:00:00Z",
            "2026-05-04T08:00:00",
            "2026-05-04T08:00:00.Z",
            "2026-05-04T08:00:00.1234567Z",
            "2026-05-04T08:00:00,5Z",
            "0999-05-04T08:00:00Z",
            "3000-05-04T08:00:00Z",
            "2026-05-04T08:0:000Z",
            "2026-05-04T08:00:00+01:00Z",
            "202:-05-04T08:00:00Z",
            "Z",
        ]
        _, good = instants(*placed(texts))
        assert good.tolist() == [True] + [False] * (len(texts) - 1)

    def test_the_longest_form(self) -> None:
        text = "2026-05-04T08:00:00.123456Z"
        assert len(text) == LONGEST_INSTANT
        time_us, good = instants(*placed([text]))
        assert (time_us.tolist(), good.tolist()) == ([1_777_881_600_123_456], [True])
