"""GPX 1.0 and 1.1 tracks, streamed, with one bad point costing one point.

Source: https://www.topografix.com/GPX/1/1/ (``trkpt``, whose times are UTC by
the schema's own words) and https://www.topografix.com/GPX/1/0/ (``speed``,
``course``). Names are matched without their prefix: real files bind the
namespaces to anything, or to nothing.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

import numpy as np

from geowallet.connectors.api import ReadOptions, ReadResult, Trace
from geowallet.connectors.documents.xml_text import CUT_SHORT, MAX_DEPTH, feed
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.local import in_utc, zones_note
from geowallet.connectors.fields.rows import (
    BAD_POSITION,
    BAD_TIME,
    NO_POSITION,
    FixRows,
    ProblemLog,
    position,
)
from geowallet.connectors.standard.gpx_runs import END, LEAST_REACH, Runs
from geowallet.connectors.streams import text_of
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.model.fixes import Fixes

_ROOT = re.compile(r"<(?:!DOCTYPE\s+)?(?:[\w.-]+:)?gpx[\s>/]")

_FIELDS = {
    "time": "time",
    "ele": "elevation_m",
    "speed": "speed_mps",
    "course": "bearing_deg",
    "bearing": "bearing_deg",
    "hAcc": "accuracy_m",
    "accuracy": "accuracy_m",
    "accuracy_horizontal": "accuracy_m",
    "horizontalAccuracy": "accuracy_m",
}
"""Local names below ``trkpt`` and the column each fills; ``hdop`` is no length."""

_MOST_MISSES = 4
"""Times that no run begins behind a point, after which a block of text is parsed as it is."""
_MAX_TEXT = 128
"""No time or number is longer."""

_ONE_TRACK_A_DEVICE = "PhoneTrack"
"""Begins ``creator`` where each track is another device of a shared session."""
MAX_DEVICES = 100

NAIVE_NOTE = phrase(N_("its times name no zone; GPX says that they are UTC"))


class GpxConnector:
    """Reads track points; routes and waypoints are plans, not fixes."""

    name = "gpx"
    extensions = (".gpx",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith("<") and _ROOT.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reader = _Reader()
        error = feed(reader.parser, stream, reader.problems, "GPX", push=reader.push)
        if error is not None:
            if not len(reader.rows) and not reader.untimed:
                reason = N_("broken XML in line {line}").format(line=reader.line_of(error))
                raise UnreadableSourceError(format="GPX", reason=reason)
            reader.problems.add(f"line {reader.line_of(error)}", CUT_SHORT)
        elif not reader.is_gpx:
            raise UnreadableSourceError(format="GPX", reason=N_("it has no gpx element"))
        return reader.result(options)


class _Reader:
    """The state of one reading; expat calls `_start`, `_end` and `_text`."""

    def __init__(self) -> None:
        self.rows, self.problems = FixRows(), ProblemLog()
        self.is_gpx = False
        self.untimed = 0
        self._plans = 0
        self._written = self._held = ""
        self._runs = Runs(_FIELDS)
        self._apart = False
        self._starts: list[int] = []
        self._naive: list[int] = []
        self._offsets = 0
        self._depth = self._point_depth = 0
        self._fed_bytes, self._closed_at = 0, -1
        self._passed_lines = 0
        self._track = self._segment = self._point = 0
        self._locals: dict[str, str] = {}
        self._attributes: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._open: str | None = None
        self._parts: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def push(self, text: str) -> int:
        """Take a piece of the document; runs of plain points do not reach the parser.

        Args:
            text: The piece; "" at the end of the document.

        Returns:
            How many characters the parser saw.
        """
        at = seen = misses = 0
        last, text, self._held = not text, self._held + text, ""
        self._runs.turn_to(text)
        while at < len(text):
            run = self._runs.at(at) if self._between_points() else None
            if run is None and self._runs.found and len(text) - at < LEAST_REACH and not last:
                # The points at the end of a piece join those of the next one.
                self._held = text[at:]
                break
            if run is not None:
                self.rows.extend(run.time_us, run.lat_deg, run.lon_deg, **run.known)
                self._point += len(run.time_us)
                self._passed_lines += run.lines
                self._closed_at = self._fed_bytes - len(END)
                at = run.end
                continue
            misses += self._between_points()
            cut = text.find(END, at) if misses < _MOST_MISSES else -1
            piece = text[at : cut + len(END)] if cut >= 0 else text[at:]
            seen += self._parse(piece)
            at += len(piece)
        return seen

    def line_of(self, error: expat.ExpatError) -> int:
        """Return the line of an error; the parser does not count those it did not see."""
        return error.lineno + self._passed_lines

    def _parse(self, text: str) -> int:
        self.parser.Parse(text, False)
        self._fed_bytes += len(text) if text.isascii() else len(text.encode())
        return len(text)

    def _between_points(self) -> bool:
        """Say whether the last that the parser saw is the end of a point, and all of it."""
        return self._closed_at + len(END) == self._fed_bytes

    def _local(self, name: str) -> str:
        local = self._locals.get(name)
        if local is None:
            local = name.rpartition(":")[2]
            if len(self._locals) < 1000:
                self._locals[name] = local
        return local

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            reason = N_("its elements are nested too deep")
            raise UnreadableSourceError(format="GPX", reason=reason)
        local = self._local(name)
        if self._point_depth:
            if local in _FIELDS:
                self._open = local
                self._parts = []
                self.parser.CharacterDataHandler = self._text
        elif local == "trkpt":
            self._point += 1
            self._point_depth = self._depth
            self._attributes, self._values = attributes, {}
        else:
            self._outside(local, attributes)

    def _outside(self, local: str, attributes: dict[str, str]) -> None:
        if local == "trkseg":
            self._segment, self._point = self._segment + 1, 0
        elif local == "trk":
            self._track, self._segment, self._point = self._track + 1, 0, 0
            if self._apart and len(self._starts) <= MAX_DEVICES:
                self._starts.append(len(self.rows))
        elif local in {"rtept", "wpt"}:
            self._plans += 1
        elif local == "time" and not (self._track or self._plans):
            # Of the file: below gpx in 1.0, below metadata in 1.1.
            self._open, self._parts = local, []
            self.parser.CharacterDataHandler = self._text
        elif local == "gpx":
            self.is_gpx = True
            self._apart = attributes.get("creator", "").startswith(_ONE_TRACK_A_DEVICE)

    def _text(self, data: str) -> None:
        self._parts.append(data[:_MAX_TEXT])

    def _end(self, name: str) -> None:
        if self._open is not None and self._local(name) == self._open:
            self._close_field()
        elif self._depth == self._point_depth:
            self._point_depth = 0
            self._close_point()
        self._depth -= 1

    def _close_field(self) -> None:
        local, self._open = self._open or "", None
        self.parser.CharacterDataHandler = None
        if not self._point_depth:
            self._written = "".join(self._parts[:_MAX_TEXT])
            return
        column = _FIELDS[local]
        # The point's own element comes before what an extension repeats.
        if self._depth == self._point_depth + 1 or column not in self._values:
            self._values[column] = "".join(self._parts[:_MAX_TEXT])

    def _close_point(self) -> None:
        self._closed_at = self.parser.CurrentByteIndex
        wrong = self._add_point()
        if wrong is not None:
            where = f"trk {self._track}, seg {self._segment}, pt {self._point}"
            self.problems.add(where, wrong)

    def _add_point(self) -> Phrase | None:
        """Add the row of the point that just ended, or return what is wrong with it."""
        try:
            lat_deg = _degrees(self._attributes["lat"])
            lon_deg = _degrees(self._attributes["lon"])
        except KeyError:
            return NO_POSITION
        except ValueError:
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        values = self._values
        time = values.pop("time", "").strip()
        if not time:
            self.untimed += 1
            return None
        try:
            time_us, kind = parse_instant(time)
            numbers = {column: _number(text) for column, text in values.items()}
            self.rows.add(time_us, lat_deg, lon_deg, **numbers)
        except ValueError:
            return BAD_TIME
        if kind is TimeKind.NAIVE:
            self._naive.append(len(self.rows) - 1)
        elif kind is TimeKind.OFFSET:
            self._offsets += 1
        return None

    def result(self, options: ReadOptions) -> ReadResult:
        """Return what was collected."""
        untimed = self.untimed or (0 if len(self.rows) else self._plans)
        time_us, note = self.rows.time_us(), None
        if self._naive and options.zone is None and options.zone_at is None:
            note = NAIVE_NOTE
        else:
            time_us, zones = in_utc(time_us, self._naive, *self.rows.positions(), options)
            note = zones_note(zones)
        fixes = self.rows.table(time_us)
        self.problems.doubts(fixes)
        traces = self._traces(fixes, time_us)
        written_us = self._written_us()
        return ReadResult(traces, self.problems.entries(), untimed, note, written_us=written_us)

    def _written_us(self) -> int | None:
        try:
            return parse_instant(self._written)[0]
        except ValueError:
            return None

    def _traces(self, fixes: Fixes, time_us: NDArray[np.int64]) -> tuple[Trace, ...]:
        """Return one trace, or one for each track where each is another device.

        Args:
            fixes: Sorted by time.
            time_us: int64 ``(n,)``, of the same in the order of the file.
        """
        kind = self._kind()
        if not 1 < len(self._starts) <= MAX_DEVICES:
            return (Trace("", fixes, kind),) if len(fixes) else ()
        owner = np.searchsorted(self._starts, np.arange(len(fixes)), side="right")
        owner = owner[np.argsort(time_us, kind="stable")]
        return tuple(
            Trace(f"device {number}", fixes.take(owner == number), kind)
            for number in np.unique(owner)
        )

    def _kind(self) -> TimeKind:
        if self._naive:
            return TimeKind.NAIVE
        return TimeKind.OFFSET if self._offsets else TimeKind.UTC


def _degrees(text: str) -> float:
    """Return degrees; a comma is met where a program wrote by the habits of its country.

    Raises:
        ValueError: Not a number.
    """
    try:
        return float(text)
    except ValueError:
        return float(text.replace(",", ".", 1))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
