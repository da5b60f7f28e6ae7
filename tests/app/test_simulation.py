"""Offers compared on the trips of the scene: two days in May, by car."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.scoring import simulation
from geowallet.app.scoring.simulation import Asked, Simulated, simulate, whole_months
from geowallet.contracts.evaluation.rows import Row
from geowallet.contracts.evaluation.select import Selected
from geowallet.contracts.terms.syntax import Terms
from geowallet.contracts.terms.tariff_terms import Tariff, TariffBand
from geowallet.model.calendar import Period
from geowallet.model.errors import NothingToCompareError
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.scoring import GENTLE, charged, scored_by_gentle


def simulated(vault: Vault, *offers: Asked, today: dt.date = scene.TODAY) -> list[Simulated]:
    return list(simulate(vault, offers, today=today))


def test_a_tariff_is_laid_over_the_months_that_exist(vault: Vault, employer: Desk) -> None:
    (one,) = simulated(vault, Asked(charged(scene.mileage(employer))))
    (month,) = one.charged
    assert (month.period, one.months) == (scene.MONTH, 1)
    cost = month.cost
    assert cost is not None
    assert (cost.base, cost.night + cost.scored) == (Decimal("10.00"), Decimal(0))
    # 10 cents a kilometre, rounded half up to a cent.
    assert cost.distance * 100 == (month.metres + 50) // 100
    assert one.total == one.monthly == cost.total


def test_an_offer_for_another_year_is_laid_over_this_one(vault: Vault, employer: Desk) -> None:
    terms = replace(charged(scene.mileage(employer)), covers=Period.parse("2031"))
    (other,) = simulated(vault, Asked(terms))
    (this,) = simulated(vault, Asked(charged(scene.mileage(employer))))
    assert other.charged == this.charged
    assert other.terms.covers == Period.parse("2031")


def test_an_offer_without_a_tariff_costs_nothing_known(vault: Vault, employer: Desk) -> None:
    (one,) = simulated(vault, Asked(scene.mileage(employer)))
    assert one.charged[0].cost is None
    assert (one.total, one.monthly) == (None, None)
    assert one.charged[0].metres > 40_000


def test_a_yearly_tariff_is_charged_once(vault: Vault, employer: Desk) -> None:
    yearly = replace(charged(scene.mileage(employer)), cadence="year")
    (one,) = simulated(vault, Asked(yearly))
    assert [charge.period for charge in one.charged] == [scene.MONTH]


def test_a_module_adds_its_amount_and_says_its_score(vault: Vault, employer: Desk) -> None:
    terms = scored_by_gentle(
        charged(scene.mileage(employer), Tariff("EUR", 0, (TariffBand(None, 0),), 0))
    )
    (one,) = simulated(vault, Asked(terms, GENTLE))
    (month,) = one.charged
    assert month.outputs == {"score": 100}
    assert month.cost is not None
    assert month.cost.total * 100 == 990 + month.metres * 300 // 100_000


def test_a_module_without_a_tariff_has_no_currency(vault: Vault, employer: Desk) -> None:
    (one,) = simulated(vault, Asked(scored_by_gentle(scene.mileage(employer)), GENTLE))
    assert set(one.charged[0].outputs) == {"score", "premium_cents"}
    assert one.total is None


def test_offers_are_compared_in_the_order_in_which_they_are_named(
    vault: Vault, employer: Desk
) -> None:
    terms = [charged(scene.mileage(employer, name=name)) for name in ("b", "a")]
    found = simulated(vault, *map(Asked, terms))
    assert [one.terms.name for one in found] == ["b", "a"]
    assert found[0].total == found[1].total


def test_trips_that_are_too_unsure_are_counted_apart(vault: Vault, employer: Desk) -> None:
    terms = charged(scene.mileage(employer))
    sure = replace(terms, select=replace(terms.select, min_sureness="sure"))
    (likely,), (one,) = (simulated(vault, Asked(asked)) for asked in (terms, sure))
    assert likely.charged[0].waiting == 0
    assert one.charged[0].waiting >= (one.charged[0].metres < likely.charged[0].metres)


def test_nothing_is_written(vault: Vault, employer: Desk) -> None:
    before = vault.mark()
    simulated(vault, Asked(charged(scene.mileage(employer))))
    assert vault.mark() == before


class TestWholeMonths:
    def test_the_running_month_is_left_out(self, vault: Vault) -> None:
        assert whole_months(vault, scene.TODAY) == scene.MONTH
        with pytest.raises(NothingToCompareError):
            whole_months(vault, dt.date(2026, 5, 31))

    def test_a_wallet_without_trips_compares_nothing(self, empty: Locations) -> None:
        with scene.opened(empty) as vault, pytest.raises(NothingToCompareError):
            whole_months(vault, scene.TODAY)

    def test_a_month_between_two_others_counts(self, vault: Vault, here: Locations) -> None:
        assert whole_months(vault, dt.date(2030, 1, 1)).months() == ("2026-05",)


def test_metres_by_night_cost_more_where_the_offer_says_so(
    vault: Vault, employer: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Terms] = []

    def half_by_night(_vault: Vault, terms: Terms, _period: Period) -> Selected:
        asked.append(terms)
        row = Row("2026-05-04", "car", 1, 100_000, 0, night_m=50_000)
        return Selected((row,), (), (), (), ())

    monkeypatch.setattr(simulation, "selected_for", half_by_night)
    (one,) = simulated(vault, Asked(charged(scene.mileage(employer))))
    # 10.00 a month, 10.00 for 100 km, of which half cost half as much again: 2.50.
    assert one.total == Decimal("22.50")
    assert "night_distance_m" in {measure.id for measure in asked[0].measures}
