from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.documents import xml_text
from geowallet.connectors.standard import gpx_columns, gpx_patterns, gpx_runs
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.connectors.standard.gpx_runs import run_at
from geowallet.model.errors import GeowalletError


def point(second: int = 0, lat: str = "48.85", lon: str = "2.35", more: str = "") -> str:
    time = f"2026-05-04T08:{second // 60:02d}:{second % 60:02d}Z"
    return f'<trkpt lat="{lat}" lon="{lon}"><ele>3.5</ele><time>{time}</time>{more}</trkpt>'


def document(*pieces: str) -> bytes:
    return f"<gpx><trk><trkseg>{''.join(pieces)}</trkseg></trk></gpx>".encode()


def outcome(data: bytes) -> Any:
    try:
        result = GpxConnector().read(io.BytesIO(data), ReadOptions())
    except GeowalletError as error:
        return type(error), str(error)
    columns = [c.tobytes() for trace in result.traces for c in trace.fixes.columns()]
    return columns, result.problems, result.untimed, result.note


def by_the_parser_alone(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(gpx_runs.Runs, "at", lambda _self, _start: None)
        return outcome(data)


class TestRuns:
    """Promise: what is not plain, or no number, is left to the parser."""

    def test_the_columns_of_a_run(self) -> None:
        text = point(0) + "\n\t" + point(1, "-48.5", "+2").replace("<ele>3.5</ele>", "") + " <x/>"
        run = run_at(text, 0)
        assert run is not None
        assert text[run.end :] == " <x/>"
        assert run.time_us.tolist() == [1_777_881_600_000_000, 1_777_881_601_000_000]
        assert run.lat_deg.tolist() == [48.85, -48.5]
        assert run.lon_deg.tolist() == [2.35, 2.0]
        assert run.known["elevation_m"][0] == 3.5
        assert np.isnan(run.known["elevation_m"][1])

    @pytest.mark.parametrize("code", [*range(9), 11, 12, *range(14, 32)])
    def test_a_character_that_xml_forbids_costs_itself_and_nothing_else(self, code: int) -> None:
        name = f"<name>a{chr(code)}b</name>"
        result = GpxConnector().read(io.BytesIO(document(point(0), name, point(1))), ReadOptions())
        assert len(result.traces[0].fixes) == 2
        assert result.problems == ()

    def test_longitude_may_come_first(self) -> None:
        run = run_at(point().replace('lat="48.85" lon="2.35"', 'lon="2.35" lat="48.85"'), 0)
        assert run is not None
        assert (run.lat_deg[0], run.lon_deg[0]) == (48.85, 2.35)

    @pytest.mark.parametrize(
        "text",
        [
            point(lat="91"),
            point(lon="180.1"),
            point(lat="1.2.3"),
            point().replace("05-04", "02-30"),
            point().replace("08:00:00Z", "24:00:00Z"),
            point().replace("Z<", "+02:00<"),
            point().replace("Z<", "<"),
            point().replace("2026", "0000"),
            point().replace("<ele>3.5", "<ele>3,5"),
            point(more="<speed>3</speed>"),
            point().replace("<time>", "<!-- --><time>"),
            point(more="<sat>&amp;</sat>"),
            point(more="<sat>3</hdop>"),
            "x" + point(),
            point().replace('lat="48.85"', 'lat="48.85" lat="48.85"'),
        ],
    )
    def test_no_run(self, text: str) -> None:
        assert run_at(text, 0) is None


PIECES = st.sampled_from(
    [
        *(point(second) for second in range(6)),
        point(7, more="<hdop>1.5</hdop><sat>7</sat>"),
        point(8, more="<speed>3.25</speed>"),
        point(9, lat="95"),
        point(10).replace("Z<", "<"),
        point(11).replace("<time>", "<time> "),
        '<trkpt lat="1" lon="2"/>',
        '<trkpt lat="1" lon="2"/><!-- </trkpt>',
        "<!-- ",
        " -->",
        "<![CDATA[",
        "]]>",
        "</trkpt>",
        "<trkpt>",
        "</trkseg><trkseg>",
        "</trkseg></trk><trk><trkseg>",
        '<a b="',
        '"/>',
        "\n",
        "é",
        "\r\n ",
        "<",
    ]
)


class TestSame:
    """Promise: with runs and without, the same comes of every document, broken ones too."""

    @settings(
        max_examples=250,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(PIECES, max_size=24), st.integers(7, 800), st.integers(2, 4))
    def test_of_any_pieces_in_blocks_of_any_size(
        self, monkeypatch: pytest.MonkeyPatch, pieces: list[str], block_bytes: int, fewest: int
    ) -> None:
        data = document(*pieces)
        with monkeypatch.context() as patch:
            patch.setattr(xml_text, "READ_BYTES", block_bytes)
            patch.setattr(gpx_columns, "FEWEST", fewest)
            patch.setattr(gpx_patterns, "FEWEST", fewest)
            assert outcome(data) == by_the_parser_alone(data, monkeypatch)

    def test_a_run_is_taken_past_the_parser(self, monkeypatch: pytest.MonkeyPatch) -> None:
        taken: list[int] = []
        at = gpx_runs.Runs.at

        def counted(runs: gpx_runs.Runs, start: int) -> Any:
            run = at(runs, start)
            taken.append(len(run.time_us) if run else 0)
            return run

        monkeypatch.setattr(gpx_runs.Runs, "at", counted)
        name = "<name>été</name>"
        columns, *_ = outcome(document(name, *(point(second) for second in range(100))))
        assert len(columns[0]) == 800
        assert sum(taken) == 99

    def test_damage_is_told_with_its_line(self) -> None:
        data = document("\n", *(point(second) + "\n" for second in range(50)), "<oops")
        _, problems, _, _ = outcome(data)
        assert [problem.where for problem in problems] == ["line 52"]

    @pytest.mark.parametrize("lat", ["95", "north"])
    def test_a_bad_point_behind_a_run_is_told_by_its_number(self, lat: str) -> None:
        data = document(*(point(second) for second in range(50)), point(51, lat=lat))
        _, problems, _, _ = outcome(data)
        assert [problem.where for problem in problems] == ["trk 1, seg 1, pt 51"]
