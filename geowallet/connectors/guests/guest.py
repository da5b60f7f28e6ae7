"""A connector of another package, as the rest of geowallet sees it: it runs elsewhere, confined."""

from __future__ import annotations

import io
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, Protocol, cast

import msgspec
import numpy as np

from geowallet.connectors.api import ReadOptions, ReadResult, Trace
from geowallet.connectors.guests import wire
from geowallet.connectors.guests.frames import (
    ANSWER,
    END,
    FAILURE,
    PART,
    TRACE,
    Order,
    Program,
    frames,
    said,
)
from geowallet.connectors.guests.inside import KIT
from geowallet.connectors.guests.offered import is_offered
from geowallet.model.errors import ConnectorFailedError, ConnectorTimeoutError, GeowalletError
from geowallet.model.fixes import fixes_from
from geowallet.model.words import N_, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geowallet.connectors.guests.packages import Package

INSIDE = "geowallet.connectors.guests.inside"
SPOKEN_BYTES = 64 << 20
"""A connector may say this much, and `SPOKEN_FOR_A_BYTE` more for each byte it was sent."""
SPOKEN_FOR_A_BYTE = 64

_STRANGE = N_("it said what no connector may say")
_WHY = {
    wire.LOAD: N_("its code cannot be loaded where it is confined"),
    wire.CRASH: N_("it stopped on this file"),
    wire.TYPE: N_("it returned something else than traces"),
    wire.MEMORY: N_("it needs more memory than it is given"),
}


class Confined(Protocol):
    """What runs a module of ours in a confined child; handed in, as connectors start nothing."""

    def __call__(
        self,
        name: str,
        module: str,
        setting: dict[str, Any],
        pieces: Iterator[bytes],
        *,
        patient: bool,
    ) -> Iterator[bytes]:
        """Yield what the child says; ``name`` is for errors, ``patient`` for long work.

        Raises:
            ConnectorUnconfinedError: It cannot be shut in here; nothing was sent.
            ConnectorTimeoutError: It was stopped.
            ConnectorFailedError: It died.
        """


class _Source(io.RawIOBase):
    """A stream that counts what was taken from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower
        data = self._stream.read(len(buffer))
        self.count += len(data)
        buffer[: len(data)] = data
        return len(data)


@dataclass(frozen=True, slots=True)
class GuestConnector:
    """A trusted connector of another package; each call is a confined child of its own.

    Attributes:
        name: As its package says, and the owner trusted.
        extensions: As it said when it was trusted.
        generic: As `Connector`.
        package: Its code: these bytes run, whatever lies on the disk meanwhile.
        confined: What runs the child.
    """

    name: str
    extensions: tuple[str, ...]
    generic: bool
    package: Package = field(repr=False)
    confined: Confined = field(repr=False)

    def sniff(self, head: bytes) -> bool:
        """Say whether it claims the source; one that fails does not.

        Raises:
            ConnectorUnconfinedError: It cannot be shut in here.
        """
        claims = False
        with suppress(ConnectorFailedError, ConnectorTimeoutError):
            claims = self._ask("sniff", io.BytesIO(head), bool)
        return claims

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        """Return all parts as one; it gets no secret.

        Raises:
            GeowalletError: As `read_parts`.
        """
        parts = list(self.read_parts(stream, options))
        return parts[0] if len(parts) == 1 else _joined(parts)

    def read_parts(self, stream: BinaryIO, options: ReadOptions) -> Iterator[ReadResult]:
        """Yield what it returns, checked, in parts; it gets no secret.

        Raises:
            ConnectorUnconfinedError: It cannot be shut in here.
            ConnectorFailedError: It crashed, or said what no connector may say.
            ConnectorTimeoutError: It was stopped.
            GeowalletError: What a connector may raise, or reading ``stream`` does.
        """
        order = Order("read", options.zone, options.date_order, options.columns)
        traces: list[Trace] = []
        goes_on = False
        seen: Counter[str] = Counter()
        for kind, data in self._told(order, stream):
            if kind == TRACE:
                seen["traces"] += not goes_on
                trace, continues = self._checked(wire.trace_of, data)
                if traces and (goes_on or len(traces) >= _PIECES):
                    yield ReadResult(tuple(traces))
                    traces = []
                traces.append(trace)
                goes_on = continues
            elif kind == PART:
                end = self._decoded(data, wire.PartEnd)
                seen.update(problems=len(end.problems), labels=len(end.labels))
                yield self._checked(end.result, tuple(traces))
                traces, goes_on = [], False
            else:
                self._fail(_STRANGE)
            if any(seen[what] > most for what, most in _MOST.items()):
                self._fail(_STRANGE)

    def describe(self) -> wire.Manners:
        """Return what it says of itself.

        Raises:
            GeowalletError: As `read_parts`.
        """
        manners: wire.Manners = self._ask("describe", io.BytesIO(), wire.Manners)
        return manners

    def check(self, sample: bytes, options: ReadOptions) -> tuple[Phrase, ...]:
        """Return what the kit finds wrong with it, in the child.

        Raises:
            GeowalletError: As `read_parts`.
        """
        source = io.BytesIO(sample)
        found = self._ask("check", source, list[wire.Sentence], options)
        return tuple(self._checked(wire.Sentence.phrase, sentence) for sentence in found)

    def _ask(
        self, task: Any, source: BinaryIO, kind: Any, options: ReadOptions | None = None
    ) -> Any:
        """Return the only answer to an order."""
        options = options or ReadOptions()
        order = Order(task, options.zone, options.date_order, options.columns)
        answers = list(self._told(order, source))
        if len(answers) != 1 or answers[0][0] != ANSWER:
            self._fail(_STRANGE)
        return self._decoded(answers[0][1], kind)

    def _told(self, order: Order, stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
        """Yield the frames of an answer up to its end, which must come."""
        modules = sorted(name for name in self.package.imports() if is_offered(name))
        if order.task == "check":
            modules.append(KIT)
        setting = {"modules": modules, "zone": order.zone}
        source = _Source(stream)
        program = Program(self.package.entry.target, self.package.files)
        pieces = said(program, order, cast("BinaryIO", source))
        patient = order.task == "check"
        spoken = self.confined(self.name, INSIDE, setting, pieces, patient=patient)
        heard = self._bounded(spoken, source)
        ended = False
        for kind, data in self._framed(heard):
            if ended:
                self._fail(_STRANGE)
            if kind == FAILURE:
                raise self._failure(self._decoded(data, wire.Failure))
            ended = kind == END
            if not ended:
                yield kind, data
        if not ended:
            self._fail(_STRANGE)

    def _bounded(self, heard: Iterator[bytes], source: _Source) -> Iterator[bytes]:
        total = 0
        for piece in heard:
            total += len(piece)
            if total > SPOKEN_BYTES + SPOKEN_FOR_A_BYTE * source.count:
                self._fail(_STRANGE)
            yield piece

    def _framed(self, heard: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
        found = frames(heard)
        while True:
            frame = self._checked(next, found, None)
            if frame is None:
                return
            yield frame

    def _failure(self, failure: wire.Failure) -> GeowalletError:
        reason = _WHY.get(failure.code, _STRANGE)
        error = self._checked(wire.error_of, failure)
        return error or ConnectorFailedError(name=self.name, reason=reason)

    def _decoded(self, data: bytes, kind: Any) -> Any:
        return self._checked(msgspec.msgpack.decode, data, type=kind)

    def _checked(self, function: Any, *arguments: Any, **named: Any) -> Any:
        """Return what ``function`` makes of the child's words, which may be anything."""
        try:
            return function(*arguments, **named)
        except (ValueError, RecursionError):  # that of msgspec is one; no text of it is kept
            reason = _STRANGE
        raise ConnectorFailedError(name=self.name, reason=reason)

    def _fail(self, reason: str) -> NoReturn:
        raise ConnectorFailedError(name=self.name, reason=reason)


_PIECES = 64
"""Traces of one part that are kept at most before they are handed on."""
_MOST = {
    "traces": wire.MAX_TRACES,
    "problems": wire.MAX_PROBLEMS,
    "labels": wire.MAX_LABELS,
}


def _joined(parts: Iterable[ReadResult]) -> ReadResult:
    """Return several parts as one result, with one trace a device."""
    known = list(parts)
    traces: dict[tuple[str, str], list[Trace]] = {}
    for part in known:
        for trace in part.traces:
            traces.setdefault((trace.device, trace.time_kind), []).append(trace)
    return ReadResult(
        tuple(_one(found) for found in traces.values()),
        tuple(problem for part in known for problem in part.problems),
        sum(part.untimed for part in known),
        next((part.note for part in known if part.note is not None), None),
        tuple(label for part in known for label in part.labels),
        next((part.written_us for part in known if part.written_us is not None), None),
    )


def _one(traces: list[Trace]) -> Trace:
    if len(traces) == 1:
        return traces[0]
    columns = [np.concatenate(c) for c in zip(*(t.fixes.columns() for t in traces), strict=True)]
    known = dict(zip(wire.COLUMNS, columns[3:7], strict=True))
    fixes = fixes_from(columns[0], columns[1], columns[2], **known)
    return Trace(traces[0].device, fixes, traces[0].time_kind)
