from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings

from geowallet.contracts.templates.templates import USUAL, soft_mobility_commute, work_hour_mileage
from geowallet.contracts.terms.catalogue import DRIVING
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.module_terms import Module, ModuleOutput
from geowallet.contracts.terms.protection import Audit
from geowallet.contracts.terms.selection import MODES
from geowallet.contracts.terms.syntax import Terms, terms_as_json, terms_from_json
from geowallet.contracts.words.explain import deductions, explain
from geowallet.contracts.words.facts import FACTS, leaving, staying, unusual
from geowallet.model.calendar import WorkWeek
from tests.contracts.parties import HOURS, all_terms, commute, mileage, particulars


def section(terms: Terms, label: str) -> list[str]:
    return next(
        [str(item) for item in clauses] for name, clauses in explain(terms) if str(name) == label
    )


def ids(facts: tuple[object, ...]) -> set[str]:
    return {fact.id for fact in FACTS if fact in facts}


class TestFacts:
    """Promise: what leaves and what never leaves are two halves of one table."""

    @settings(max_examples=40)
    @given(all_terms())
    def test_each_fact_leaves_or_never_leaves(self, terms: Terms) -> None:
        out, kept = ids(leaving(terms)), ids(staying(terms))
        assert not out & kept
        assert out | kept == {fact.id for fact in FACTS}

    @settings(max_examples=40)
    @given(all_terms())
    def test_both_halves_are_on_the_screen(self, terms: Terms) -> None:
        shown = section(terms, "LEAVES")
        assert {fact.leaves for fact in leaving(terms)} <= set(shown)
        assert section(terms, "NEVER LEAVES") == [fact.stays for fact in staying(terms)]

    @settings(max_examples=40)
    @given(all_terms())
    def test_no_terms_let_a_place_a_route_or_an_hour_out(self, terms: Terms) -> None:
        never = {"positions", "streets", "home", "registration"}
        assert never <= ids(staying(terms))
        asked = {"places", "hours"} & ids(leaving(terms))
        assert asked == ({"places", "hours"} if terms.audit.spot_checks else set())

    @settings(max_examples=40)
    @given(all_terms())
    def test_a_figure_is_named_if_and_only_if_it_is_measured(self, terms: Terms) -> None:
        facts_of = {
            "distance_m": "distance",
            "duration_s": "durations",
            "night_distance_m": "night",
            "night_percent": "night",
            "measured_percent": "closeness",
        }
        driven = DRIVING - set(facts_of)
        measured = {
            "driving" if measure.id in driven else facts_of.get(measure.id, measure.id)
            for measure in terms.measures
        }
        figures = {"trips", "days", "driving", *facts_of.values()}
        assert ids(leaving(terms)) & figures == measured
        assert ("speed" in ids(leaving(terms))) == ({"distance", "durations"} <= measured)
        dated = "day" in terms.group_by or terms.audit.draws > 0
        assert ("day" in ids(leaving(terms))) == dated

    def test_the_usual_names_facts_of_the_table(self) -> None:
        for facts in USUAL.values():
            assert facts <= {fact.id for fact in FACTS}


def test_what_an_employer_reads_of_mileage_and_what_never() -> None:
    never = section(mileage(), "NEVER LEAVES")
    for words in ("commuting", "private trips, not even their total", "positions", "your home"):
        assert words in never
    for words in ("trips at weekends", "trips on public holidays", "trips outside the hours"):
        assert words in never
    leaves = section(mileage(), "LEAVES")
    assert "distances are rounded to 1000 m" in leaves
    assert leaves[-1] == "all of it is usual for this purpose"


def test_every_section_stands_in_its_place() -> None:
    labels = [str(label) for label, _ in explain(mileage())]
    assert labels == [
        "WHO",
        "WHY",
        "LEAVES",
        "NEVER LEAVES",
        "WHICH TRIPS",
        "THEY CHECK",
        "UNTIL",
        "TO STOP",
    ]
    assert all(clauses for _, clauses in explain(mileage()))


def test_days_with_the_same_hours_are_said_together() -> None:
    pause = WorkWeek(
        (((480, 720), (780, 1080)),) * 2 + ((),) + (((480, 720),),) + ((),) * 3, "Europe/Paris"
    )
    terms = work_hour_mileage(particulars(), window=pause)
    shown = section(terms, "WHICH TRIPS")
    assert shown[2:8] == [
        "mon to tue 08:00 to 12:00",
        "mon to tue 13:00 to 18:00",
        "thu 08:00 to 12:00",
        "in the time zone Europe/Paris",
        "wholly inside these hours",
        "no days that you entered as leave",
    ]


def test_more_than_usual_is_said_aloud() -> None:
    nosy = replace(mileage(), group_by=("day",), select=replace(mileage().select, window=None))
    assert ids(unusual(nosy)) == {"day", "any_hour", "weekends", "holidays"}
    shown = section(nosy, "LEAVES")
    after = shown[shown.index("MORE THAN USUAL for this purpose is what follows") + 1 :]
    assert "on which days, with their date" in after
    assert "distance travelled" not in after
    assert "all of it is usual for this purpose" not in shown


def test_without_a_template_nothing_is_called_usual() -> None:
    shown = section(replace(mileage(), template="none"), "LEAVES")
    assert shown[-1] == "no template is named: judge yourself what is usual"


def test_a_commute_of_days_tells_no_kilometre() -> None:
    assert "distances" in section(commute(), "NEVER LEAVES")
    assert "mode e_bike" in section(commute(), "WHICH TRIPS")
    assert "trips at any hour" in section(commute(), "LEAVES")


def test_every_mode_and_hours_in_part() -> None:
    select = replace(
        mileage().select, modes=MODES, whole=False, min_sureness="unsure", vehicles=("AB-123",)
    )
    terms = replace(mileage(), select=select)
    assert "trips by every mode" in section(terms, "LEAVES")
    assert "which mode of travel you used" in section(terms, "NEVER LEAVES")
    shown = section(terms, "WHICH TRIPS")
    assert "vehicle AB-123" in shown
    assert "at least partly inside these hours" in shown
    assert "trips count even where the mode is unsure" in shown


def test_what_they_check() -> None:
    assert section(mileage(), "THEY CHECK")[1].startswith("no assurance is asked")
    strict = replace(mileage(), min_assurance="L1", min_share_percent=80)
    assert section(strict, "THEY CHECK")[1] == "at least 80 % of the metres at L1 or above"


def test_until_when_and_how_often() -> None:
    assert section(mileage(), "UNTIL") == [
        "2027-12-31",
        "one export for each month from 2026-01-01 to 2026-12-31",
        "time they promise to keep it, in months: 36; that cannot be verified here",
    ]
    yearly = soft_mobility_commute(particulars(cadence="year"))
    assert section(yearly, "UNTIL")[1].startswith("one export for each year")


def test_what_can_be_deduced() -> None:
    both = (Measure("distance_m", 1_000, 10**6), Measure("days", 1, 31))
    dividing = replace(commute(), measures=both)
    assert "roughly how far you live from work, by dividing" in map(str, deductions(dividing))
    assert len(deductions(replace(mileage(), group_by=("day",)))) == 2
    yearly = work_hour_mileage(particulars(cadence="year"), window=HOURS)
    assert deductions(replace(yearly, group_by=())) == ()


def test_a_module_may_hide_something_in_its_numbers() -> None:
    module = Module("0" * 64, 1_000, 1, (ModuleOutput("score", 0, 100),))
    (said,) = set(deductions(replace(mileage(), module=module))) - set(deductions(mileage()))
    assert "nobody here knows its formula" in str(said)


@pytest.mark.parametrize("cadence", ["month", "year"])
@pytest.mark.parametrize("step_m", [1, 1_000, 30_000])
def test_templates_are_terms_that_their_reader_accepts(cadence: str, step_m: int) -> None:
    made = particulars(cadence=cadence)
    for terms in (
        work_hour_mileage(made, window=HOURS, vehicles=("AB-123",), step_m=step_m),
        soft_mobility_commute(made, modes=("bike",), window=HOURS),
    ):
        assert terms_from_json(terms_as_json(terms)) == terms
        assert not unusual(terms)


def test_a_template_takes_the_words_of_the_recipient() -> None:
    own = replace(particulars(), purpose="payer les IK", legal_basis="contrat de travail")
    terms = work_hour_mileage(own, window=HOURS)
    assert (terms.purpose, terms.legal_basis) == ("payer les IK", "contrat de travail")
    assert mileage().issued == dt.date(2026, 1, 2)


def test_hours_that_are_crossed_and_holidays_that_are_not_named_are_let_out() -> None:
    """What the screen says of hours is what the selection does with them."""
    asked = mileage().select
    no_holidays = replace(HOURS, holidays="")
    saturdays = replace(HOURS, hours=(*HOURS.hours[:5], ((480, 720),), ()))
    let_out = {
        "any_hour": replace(asked, whole=False),
        "holidays": replace(asked, window=no_holidays),
        "weekends": replace(asked, window=saturdays),
        "any_vehicle": asked,
    }
    usual = {"identity", "log", "assurance", "distance", "month", "mode", "business"}
    usual |= {"any_vehicle", "purpose"}
    assert {
        name: ids(leaving(replace(mileage(), select=select))) for name, select in let_out.items()
    } == {name: usual | {name} for name in let_out}
    named = replace(mileage(), select=replace(asked, vehicles=("AB-123",)))
    assert "trips in other vehicles" in section(named, "NEVER LEAVES")


def test_stamps_leave_only_where_a_level_is_asked() -> None:
    asked = replace(mileage(), min_assurance="L1", min_share_percent=80)
    assert "stamps" in {fact.id for fact in leaving(asked)}
    assert "stamps" in {fact.id for fact in staying(mileage())}
    assert "stamps" not in {fact.id for fact in unusual(asked)}


class TestLooksBehind:
    """What the recipient may open beside the figures is said before the offer is accepted."""

    def test_budgets_and_what_one_question_opens(self) -> None:
        terms = replace(
            mileage(step_m=1), commitments="day_proved", audit=Audit(draws=7, spot_checks=3)
        )
        said = section(terms, "THEY CHECK")
        assert "a sealed commitment to the metres of each day" in said
        assert "a proof (experimental) that no day is below 0 or above 1,048 km" in said
        assert any("up to 7 days drawn by lot" in clause for clause in said)
        assert "with each such day, the metres of all days before it" in said
        assert any(clause.startswith("one draw says at most") for clause in said)
        assert any(clause.startswith("up to 3 spot checks") for clause in said)
        assert "one spot check says at most 11 bits more" in said

    def test_without_them_nothing_is_said(self) -> None:
        said = " ".join(section(mileage(), "THEY CHECK"))
        assert not any(word in said for word in ("commitment", "audit", "spot check", "draw"))
