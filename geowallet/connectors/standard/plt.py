"""GeoLife PLT: six header lines, then one position a line, times in GMT.

Source: Zheng et al., "GeoLife GPS trajectories 1.3 user guide" (Microsoft
Research Asia): lat, lon, 0, altitude in feet (-777: none), days since
1899-12-30, date, time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.api import ReadOptions, ReadResult, Trace
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.rows import (
    BAD_POSITION,
    BAD_TIME,
    FixRows,
    ProblemLog,
    position,
)
from geowallet.connectors.streams import lines
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from geowallet.model.words import Phrase

HEADER_LINES = 6
FOOT_M = 0.3048
"""International foot, exact by definition (1959 agreement)."""
NO_ALTITUDE_FT = -777.0

CUT_LINE = phrase(N_("fewer than seven values"))


class PltConnector:
    """Reads the files of the GeoLife data set and of loggers that write the same."""

    name = "plt"
    extensions = (".plt",)

    def sniff(self, head: bytes) -> bool:
        return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"Geolife trajectory")

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:  # noqa: ARG002  always GMT
        rows, problems = FixRows(), ProblemLog()
        number = 0
        for number, line in enumerate(lines(stream, "PLT"), start=1):
            if number > HEADER_LINES and line.strip():
                wrong = _add(rows, line)
                if wrong is not None:
                    problems.add(f"line {number}", wrong)
        if number < HEADER_LINES:
            raise UnreadableSourceError(format="PLT", reason="it ends within its header")
        fixes = rows.table()
        problems.doubts(fixes)
        traces = (Trace("", fixes, TimeKind.UTC),) if len(fixes) else ()
        return ReadResult(traces, problems.entries())


def _add(rows: FixRows, line: str) -> Phrase | None:
    """Add the row of ``line``, or return what is wrong with it."""
    cells = line.split(",")
    if len(cells) < 7:
        return CUT_LINE
    try:
        lat_deg, lon_deg = float(cells[0]), float(cells[1])
    except ValueError:
        return BAD_POSITION
    wrong = position(lat_deg, lon_deg)
    if wrong is not None:
        return wrong
    try:
        time_us, _ = parse_instant(f"{cells[5].strip()}T{cells[6].strip()}")
    except ValueError:
        return BAD_TIME
    rows.add(time_us, lat_deg, lon_deg, elevation_m=_elevation_m(cells[3]))
    return None


def _elevation_m(cell: str) -> float:
    try:
        altitude_ft = float(cell)
    except ValueError:
        return math.nan
    return math.nan if altitude_ft == NO_ALTITUDE_FT else altitude_ft * FOOT_M
