"""Stops, legs, trips, places and vehicles: the vocabulary of the mobility field.

The terms follow trackintel (Martin et al., 2023, "Trackintel: An open-source
Python library for human mobility analysis", CEUS 101) and the glossary in
docs/architecture.md. Nothing here needs numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geowallet.model.words import Phrase


class Mode(StrEnum):
    """Means of travel. ``car`` says nothing of driver or passenger."""

    WALK = "walk"
    RUN = "run"
    BIKE = "bike"
    E_BIKE = "e_bike"
    E_SCOOTER = "e_scooter"
    CAR = "car"
    MOTORCYCLE = "motorcycle"
    BUS = "bus"
    TRAM = "tram"
    SUBWAY = "subway"
    TRAIN = "train"
    FERRY = "ferry"
    AIRPLANE = "airplane"
    OTHER = "other"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """Why a trip was made, from places, work hours, and what the owner says."""

    COMMUTE = "commute"
    BUSINESS = "business"
    PRIVATE = "private"


class Sureness(StrEnum):
    """A probability in words: sure >= 0.90, likely >= 0.70, else unsure."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"

    @classmethod
    def of(cls, confidence: float) -> Sureness:
        """Return the word for a probability between 0 and 1."""
        if confidence >= 0.90:
            return cls.SURE
        return cls.LIKELY if confidence >= 0.70 else cls.UNSURE

    def at_least(self, other: Sureness) -> bool:
        """Say whether this is as sure as ``other`` or surer."""
        order = (Sureness.UNSURE, Sureness.LIKELY, Sureness.SURE)
        return order.index(self) >= order.index(other)


class PlaceKind(StrEnum):
    """What a place is to the owner."""

    HOME = "home"
    WORK = "work"
    CLIENT = "client"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Point:
    """A position: WGS 84 degrees, latitude -90 to 90, longitude -180 to 180."""

    lat_deg: float
    lon_deg: float


class StopKind(StrEnum):
    """What a stop is to the trips around it."""

    ACTIVITY = "activity"
    """Long enough, or enough of a detour, to be what the trip was for."""
    PAUSE = "pause"
    """On the way: a platform, a light, a short errand."""
    SILENCE = "silence"
    """Nothing was recorded, and the silence ends where it began."""


class GapKind(StrEnum):
    """Why nothing was recorded within a leg, as far as the fixes around it tell."""

    STILL = "still"
    """It ends where it began: the device slept because nothing moved."""
    COVERED = "covered"
    """Its ends lie as far apart as the travel goes: a tunnel, a subway, a deep street."""
    NO_SIGNAL = "no_signal"
    """The device was on, but its positions were too coarse to follow."""
    OFF = "off"
    """Too long or too slow for a way: switched off, or empty."""
    LEAP = "leap"
    """No silence: its ends are farther apart than anything moves; one of them is wrong."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence within a leg: shown, never counted as travelled.

    Attributes:
        start_us: Last instant before it, UTC microseconds.
        end_us: First instant after it.
        metres: Straight metres between its ends.
        kind: Why nothing was recorded.
    """

    start_us: int
    end_us: int
    metres: float
    kind: GapKind


@dataclass(frozen=True, slots=True)
class Stop:
    """A stay within a radius for a duration.

    Attributes:
        start_us: First instant, UTC microseconds.
        end_us: Last instant, not before the first.
        centre: Mean position of its fixes.
        n_fixes: Number of fixes; 0 where the stay is inferred from a gap.
        is_activity: Whether it separates trips (a light or a platform does not).
    """

    start_us: int
    end_us: int
    centre: Point
    n_fixes: int
    is_activity: bool

    @property
    def kind(self) -> StopKind:
        """What it is to the trips around it."""
        if not self.n_fixes:
            return StopKind.SILENCE
        return StopKind.ACTIVITY if self.is_activity else StopKind.PAUSE


@dataclass(frozen=True, slots=True)
class Leg:
    """Movement with one mode between stops or mode changes.

    Attributes:
        start_us: First instant, UTC microseconds.
        end_us: Last instant.
        mode: The most probable mode, or ``UNKNOWN``.
        confidence: Probability of ``mode``, 0 to 1.
        alternatives: Other modes with their probability, most probable first.
        distance_m: Measured metres, gaps excluded.
        distance_sd_m: Standard deviation of ``distance_m``.
        gap_m: Straight metres across gaps: shown, never counted.
        gap_s: Seconds spent in gaps.
        n_fixes: Number of fixes used.
        reasons: Why this mode, for people.
        gaps: Its silences, in time order.
        set_aside: Names of `FixFlag` in small letters, and how many fixes of its
            time carry them and were not used; sorted.
    """

    start_us: int
    end_us: int
    mode: Mode
    confidence: float
    alternatives: tuple[tuple[Mode, float], ...]
    distance_m: float
    distance_sd_m: float
    gap_m: float
    gap_s: float
    n_fixes: int
    reasons: tuple[Phrase, ...] = ()
    gaps: tuple[Gap, ...] = ()
    set_aside: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """Legs from one activity stop to the next.

    Attributes:
        id: Stable name, a function of the instants alone: ``t`` and 12
            Crockford base32 characters.
        start_us: Start of the first leg.
        end_us: End of the last leg.
        legs: At least one, in time order.
        start: Where it began (centre of the stop before it, or first fix).
        end: Where it ended.
        sources: SHA-256 (hex) of the source files that gave its fixes, sorted.
    """

    id: str
    start_us: int
    end_us: int
    legs: tuple[Leg, ...]
    start: Point
    end: Point
    sources: tuple[str, ...]

    @property
    def distance_m(self) -> float:
        """Measured metres of all legs."""
        return sum(leg.distance_m for leg in self.legs)

    @property
    def gap_m(self) -> float:
        """Straight metres across gaps of all legs, not counted as travelled."""
        return sum(leg.gap_m for leg in self.legs)

    @property
    def main_leg(self) -> Leg:
        """The longest leg: it names the trip's mode and confidence."""
        return max(self.legs, key=lambda leg: (leg.distance_m, -leg.start_us))


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster of stops over time.

    Attributes:
        id: Stable name, ``p`` and 6 characters, from its position.
        centre: Mean of its stops, weighted by duration.
        radius_m: Distance within which a stop belongs to it.
        visits: Number of stops.
        dwell_s: Total time spent.
        name: What the owner calls it, or "".
        kind: What it is to the owner, or None while unnamed.
        guess: What it looks like (most nights, most work hours), or None.
        confidence: Probability of ``guess``, 0 to 1; 0 without one.
        reason: Why it looks so, for people, or None.
    """

    id: str
    centre: Point
    radius_m: float
    visits: int
    dwell_s: int
    name: str = ""
    kind: PlaceKind | None = None
    guess: PlaceKind | None = None
    confidence: float = 0.0
    reason: Phrase | None = None


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """What the owner said of a position: kept apart from the clusters it names."""

    name: str
    kind: PlaceKind
    centre: Point


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A registered car, motorcycle or bike.

    Attributes:
        id: The owner's short name for it.
        mode: What it travels as.
        plate: Registration, or "".
        fiscal_power_cv: French fiscal power (field P.6), 0 where none.
        energy: ``petrol``, ``diesel``, ``electric``, ``hybrid`` or "".
        devices: Devices or formats whose traces are of this vehicle.
        company: Whether the employer owns it.
        since: First day on which the owner had it, ``YYYY-MM-DD``, or "".
        until: Last day, or "".
    """

    id: str
    mode: Mode
    plate: str = ""
    fiscal_power_cv: int = 0
    energy: str = ""
    devices: tuple[str, ...] = ()
    company: bool = False
    since: str = ""
    until: str = ""

    def held_on(self, day: str) -> bool:
        """Say whether the owner had it on a local day, ``YYYY-MM-DD``."""
        return self.since <= day and (not self.until or day <= self.until)


@dataclass(frozen=True, slots=True)
class DescribedTrip:
    """A trip with what places, work hours and the owner make of it.

    Attributes:
        trip: The trip itself.
        day: Local day on which it starts, ``YYYY-MM-DD``.
        starts_min: Local start in minutes after midnight of ``day``.
        ends_min: Local end in minutes after midnight of ``day``; above 1,440
            where it ends on a later day.
        purpose: Why it was made.
        origin: The named place it starts at, or None.
        destination: The named place it ends at, or None.
        vehicle: Id of the owner's vehicle, or "".
        by_owner: Whether the owner corrected a mode, the purpose or the ends, by a
            word on this trip or by a rule.
        purpose_confidence: Probability of ``purpose``, 0 to 1.
        purpose_reasons: Why this purpose, for people.
        tags: Words that the owner put on it, sorted; ``carpool`` alone counts.
    """

    trip: Trip
    day: str
    starts_min: int
    ends_min: int
    purpose: Purpose
    origin: NamedPlace | None
    destination: NamedPlace | None
    vehicle: str = ""
    by_owner: bool = False
    purpose_confidence: float = 1.0
    purpose_reasons: tuple[Phrase, ...] = ()
    tags: tuple[str, ...] = ()
