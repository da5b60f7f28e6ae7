"""The trips of a log as other countries ask for them."""

from __future__ import annotations

import datetime as dt

import pytest

from geowallet.app import settings
from geowallet.app.reports import layouts as use
from geowallet.app.reports import mileage
from geowallet.app.reports.layouts import Layout
from geowallet.app.vehicles.odometer import Reading, add_reading
from geowallet.model.calendar import Period
from geowallet.model.mobility import DescribedTrip, Mode, Purpose, Vehicle
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.reports.trips import made

OCTOBER = Period.parse("2026-10")


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch, vault: Vault) -> list[DescribedTrip]:
    """Trips of a wallet with one car; tests put theirs in."""
    trips: list[DescribedTrip] = []

    def inside(_vault: Vault, period: Period) -> tuple[DescribedTrip, ...]:
        return tuple(t for t in trips if Period.parse(t.day).first in period)

    for room in (mileage, use):
        monkeypatch.setattr(room, "described_trips", inside)
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "", 5), now_us=scene.NOON_US)
    return trips


def read(vault: Vault, day: str, km: int) -> None:
    add_reading(vault, "clio", Reading(dt.date.fromisoformat(day), km), now_us=scene.NOON_US)


def logged(vault: Vault) -> list[tuple[int | None, int | None]]:
    book = mileage.mileage(vault, OCTOBER, rule="de.dienstreise")
    return [(entry.starts_m, entry.ends_m) for entry in use.entries(vault, book)]


class TestOdometer:
    def test_it_runs_on_from_the_last_reading_over_every_trip(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        """Read on 29 September; 3 km on the 30th, then 10 km of business and 4 km private."""
        read(vault, "2026-09-29", 48_000)
        year += [
            made("2026-09-30", 3_000),
            made("2026-10-01", 10_000),
            made("2026-10-02", 4_000, purpose=Purpose.PRIVATE),
        ]
        assert logged(vault) == [(48_003_000, 48_013_000), (48_013_000, 48_017_000)]

    def test_a_later_reading_goes_before_what_was_reckoned(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        read(vault, "2026-09-29", 48_000)
        read(vault, "2026-10-01", 48_100)
        year += [made("2026-10-01", 10_000), made("2026-10-02", 4_000)]
        assert logged(vault) == [(48_000_000, 48_010_000), (48_100_000, 48_104_000)]

    def test_before_the_first_reading_nothing_is_made_up(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        year.append(made("2026-10-01", 10_000))
        assert logged(vault) == [(None, None)]
        read(vault, "2026-10-01", 48_100)
        assert logged(vault) == [(None, None)]

    def test_a_reading_after_the_period_says_nothing(
        self, vault: Vault, year: list[DescribedTrip]
    ) -> None:
        year.append(made("2026-10-01", 10_000))
        read(vault, "2026-11-01", 48_100)
        assert logged(vault) == [(None, None)]


@pytest.mark.parametrize(
    ("layout", "mode", "rule"),
    [
        (Layout.FR, Mode.CAR, "fr.bareme_kilometrique.voiture"),
        (Layout.DE, Mode.MOTORCYCLE, "de.dienstreise.andere"),
        (Layout.GB, Mode.BIKE, "gb.amap.bicycle"),
        (Layout.US, Mode.CAR, "us.irs.business"),
        (Layout.US, Mode.MOTORCYCLE, "none"),
    ],
)
def test_each_country_pays_by_its_own_scale_or_none(layout: Layout, mode: Mode, rule: str) -> None:
    assert use.scale_of(layout, Vehicle("v", mode)) == rule
