"""What a confined connector and its host say to each other, and how far it is believed.

Content of the frames of `frames`. The child runs code of others: every number,
word and column that it sends is checked here.
"""

from __future__ import annotations

import math
import re
import struct
from string import Formatter
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from geowallet.connectors.api import LabelKind, Problem, ReadResult, SourceLabel, Trace
from geowallet.model import errors
from geowallet.model.fixes import TimeKind, fixes_from
from geowallet.model.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MAX_FRAME_FIXES = 250_000
MAX_TRACES = 10_000
MAX_PROBLEMS = 20_000
MAX_LABELS = 50_000
"""The last three are of a whole source."""

COLUMNS = ("elevation_m", "accuracy_m", "speed_mps", "bearing_deg")
_BYTES_A_FIX = 8 * (3 + len(COLUMNS))
_LATEST_US = 1 << 61
"""Times are no further from 1970, so that no difference of two overflows."""

_FIELD = re.compile(r"[a-z_][a-z0-9_]{0,30}", re.ASCII)
_COORDINATE = re.compile(r"\d[.,]\d{3}")
"""No sentence for people holds a number with three decimals, unless it is a coordinate."""

_Name = Annotated[str, msgspec.Meta(max_length=100)]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Text = Annotated[str, msgspec.Meta(max_length=400)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
_Instant = Annotated[int, msgspec.Meta(ge=-_LATEST_US, le=_LATEST_US)]
_Ending = Annotated[str, msgspec.Meta(pattern=r"^\.[a-z0-9_.-]{1,16}$")]
_Values = Annotated[dict[_Name, _Name | int | float], msgspec.Meta(max_length=8)]


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `Phrase`."""

    text: _Text
    values: _Values

    def phrase(self) -> Phrase:
        """Return it.

        Raises:
            ValueError: Its fields are not plain names that have a value, or it
                holds what looks like a coordinate.
        """
        for _literal, field, form, conversion in Formatter().parse(self.text):
            if field is None:
                continue
            if form or conversion or not _FIELD.fullmatch(field) or field not in self.values:
                raise ValueError("a sentence with another field than its values")
        numbers = (value for value in self.values.values() if not isinstance(value, str))
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError("a sentence with a value that is no number")
        said = Phrase(self.text, tuple(self.values.items()))
        return _harmless(said)


class Doubt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `Problem`."""

    where: _Name
    what: Sentence
    count: _Count


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `SourceLabel`."""

    start_us: _Instant
    end_us: _Instant
    kind: LabelKind
    value: _Word
    trace: _Name


class TraceHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands before the columns of a piece of a trace.

    Attributes:
        device: As `Trace`.
        time_kind: As `Trace`.
        count: Fixes that follow.
        goes_on: Whether the next frame holds more of the same trace.
    """

    device: _Name
    time_kind: TimeKind
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_FRAME_FIXES)]
    goes_on: bool


class PartEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a `ReadResult` holds beside traces."""

    problems: Annotated[list[Doubt], msgspec.Meta(max_length=MAX_PROBLEMS)]
    untimed: _Count
    note: Sentence | None
    labels: Annotated[list[Label], msgspec.Meta(max_length=MAX_LABELS)]
    written_us: _Instant | None = None

    def result(self, traces: tuple[Trace, ...]) -> ReadResult:
        """Return it with ``traces``.

        Raises:
            ValueError: A sentence is not fit to be shown.
        """
        problems = tuple(
            Problem(_plain(doubt.where), doubt.what.phrase(), doubt.count)
            for doubt in self.problems
        )
        labels = tuple(
            SourceLabel(x.start_us, max(x.start_us, x.end_us), x.kind, x.value, x.trace)
            for x in self.labels
        )
        note = self.note.phrase() if self.note else None
        return ReadResult(traces, problems, self.untimed, note, labels, self.written_us)


class Failure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An error; ``code`` is that of a `GeowalletError`, or `LOAD`, `CRASH`, `TYPE`, `MEMORY`."""

    code: _Name
    details: Annotated[dict[_Name, _Name | int], msgspec.Meta(max_length=4)]


class Manners(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a connector says of itself."""

    name: _Name
    extensions: Annotated[list[_Ending], msgspec.Meta(max_length=16)]
    generic: bool


LOAD, CRASH, TYPE, MEMORY = "load", "crash", "type", "memory"
"""Failures that are no `GeowalletError`."""

RAISED: dict[str, type[errors.GeowalletError]] = {
    error.code: error
    for error in (
        errors.AmbiguousDateError,
        errors.BadOptionError,
        errors.BadZoneError,
        errors.EmptySourceError,
        errors.NaiveTimeError,
        errors.NoTimeError,
        errors.NotATraceError,
        errors.SealedSourceError,
        errors.SpreadsheetDamageError,
        errors.TooLargeError,
        errors.UnreadableSourceError,
    )
}
"""The errors that a connector may raise, as `Connector.read` says."""


def trace_bytes(trace: Trace) -> Iterator[bytes]:
    """Yield the content of one or more frames of `TRACE`; an empty trace yields none."""
    fixes = trace.fixes
    starts = range(0, len(fixes), MAX_FRAME_FIXES)
    for start in starts:
        cut = slice(start, start + MAX_FRAME_FIXES)
        columns = [fixes.time_us[cut], fixes.lat_deg[cut], fixes.lon_deg[cut]]
        columns += [getattr(fixes, name)[cut] for name in COLUMNS]
        goes_on = start != starts[-1]
        head = TraceHead(trace.device[:100], trace.time_kind, len(columns[0]), goes_on)
        packed = msgspec.msgpack.encode(head)
        body = b"".join(
            np.ascontiguousarray(c, "<i8" if i == 0 else "<f8").tobytes()
            for i, c in enumerate(columns)
        )
        yield struct.pack(">H", len(packed)) + packed + body


def trace_of(data: bytes) -> tuple[Trace, bool]:
    """Return the trace of a frame, and whether the next goes on with it.

    Raises:
        ValueError: It is not one, or holds what cannot be measured.
    """
    if len(data) < 2:
        raise ValueError("a trace without a head")
    at = 2 + struct.unpack(">H", data[:2])[0]
    head = msgspec.msgpack.decode(data[2:at], type=TraceHead)
    if len(data) - at != head.count * _BYTES_A_FIX:
        raise ValueError("columns of another length than they say")
    time_us = np.frombuffer(data, "<i8", head.count, at).astype(np.int64)
    rest = np.frombuffer(data, "<f8", offset=at + 8 * head.count).astype(np.float64)
    lat_deg, lon_deg, *known = rest.reshape(-1, head.count)
    columns = dict(zip(COLUMNS, known, strict=True))
    if np.any(np.diff(time_us) < 0) or abs(time_us[[0, -1]]).max() > _LATEST_US:
        raise ValueError("times that run backwards, or out of range")
    _check_columns(columns)
    return Trace(head.device, fixes_from(time_us, lat_deg, lon_deg, **columns), head.time_kind), (
        head.goes_on
    )


def _check_columns(columns: dict[str, NDArray[np.float64]]) -> None:
    limits = {
        "elevation_m": (-1e5, 1e6),
        "accuracy_m": (0.0, 1e9),
        "speed_mps": (0.0, 1e6),
        "bearing_deg": (0.0, 360.0),
    }
    for name, (least, most) in limits.items():
        column = columns[name]
        if not np.all(np.isnan(column) | ((column >= least) & (column <= most))):
            raise ValueError("a column out of range")


def part_end(result: ReadResult) -> PartEnd:
    """Return what a result holds beside traces, as it is sent."""
    problems = [Doubt(p.where[:100], sentence_of(p.what), p.count) for p in result.problems]
    labels = [Label(x.start_us, x.end_us, x.kind, x.value, x.trace) for x in result.labels]
    note = sentence_of(result.note) if result.note else None
    return PartEnd(problems, result.untimed, note, labels, result.written_us)


def failure_of(error: errors.GeowalletError) -> Failure:
    """Return an error as it is sent: nothing but short details."""
    details = {
        key: value if isinstance(value, int) else str(value)[:100]
        for key, value in list(error.details.items())[:4]
    }
    return Failure(error.code, details)


def error_of(failure: Failure) -> errors.GeowalletError | None:
    """Return the error that a connector raised; None where it may not raise it.

    Raises:
        ValueError: Its details are not those of the error, or hold a coordinate.
    """
    kind = RAISED.get(failure.code)
    if kind is None:
        return None
    wanted = {field for _, field, _, _ in Formatter().parse(kind.text + kind.hint) if field}
    if wanted != set(failure.details):
        raise ValueError("an error with other details than it names")
    for value in failure.details.values():
        _plain(str(value))
    return kind(**failure.details)


def sentence_of(words: Phrase) -> Sentence:
    """Return a `Phrase` as it is sent."""
    values: dict[str, Any] = {
        name: value if isinstance(value, int | float) else str(value)[:100]
        for name, value in words.values
    }
    return Sentence(words.text[:400], values)


def _harmless(said: Phrase) -> Phrase:
    _plain(str(said))
    return said


def _plain(text: str) -> str:
    if _COORDINATE.search(text):
        raise ValueError("a sentence that repeats a coordinate")
    return text
