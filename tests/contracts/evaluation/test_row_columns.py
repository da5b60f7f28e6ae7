from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.row_columns import MOST_ROWS, Rows
from geowallet.contracts.evaluation.rows import Row

FULL = Row("2026-10-01", "car", 1, 5, 0, 60, 5, "business", "clio", (5,) * 10)
BARE = Row("2026-10", "", 0, 7, 3)
GOOD = Rows.of([FULL, BARE]).as_json()

NUMBERS = st.integers(0, 10**9)
ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from(["", "2026-10", "2026-10-31"]),
        st.sampled_from(["", "car", "bike"]),
        st.integers(0, MOST_ROWS),
        NUMBERS,
        st.integers(0, 3),
        NUMBERS,
        NUMBERS,
        st.sampled_from(["", "private"]),
        st.text(max_size=3),
        st.just(()) | st.tuples(*[NUMBERS] * 10),
    ),
    max_size=4,
)


class TestRows:
    """Promise: "Rows, each attribute of `Row` as a column of its own"."""

    @given(ROWS, st.integers(1, 3))
    def test_they_come_back_from_json_as_they_were(self, rows: list[Row], times: int) -> None:
        columns = Rows.of(rows * times)
        back = Rows.from_json(json.loads(json.dumps(columns.as_json())))
        assert [*back] == rows * times
        assert len(back) == len(rows) * times

    def test_they_are_a_sequence_of_rows(self) -> None:
        rows = Rows.of([FULL, BARE])
        assert (rows[1], rows[-2], [*rows[1:]]) == (BARE, FULL, [BARE])
        assert [*rows.taken([1, 0, 1])] == [BARE, FULL, BARE]
        assert Rows.of(rows) is rows

    def test_what_all_rows_say_is_said_once(self) -> None:
        found = Rows.of([BARE] * 1000).as_json()
        assert found["metres"] == [7]
        assert len(json.dumps(found)) < 300


class TestFromJson:
    """Promise: "Not such columns, or a value out of range" is a ValueError."""

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("count", True),
            ("count", -1),
            ("count", 3),
            ("count", MOST_ROWS + 1),
            ("day", [["2026-10-01T10:00"], [0]]),
            ("day", [["45.75"], [0]]),
            ("day", [[20261001], [0]]),
            ("day", [["2026-10"], [1]]),
            ("day", [["2026-10"], [-1]]),
            ("day", [["2026-10"], [0, 0, 0]]),
            ("day", [[], [0]]),
            ("day", ["2026-10", [0]]),
            ("day", ["2026-10"]),
            ("mode", [["car"], [0.0]]),
            ("purpose", [[None], [0]]),
            ("vehicle", None),
            ("trip", [True]),
            ("trip", [-1, 0]),
            ("trip", [MOST_ROWS + 1]),
            ("metres", [5.0]),
            ("metres", [5, -5]),
            ("metres", [10**10]),
            ("metres", []),
            ("metres", 5),
            ("level", [4]),
            ("seconds", [-1]),
            ("night_m", [10**10]),
            ("driven", [[5] * 9]),
            ("driven", [[5] * 11]),
            ("driven", [[True] * 10]),
            ("driven", [[], [-1] * 10]),
            ("driven", [[48.0] * 10]),
            ("driven", ["5555555555"]),
            ("driven", "5"),
        ],
    )
    def test_a_column_of_anything_else_is_refused(self, name: str, value: object) -> None:
        with pytest.raises(ValueError, match=r"row|column"):
            Rows.from_json(GOOD | {name: value})

    @pytest.mark.parametrize(
        "value", [None, [], [[]], {}, GOOD | {"more": [1]}, {**GOOD, "count": "2"}]
    )
    def test_it_has_these_members_and_no_others(self, value: Any) -> None:
        with pytest.raises(ValueError, match=r"row"):
            Rows.from_json(value)

    def test_the_good_one_is_read(self) -> None:
        assert [*Rows.from_json(GOOD)] == [FULL, BARE]
        assert replace(FULL, metres=6) not in Rows.from_json(GOOD)
