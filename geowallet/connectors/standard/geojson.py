"""GeoJSON points and lines that carry times.

Source: RFC 7946 (positions are lon, lat, then elevation); times are no part of
it and stand in properties under many names, in a fourth coordinate, or in
``coordTimes``/``times`` beside a line.
"""

from __future__ import annotations

import math
import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from geowallet.connectors.documents.json_records import decoded
from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.headings import heading_of
from geowallet.connectors.fields.instants import epoch_us, parse_instant
from geowallet.connectors.fields.numbers import number
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position
from geowallet.connectors.streams import (
    BLOCK_BYTES,
    encoding_of,
    lines,
    rewound,
    take,
    text_of,
    whole,
)
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions, ReadResult

_GEOMETRIES = "Point|MultiPoint|LineString|MultiLineString|GeometryCollection"
_TYPE = re.compile(rf'"type"\s*:\s*"(?:FeatureCollection|Feature|{_GEOMETRIES})"')
_FOREIGN = re.compile(
    r'\{\s*"(?:locations|timelineObjects|semanticSegments|rawSignals|_type|_id)"\s*:'
)

_SEQUENCE = re.compile(rb'\s*\x1e|\s*\{"type"[^\n]*\}[ \t\r]*\n\s*\{"type"')
MAX_NESTING = 8
"""Of geometry collections, which nobody nests."""

BAD_FEATURE = phrase(N_("not a feature with a geometry"))
UNEVEN = phrase(N_("not as many times as positions"))

_LISTS = ("coordTimes", "times", "timestamps", "time", "coordinateTimes")


class _Document(msgspec.Struct):
    """The top level; members are decoded one by one, so that one bad feature costs one."""

    type: Any = None
    features: msgspec.Raw = msgspec.Raw(b"")


class GeoJsonConnector:
    """Reads point features, and lines with one time per position."""

    name = "geojson"
    extensions = (".geojson", ".json", ".geojsonl", ".geojsons")
    generic = True

    def sniff(self, head: bytes) -> bool:
        text = text_of(head).lstrip("\x1e")
        return text.startswith("{") and not _FOREIGN.match(text) and bool(_TYPE.search(text))

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reading = _Reading(Devices())
        head = take(stream, BLOCK_BYTES)
        source = rewound(head, stream)
        features = _sequence(source) if _SEQUENCE.match(head) else _features(_utf8(whole(source)))
        for count, feature in enumerate(features, start=1):
            reading.feature(feature, f"feature {count}")
        return reading.devices.result(options, untimed=reading.untimed)


def _said(feature: dict[str, Any]) -> dict[str, Any]:
    """Return the properties, with those one level deeper and the ``when`` of OGC behind them."""
    properties = feature.get("properties")
    own = properties if isinstance(properties, dict) else {}
    said = dict(own)
    for inner in own.values():
        if isinstance(inner, dict):
            said |= {name: value for name, value in inner.items() if name not in said}
    when = feature.get("when")
    if isinstance(when, dict) and "datetime" in when:
        said.setdefault("datetime", when["datetime"])
    return said


def _utf8(data: bytes) -> bytes:
    codec = encoding_of(data[:64])
    if codec == "utf-8":
        return data.lstrip()
    try:
        return data.decode(codec).encode()
    except UnicodeError as error:
        reason = N_("its text cannot be decoded")
        raise UnreadableSourceError(format="GeoJSON", reason=reason) from error


def _sequence(stream: BinaryIO) -> Iterator[Any]:
    """Yield the features of a text sequence (RFC 8142), or of one feature a line."""
    for line in lines(stream, "GeoJSON"):
        text = line.strip("\x1e\ufeff \t\r\n")
        if text:
            yield decoded(text.encode(errors="replace"))


def _features(data: bytes) -> Iterator[Any]:
    """Yield the features; a bare geometry is a feature without properties.

    Raises:
        UnreadableSourceError: Not JSON, or not GeoJSON.
    """
    document = _decoded(data, _Document)
    if bytes(document.features) not in {b"", b"null"}:
        for raw in _decoded(document.features, list[msgspec.Raw]):
            yield _decoded_or_none(raw)
        return
    value = _decoded(data, dict[str, Any])
    if value.get("type") == "Feature":
        yield value
    elif isinstance(value.get("type"), str) and re.fullmatch(_GEOMETRIES, value["type"]):
        yield {"type": "Feature", "geometry": value, "properties": {}}
    else:
        raise UnreadableSourceError(format="GeoJSON", reason=N_("it holds no geometry"))


def _decoded(data: bytes | msgspec.Raw, kind: Any) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError as error:
        reason = N_("it is nested too deep")
        raise UnreadableSourceError(format="GeoJSON", reason=reason) from error
    except (msgspec.DecodeError, UnicodeError, ValueError) as error:
        at = re.search(r"byte (\d+)", str(error))
        place = N_("broken JSON at byte {byte}").format(byte=at[1]) if at else ""
        reason = place or N_("it is cut short or not GeoJSON")
        raise UnreadableSourceError(format="GeoJSON", reason=reason) from error


def _decoded_or_none(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError):
        return None


class _Reading:
    """What one reading collects."""

    def __init__(self, devices: Devices) -> None:
        self.devices = devices
        self.untimed = 0

    def feature(self, feature: Any, where: str) -> None:
        """Add the positions of one feature."""
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict):
            self.devices.problems.add(where, BAD_FEATURE)
            return
        self._geometry(geometry, _said(feature), where, 0)

    def _geometry(
        self, geometry: dict[str, Any], properties: dict[str, Any], where: str, nesting: int
    ) -> None:
        parts, kind = geometry.get("geometries"), geometry.get("type")
        if kind == "GeometryCollection" and isinstance(parts, list) and nesting < MAX_NESTING:
            for part in parts:
                if isinstance(part, dict):
                    self._geometry(part, properties, where, nesting + 1)
            return
        coordinates = geometry.get("coordinates")
        if not isinstance(coordinates, list):
            self.devices.problems.add(where, BAD_FEATURE)
        elif kind == "Point":
            known = _columns(properties)
            self._place(coordinates, known.pop("time", None), where, known)
        elif kind in ("LineString", "MultiPoint"):
            self._line(coordinates, _times(properties), where, properties)
        elif kind == "MultiLineString":
            self._lines(coordinates, _times(properties), where, properties)
        else:
            self.devices.problems.add(where, BAD_FEATURE)

    def _lines(
        self, parts: list[Any], times: list[Any], where: str, properties: dict[str, Any]
    ) -> None:
        if times and not isinstance(times[0], list):
            shared = _shared_out(times, parts)
            if shared is None:
                self.devices.problems.add(where, UNEVEN)
                return
            times = shared
        for number_, line in enumerate(parts):
            own = times[number_] if number_ < len(times) else []
            if isinstance(line, list):
                self._line(line, own if isinstance(own, list) else [], where, properties)

    def _line(
        self, positions: list[Any], times: list[Any], where: str, properties: dict[str, Any]
    ) -> None:
        if times and len(times) != len(positions):
            self.devices.problems.add(where, UNEVEN)
            return
        known = {"device": _columns(properties).get("device", "")}
        for number_, place in enumerate(positions):
            time = times[number_] if times else None
            if isinstance(place, list):
                self._place(place, time, f"{where}, position {number_ + 1}", known)
            else:
                self.devices.problems.add(f"{where}, position {number_ + 1}", NO_POSITION)

    def _place(self, place: list[Any], time: Any, where: str, known: dict[str, Any]) -> None:
        if time is None and len(place) > 3:
            time = place[3]
        wrong = self._add(place, time, known)
        if wrong is not None:
            self.devices.problems.add(where, wrong)

    def _add(self, place: list[Any], time: Any, known: dict[str, Any]) -> Phrase | None:
        if len(place) < 2:
            return NO_POSITION
        try:
            lon_deg, lat_deg = _written_real(place[0]), _written_real(place[1])
        except (TypeError, ValueError, OverflowError):
            return BAD_POSITION
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        if time is None or time == "":
            self.untimed += 1
            return None
        try:
            time_us, kind = _instant(time)
            columns = {name: value for name, value in known.items() if name != "device"}
            if len(place) > 2 and "elevation_m" not in columns:
                columns["elevation_m"] = _real_or_nan(place[2])
            self.devices.add(
                str(known.get("device", "")), time_us, kind, lat_deg, lon_deg, **columns
            )
        except (TypeError, ValueError, OverflowError):
            return BAD_TIME
        return None


def _shared_out(times: list[Any], lines: list[Any]) -> list[list[Any]] | None:
    """Return one list of times a line, from one list for all; None if it is uneven."""
    ends = [0, *accumulate(len(line) if isinstance(line, list) else 0 for line in lines)]
    return [times[a:b] for a, b in pairwise(ends)] if ends[-1] == len(times) else None


def _times(properties: dict[str, Any]) -> list[Any]:
    nested = properties.get("coordinateProperties")
    for holder in (nested if isinstance(nested, dict) else {}, properties):
        for name in _LISTS:
            if isinstance(holder.get(name), list):
                return list(holder[name])
    return []


def _columns(properties: dict[str, Any]) -> dict[str, Any]:
    """Return time, device and numbers of a point, under our names."""
    known: dict[str, Any] = {}
    for name, value in properties.items():
        heading = heading_of(name)
        if heading is None or value is None or heading.field in known:
            continue
        if heading.field in {"time", "date"}:
            known.setdefault("time", value)
        elif heading.field == "device" and isinstance(value, str | int):
            known["device"] = value
        elif heading.field.endswith(("_m", "_mps", "_deg")):
            known[heading.field] = _real_or_nan(value) * heading.scale
    return known


def _instant(value: Any) -> tuple[int, TimeKind]:
    if isinstance(value, str):
        try:
            return parse_instant(value)
        except ValueError:
            return epoch_us(_number_kept_whole(value)), TimeKind.UTC
    if isinstance(value, bool):
        raise TypeError("a truth value is no time")
    return epoch_us(value), TimeKind.UTC


def _number_kept_whole(text: str) -> float:
    return int(text) if text.strip().isdecimal() and len(text) < 24 else number(text)


def _real(value: Any) -> float:
    """Return a JSON number as float; ``true`` is not 1.

    Raises:
        TypeError: Not a number.
    """
    if type(value) not in {int, float}:
        raise TypeError("not a number")
    return float(value)


def _written_real(value: Any) -> float:
    """Return a number that some exports put between quotes."""
    return number(value) if isinstance(value, str) else _real(value)


def _real_or_nan(value: Any) -> float:
    try:
        return _written_real(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
