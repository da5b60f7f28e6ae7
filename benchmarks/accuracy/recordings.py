"""Recordings whose metres something else counted, and their reading."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

CHUNK_M = 6000.0
"""Long recordings are scored in parts of about this length."""

PAUSE_S = 15.0
"""A recording that is silent for longer has been paused."""

WHEELS = frozenset({"121", "123", "bike_speed", "bike_speed_cadence"})
"""Sensors on a wheel, as ``device_info`` of a FIT file names them (FIT profile, ANT+)."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Fixes with what a wheel had counted at each: ``(n,)`` columns."""

    group: str
    time_s: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    counted_m: NDArray[np.float64]

    def rides(self) -> Iterator[Recording]:
        """Yield the parts between pauses, in chunks."""
        cuts = np.flatnonzero(np.diff(self.time_s) > PAUSE_S) + 1
        for part in np.split(np.arange(len(self.time_s)), cuts):
            if len(part) < 60:
                continue
            long_m = self.counted_m[part[-1]] - self.counted_m[part[0]]
            for rows in np.array_split(part, max(1, round(long_m / CHUNK_M))):
                yield self.at(rows)

    def at(self, rows: NDArray[np.intp]) -> Recording:
        """Return some of the fixes."""
        columns = (self.time_s, self.lat_deg, self.lon_deg, self.counted_m)
        return Recording(self.group, *(column[rows] for column in columns))

    def thinned(self, cadence_s: float) -> Recording:
        """Return about one fix in ``cadence_s`` seconds."""
        wanted = np.arange(self.time_s[0] + 0.3 * cadence_s, self.time_s[-1], cadence_s)
        rows = np.unique(np.searchsorted(self.time_s, wanted))
        return self.at(rows[rows < len(self.time_s)])


def counted(path: Path, group: str, *, wheel: bool = False) -> Recording | None:
    """Return a recording a second with counted metres, or None.

    Args:
        path: A FIT file.
        group: Name of its device.
        wheel: Whether a wheel must have counted them.
    """
    import fitdecode  # noqa: PLC0415  as the connector does

    rows: list[tuple[float, float, float, float]] = []
    sensors: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with fitdecode.FitReader(path) as reader:
                for frame in reader:
                    if isinstance(frame, fitdecode.FitDataMessage):
                        _take(frame, rows, sensors)
        except fitdecode.FitError:
            pass
    if (wheel and not sensors & WHEELS) or len(rows) < 300:
        return None
    columns = np.array(rows).T
    fresh = np.concatenate(([True], np.diff(columns[0]) > 0))
    if np.median(np.diff(columns[0][fresh])) > 2:
        return None
    return Recording(group, *columns[:, fresh])


def _take(frame: Any, rows: list[tuple[float, float, float, float]], sensors: set[str]) -> None:
    def value(name: str) -> Any:
        return frame.get_value(name) if frame.has_field(name) else None

    if frame.name == "record":
        found = [value(n) for n in ("timestamp", "position_lat", "position_long", "distance")]
        if all(part is not None for part in found):
            turn = 180 / 2**31
            rows.append((found[0].timestamp(), found[1] * turn, found[2] * turn, found[3]))
    elif frame.name == "device_info" and value("sport") is None:
        names = ("device_type", "antplus_device_type", "ble_device_type")
        sensors.update(str(value(name)) for name in names)
