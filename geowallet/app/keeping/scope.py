"""What an owner wants gone: a stretch of time, a place, a file, or all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.intake.sources import sources
from geowallet.app.settings import resolve
from geowallet.app.travel.trips import find_place, find_trip, own_zone
from geowallet.model.calendar import instant_us, zone_of
from geowallet.model.errors import NotFoundError, UnknownSourceError
from geowallet.model.geodesy import distance_m, distances_m
from geowallet.model.mobility import Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geowallet.app.intake.sources import Source
    from geowallet.model.calendar import Period
    from geowallet.model.fixes import Fixes
    from geowallet.model.mobility import Point, Trip
    from geowallet.track.windows import Window
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Scope:
    """Which positions are meant: those that fit every part that is given.

    Attributes:
        what: Kind of scope, for the log and the receipt: no time, no name.
        window: First and last instant, or None for all times.
        centre: Middle of a place, or None for everywhere.
        radius_m: How far from it a position still is at the place.
        place: Name of the place, where the owner gave it one, or "".
        sha256: The one source meant, or "" for all.
        everything: Whether all records go, not only positions.
    """

    what: str
    window: Window | None = None
    centre: Point | None = None
    radius_m: float = 0.0
    place: str = ""
    sha256: str = ""
    everything: bool = False

    def of_source(self, source: Source) -> bool:
        """Say whether positions of ``source`` can be meant."""
        return self.sha256 in ("", source.sha256)

    def mask(self, fixes: Fixes) -> NDArray[np.bool_]:
        """Return which fixes are meant, bool ``(n,)``."""
        meant = np.ones(len(fixes), dtype=np.bool_)
        if self.window is not None:
            meant &= (fixes.time_us >= self.window[0]) & (fixes.time_us <= self.window[1])
        if self.centre is not None and len(fixes):
            lat, lon = np.array(self.centre.lat_deg), np.array(self.centre.lon_deg)
            away_m = distances_m(fixes.lat_deg, fixes.lon_deg, lat, lon)
            meant &= ~(away_m > self.radius_m)  # a position that is no number goes too
        return meant

    def is_at(self, point: Point) -> bool:
        """Say whether ``point`` is at the place that is meant; without one, never."""
        if self.centre is None:
            return False
        lat, lon = self.centre.lat_deg, self.centre.lon_deg
        return distance_m(point.lat_deg, point.lon_deg, lat, lon) <= self.radius_m

    def touches(self, item: Trip | Stop) -> bool:
        """Say whether a trip or stop lies in the time, or has an end at the place, that is meant.

        A scope of one file, or of all, touches none by itself: their fixes say which.
        """
        if self.window is not None:
            return item.start_us <= self.window[1] and item.end_us >= self.window[0]
        points = (item.centre,) if isinstance(item, Stop) else (item.start, item.end)
        return any(self.is_at(point) for point in points)


def of_trip(vault: Vault, shortened: str) -> Scope:
    """Return the stretch of one trip, both ends included.

    Raises:
        NotFoundError: There is none.
        AmbiguousNameError: Several fit.
    """
    trip = find_trip(vault, shortened).trip
    return Scope("trip", window=(trip.start_us, trip.end_us))


def of_period(vault: Vault, period: Period, *, what: str = "period") -> Scope:
    """Return the local days of ``period``, from midnight to midnight."""
    zone = own_zone(vault)
    first, after = period.first, period.last + dt.timedelta(days=1)
    return Scope(what, window=(midnight_us(first, zone), midnight_us(after, zone) - 1))


def of_place(vault: Vault, shortened: str) -> Scope:
    """Return all that was recorded within the radius of a place.

    Raises:
        NotFoundError: There is none.
        AmbiguousNameError: Several fit.
    """
    place = find_place(vault, shortened)
    return Scope("place", centre=place.centre, radius_m=place.radius_m, place=place.name)


def of_source(vault: Vault, named: str) -> Scope:
    """Return one imported file, by its name or a beginning of its SHA-256.

    Raises:
        UnknownSourceError: There is none.
        AmbiguousNameError: Several fit.
    """
    known = sources(vault)
    same = [source.sha256 for source in known if source.name == named]
    if len(same) == 1:
        return Scope("source", sha256=same[0])
    try:
        return Scope("source", sha256=resolve("source", named, [one.sha256 for one in known]))
    except NotFoundError as error:
        raise UnknownSourceError(**error.details) from error


EVERYTHING = Scope("everything", everything=True)
"""All records but the identity keys, and what is needed to keep a promise about copies."""


def midnight_us(day: dt.date, zone: str) -> int:
    """Return the first instant of a local day, UTC microseconds."""
    return instant_us(dt.datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)))
