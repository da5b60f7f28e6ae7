from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.contracts.evaluation.evaluate import evaluate
from geowallet.contracts.evaluation.figures import round_half_up
from geowallet.contracts.evaluation.job import Job, Task
from geowallet.contracts.evaluation.row_columns import Rows
from geowallet.contracts.evaluation.rows import Row

OCTOBER_AND_NOVEMBER = (("2026-10",), ("2026-11",))


def test_a_month_worked_by_hand() -> None:
    """October 1,400 + 1,100 = 2,500 m, half up to 3 km; November 1,499 m, down to 1 km."""
    job = Job((Task("distance_m", 1_000),), ("month",), OCTOBER_AND_NOVEMBER)
    rows = [
        Row("2026-10", "", 0, 1_400, 0),
        Row("2026-10", "", 0, 1_100, 1),
        Row("2026-11", "", 0, 1_499, 1),
    ]
    assert evaluate(job, rows) == {
        "totals": {"distance_m": 4_000},
        "groups": [
            {"key": {"month": "2026-10"}, "values": {"distance_m": 3_000}},
            {"key": {"month": "2026-11"}, "values": {"distance_m": 1_000}},
        ],
        # L1 has 2,599 of 3,999 m: rounded down to 2 km, 64 %; the rest is L0.
        "share_m": {"L0": 2_000, "L1": 2_000, "L2": 0, "L3": 0},
        "share_percent": {"L0": 36, "L1": 64, "L2": 0, "L3": 0},
    }


def test_a_day_of_two_modes_counts_once_for_each_and_once_in_all() -> None:
    job = Job((Task("days", 1),), ("mode",), (("bike",), ("walk",), ("run",)))
    rows = [
        Row("2026-10-01", "bike", 0, 5_000, 0),
        Row("2026-10-01", "walk", 0, 900, 0),
        Row("2026-10-02", "bike", 0, 5_000, 0),
        Row("2026-10-02", "bike", 0, 5_000, 0),
    ]
    raw = evaluate(job, rows)
    assert raw["totals"] == {"days": 2}
    assert [group["values"]["days"] for group in raw["groups"]] == [2, 1, 0]
    assert raw["share_m"] == {}


def test_without_groups_the_total_itself_is_rounded() -> None:
    job = Job((Task("distance_m", 1_000), Task("trips", 1)), (), ())
    raw = evaluate(job, [Row("", "", 1, 400, 0), Row("", "", 1, 400, 0), Row("", "", 2, 400, 0)])
    assert raw["totals"] == {"distance_m": 1_000, "trips": 2}
    assert raw["groups"] == []


def test_a_share_is_never_more_than_the_total_that_it_is_a_share_of() -> None:
    """Three months of 400 m round to nothing, though L1 has 1,200 m in all."""
    keys = (("2026-10",), ("2026-11",), ("2026-12",))
    job = Job((Task("distance_m", 1_000),), ("month",), keys)
    raw = evaluate(job, [Row(month, "", 0, 400, 1) for (month,) in keys])
    assert raw["totals"] == {"distance_m": 0}
    assert raw["share_m"] == {"L0": 0, "L1": 0, "L2": 0, "L3": 0}
    assert raw["share_percent"]["L1"] == 100


def test_nothing_is_zero_and_not_an_error() -> None:
    job = Job((Task("distance_m", 1),), ("day",), (("2026-10-01",),))
    raw = evaluate(job, [])
    assert raw["totals"] == {"distance_m": 0}
    assert set(raw["share_percent"].values()) == {0}


def test_a_row_outside_every_group_is_refused() -> None:
    job = Job((Task("distance_m", 1),), ("month",), (("2026-10",),))
    with pytest.raises(ValueError, match="outside every group"):
        evaluate(job, [Row("2026-11", "", 0, 1, 0)])


def test_a_measure_outside_the_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the catalogue"):
        evaluate(Job((Task("home", 1),), (), ()), [])


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_rounding_goes_to_the_nearest_multiple_and_up_from_the_middle(
    value: int, step: int
) -> None:
    rounded = round_half_up(value, step)
    assert rounded % step == 0
    assert -step < 2 * (rounded - value) <= step


ROWS = st.lists(
    st.builds(
        Row,
        day=st.sampled_from(["2026-10-01", "2026-10-02", "2026-11-01"]),
        mode=st.sampled_from(["car", "bike"]),
        trip=st.integers(1, 4),
        metres=st.integers(0, 20_000),
        level=st.integers(0, 3),
    ),
    max_size=12,
)


class TestEvaluate:
    """Promise: "integers in, integers out; the order of rows does not matter"."""

    JOB = Job(
        (Task("distance_m", 1_000), Task("days", 1), Task("trips", 1)),
        ("month", "mode"),
        tuple((month, mode) for month in ("2026-10", "2026-11") for mode in ("car", "bike")),
    )

    @given(ROWS, st.randoms())
    def test_order_does_not_matter(self, rows: list[Row], random: object) -> None:
        shuffled = sorted(rows, key=lambda _row: random.random())  # type: ignore[attr-defined]  # hypothesis gives a Random
        assert evaluate(self.JOB, rows) == evaluate(self.JOB, shuffled)

    @given(ROWS)
    def test_shares_add_up(self, rows: list[Row]) -> None:
        raw = evaluate(self.JOB, rows)
        assert sum(raw["share_m"].values()) == raw["totals"]["distance_m"]
        assert sum(raw["share_percent"].values()) in (0, 100)

    @given(ROWS)
    def test_job_and_rows_survive_json(self, rows: list[Row]) -> None:
        job = Job.from_json(json.loads(json.dumps(self.JOB.as_json())))
        copies = Rows.from_json(json.loads(json.dumps(Rows.of(rows).as_json())))
        assert (job, [*copies]) == (self.JOB, rows)


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"measures": "distance_m"},
        {"measures": [["distance_m"]]},
        {"measures": [["distance_m", 0]]},
        {"measures": [["distance_m", True]]},
        {"measures": [[1, 1]]},
        {"group_by": ["place"], "keys": [["home"]]},
        {"group_by": ["month"], "keys": [["2026-10", "car"]]},
        {"keys": [[1]]},
        {"keys": "none"},
    ],
)
def test_what_is_no_job_is_refused(change: dict[str, object]) -> None:
    good = Job((Task("distance_m", 1),), (), ()).as_json()
    with pytest.raises(ValueError, match=r"not |unknown groups"):
        Job.from_json(good | change)
    with pytest.raises(ValueError, match="not a job"):
        Job.from_json([good])


def test_the_evaluation_needs_the_standard_library_alone() -> None:
    """The confined worker may not load a library that could open anything."""
    code = (
        "import sys; before = set(sys.modules); import geowallet.contracts.evaluation.evaluate;"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    command = [sys.executable, "-I", "-c", code]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert shown.strip() == "['geowallet']"
