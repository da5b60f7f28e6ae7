"""KML 2.0 to 2.3 (and the documents of a KMZ): whatever in them has a time.

Source: OGC 12-007r2 (KML 2.3), ``Track`` and ``MultiTrack``, and
https://developers.google.com/kml/documentation/kmlreference (``gx:Track``,
``TimeStamp``, ``TimeSpan``). A drawn line has no times and is no trace. A day
of Google's Timeline gives a path and only its first and last instant: its fixes
are spread over the interval, and said to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from geowallet.connectors.documents.elements import Elements
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.instants import parse_instant
from geowallet.connectors.fields.intervals import instants_us
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, position
from geowallet.connectors.standard.kml_tracks import PLAIN_ENDS, Path, Track
from geowallet.connectors.streams import text_of
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import LabelKind, ReadOptions, ReadResult

_ROOT = re.compile(r"<(?:[\w.-]+:)?kml[\s>]")
_NUMBER = r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"
_TUPLE = re.compile(rf"({_NUMBER})\s*,\s*({_NUMBER})(?:\s*,\s*({_NUMBER}))?")
"""Longitude, latitude and altitude; blanks behind the commas are met."""

DIFFERENT_COUNTS = phrase(N_("a track has not as many times as positions; the rest is left out"))
INTERVAL_NOTE = phrase(
    N_("some paths name only their start and end: the times between are computed, not measured")
)


class KmlConnector:
    """Reads tracks, placemarks with a time, and paths and places with an interval."""

    name = "kml"
    extensions = (".kml", ".kmz")

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        return text.startswith("<") and _ROOT.search(text) is not None

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reader = _Reader()
        error = reader.walk(stream, reader.devices.problems)
        if error is not None and not reader.placemarks:
            reader.refuse_broken(error)
        return reader.result(options)


@dataclass(slots=True)
class _Placemark:
    """What stands inside one placemark, in any order."""

    name: str = ""
    when: str = ""
    begin: str = ""
    end: str = ""
    category: str = ""
    points: Path = field(default_factory=Path)
    paths: list[Path] = field(default_factory=list)


class _Reader(Elements):
    form = "KML"
    root = "kml"
    wanted = frozenset({"name", "when", "begin", "end", "coord", "coordinates", "value"})
    plain_end = PLAIN_ENDS

    def __init__(self) -> None:
        super().__init__()
        self.devices = Devices()
        self.placemarks = 0
        self._untimed = self._drawn = 0
        self._rows = self._interval_rows = 0
        self._mark = _Placemark()
        self._track = Track()
        self._category = False

    def opened(self, local: str, attributes: dict[str, str]) -> None:
        if local == "Placemark":
            self.placemarks += 1
            self._mark = _Placemark()
        elif local == "Track":
            self._track = Track()
        elif local == "Data":
            self._category = attributes.get("name") == "Category"

    def closed(self, local: str, text: str) -> None:
        parent = self.path[-2] if len(self.path) > 1 else ""
        if parent == "Track":
            self._track_item(local, text)
        elif local == "Track":
            self._close_track()
        elif local == "coordinates":
            self._coordinates(parent, text)
        elif parent in {"TimeStamp", "TimeSpan"} and local in {"when", "begin", "end"}:
            setattr(self._mark, local, text)
        elif local == "name" and parent == "Placemark":
            self._mark.name = text
        elif local == "value" and self._category:
            # Of ExtendedData nothing else is looked at: it holds the owner's e-mail address.
            self._mark.category = text
        elif local == "Placemark":
            self._close_placemark()

    def take_run(self, text: str, start: int) -> int:
        return self._track.take_run(text, start) if self.path[-1:] == ["Track"] else start

    def _track_item(self, local: str, text: str) -> None:
        if local == "when":
            self._track.add_time(self._instant(text) if text else None)
        elif local == "coord":
            try:
                # Blanks by the standard; some writers take the commas of coordinates.
                parts = text.replace(",", " ").split() if text.count(",") > 1 else text.split()
                self._track.path.add(*(parts + ["nan"] * 3)[:3])
            except ValueError:
                self._problem(BAD_POSITION)
                self._track.path.add("nan", "nan", None)

    def _close_track(self) -> None:
        track, self._track = self._track, Track()
        if not track.kinds:
            self._mark.paths.append(track.path)
            return
        self._problem(DIFFERENT_COUNTS, abs(len(track.kinds) - len(track.path)))
        if track.is_plain():
            self._add_all(track)
            return
        for row, kind in enumerate(track.kinds[: len(track.path)]):
            if kind is not None:
                self._add(track.times_us[row], kind, track.path, row)
            else:
                self._untimed += 1

    def _add_all(self, track: Track) -> None:
        path = track.path
        self.devices.extend(
            "",
            np.array(track.times_us, dtype=np.int64),
            np.array(path.lat_deg),
            np.array(path.lon_deg),
            elevation_m=np.array(path.elevation_m),
        )
        self._rows += len(path)

    def _coordinates(self, parent: str, text: str) -> None:
        path = self._mark.points if parent == "Point" else Path()
        for match in _TUPLE.finditer(text):
            path.add(*match.groups())
        if parent == "LineString":
            self._mark.paths.append(path)

    def _close_placemark(self) -> None:
        mark, self._mark = self._mark, _Placemark()
        if mark.when:
            self._drawn += sum(map(len, mark.paths))
            time = self._instant(mark.when) if len(mark.points) else None
            if time is not None:
                # Of several points of one instant only the first is where somebody was.
                self._add(*time, mark.points, 0)
        elif mark.begin and mark.end:
            self._close_interval(mark)
        else:
            self._untimed += len(mark.points)
            self._drawn += sum(map(len, mark.paths))

    def _close_interval(self, mark: _Placemark) -> None:
        paths = [path for path in mark.paths if len(path)] or [mark.points]
        if not mark.category and not any(map(len, paths)):
            return
        begin, end = self._instant(mark.begin), self._instant(mark.end)
        if begin is None or end is None:
            return
        kind = TimeKind.NAIVE if TimeKind.NAIVE in {begin[1], end[1]} else begin[1]
        # Google calls a leg by its category, a visit by the name of the place.
        is_leg = mark.name == mark.category != "" or any(len(path) > 1 for path in paths)
        before = self._rows
        for path in paths:
            instants = instants_us(path.lat_deg, path.lon_deg, begin[0], end[0])
            for row, time_us in islice(instants, 1 if is_leg and len(path) == 1 else None):
                self._add(time_us, kind, path, row)
        self._interval_rows += self._rows - before
        if kind is not TimeKind.NAIVE:
            what: LabelKind = "mode" if is_leg else "visit"
            self.devices.labels.add(what, mark.category, begin[0], end[0])

    def _add(self, time_us: int, kind: TimeKind, path: Path, row: int) -> None:
        lat_deg, lon_deg = path.lat_deg[row], path.lon_deg[row]
        if lat_deg != lat_deg and lon_deg != lon_deg:  # noqa: PLR0124  blank: a pause
            return
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            self._problem(wrong)
            return
        elevation_m = path.elevation_m[row]
        self.devices.add("", time_us, kind, lat_deg, lon_deg, elevation_m=elevation_m)
        self._rows += 1

    def _instant(self, text: str) -> tuple[int, TimeKind] | None:
        try:
            return parse_instant(text)
        except ValueError:
            self._problem(BAD_TIME)
            return None

    def _problem(self, what: Phrase, count: int = 1) -> None:
        self.devices.problems.add(f"placemark {self.placemarks}", what, count)

    def result(self, options: ReadOptions) -> ReadResult:
        """Return what was collected."""
        untimed = self._untimed or (0 if self._rows else self._drawn)
        note = INTERVAL_NOTE if self._interval_rows else None
        result = self.devices.result(options, untimed=untimed, note=note)
        if not self._interval_rows:
            return result
        # One trace for all: instants that are known stand among those that are computed.
        traces = tuple(replace(trace, time_kind=TimeKind.INTERVAL) for trace in result.traces)
        return replace(result, traces=traces)
