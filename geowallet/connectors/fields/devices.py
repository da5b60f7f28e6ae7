"""The rows of a source that may hold several devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.connectors.api import ReadOptions, ReadResult, Trace
from geowallet.connectors.fields.labels import LabelLog
from geowallet.connectors.fields.local import in_utc, zones_note
from geowallet.connectors.fields.rows import FixRows, ProblemLog
from geowallet.model.calendar import zone_of
from geowallet.model.errors import TooLargeError
from geowallet.model.fixes import TimeKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geowallet.model.words import Phrase

MAX_DEVICES = 10_000
"""A column with more distinct values is no device."""
MAX_DEVICE_CHARACTERS = 100
PART_FIXES = 250_000
"""Of one part of a source that is read in parts: about 30 MB of columns."""


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
        self._count = 0
        self._zones: set[str] = set()

    def __len__(self) -> int:
        """Rows added since the last `drain`."""
        return self._count

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
        self._count += 1
        own.kinds.add(kind)
        if kind is TimeKind.NAIVE:
            own.naive.append(len(own.rows) - 1)

    def extend(
        self,
        device: str,
        time_us: NDArray[np.int64],
        lat_deg: NDArray[np.float64],
        lon_deg: NDArray[np.float64],
        **known: NDArray[np.float64],
    ) -> None:
        """Add many rows in UTC; columns as in `FixRows.extend`.

        Raises:
            TooLargeError: More than `MAX_DEVICES`.
        """
        own = self._by_name.get(device)
        if own is None:
            own = self._new(device)
        own.rows.extend(time_us, lat_deg, lon_deg, **known)
        own.kinds.add(TimeKind.UTC)
        self._count += len(time_us)

    def _new(self, device: str) -> _Rows:
        if len(self._by_name) >= MAX_DEVICES:
            raise TooLargeError(limit=f"{MAX_DEVICES} devices in one file")
        return self._by_name.setdefault(device[:MAX_DEVICE_CHARACTERS], _Rows())

    def result(
        self,
        options: ReadOptions,
        *,
        untimed: int = 0,
        note: Phrase | None = None,
        local: bool = False,
    ) -> ReadResult:
        """Return one trace per device.

        Args:
            options: For the zone of times that name none.
            untimed: As in `ReadResult`.
            note: As in `ReadResult`.
            local: All times are of a local clock, those of the labels too.

        Raises:
            NaiveTimeError: A time without zone, and no zone in ``options``.
            BadZoneError: No such zone.
        """
        traces = self._traces(options)
        zone = options.zone or min(self._zones, default=None)
        labels = self.labels.labels(zone_of(zone) if local and zone else None)
        note = zones_note(self._zones) or note
        return ReadResult(traces, self.problems.entries(), untimed, note, labels)

    def drain(self, options: ReadOptions) -> ReadResult:
        """Return the rows so far as a part without problems and labels, and forget them.

        Raises:
            NaiveTimeError: As `result`.
            BadZoneError: As `result`.
        """
        traces = self._traces(options)
        self._by_name, self._count = {name: _Rows() for name in self._by_name}, 0
        return ReadResult(traces)

    def _traces(self, options: ReadOptions) -> tuple[Trace, ...]:
        traces = [self._trace(name, own, options) for name, own in self._by_name.items()]
        traces = [trace for trace in traces if len(trace.fixes)]
        for trace in traces:
            self.problems.doubts(trace.fixes)
        return tuple(traces)

    def _trace(self, name: str, own: _Rows, options: ReadOptions) -> Trace:
        time_us, zones = in_utc(own.rows.time_us(), own.naive, *own.rows.positions(), options)
        self._zones |= zones
        kind = next((k for k in (TimeKind.NAIVE, TimeKind.OFFSET) if k in own.kinds), TimeKind.UTC)
        return Trace(name, own.rows.table(time_us), kind)
