from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geowallet.connectors.fields.digits import days_of
from geowallet.connectors.standard import gpx_columns, gpx_patterns
from geowallet.connectors.standard.gpx_columns import Alike, Run

COLUMNS = {"time": "time", "ele": "elevation_m"}


@pytest.fixture(autouse=True)
def _short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpx_columns, "FEWEST", 2)
    monkeypatch.setattr(gpx_patterns, "FEWEST", 2)


@pytest.fixture
def by_pattern(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many rows each pattern took, filled as it happens."""
    taken: list[int] = []
    read = gpx_patterns.Pattern.read

    def counted(*arguments: object) -> object:
        columns, fits = read(*arguments)  # type: ignore[arg-type]  # handed on as it came
        taken.append(int(np.count_nonzero(fits)))
        return columns, fits

    monkeypatch.setattr(gpx_patterns.Pattern, "read", counted)
    return taken


def point(time: str = "2026-05-04T08:00:00Z", lat: str = "48.85", ele: str = "3.5") -> str:
    return (
        f'<trkpt lat="{lat}" lon="-2.35"><ele>{ele}</ele><time>{time}</time>'
        "<src>gps1</src></trkpt>\n"
    )


def run_of(*points: str) -> Run | None:
    return Alike(COLUMNS).at("".join(points), 0, 1 << 20)


def micros(written: str) -> int:
    moment = dt.datetime.fromisoformat(written)
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


_SIGNS = st.sampled_from(["", "-", "+"])
_DECIMALS = st.sampled_from(["", ".", ".0", ".5", ".1234567", ".123456789012", ".00000001"])
LATITUDES = st.builds("{}{}{}".format, _SIGNS, st.integers(0, 89), _DECIMALS)
ELEVATIONS = st.builds("{}{}{}".format, _SIGNS, st.integers(0, 9999), _DECIMALS)
TIMES = st.builds(
    lambda moment, decimals: f"{moment:%Y-%m-%dT%H:%M:%S}{decimals}Z",
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2079, 1, 1)),  # noqa: DTZ001  of UTC
    st.sampled_from(["", ".0", ".250", ".999999"]),
)


class TestColumns:
    """Promise: "a number is a product of some of its columns with powers of ten", exactly."""

    @settings(
        max_examples=120,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(st.tuples(TIMES, LATITUDES, ELEVATIONS), min_size=1, max_size=4),
        st.lists(st.integers(0, 3), min_size=6, max_size=40),
    )
    def test_every_value_is_what_python_makes_of_it(
        self, written: list[tuple[str, str, str]], order: list[int]
    ) -> None:
        rows = [written[number % len(written)] for number in order]
        run = run_of(*(point(*row) for row in rows), point("2026-05-04T08:00:00Z", "95"))
        assert run is not None
        assert run.time_us.tolist() == [micros(time) for time, _, _ in rows]
        for column, texts in (
            (run.lat_deg, [lat for _, lat, _ in rows]),
            (run.known["elevation_m"], [ele for _, _, ele in rows]),
        ):
            # Of the sign of zero, too.
            assert column.tobytes() == np.array([float(text) for text in texts]).tobytes()

    def test_points_of_the_same_form_are_read_together(self, by_pattern: list[int]) -> None:
        short, long = point(), point(ele="13.5")
        run = run_of(short, long, short, short, long, long, short)
        assert run is not None
        assert by_pattern == [3, 3]
        assert run.known["elevation_m"].tolist() == [3.5, 13.5, 3.5, 3.5, 13.5, 13.5]
        assert run.lines == 5

    def test_numbers_too_long_to_be_exact_are_read_one_by_one(self, by_pattern: list[int]) -> None:
        long = "48.8500000000000014"
        run = run_of(*(point(lat=long) for _ in range(4)))
        assert run is not None
        assert by_pattern == []
        assert run.lat_deg.tolist() == [float(long)] * 4


class TestOthers:
    """Promise: what differs in more than digits is not read by the pattern."""

    @pytest.mark.parametrize(
        "other",
        [
            point("2026-02-30T08:00:00Z"),
            point("2026-05-04T24:00:00Z"),
            point("2026-05-04T08:60:00Z"),
            point("2026-05-04T08:00:60Z"),
            point("0026-05-04T08:00:00Z"),
            point("3026-05-04T08:00:00Z"),
            point(lat="98.85"),
            point(lat="4-.85"),
            point(ele="3.:"),
            point(ele="..5"),
            point().replace("gps1", "gps&"),
            point().replace("<src>", "<sro>"),
        ],
    )
    def test_it_ends_the_run(self, other: str) -> None:
        run = run_of(point(), point(), other, point(), point())
        assert run is not None
        assert len(run.time_us) == 2

    def test_a_word_may_be_another_one(self, by_pattern: list[int]) -> None:
        other = point().replace("gps1", "net4")
        run = run_of(point(), point(), other, other, point(), point())
        assert run is not None
        assert len(run.time_us) == 5
        assert by_pattern == [3, 2]


@pytest.mark.parametrize("day", ["1000-01-01", "2024-02-29", "2026-12-31", "2999-12-31"])
def test_days_of_the_calendar(day: str) -> None:
    begins, known = days_of(np.array([20230230, int(day.replace("-", "")), 9990101]))
    assert known.tolist() == [False, True, False]
    assert begins[1] == micros(f"{day}T00:00:00+00:00")
    assert math.isclose(begins[0], 0)
