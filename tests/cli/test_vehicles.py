"""``vehicle`` and what says which one a trip was made with."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal


def test_of_two_cars_a_word_and_a_rule_decide(lived: Terminal) -> None:
    assert lived("vehicle", "add", "zoe", "--energy", "electric", "--power", "4").status == 0
    listed = lived("report", "gaps", "--month", "2026-05", "--json").records[0]["gaps"]
    open_ = [gap for gap in listed if gap["kind"] == "no_vehicle"]
    assert open_
    assert open_[0]["command"].endswith("--vehicle clio")
    trip = open_[0]["trip"]
    assert lived("trip", "label", trip, "--vehicle", "zoe", "--json").records[0]["vehicle"] == "zoe"
    rule = ("trip", "rule", "add", "--mode", "car", "--set", "vehicle=cl", "--yes", "--json")
    assert lived(*rule).records[0]["set"] == {"vehicle": "clio"}
    after = lived("report", "gaps", "--month", "2026-05", "--json").records[0]["gaps"]
    assert not [gap for gap in after if gap["kind"] == "no_vehicle"]
    book = lived("report", "mileage", "--month", "2026-05", "--vehicle", "zoe", "--json")
    assert {t["trip"] for t in book.records[0]["trips"]} | {*book.records[0]["waiting"]} == {trip}


@pytest.mark.parametrize(
    "words",
    [
        ("label", "TRIP", "--vehicle", "velo"),
        ("label", "TRIP", "--vehicle", "late"),
        ("rule", "add", "--set", "vehicle="),
    ],
)
def test_a_vehicle_that_cannot_be_is_refused(lived: Terminal, words: tuple[str, ...]) -> None:
    lived("vehicle", "add", "velo", "--mode", "bike")
    lived("vehicle", "add", "late", "--since", "2027-01-01")
    trips = lived("trip", "list", "--mode", "car", "--json").records
    done = lived("trip", *(trips[0]["trip"] if word == "TRIP" else word for word in words))
    assert (done.status, "usage.option" in done.err) == (2, True)


def test_what_is_known_of_a_vehicle_is_changed_and_shown(lived: Terminal) -> None:
    set_ = ("vehicle", "set", "clio", "--company", "--device", "dongle", "--until", "2027-06")
    record = lived(*set_, "--json").records[0]
    assert (record["company"], record["devices"]) == (True, ["dongle"])
    assert (record["until"], record["fiscal_power_cv"]) == ("2027-06-30", 5)
    shown = lived("vehicle", "list").out
    assert "company car, until 30 Jun 2027" in shown
    assert "dongle" in shown
    book = lived("report", "mileage", "--month", "2026-05")
    assert "a company car: its owner bears the costs" in book.out
    assert "Private and commuting" in book.out
    record = lived("report", "mileage", "--month", "2026-05", "--json").records[0]
    assert 0 < float(record["private_share"]) < 1


@pytest.mark.parametrize(
    "words",
    [
        ("set", "clio"),
        ("set", "clio", "--power", "101"),
        ("set", "clio", "--energy", "steam"),
        ("set", "clio", "--since", "2026-05-02", "--until", "2026-05-01"),
        ("fuel", "clio", "0"),
        ("fuel", "clio", "nan"),
        ("fuel", "clio", "1e9"),
        ("fuel", "clio", "1", "--km", "-1"),
        ("fuel", "clio", "1", "--amount", "0,001"),
    ],
)
def test_what_no_vehicle_is_is_refused(lived: Terminal, words: tuple[str, ...]) -> None:
    assert lived("vehicle", *words).status == 2


def test_fuel_is_noted_listed_and_crossed(lived: Terminal) -> None:
    assert "No fuel receipt yet." in lived("vehicle", "fuel", "clio").out
    lived("vehicle", "fuel", "clio", "40", "--km", "48210", "--day", "2026-05-02")
    paid = ("--amount", "68,15", "--day", "2026-05-28")
    done = lived("vehicle", "fuel", "clio", "38,5", "--km", "48810", *paid, "--json")
    receipts, (way,) = done.records[:2], done.records[2:]
    assert [(r["filled"], r["amount"]) for r in receipts] == [("40.00", None), ("38.50", "68.15")]
    assert (way["per_100_km"], way["driven_m"], way["by_odometer"]) == ("6.4", 600_000, True)
    assert "€68.15" in lived("vehicle", "fuel", "clio").out
    book = lived("report", "mileage", "--month", "2026-05", "--json").records[0]
    assert [item["per_100_km"] for item in book["fuel"]] == ["6.4"]
    assert "Fuel, from filling to filling" in lived("report", "mileage", "--month", "2026-05").out


def test_a_vehicle_is_forgotten_after_a_question(lived: Terminal) -> None:
    assert lived("vehicle", "remove", "clio", "--no-input").status == 2
    assert lived("vehicle", "remove", "clio", "--yes").status == 0
    assert "No vehicles yet." in lived("vehicle", "list").out
