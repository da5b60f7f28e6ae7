from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from geowallet.contracts.terms.members import is_line
from geowallet.contracts.terms.syntax import Terms, terms_as_json, terms_from_json
from geowallet.crypto.canonical import canonical_bytes
from geowallet.model.calendar import Period
from geowallet.model.errors import BadContractError
from tests.contracts.parties import EMPLOYER, all_terms, commute, mileage

RIGHT_TO_LEFT = "\u202e"
CANARY = "CANARY-45.7512-4.8512"


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the mileage terms with the member at ``a.b.0.c`` replaced."""
    terms: dict[str, Any] = copy.deepcopy(terms_as_json(mileage()))
    *inner, last = path.split(".")
    place: Any = terms
    for step in inner:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    return terms


def refusal(value: Any) -> str:
    with pytest.raises(BadContractError) as caught:
        terms_from_json(value)
    return str(caught.value.details["reason"])


class TestTerms:
    """Promise: "read terms, exactly as `terms_as_json` writes them"."""

    @settings(max_examples=40)
    @given(all_terms())
    def test_terms_survive_their_bytes(self, terms: Terms) -> None:
        value = json.loads(canonical_bytes(terms_as_json(terms)))
        assert terms_from_json(value) == terms

    @settings(max_examples=15)
    @given(all_terms())
    def test_a_member_too_many_is_refused_wherever_it_stands(self, terms: Terms) -> None:
        for path in _objects(terms_as_json(terms), ()):
            value = terms_as_json(terms)
            _at(value, path)["also"] = CANARY
            assert CANARY not in refusal(value)

    @settings(max_examples=8)
    @given(all_terms())
    def test_a_missing_member_is_refused_wherever_it_stands(self, terms: Terms) -> None:
        for path in _objects(terms_as_json(terms), ()):
            for name in list(_at(terms_as_json(terms), path)):
                value = terms_as_json(terms)
                del _at(value, path)[name]
                refusal(value)


def _objects(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        inside = [found for name in value for found in _objects(value[name], (*path, name))]
        return [path, *inside]
    if isinstance(value, list):
        return [found for n, item in enumerate(value) for found in _objects(item, (*path, n))]
    return []


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("schema", "geowallet.terms/2", "terms.schema: not the one of this version"),
        ("name", "Rhone", "terms.name: not written as it must be"),
        ("name", "-rhone", "terms.name"),
        ("name", "a" * 41, "terms.name"),
        ("name", "../up", "terms.name"),
        ("name", 7, "terms.name"),
        ("recipient", "Exemple", "terms.recipient: not an object"),
        ("recipient.name", "", "terms.recipient.name: not one printable line"),
        ("recipient.name", f"Exemple{RIGHT_TO_LEFT}SAS", "terms.recipient.name"),
        ("recipient.name", "Exemple\nSAS", "terms.recipient.name"),
        ("recipient.name", "Exemple\x1b[31m", "terms.recipient.name"),
        ("recipient.name", " Exemple", "terms.recipient.name"),
        ("recipient.name", "e\u0301", "terms.recipient.name"),
        ("recipient.name", "x" * 101, "terms.recipient.name"),
        ("recipient.name", ["x"], "terms.recipient.name"),
        ("recipient.signing_jwk", "key", "terms.recipient.signing_jwk: not a public key"),
        ("recipient.signing_jwk.x", "AAAA", "terms.recipient.signing_jwk: not a public key"),
        ("recipient.signing_jwk.use", [], "terms.recipient.signing_jwk: not a public key"),
        ("recipient.signing_jwk", EMPLOYER.sealing_jwk, "signing_jwk: a key for another use"),
        ("recipient.sealing_jwk", EMPLOYER.signing_jwk, "sealing_jwk: a key for another use"),
        ("purpose", None, "terms.purpose"),
        ("legal_basis", "x" * 201, "terms.legal_basis"),
        ("template", "tracking/1", "terms.template: unknown"),
        ("template", ["none"], "terms.template: unknown"),
        ("select.modes", [], "terms.select.modes: not a list of 1 to 14 items"),
        ("select.modes", "car", "terms.select.modes: not a list"),
        ("select.modes", ["car", "rocket"], "terms.select.modes[1]: unknown"),
        ("select.modes", ["unknown"], "terms.select.modes[0]: unknown"),
        ("select.modes", [["car"]], "terms.select.modes[0]: unknown"),
        ("select.modes", ["car", "car"], "terms.select.modes: says the same twice"),
        ("select.purposes", ["all"], "terms.select.purposes[0]: unknown"),
        ("select.vehicles", ["x" * 33], "terms.select.vehicles[0]: not the name of a vehicle"),
        ("select.vehicles", ["v", "v"], "terms.select.vehicles: says the same twice"),
        ("select.whole", 1, "terms.select.whole: not true or false"),
        ("select.min_sureness", "certain", "terms.select.min_sureness: unknown"),
        ("select.unit", "fix", "terms.select.unit: unknown"),
        ("select.window", [], "terms.select.window: not an object"),
        ("select.window.zone", "Mars/Olympus", "hours or a time zone that do not exist"),
        ("select.window.zone", "../../etc/passwd", "hours or a time zone that do not exist"),
        ("select.window.holidays", "France", "terms.select.window.holidays"),
        ("select.window.leave", ["2026-13-01"], "terms.select.window.leave[0]"),
        ("select.window.leave", ["1926-01-01"], "terms.select.window.leave[0]"),
        ("select.window.leave", [20260101], "terms.select.window.leave[0]"),
        ("select.window.leave", ["2026-02-02", "2026-02-01"], "not in the order that is signed"),
        ("select.window.hours.mon", [["08:00"]], "terms.select.window.hours.mon[0]"),
        ("select.window.hours.mon", ["08:00-12:00"], "terms.select.window.hours.mon[0]"),
        ("select.window.hours.mon", [["8:00", "9:00"]], "terms.select.window.hours.mon[0]"),
        ("select.window.hours.mon", [["08:00", 900]], "terms.select.window.hours.mon[0]"),
        ("select.window.hours.mon", [["09:00", "08:00"]], "hours or a time zone"),
        ("select.window.hours.mon", [["00:00", "24:01"]], "terms.select.window.hours.mon[0]"),
        ("measures", [], "terms.measures: not a list of 1 to 12 items"),
        ("measures", ["distance_m"], "terms.measures[0]: not an object"),
        ("measures.0.id", "positions", "terms.measures[0].id: unknown"),
        ("measures.0.step", 0, "terms.measures[0].step: not a whole number from 1"),
        ("measures.0.step", True, "terms.measures[0].step"),
        ("measures.0.step", 1.0, "terms.measures[0].step"),
        ("measures.0.maximum", 1_500, "terms.measures[0].maximum: not a multiple of the step"),
        ("measures.0.maximum", 10**12, "terms.measures[0].maximum"),
        ("group_by", ["place"], "terms.group_by[0]: unknown"),
        ("group_by", ["day", "month"], "terms.group_by: day and month exclude each other"),
        ("cadence", "day", "terms.cadence: unknown"),
        ("covers.last", "2025-01-01", "terms.covers: not a period"),
        ("covers.last", "2037-01-01", "terms.covers: not a period"),
        ("expires", "2025-01-01", "terms.expires: before it was issued"),
        ("expires", "2026-02-30", "terms.expires: not a day"),
        ("assurance.level", "L4", "terms.assurance.level: unknown"),
        ("assurance.share_percent", 101, "terms.assurance.share_percent"),
        ("retention_months", 0, "terms.retention_months"),
        ("retention_months", False, "terms.retention_months"),
        ("version", 0, "terms.version: not a whole number from 1 to 1000"),
        ("version", 2, "terms.supersedes: the first version replaces none"),
        ("supersedes", "ab" * 32, "terms.supersedes: the first version replaces none"),
        ("supersedes", "AB" * 32, "terms.supersedes: neither a digest nor null"),
        ("supersedes", 7, "terms.supersedes: neither a digest nor null"),
        ("select.places", [], "terms.select.places: not an object"),
        ("select.places.within", ["school"], "terms.select.places.within[0]: unknown"),
        ("small_cells", 1, "terms.small_cells: keeps nothing back"),
        ("small_cells", 101, "terms.small_cells: not a whole number from 0 to 100"),
        ("noise", 1, "terms.noise: not an object"),
        ("noise", {"epsilon_milli": 0}, "terms.noise.epsilon_milli"),
        ("noise", {"epsilon_milli": 100}, "terms.noise: for research panels only"),
        ("module", [], "terms.module: not an object"),
        ("commitments", "week", "terms.commitments: unknown"),
        ("audit", {"draws": 101, "spot_checks": 0}, "terms.audit.draws"),
        ("audit", {"draws": 1, "spot_checks": 0}, "terms.audit: draws without commitments"),
        ("tariff", {}, "terms.tariff.currency: missing"),
        ("tariff", 7, "terms.tariff: not an object"),
    ],
)
def test_terms_that_are_wrong_name_the_member(path: str, value: Any, named: str) -> None:
    assert named in refusal(changed(path, value))


def test_the_same_measure_twice_is_refused() -> None:
    twice = [{"id": "days", "step": 1, "maximum": 3}, {"id": "days", "step": 1, "maximum": 4}]
    assert refusal(changed("measures", twice)) == "terms.measures: says the same twice"


@pytest.mark.parametrize("value", [None, [], "terms", 1])
def test_terms_are_an_object(value: Any) -> None:
    assert refusal(value) == "terms: not an object"


@pytest.mark.parametrize(
    "path",
    ["name", "recipient.name", "template", "select.modes.0", "select.window.zone", "covers.first"],
)
def test_an_error_never_repeats_what_it_was_given(path: str) -> None:
    assert CANARY not in refusal(changed(path, f"{CANARY}\x00"))


def test_the_words_of_the_terms() -> None:
    value = terms_as_json(mileage())
    assert value["select"]["window"]["hours"]["mon"] == [["08:00", "18:30"]]
    assert value["select"]["window"]["hours"]["sun"] == []
    assert value["covers"] == {"first": "2026-01-01", "last": "2026-12-31"}
    assert terms_as_json(commute())["select"]["window"] is None
    assert mileage().expires == dt.date(2027, 12, 31)


def test_a_line_is_what_people_can_read() -> None:
    assert is_line("Île-de-France Mobilités, « paie »", 100)
    assert is_line("חברה", 10)
    for text in ("", "a\u200bb", "a\u2028b", "a\ue000b", "tab\t", "a\u00a0b", "\ud800"):
        assert not is_line(text, 100)


def test_a_place_cannot_be_asked_for_and_refused_at_once() -> None:
    places = {"within": ["home"], "outside": ["home"]}
    assert refusal(changed("select.places", places)) == ("terms.select.places.outside: also within")


@pytest.mark.parametrize(
    ("terms", "changes", "named"),
    [
        (
            mileage(step_m=1),
            {"commitments": "day", "small_cells": 3},
            "small_cells: commitments show",
        ),
        (mileage(), {"commitments": "day"}, "commitments: distances must be to the metre"),
        (
            replace(mileage(step_m=1), cadence="once", covers=Period.parse("2026..2027")),
            {"commitments": "day_proved"},
            "commitments: an export is longer",
        ),
        (commute(), {"commitments": "day"}, "commitments: no distance to commit to"),
    ],
)
def test_terms_may_not_contradict_themselves(
    terms: Terms, changes: dict[str, Any], named: str
) -> None:
    assert named in refusal(terms_as_json(terms) | changes)


MODULE: dict[str, Any] = {
    "sha256": "ab" * 32,
    "fuel": 1_000,
    "memory_pages": 2,
    "outputs": [{"id": "score", "minimum": 0, "maximum": 100}],
}

TARIFF: dict[str, Any] = {
    "currency": "EUR",
    "base_cents": 900,
    "bands": [
        {"up_to_km": 500, "cents_per_100km": 300},
        {"up_to_km": None, "cents_per_100km": 250},
    ],
    "night_percent": 20,
}


@pytest.mark.parametrize(
    ("member", "value", "named"),
    [
        ("module", MODULE | {"sha256": "x"}, "module.sha256"),
        ("module", MODULE | {"fuel": 10**10}, "module.fuel"),
        ("module", MODULE | {"memory_pages": 0}, "module.memory_pages"),
        ("module", MODULE | {"outputs": []}, "module.outputs: not a list of 1 to 8 items"),
        ("module", MODULE | {"outputs": [7]}, "module.outputs[0]: not an object"),
        (
            "module",
            MODULE | {"outputs": [{"id": "Score", "minimum": 0, "maximum": 1}]},
            "module.outputs[0].id",
        ),
        (
            "module",
            MODULE | {"outputs": [{"id": "trips", "minimum": 0, "maximum": 1}]},
            "module.outputs[0].id: the name of something else",
        ),
        (
            "module",
            MODULE | {"outputs": [{"id": "score", "minimum": 2, "maximum": 1}]},
            "module.outputs[0].maximum: not above",
        ),
        (
            "module",
            MODULE
            | {
                "outputs": [
                    {"id": "score", "minimum": 0, "maximum": 1},
                    {"id": "score", "minimum": 0, "maximum": 2},
                ]
            },
            "module.outputs: says the same twice",
        ),
        ("tariff", TARIFF | {"currency": "euro"}, "tariff.currency"),
        ("tariff", TARIFF | {"night_percent": -1}, "tariff.night_percent"),
        ("tariff", TARIFF | {"bands": TARIFF["bands"][:1]}, "tariff.bands: not rising"),
        ("tariff", TARIFF | {"bands": TARIFF["bands"][::-1]}, "tariff.bands: not rising"),
        (
            "tariff",
            TARIFF | {"bands": [{"up_to_km": True, "cents_per_100km": 1}]},
            "tariff.bands[0].up_to_km",
        ),
    ],
)
def test_modules_and_tariffs_that_are_wrong_name_the_member(
    member: str, value: Any, named: str
) -> None:
    assert f"terms.{named}" in refusal(changed(member, value))


def test_a_module_and_a_tariff_are_read_as_they_are_written() -> None:
    value = terms_as_json(mileage()) | {"module": MODULE, "tariff": TARIFF}
    terms = terms_from_json(value)
    assert terms_as_json(terms) == value
    assert terms.tariff is not None
    assert [band.up_to_km for band in terms.tariff.bands] == [500, None]


@pytest.mark.parametrize(("covers", "fits"), [("2028", True), ("2027-12-31..2028", False)])
def test_a_year_of_range_proofs_is_the_longest(covers: str, fits: bool) -> None:
    terms = replace(
        mileage(step_m=1),
        cadence="once",
        covers=Period.parse(covers),
        expires=dt.date(2029, 1, 31),
    )
    value = terms_as_json(terms) | {"commitments": "day_proved"}
    if fits:
        assert terms_from_json(value).commitments == "day_proved"
    else:
        assert "longer than range proofs" in refusal(value)
