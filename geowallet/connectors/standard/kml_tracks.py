"""The two lists of a KML track, item by item or, where they are written plainly, many at once."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.documents.plain_values import BLANK, INSTANT, NUMBER, moments_us, reals
from geowallet.model.fixes import TimeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHEN = rf"{BLANK}<when>{INSTANT}</when>"
_COORD = rf"{BLANK}<gx:coord>{NUMBER} {NUMBER}(?: {NUMBER})?+</gx:coord>"
_ITEMS = (f"{_WHEN}{_COORD}", f"{_WHEN}()()()", f"(){_COORD}")
"""How the items of a track are written: a position behind each time, or first all times."""

PLAIN_ENDS = re.compile("</(?:when|gx:coord)>")
_RUNS = tuple(
    (re.compile(item, re.ASCII), re.compile(f"(?:{item})++", re.ASCII)) for item in _ITEMS
)


@dataclass(slots=True)
class Path:
    """Positions as they stand in the file; NaN where one is blank."""

    lat_deg: array[float] = field(default_factory=lambda: array("d"))
    lon_deg: array[float] = field(default_factory=lambda: array("d"))
    elevation_m: array[float] = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.lat_deg)

    def add(self, lon: str, lat: str, altitude: str | None) -> None:
        """Add one position.

        Raises:
            ValueError: Not numbers; nothing was added.
        """
        lon_deg, lat_deg, elevation_m = float(lon), float(lat), float(altitude or "nan")
        self.lon_deg.append(lon_deg)
        self.lat_deg.append(lat_deg)
        self.elevation_m.append(elevation_m)


@dataclass(slots=True)
class Track:
    """The two lists of a track, which belong together by number."""

    times_us: array[int] = field(default_factory=lambda: array("q"))
    kinds: list[TimeKind | None] = field(default_factory=list)
    path: Path = field(default_factory=Path)

    def take_run(self, text: str, start: int) -> int:
        """Add the plain items that begin at ``start``, all or none; return where they end."""
        for item, run in _RUNS:
            found = run.match(text, start)
            if found is not None:
                columns = zip(*item.findall(text, start, found.end()), strict=True)
                return found.end() if self._extend(*columns) else start
        return start

    def _extend(
        self,
        times: Sequence[str],
        lon: Sequence[str],
        lat: Sequence[str],
        altitude: Sequence[str],
    ) -> bool:
        """Add items, "" where there is none; say whether all could be read, or none was added."""
        try:
            times_us = moments_us(times) if times[0] else None
            columns = [reals(texts) for texts in (lat, lon, altitude)] if lat[0] else []
        except ValueError:
            return False
        if times_us is not None:
            self.times_us.frombytes(times_us.tobytes())
            self.kinds += [TimeKind.UTC] * len(times_us)
        own = (self.path.lat_deg, self.path.lon_deg, self.path.elevation_m)
        for place, column in zip(own, columns, strict=False):
            place.frombytes(column.tobytes())
        return True

    def add_time(self, time: tuple[int, TimeKind] | None) -> None:
        """Add one time; None stands for one that is blank or cannot be read."""
        self.times_us.append(time[0] if time else 0)
        self.kinds.append(time[1] if time else None)

    def is_plain(self) -> bool:
        """Say whether it has as many times as positions, all in UTC and in range."""
        lat_deg, lon_deg = np.array(self.path.lat_deg), np.array(self.path.lon_deg)
        in_range = (np.abs(lat_deg) <= 90) & (np.abs(lon_deg) <= 180)
        in_utc = self.kinds.count(TimeKind.UTC) == len(self.kinds) == len(self.path)
        return in_utc and bool(in_range.all())
