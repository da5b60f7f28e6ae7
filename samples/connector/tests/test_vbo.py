import io
from pathlib import Path

import numpy as np
import pytest
from geowallet_vbo import VboConnector

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.model.errors import UnreadableSourceError
from geowallet.testing.connectors import check_connector

SAMPLE = (Path(__file__).parent / "drive.vbo").read_bytes()


def read(data: bytes) -> ReadResult:
    return VboConnector().read(io.BytesIO(data), ReadOptions())


def test_passes_the_kit() -> None:
    assert check_connector(VboConnector(), SAMPLE) == ()


def test_reads_what_stands_in_the_sample() -> None:
    result = read(SAMPLE)
    (trace,) = result.traces
    # 11:18:25.20 UTC; 3119.371150 minutes are 51.98951917 degrees, 59.479950 west -0.9913325
    assert trace.fixes.time_us.tolist()[:2] == [1_215_515_905_200_000, 1_215_515_905_300_000]
    assert np.allclose(trace.fixes.lat_deg[0], 51.98951917)
    assert np.allclose(trace.fixes.lon_deg[0], -0.9913325)
    assert np.allclose(trace.fixes.speed_mps, [0, 0, 10, 20])
    assert [(problem.where, problem.count) for problem in result.problems] == [("line 26", 1)]


def test_the_clock_passes_midnight() -> None:
    night = SAMPLE.replace(b" 111828.00", b" 000001.00").replace(b" 111", b" 235")
    (trace,) = read(night).traces
    assert np.diff(trace.fixes.time_us).tolist() == [100_000, 700_000, 95_000_000]


def test_a_column_of_dates_counts_more_than_the_first_line() -> None:
    dated = SAMPLE.replace(b"vert-vel\n", b"vert-vel Date\n").replace(b"+0000.24", b"+0 090708")
    (trace,) = read(dated).traces
    assert trace.fixes.time_us[0] == 1_215_515_905_200_000 + 86_400_000_000


def test_knots_are_knots() -> None:
    (trace,) = read(SAMPLE.replace(b"velocity kmh", b"velocity knots", 1)).traces
    assert np.allclose(trace.fixes.speed_mps[2], 36 * 1852 / 3600)


@pytest.mark.parametrize("data", [b"", b"File created on 08/07/2008\n[header]\n[data]\n1 2 3\n"])
def test_a_file_without_columns_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        read(data)
