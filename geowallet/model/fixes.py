"""Position fixes of one device, as a frozen struct of read-only columns."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntFlag, StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FixFlag(IntFlag):
    """Why a fix is doubted. Flags are added by cleaning; nothing is deleted."""

    JUMP = 1
    """Reached and left faster than any vehicle on land."""
    DUPLICATE = 2
    """Same instant as the fix before it."""
    NULL_ISLAND = 4
    """At latitude 0, longitude 0: an unset receiver, not a place."""
    IMPLAUSIBLE_TIME = 8
    """Before GPS existed, or after the moment of reading."""
    POOR_ACCURACY = 16
    """The source itself gives an accuracy too coarse to follow a path."""
    SHADOWED = 32
    """Another source covers this interval better."""
    ELSEWHERE = 64
    """Of a device that lay elsewhere while another one was carried."""
    REPEATED = 128
    """A position said again though others show movement: a remembered one, not a measured one."""
    COARSE = 256
    """From cell towers or wifi among better fixes that contradict it."""
    DRIFT = 512
    """Wandering about a place where nothing moves."""
    SHIFTED = 1024
    """Of a recording that says another one's way at another hour: a clock or zone is wrong."""
    CALCULATED = 2048
    """On a line that the receiver only carried on with, until it leapt off it: a tunnel."""


class TimeKind(StrEnum):
    """What the source says about its times (never silently turned into UTC)."""

    UTC = "utc"
    OFFSET = "offset"
    NAIVE = "naive"
    INTERVAL = "interval"
    """Only the start and end of a stay or a leg; the times between are computed."""


@dataclass(frozen=True, slots=True, eq=False)
class Fixes:
    """``n`` position fixes of one device, in time order.

    Takes ownership of its columns: they become read-only. Empty is normal.

    Attributes:
        time_us: int64 ``(n,)``, microseconds since the Unix epoch, UTC,
            non-decreasing.
        lat_deg: float64 ``(n,)``, WGS 84 latitude, -90 to 90.
        lon_deg: float64 ``(n,)``, WGS 84 longitude, -180 to 180.
        elevation_m: float64 ``(n,)``, NaN where the source gives none.
        accuracy_m: float64 ``(n,)``, horizontal accuracy as the source gives
            it, NaN where it gives none.
        speed_mps: float64 ``(n,)``, ground speed as measured by the receiver,
            NaN where it gives none.
        bearing_deg: float64 ``(n,)``, course over ground, 0 to 360, NaN where
            the source gives none.
        flags: uint16 ``(n,)``, union of `FixFlag`.

    Raises:
        ValueError: Columns differ in length, time runs backwards, or a
            coordinate is out of range or not a number.
    """

    time_us: NDArray[np.int64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    elevation_m: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    speed_mps: NDArray[np.float64]
    bearing_deg: NDArray[np.float64]
    flags: NDArray[np.uint16]

    def __post_init__(self) -> None:
        lengths = {len(c) for c in self.columns()}
        if len(lengths) != 1:
            msg = f"columns differ in length: {sorted(lengths)}"
            raise ValueError(msg)
        if np.any(self.time_us[1:] < self.time_us[:-1]):
            msg = "time runs backwards: sort fixes before building the table"
            raise ValueError(msg)
        if not (_within(self.lat_deg, 90.0) and _within(self.lon_deg, 180.0)):
            msg = "coordinate out of range (or latitude and longitude swapped)"
            raise ValueError(msg)
        for column in self.columns():
            column.setflags(write=False)

    def __len__(self) -> int:
        return len(self.time_us)

    def columns(self) -> tuple[NDArray[Any], ...]:
        """Return the columns in the order of the attributes."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def take(self, index: NDArray[Any] | slice) -> Fixes:
        """Return the fixes at ``index`` (ascending integers, a mask, or a slice).

        All of them are the table itself, which nobody can write to.
        """
        if isinstance(index, slice):
            if index.indices(len(self)) == (0, len(self), 1):
                return self
            return Fixes(*(column[index].copy() for column in self.columns()))
        rows = np.flatnonzero(index) if index.dtype == np.bool_ else index
        if len(rows) == len(self) and np.array_equal(rows, np.arange(len(self))):
            return self
        return Fixes(*(column.take(rows) for column in self.columns()))

    def with_flag(self, mask: NDArray[np.bool_], flag: FixFlag) -> Fixes:
        """Return the fixes with ``flag`` added where ``mask`` (bool, ``(n,)``) is set."""
        if not np.any(mask):
            return self
        added = np.where(mask, np.uint16(flag), np.uint16(0))
        return replace(self, flags=self.flags | added)

    def unflagged(self, doubts: FixFlag) -> NDArray[np.bool_]:
        """Return a mask (bool, ``(n,)``) of the fixes that carry none of ``doubts``."""
        clear: NDArray[np.bool_] = (self.flags & np.uint16(doubts)) == 0
        return clear


def _within(degrees: NDArray[np.float64], most: float) -> bool:
    """Say whether all lie between ``-most`` and ``most``; NaN does not. No copy is made."""
    return not len(degrees) or bool(degrees.min() >= -most and degrees.max() <= most)


def fixes_from(
    time_us: NDArray[np.int64],
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    **known: NDArray[np.float64],
) -> Fixes:
    """Build `Fixes` from unsorted columns; the sort by time is stable.

    Args:
        time_us: int64 ``(n,)``.
        lat_deg: float64 ``(n,)``.
        lon_deg: float64 ``(n,)``.
        **known: Any of ``elevation_m``, ``accuracy_m``, ``speed_mps``,
            ``bearing_deg``; the others become NaN.

    Raises:
        ValueError: As `Fixes`, or an unknown column name.
    """
    n = len(time_us)
    optional = {name: np.full(n, np.nan) for name in _OPTIONAL} | known
    if set(optional) != set(_OPTIONAL):
        msg = f"unknown columns: {sorted(set(optional) - set(_OPTIONAL))}"
        raise ValueError(msg)
    order = np.argsort(time_us, kind="stable")
    return Fixes(
        time_us=np.asarray(time_us, dtype=np.int64)[order],
        lat_deg=np.asarray(lat_deg, dtype=np.float64)[order],
        lon_deg=np.asarray(lon_deg, dtype=np.float64)[order],
        flags=np.zeros(n, dtype=np.uint16),
        **{name: np.asarray(column, dtype=np.float64)[order] for name, column in optional.items()},
    )


def no_fixes() -> Fixes:
    """Return an empty table."""
    return fixes_from(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))


_OPTIONAL = ("elevation_m", "accuracy_m", "speed_mps", "bearing_deg")
