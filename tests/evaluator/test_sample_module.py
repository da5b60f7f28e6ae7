"""The insurer's module in ``samples/module``: built from its source, run, and computed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.contracts.evaluation.module_rows import ROW_BYTES, records
from geowallet.contracts.evaluation.rows import Row
from geowallet.evaluator.module import ModuleTask, run_module
from geowallet.evaluator.module_code import read_module
from geowallet.model.errors import GeowalletError
from tests.evaluator.modules import wasm

FOLDER = Path(__file__).parents[2] / "samples" / "module"
OUTPUTS = ("score", "premium_cents")


@pytest.fixture(scope="module")
def gentle() -> bytes:
    return (FOLDER / "gentle.wasm").read_bytes()


def score(data: bytes, *months: list[Row]) -> list[tuple[int, ...]]:
    task = ModuleTask(data, OUTPUTS, 10_000_000, 16)
    return list(run_module(task, [records(rows) for rows in months], row_bytes=ROW_BYTES).values)


def drive(metres: int, *, night: int = 0, along: int = 0, counts: tuple[int, ...] = ()) -> Row:
    seen = (metres, along, along, *(counts or (0,) * 7)) if along else ()
    return Row("2026-05-04", "car", 1, metres, 0, seconds=900, night_m=night, driven=seen)


def in_python(rows: list[Row]) -> tuple[int, ...]:
    """The source, line by line, in another language."""
    cars = [row for row in rows if row.mode == "car"]
    metres, night = sum(r.metres for r in cars), sum(r.night_m for r in cars)
    driven = [row.driven for row in cars if row.driven]
    along = sum(d[2] for d in driven)
    weight = sum(d[3] + 2 * d[4] + 4 * d[5] + 2 * d[6] + 4 * d[7] for d in driven)
    lost = min(60, weight * 100_000 // along) if along else 0
    by_night = min(40, night * 100 // metres) if metres else 0
    points = 100 - lost - by_night
    return points, 990 + metres * (200 - points) * 3 // 100_000


def test_it_is_what_its_source_becomes(gentle: bytes) -> None:
    assert wasm((FOLDER / "gentle.wat").read_text(encoding="utf-8")) == gentle


def test_it_may_run_and_needs_little(gentle: bytes) -> None:
    found = read_module(gentle)
    assert found.size_bytes < 1_000
    found.check_fits(OUTPUTS, 16)


def test_three_months_by_hand(gentle: bytes) -> None:
    calm = [drive(400_000, along=300_000, counts=(3, 0, 0, 0, 0, 0, 0))]
    # 3 light events on 300 km: 1 point; 9.90 + 400 km x 3.03 cents = 22.02
    late = [drive(60_000), drive(40_000, night=25_000)]
    # a quarter by night: 25 points; 9.90 + 100 km x 3.75 cents = 13.65
    none = [Row("2026-05-04", "bike", 1, 9_000, 0)]
    assert score(gentle, calm, late, none) == [(99, 2_202), (75, 1_365), (100, 990)]


def test_points_are_never_below_nothing(gentle: bytes) -> None:
    worst = [drive(10_000, night=10_000, along=10_000, counts=(99,) * 7)]
    assert score(gentle, worst) == [(0, 990 + 60)]


def test_ten_thousand_rows_find_room(gentle: bytes) -> None:
    rows = [drive(1_000)] * 13_000
    assert score(gentle, rows) == [(100, 990 + 39_000)]


DRIVES = st.builds(
    lambda metres, night, along, counts, mode: Row(
        "2026-05-04",
        mode,
        1,
        metres,
        0,
        night_m=min(night, metres),
        driven=(metres, along, along, *counts) if along else (),
    ),
    st.integers(0, 2_000_000),
    st.integers(0, 2_000_000),
    st.integers(0, 2_000_000),
    st.tuples(*[st.integers(0, 500)] * 7),
    st.sampled_from(["car", "bus", "bike"]),
)


class TestAgainstPython:
    """Promise: "everybody who runs it on the same rows gets the same figures"."""

    @settings(max_examples=6, deadline=None)
    @given(months=st.lists(st.lists(DRIVES, max_size=30), min_size=1, max_size=24))
    def test_both_agree(self, months: list[list[Row]]) -> None:
        data = (FOLDER / "gentle.wasm").read_bytes()
        assert score(data, *months) == [in_python(rows) for rows in months]


@pytest.mark.slow
class TestMutants:
    """Promise: "what this lets pass is validated once more by the engine, inside"."""

    @settings(max_examples=60, deadline=None)
    @given(
        changes=st.lists(
            st.tuples(st.integers(8, 601), st.integers(0, 255)), min_size=1, max_size=4
        )
    )
    def test_a_changed_module_gives_figures_or_a_refusal_of_its_own(
        self, changes: list[tuple[int, int]]
    ) -> None:
        data = bytearray((FOLDER / "gentle.wasm").read_bytes())
        for at, byte in changes:
            data[at] = byte
        try:
            code = read_module(bytes(data))
            task = ModuleTask(bytes(data), code.outputs, 100_000, 16)
            run_module(task, [records([drive(5_000)])], row_bytes=ROW_BYTES)
        except GeowalletError as error:
            refused = error.code
        else:
            refused = "module.good"
        assert refused.startswith("module.")
