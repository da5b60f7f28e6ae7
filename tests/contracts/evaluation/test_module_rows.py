from __future__ import annotations

import datetime as dt
import struct

from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.module_rows import (
    EPOCH,
    FIELDS,
    MODE_CODES,
    PURPOSE_CODES,
    ROW_BYTES,
    records,
)
from geowallet.contracts.evaluation.rows import DRIVEN_LENGTH, Row
from geowallet.model.mobility import Mode, Purpose

DRIVEN = (9_000, 8_000, 7_000, 6, 5, 4, 3, 2, 1, 0)


def numbers(record: bytes) -> dict[str, int]:
    assert len(record) == ROW_BYTES
    return dict(zip(FIELDS, struct.unpack(f"<{len(FIELDS)}I", record), strict=True))


def test_a_row_lies_in_memory_as_the_reference_says() -> None:
    row = Row(
        "2026-10-05", "car", 7, 9_500, 1, seconds=900, night_m=200, purpose="commute",
        vehicle="AB-123", driven=DRIVEN,
    )  # fmt: skip
    (record,) = records([row])
    # 2026-10-05 is day 20,731 of the epoch: 56 years of 365 days, 14 leap days, and 277 days.
    assert 56 * 365 + 14 + 277 == 20_731
    assert struct.unpack("<20I", record) == (
        *(20_731, 6, 1, 1, 7, 9_500, 1, 900, 200, 1),
        *DRIVEN,
    )


def test_what_is_not_given_is_zero() -> None:
    month, nothing = records([Row("2026-10", "car", 1, 5, 0), Row("", "", 0, 5, 0)])
    assert numbers(month)["day"] == numbers(nothing)["day"] == 0
    assert numbers(nothing)["mode"] == numbers(nothing)["measured"] == 0


def test_vehicles_are_numbered_and_not_named() -> None:
    rows = [Row("", "car", n, 1, 0, vehicle=name) for n, name in enumerate(["B", "", "A", "B"])]
    found = records(rows)
    assert [numbers(record)["vehicle"] for record in found] == [2, 0, 1, 2]


def test_every_mode_and_purpose_has_its_own_number() -> None:
    assert set(MODE_CODES) == {mode.value for mode in Mode} - {"unknown"}
    assert set(PURPOSE_CODES) == {purpose.value for purpose in Purpose}
    for codes in (MODE_CODES, PURPOSE_CODES):
        assert sorted(codes.values()) == list(range(1, len(codes) + 1))


def test_the_numbers_of_codes_do_not_move() -> None:
    """A module that was built for them would score something else."""
    assert (MODE_CODES["walk"], MODE_CODES["car"], MODE_CODES["other"]) == (1, 6, 14)
    assert list(FIELDS)[:10] == [
        *("day", "mode", "purpose", "vehicle", "trip", "metres", "level", "seconds"),
        *("night_m", "measured"),
    ]
    assert len(FIELDS) == 10 + DRIVEN_LENGTH == 20
    assert ROW_BYTES == 80


class TestRecords:
    """Promise: "as the module reads them, in their order"."""

    @given(
        st.lists(
            st.tuples(
                st.dates(EPOCH, dt.date(2199, 12, 31)),
                st.integers(0, 2**33),
                st.sampled_from(sorted(MODE_CODES)),
            ),
            max_size=20,
        )
    )
    def test_can_be_read_back(self, items: list[tuple[dt.date, int, str]]) -> None:
        rows = [Row(str(day), mode, 1, metres, 0) for day, metres, mode in items]
        for record, (day, metres, mode) in zip(records(rows), items, strict=True):
            found = numbers(record)
            assert EPOCH + dt.timedelta(days=found["day"]) == day
            assert found["metres"] == min(metres, 2**32 - 1)
            assert found["mode"] == MODE_CODES[mode]
