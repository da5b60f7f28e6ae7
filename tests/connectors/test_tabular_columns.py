from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.standard import tabular
from geowallet.connectors.standard.tabular import CsvConnector
from geowallet.connectors.standard.tabular_columns import plain_columns
from geowallet.model.errors import GeowalletError

HEAD = "time,lat,lon,elevation,speed (km/h)\n"
FIELDS = {"time": 0, "lat": 1, "lon": 2, "elevation_m": 3}


def row(minute: int = 0, lat: str = "48.5", lon: str = "-2.25", more: str = "12.5,36") -> str:
    return f"2026-05-04T08:{minute:02d}:00Z,{lat},{lon},{more}\n"


def outcome(data: bytes) -> Any:
    try:
        result = CsvConnector().read(io.BytesIO(data), ReadOptions())
    except GeowalletError as error:
        return type(error), str(error)
    columns = [c.tobytes() for trace in result.traces for c in trace.fixes.columns()]
    kinds = [(trace.device, trace.time_kind) for trace in result.traces]
    return columns, kinds, result.problems, result.untimed, result.note


def test_the_columns_of_a_plain_block() -> None:
    found = plain_columns([row(0), row(1, more=",1"), row(2)[:-1]], ",", FIELDS)
    assert found is not None
    assert (found.time_us - found.time_us[0]).tolist() == [0, 60_000_000, 120_000_000]
    assert found.lat_deg.tolist() == [48.5] * 3
    assert found.lon_deg.tolist() == [-2.25] * 3
    assert str(found.measures["elevation_m"].tolist()) == "[12.5, nan, 12.5]"


@pytest.mark.parametrize(
    "line",
    [
        row(lat="90.5"),
        row(lon=""),
        row(lat="48°30'"),
        row(lat="4,85E+01"),
        row(more="high,1"),
        row(more="1,2,3"),
        row(more="1"),
        row().replace("Z", "+02:00"),
        row().replace("2026-05-04T08:00:00Z", "1777881600"),
        row().replace("12.5", '"12.5"'),
        "# " + row(),
        "\n",
        row().replace(",", ";"),
        row().replace("\n", "\r"),
    ],
)
def test_one_row_that_is_not_plain_leaves_the_block_to_the_other_reader(line: str) -> None:
    assert plain_columns([row(), line, row()], ",", FIELDS) is None


def test_units_of_the_header_are_kept() -> None:
    result = CsvConnector().read(io.BytesIO((HEAD + row() + row(1)).encode()), ReadOptions())
    assert result.traces[0].fixes.speed_mps.tolist() == [10.0, 10.0]


LINES = st.sampled_from(
    [
        *(row(minute) for minute in range(5)),
        row(6, more="12.5,"),
        row(7, lat="95"),
        row(8, lat="-"),
        row(9, more="1,2,3"),
        row(10).replace("Z", ""),
        row(11, more="12 m,3"),
        row(12).replace("\n", "\r\n"),
        "# a remark\n",
        "\n",
        row(13, more='"1,5",2'),
        row(14, lon="é"),
    ]
)


class TestSame:
    """Promise: by columns or row by row, the same comes of every table."""

    @settings(max_examples=200, deadline=None)
    @given(st.lists(LINES, max_size=14), st.integers(1, 6))
    def test_of_any_rows_in_blocks_of_any_size(self, rows: list[str], block: int) -> None:
        data = (HEAD + "".join(rows)).encode()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tabular, "BLOCK_LINES", block)
            by_columns = outcome(data)
            patch.setattr(tabular, "plain_columns", lambda *_: None)
            assert outcome(data) == by_columns
