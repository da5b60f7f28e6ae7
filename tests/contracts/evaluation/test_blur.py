"""Noise by a die that is loaded, and then by any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.blur import blurred
from geowallet.contracts.evaluation.result import Result, check_result
from geowallet.contracts.templates.templates import TEMPLATES
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.syntax import Terms
from tests.contracts.parties import OCTOBER, particulars

TWO_MODES = ("car", "bike", "walk")
NO_SHARE = {"L0": 0, "L1": 0, "L2": 0, "L3": 0}


def panel(measures: tuple[Measure, ...], *, small_cells: int = 5) -> Terms:
    terms = TEMPLATES["research-panel"].terms(particulars())
    select = replace(terms.select, modes=TWO_MODES)
    return replace(terms, select=select, measures=measures, small_cells=small_cells)


PANEL = panel((Measure("distance_m", 1_000, 100_000), Measure("trips", 1, 40)))


def raw(values: dict[str, list[Any]], totals: dict[str, Any], share_m: Any) -> dict[str, Any]:
    return {
        "totals": totals,
        "groups": [
            {"key": {"mode": mode}, "values": {name: column[n] for name, column in values.items()}}
            for n, mode in enumerate(TWO_MODES)
        ],
        "share_m": share_m,
        "share_percent": NO_SHARE | {"L0": 60, "L1": 40},
    }


TRUE = check_result(
    PANEL,
    OCTOBER,
    raw(
        {"distance_m": [30_000, 10_000, 0], "trips": [8, 6, 0]},
        {"distance_m": 40_000, "trips": 13},
        NO_SHARE | {"L0": 24_000, "L1": 16_000},
    ),
)


def test_every_figure_moves_and_the_sums_follow() -> None:
    """One step up each: 31 + 11 + 1 km; trips by mode overlap, and are drawn in all."""
    drawn = blurred(PANEL, TRUE, lambda _place, steps: steps + 1)
    assert [group.values for group in drawn.groups] == [
        {"distance_m": 31_000, "trips": 9},
        {"distance_m": 11_000, "trips": 7},
        {"distance_m": 1_000, "trips": 1},
    ]
    assert drawn.totals == {"distance_m": 43_000, "trips": 14}
    assert drawn.share_m == NO_SHARE | {"L0": 26_000, "L1": 17_000}
    assert drawn.share_percent == TRUE.share_percent


def test_a_place_names_one_figure() -> None:
    asked: list[str] = []

    def draw(place: str, steps: int) -> int:
        asked.append(place)
        return steps

    assert blurred(PANEL, TRUE, draw).as_json() == TRUE.as_json() | {
        "share_m": NO_SHARE | {"L0": 24_000, "L1": 16_000}
    }
    assert asked == [
        *("car/distance_m", "bike/distance_m", "walk/distance_m"),
        *("car/trips", "bike/trips", "walk/trips", "total/trips"),
    ]


def test_what_is_kept_back_is_drawn_only_within_the_total() -> None:
    kept = check_result(
        PANEL,
        OCTOBER,
        raw(
            {"distance_m": [None, None, 5_000], "trips": [None, None, 6]},
            {"distance_m": 40_000, "trips": 13},
            NO_SHARE | {"L0": 40_000},
        ),
    )
    drawn = blurred(PANEL, kept, lambda _place, steps: steps + 2)
    assert [group.values["distance_m"] for group in drawn.groups] == [None, None, 7_000]
    assert drawn.totals == {"distance_m": 7_000 + 37_000, "trips": 15}


def test_a_total_that_is_kept_back_stays_so() -> None:
    kept = check_result(
        PANEL,
        OCTOBER,
        raw(
            {"distance_m": [None, 0, 0], "trips": [None, 0, 0]},
            {"distance_m": None, "trips": None},
            dict.fromkeys(NO_SHARE),
        ),
    )
    drawn = blurred(PANEL, kept, lambda _place, steps: steps + 3)
    assert drawn.totals == {"distance_m": None, "trips": None}
    assert drawn.share_m == dict.fromkeys(NO_SHARE)


def test_a_word_stays_a_word() -> None:
    scored = replace(panel((Measure("driving_score", 5, 100),)), group_by=())
    said = {
        "totals": {"driving_score": "insufficient_data"},
        "groups": [],
        "share_m": {},
        "share_percent": NO_SHARE,
    }
    result = check_result(scored, OCTOBER, said)
    assert blurred(scored, result, lambda _place, steps: steps + 1) == result


def test_a_score_moves_by_itself_and_stays_in_its_range() -> None:
    scored = replace(panel((Measure("driving_score", 5, 100),)), group_by=())
    said = {
        "totals": {"driving_score": 95},
        "groups": [],
        "share_m": {},
        "share_percent": NO_SHARE,
    }
    result = check_result(scored, OCTOBER, said)
    down = blurred(scored, result, lambda _place, steps: steps - 2)
    up = blurred(scored, result, lambda _place, steps: steps + 9)
    assert (down.totals, up.totals) == ({"driving_score": 85}, {"driving_score": 100})


COUNT = st.integers(0, 30)


@st.composite
def results(draw: st.DrawFn) -> Result:
    metres = [1_000 * draw(COUNT) for _ in TWO_MODES]
    trips = [draw(st.integers(0, 12)) for _ in TWO_MODES]
    total = draw(st.integers(max(trips), sum(trips)))
    share = NO_SHARE | {"L0": sum(metres)}
    values = {"distance_m": metres, "trips": trips}
    return check_result(
        PANEL, OCTOBER, raw(values, {"distance_m": sum(metres), "trips": total}, share)
    )


class TestBlurred:
    """Promise: "still what `check_result` accepts", whatever is drawn."""

    @given(results(), st.integers(-200, 200), st.randoms(use_true_random=False))
    def test_any_draw_fits_the_closed_schema(self, result: Result, far: int, die: Any) -> None:
        drawn = blurred(PANEL, result, lambda _place, steps: steps + die.randint(-abs(far), 40))
        assert check_result(PANEL, OCTOBER, drawn.as_json()) == drawn
