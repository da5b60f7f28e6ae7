"""The rows of a source that may hold several devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.connectors.api import ReadOptions, ReadResult, Trace
from geowallet.connectors.fields.instants import zone_named
from geowallet.connectors.fields.labels import LabelLog
from geowallet.connectors.fields.local import shifted_us
from geowallet.connectors.fields.rows import FixRows, ProblemLog
from geowallet.model.errors import NaiveTimeError, TooLargeError
from geowallet.model.fixes import TimeKind

if TYPE_CHECKING:
    from geowallet.model.words import Phrase

MAX_DEVICES = 10_000
"""A column with more distinct values is no device."""
MAX_DEVICE_CHARACTERS = 100


class _Rows:
    __slots__ = ("kinds", "naive", "rows")

    def __init__(self) -> None:
        self.rows = FixRows()
        self.naive: list[int] = []
        self.kinds: set[TimeKind] = set()


class Devices:
    """Collects rows by device, and the problems and labels of the whole source."""

    def __init__(self) -> None:
        self.problems = ProblemLog()
        self.labels = LabelLog()
        self._by_name: dict[str, _Rows] = {}

    def add(
        self,
        device: str,
        time_us: int,
        kind: TimeKind,
        lat_deg: float,
        lon_deg: float,
        **known: float,
    ) -> None:
        """Add one row; ``known`` as in `FixRows.add`.

        Raises:
            ValueError: The time does not fit; nothing was added.
            TooLargeError: More than `MAX_DEVICES`.
        """
        own = self._by_name.get(device)
        if own is None:
            own = self._new(device)
        own.rows.add(time_us, lat_deg, lon_deg, **known)
        own.kinds.add(kind)
        if kind is TimeKind.NAIVE:
            own.naive.append(len(own.rows) - 1)

    def _new(self, device: str) -> _Rows:
        if len(self._by_name) >= MAX_DEVICES:
            raise TooLargeError(limit=f"{MAX_DEVICES} devices in one file")
        return self._by_name.setdefault(device[:MAX_DEVICE_CHARACTERS], _Rows())

    def result(
        self, options: ReadOptions, *, untimed: int = 0, note: Phrase | None = None
    ) -> ReadResult:
        """Return one trace per device.

        Raises:
            NaiveTimeError: A time without zone, and no zone in ``options``.
            BadOptionError: No such zone.
        """
        traces = [self._trace(name, own, options) for name, own in self._by_name.items()]
        traces = [trace for trace in traces if len(trace.fixes)]
        for trace in traces:
            self.problems.doubts(trace.fixes)
        labels = self.labels.labels()
        return ReadResult(tuple(traces), self.problems.entries(), untimed, note, labels)

    def _trace(self, name: str, own: _Rows, options: ReadOptions) -> Trace:
        time_us = own.rows.time_us()
        if own.naive:
            if options.zone is None:
                raise NaiveTimeError
            time_us = shifted_us(time_us, own.naive, zone_named(options.zone))
        kind = next((k for k in (TimeKind.NAIVE, TimeKind.OFFSET) if k in own.kinds), TimeKind.UTC)
        return Trace(name, own.rows.table(time_us), kind)
