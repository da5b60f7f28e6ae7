from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.cells import cells_around
from geowallet.contracts.evaluation.leak import MOST_PADDED, MOST_SQUARES, draw_bits, sighting_bits
from geowallet.contracts.life.sightings import (
    NORTHERNMOST_E5,
    SIGHTINGS_SCHEMA,
    SIGHTINGS_TYP,
    WIDEST_RADIUS_M,
    Area,
    Sighting,
    check_sightings,
    read_sightings,
    sightings_bytes,
)
from geowallet.contracts.life.signed import signed_bytes
from geowallet.contracts.terms.measures import Measure
from geowallet.model.calendar import Period
from geowallet.model.errors import BadContractError, ContractSignatureError
from geowallet.proofs.track import PADDED_TO
from geowallet.verify.audit import MOST_HASHES
from tests.contracts.life.test_audit import ABOUT, CONTRACT
from tests.contracts.parties import EMPLOYER_SIGNING, HOLDER_SIGNING, contract, mileage

OCTOBER = Period.parse("2026-10")


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(f"2026-10-{text}", "%Y-%m-%dT%H:%M").replace(tzinfo=dt.UTC)


FUEL = Sighting("fuel_card", at("05T08:10"), at("05T08:20"), area=Area(4_810_000, 210_000, 300))
VISIT = Sighting("appointment", at("06T09:00"), at("06T10:00"), place="client")


def made(*sightings: Sighting) -> bytes:
    return sightings_bytes(CONTRACT, EMPLOYER_SIGNING, ABOUT, sightings)


def changed(path: str, value: Any) -> bytes:
    """The list of both with one member changed, signed all the same."""
    whole = json.loads(made(FUEL, VISIT))
    del whole["schema"], whole["signature"]
    *outer, last = path.split(".")
    inner = whole
    for name in outer:
        inner = inner[int(name) if name.isdigit() else name]
    inner[last] = value
    return signed_bytes(SIGHTINGS_SCHEMA, whole, {"signature": (EMPLOYER_SIGNING, SIGHTINGS_TYP)})


def test_a_list_comes_back_as_it_was_made() -> None:
    found = check_sightings(made(FUEL, VISIT), CONTRACT)
    assert (found.about, found.sightings) == (ABOUT, (FUEL, VISIT))
    assert read_sightings(made(FUEL, VISIT)).sha256 == found.sha256
    assert read_sightings(made(VISIT)).sha256 != found.sha256


def test_a_window_is_the_quarter_hours_that_it_touches() -> None:
    first = 96 * 5 + 32
    assert FUEL.slots(OCTOBER) == (first, first + 1)
    assert len(VISIT.slots(OCTOBER)) == 4
    assert VISIT.slots(Period.parse("2026-12")) == ()


def test_a_sighting_is_met_by_its_place_or_its_squares() -> None:
    assert VISIT.marks() == {"place:client"}
    assert "cell:2405:105" in FUEL.marks()


def test_another_key_or_contract_is_refused() -> None:
    with pytest.raises(ContractSignatureError):
        sightings_bytes(CONTRACT, HOLDER_SIGNING, ABOUT, [FUEL])
    with pytest.raises(BadContractError, match="of another contract"):
        check_sightings(made(FUEL), contract(mileage(step_m=100)))


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("sightings", [], "a list of 1 to 20"),
        ("sightings", [{}] * 21, "a list of 1 to 20"),
        ("sightings.0.kept_as", "rumour", "kept_as: unknown"),
        ("sightings.0.place", "home", "place: unknown"),
        ("sightings.0.place", "client", "not both"),
        ("sightings.1.place", "", "not both"),
        ("sightings.0.start", "2026-10-05 08:10", "start: not written"),
        ("sightings.0.start", "2026-10-32T08:10Z", "start: not a minute"),
        ("sightings.0.end", "2026-10-05T08:10Z", "not a window"),
        ("sightings.0.end", "2026-10-05T09:11Z", "not a window"),
        ("sightings.0.area", 7, "area: not an object"),
        ("sightings.0.area.radius_m", 2_001, "radius_m"),
        ("sightings.0.area.radius_m", 0, "radius_m"),
        ("sightings.0.area.lat_e5", 8_000_001, "lat_e5"),
        ("sightings.0.area.lon_e5", "1", "lon_e5"),
        ("sightings.0.area.height", 1, "does not exist"),
        ("sightings.0.name", "x", "does not exist"),
        ("name", "x", "does not exist"),
    ],
)
def test_each_part_is_read_strictly(path: str, value: Any, named: str) -> None:
    with pytest.raises(BadContractError, match=named):
        read_sightings(changed(path, value))


def test_two_places_for_one_quarter_hour_would_be_a_search() -> None:
    other = Sighting("toll", at("05T08:20"), at("05T08:25"), area=Area(4_500_000, 500_000, 2_000))
    with pytest.raises(BadContractError, match="two of the same quarter hour"):
        made(FUEL, other)


def test_a_sighting_outside_the_period_is_refused() -> None:
    late = dt.datetime(2026, 12, 3, 8, 0, tzinfo=dt.UTC)
    with pytest.raises(BadContractError, match="outside the period"):
        made(Sighting("badge", late, late + dt.timedelta(minutes=5), place="work"))


class TestBits:
    """`sighting_bits`, `draw_bits`: "an upper bound of what one opens"."""

    @given(
        st.integers(-NORTHERNMOST_E5, NORTHERNMOST_E5) | st.just(NORTHERNMOST_E5 - 1_000),
        st.integers(-18_000_000, 18_000_000),
    )
    def test_no_circle_touches_more_squares_than_are_counted(self, lat: int, lon: int) -> None:
        assert len(cells_around(lat, lon, WIDEST_RADIUS_M)) <= MOST_SQUARES

    def test_a_window_has_no_more_quarter_hours_than_are_counted(self) -> None:
        late = replace(VISIT, start=at("06T09:14"), end=at("06T10:14"))
        assert len(late.slots(OCTOBER)) == 5
        assert sighting_bits() == pytest.approx(math.log2(2 + 5 * 40 * 8))

    def test_a_padded_number_is_one_of_those_that_are_counted(self) -> None:
        assert MOST_HASHES // PADDED_TO == MOST_PADDED

    def test_a_draw_opens_a_day_and_two_sums(self) -> None:
        """31 days, and metres up to 20,000,000 twice."""
        terms = replace(mileage(step_m=1), measures=(Measure("distance_m", 1, 20_000_000),))
        assert draw_bits(terms, OCTOBER) == pytest.approx(4.954 + 2 * 24.2535, abs=1e-3)
