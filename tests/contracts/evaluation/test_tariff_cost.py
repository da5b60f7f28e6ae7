from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.tariff_cost import CENT, Cost, average_of, cost_of, sum_of
from geowallet.contracts.terms.tariff_terms import Tariff, TariffBand

THREE = Tariff(
    "EUR",
    base_cents=1_490,
    bands=(TariffBand(500, 600), TariffBand(1_500, 450), TariffBand(None, 300)),
    night_percent=25,
)
"""14.90 a month; for 100 km 6.00 up to 500 km, 4.50 up to 1,500 km, then 3.00; night + 25 %."""


@pytest.mark.parametrize(
    ("km", "night_km", "lines"),
    [
        (0, 0, ("14.90", "0", "0")),
        (500, 0, ("14.90", "30.00", "0")),
        (501, 0, ("14.90", "30.05", "0")),  # 4.5 cents, rounded up
        (1_500, 0, ("14.90", "75.00", "0")),
        # 30.00 + 45.00 + 5 x 3.00 = 90.00; a tenth by night: 9.00 x 25 % = 2.25
        (2_000, 200, ("14.90", "90.00", "2.25")),
        (2_000, 2_000, ("14.90", "90.00", "22.50")),
    ],
)
def test_worked_by_hand(km: int, night_km: int, lines: tuple[str, str, str]) -> None:
    cost = cost_of(THREE, km * 1_000, night_km * 1_000)
    assert (cost.base, cost.distance, cost.night) == tuple(map(Decimal, lines))
    assert cost.total == sum(map(Decimal, lines))


def test_half_a_cent_is_rounded_up_and_less_is_not() -> None:
    flat = Tariff("EUR", 0, (TariffBand(None, 1),), 0)
    assert cost_of(flat, 50_000, 0).distance == Decimal("0.01")
    assert cost_of(flat, 49_999, 0).distance == 0


def test_a_module_adds_its_own_line_and_may_take_away() -> None:
    cost = cost_of(THREE, 500_000, 0, scored_cents=-350)
    assert cost.scored == Decimal("-3.50")
    assert cost.total == Decimal("41.40")


@pytest.mark.parametrize(("metres", "night"), [(10, 11), (10, -1), (-1, 0)])
def test_metres_that_cannot_be_are_a_bug(metres: int, night: int) -> None:
    with pytest.raises(ValueError, match="night_metres"):
        cost_of(THREE, metres, night)


def test_totals_are_summed_and_averaged_to_a_cent() -> None:
    costs = [Cost(Decimal("10.00"), Decimal(0), Decimal(0))] * 2
    assert sum_of(costs) == Decimal("20.00")
    assert sum_of([]) == 0
    assert average_of(Decimal("20.00"), 3) == Decimal("6.67")
    assert average_of(Decimal("0.01"), 2) == CENT


TARIFFS = st.builds(
    lambda base, ends, prices, night: Tariff(
        "EUR",
        base,
        tuple(
            TariffBand(end, price)
            for end, price in zip([*sorted(ends), None], prices, strict=False)
        ),
        night,
    ),
    st.integers(0, 10_000),
    st.sets(st.integers(1, 5_000), min_size=3, max_size=3),
    st.lists(st.integers(0, 2_000), min_size=4, max_size=4),
    st.integers(0, 200),
)


class TestCost:
    """Promise: "each kilometre costs what its own band says"."""

    @given(TARIFFS, st.integers(0, 6_000_000))
    def test_agrees_with_counting_metre_by_metre_in_steps(
        self, tariff: Tariff, metres: int
    ) -> None:
        slow, start = 0, 0
        for band in tariff.bands:
            stop = metres if band.up_to_km is None else min(metres, band.up_to_km * 1_000)
            slow += max(0, stop - start) * band.cents_per_100km
            start = max(start, stop)
        whole, rest = divmod(slow, 100_000)
        assert cost_of(tariff, metres, 0).distance * 100 == whole + (2 * rest >= 100_000)

    @given(TARIFFS, st.integers(0, 6_000_000), st.integers(0, 50_000))
    def test_more_kilometres_never_cost_less(self, tariff: Tariff, metres: int, more: int) -> None:
        assert cost_of(tariff, metres + more, 0).total >= cost_of(tariff, metres, 0).total

    @given(TARIFFS, st.integers(1, 6_000_000), st.data())
    def test_nights_add_at_most_their_percentage(
        self, tariff: Tariff, metres: int, data: st.DataObject
    ) -> None:
        night = data.draw(st.integers(0, metres))
        cost = cost_of(tariff, metres, night)
        assert 0 <= cost.night <= cost.distance * tariff.night_percent / 100 + CENT
