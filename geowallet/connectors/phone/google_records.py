"""Google's ``Records.json``: every position that phones reported, until 2024.

Source: the schemas of https://locationhistoryformat.com/reference/records/.
Coordinates are degrees times 1e7; some exports wrote negative ones as unsigned
32-bit numbers. Files of several gigabytes are usual, so they are read in parts.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
import numpy as np

from geowallet.connectors.documents.json_runs import BAD_RECORD, runs
from geowallet.connectors.fields.devices import PART_FIXES, Devices
from geowallet.connectors.fields.digits import LONGEST_INSTANT, instants
from geowallet.connectors.fields.google import all_degrees_e7, degrees_e7
from geowallet.connectors.fields.json_values import instant, real_or_nan
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, NO_POSITION, position
from geowallet.connectors.streams import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.connectors.documents.json_runs import Run
    from geowallet.model.words import Phrase

_HEAD = re.compile(r'\{\s*(?:"\w+"\s*:\s*(?:true|false|null|\d+)\s*,\s*)*"locations"\s*:\s*\[')
_EMPTY = re.compile(r"\s*\]")
_FIRST_MS, _LAST_MS = 10**11, 10**14
"""Between them `epoch_us` takes a number for milliseconds."""
_MEMBER = re.compile(r'"(?:latitudeE7|longitudeE7|timestampMs|deviceTag|serverTimestamp)"')


class _Location(msgspec.Struct, gc=False):
    """What is used of a record; all else is skipped without being built."""

    latitudeE7: Any = None  # noqa: N815  the names of the format
    longitudeE7: Any = None  # noqa: N815
    timestamp: Any = None
    timestampMs: Any = None  # noqa: N815
    accuracy: Any = None
    altitude: Any = None
    velocity: Any = None
    heading: Any = None
    deviceTag: Any = None  # noqa: N815


class _Plain(msgspec.Struct, gc=False):
    """A record as nearly all are: the same members, each of its own kind."""

    latitudeE7: int  # noqa: N815  the names of the format
    longitudeE7: int  # noqa: N815
    timestamp: str = ""
    timestampMs: str = ""  # noqa: N815
    accuracy: float = math.nan
    altitude: float = math.nan
    velocity: float = math.nan
    heading: float = math.nan
    deviceTag: int | str = ""  # noqa: N815


class GoogleRecordsConnector:
    """Reads Google's Records.json (Takeout until 2024), one trace per device."""

    name = "google_records"
    extensions = (".json",)

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        found = _HEAD.match(text)
        return found is not None and bool(
            _EMPTY.match(text, found.end()) or _MEMBER.search(text, found.end())
        )

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        (only,) = _parts(stream, options, most=math.inf)
        return only

    def read_parts(self, stream: BinaryIO, options: ReadOptions) -> Iterator[ReadResult]:
        """Yield parts of about `PART_FIXES`."""
        return _parts(stream, options, most=PART_FIXES)


def _parts(stream: BinaryIO, options: ReadOptions, *, most: float) -> Iterator[ReadResult]:
    devices = Devices()
    plain, decoder = msgspec.json.Decoder(list[_Plain]), msgspec.json.Decoder(list[_Location])
    for run in runs(stream, "Google Records", plain=plain):
        if run.name == "locations" and not _add_plain(run, plain, devices):
            _read_run(run, decoder, devices)
        if len(devices) >= most:
            yield devices.drain(options)
    yield devices.result(options)


def _add_plain(run: Run, decoder: msgspec.json.Decoder[list[_Plain]], devices: Devices) -> bool:
    """Add all records of a run at once, if all are plain; say whether it was so.

    What it takes is what `_add` takes, ten times as fast; anything else is left to it.
    """
    try:
        found = run.values or decoder.decode(b"[" + run.data + b"]")
        time_us = _times_us([r.timestamp for r in found], [r.timestampMs for r in found])
        lat_e7 = np.array([r.latitudeE7 for r in found], dtype=np.int64)
        lon_e7 = np.array([r.longitudeE7 for r in found], dtype=np.int64)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError):
        return False
    lat_deg, lon_deg = all_degrees_e7(lat_e7), all_degrees_e7(lon_e7)
    if not np.all((np.abs(lat_deg) <= 90) & (np.abs(lon_deg) <= 180)):
        return False
    columns = {
        "elevation_m": np.array([r.altitude for r in found]),
        "accuracy_m": np.array([r.accuracy for r in found]),
        "speed_mps": np.array([r.velocity for r in found]),
        "bearing_deg": np.array([r.heading for r in found]),
    }
    tags = [str(r.deviceTag) for r in found]
    for tag in dict.fromkeys(tags):
        rows = np.array([other == tag for other in tags])
        known = {name: column[rows] for name, column in columns.items()}
        devices.extend(tag, time_us[rows], lat_deg[rows], lon_deg[rows], **known)
    return True


def _times_us(texts: list[str], epochs: list[str]) -> NDArray[np.int64]:
    """Return microseconds of instants that are all written alike.

    Raises:
        ValueError: They are not: local, with an offset, odd, mixed, or missing.
    """
    if all(texts):
        return _utc_us(texts)
    if any(texts) or not all(text.isdecimal() and len(text) < 19 for text in epochs):
        raise ValueError("not all epochs")
    epochs_ms = np.array([int(text) for text in epochs], dtype=np.int64)
    if np.any((epochs_ms < _FIRST_MS) | (epochs_ms >= _LAST_MS)):
        raise ValueError("not all milliseconds")
    return epochs_ms * 1000


def _utc_us(texts: list[str]) -> NDArray[np.int64]:
    """Return microseconds of instants in UTC.

    Raises:
        ValueError: One is not, or is written in an odd way.
    """
    margin = b" " * LONGEST_INSTANT
    data = np.frombuffer(margin + " ".join(texts).encode() + margin, dtype=np.uint8)
    if len(data) != sum(map(len, texts)) + len(texts) - 1 + 2 * LONGEST_INSTANT:
        raise ValueError("not all in ASCII")
    length = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    stop = LONGEST_INSTANT + np.cumsum(length + 1) - 1
    time_us, good = instants(data, stop - length, stop)
    if not good.all():
        raise ValueError("not all in UTC")
    return time_us


def _read_run(run: Run, decoder: msgspec.json.Decoder[list[_Location]], devices: Devices) -> None:
    for number, location in run.records(decoder):
        if location is None:
            where = f"location {number}, byte {run.offset_of(number)}"
            devices.problems.add(where, BAD_RECORD)
            continue
        wrong = _add(location, devices)
        if wrong is not None:
            devices.problems.add(f"location {number}", wrong)


def _add(location: _Location, devices: Devices) -> Phrase | None:
    """Add the fix of a record, or return what is wrong with it."""
    if location.latitudeE7 is None or location.longitudeE7 is None:
        return NO_POSITION
    try:
        lat_deg, lon_deg = degrees_e7(location.latitudeE7), degrees_e7(location.longitudeE7)
    except (TypeError, ValueError):
        return BAD_POSITION
    wrong = position(lat_deg, lon_deg)
    if wrong is not None:
        return wrong
    tag = location.deviceTag
    try:
        time_us, kind = instant(location.timestamp or location.timestampMs)
        devices.add(
            "" if tag is None or isinstance(tag, dict | list) else str(tag),
            time_us,
            kind,
            lat_deg,
            lon_deg,
            elevation_m=real_or_nan(location.altitude),
            accuracy_m=real_or_nan(location.accuracy),
            speed_mps=real_or_nan(location.velocity),
            bearing_deg=real_or_nan(location.heading),
        )
    except (TypeError, ValueError):
        return BAD_TIME
    return None
