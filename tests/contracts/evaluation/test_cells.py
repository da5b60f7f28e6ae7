from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.cells import (
    CELL_E5,
    cell_mark,
    cells_around,
    place_mark,
    slot_at,
    slot_count,
    slot_start,
)
from geowallet.model.calendar import Period, instant_us

MAY = Period.parse("2026-05")


def us(text: str) -> int:
    return instant_us(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("when", "slot"),
    [
        ("2026-04-30T00:00:00", 0),
        ("2026-04-30T00:14:59", 0),
        ("2026-04-30T00:15:00", 1),
        ("2026-05-01T00:00:00", 96),
        ("2026-06-01T23:59:59", 33 * 96 - 1),
        ("2026-06-02T00:00:00", None),
        ("2026-04-29T23:59:59", None),
    ],
)
def test_a_quarter_hour_is_counted_from_the_day_before(when: str, slot: int | None) -> None:
    assert slot_at(MAY, us(when)) == slot


def test_the_size_of_a_grid_says_nothing_but_the_period() -> None:
    assert slot_count(MAY) == 33 * 96
    assert slot_count(Period.parse("2026")) == 367 * 96
    assert slot_start(MAY, 97) == dt.datetime(2026, 5, 1, 0, 15, tzinfo=dt.UTC)


def test_a_square_is_named_by_its_corner() -> None:
    assert cell_mark(4_801_999, 202_000) == "cell:2400:101"
    assert cell_mark(4_802_000, -1) == "cell:2401:-1"
    assert place_mark("client") == "place:client"


class TestAround:
    """`cells_around`: "all squares within the radius"."""

    def test_a_point_in_the_middle_of_a_square_has_one(self) -> None:
        assert cells_around(4_801_000, 201_000, 100) == {"cell:2400:100"}

    def test_a_point_at_a_corner_has_four(self) -> None:
        corner = cells_around(4_802_000, 202_000, 100)
        assert corner == {f"cell:{row}:{column}" for row in (2400, 2401) for column in (100, 101)}

    def test_degrees_are_narrower_in_the_north(self) -> None:
        """At 60 degrees 300 m are 540 hundred-thousandths east, and 270 north."""
        assert "cell:3000:1" in cells_around(6_000_000, 1_500, 300)
        assert "cell:0:1" not in cells_around(1_000, 1_500, 300)

    def test_the_widest_circle_in_france_has_few(self) -> None:
        assert len(cells_around(4_801_000, 201_000, 2_000)) <= 16

    @given(
        st.integers(-7_900_000, 7_900_000),
        st.integers(-17_000_000, 17_000_000),
        st.integers(1, 2_000),
        st.floats(0, 2 * math.pi),
        st.floats(0, 1),
    )
    def test_every_point_of_the_circle_is_in_one(
        self, lat: int, lon: int, radius_m: int, bearing: float, share: float
    ) -> None:
        metres_e5 = 111_195 / 100_000
        north = share * radius_m * math.cos(bearing) / metres_e5
        # At the latitude nearer to the equator a degree is longest: the step is a little short.
        east = share * radius_m * math.sin(bearing) / metres_e5
        east /= math.cos(math.radians(lat / 100_000))
        assert cell_mark(int(lat + north), int(lon + east)) in cells_around(lat, lon, radius_m)

    def test_a_square_is_never_finer_than_a_kilometre_in_europe(self) -> None:
        north_m = CELL_E5 * 111_195 / 100_000
        assert north_m > 2_000
        assert north_m * math.cos(math.radians(60)) > 1_000
