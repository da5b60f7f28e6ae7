"""Source labels as they are read: repeated words joined into one, in bounded number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.api import LabelKind, SourceLabel
from geowallet.connectors.fields.local import shifted_us

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MAX_LABELS = 50_000
"""More are dropped: ten years of Google's activities are about 40,000."""
MAX_CHARACTERS = 64
"""A longer value is no word of a format, but text of a person."""
SILENCE_US = 900_000_000
"""A quarter of an hour, longer than phones at rest are silent in their usual mode."""
ODOMETER_EVERY_US = 60_000_000
"""Readings nearer to each other than this tell nothing more."""
MOST_M = 1e10
"""More is no odometer of a vehicle on land."""


class LabelLog:
    """Collects the labels of one source."""

    __slots__ = ("_labels", "_open", "_readings")

    def __init__(self) -> None:
        self._labels: list[SourceLabel] = []
        self._readings: dict[str, tuple[SourceLabel, SourceLabel | None]] = {}
        self._open: dict[tuple[LabelKind, str], SourceLabel] = {}

    def add(
        self, kind: LabelKind, value: str, start_us: int, end_us: int, *, trace: str = ""
    ) -> None:
        """Add what was true from ``start_us`` to ``end_us``; a blank or long value is dropped."""
        value = value.strip()
        if 0 < len(value) <= MAX_CHARACTERS and len(self._labels) < MAX_LABELS:
            first_us, last_us = sorted((start_us, end_us))
            self._labels.append(SourceLabel(first_us, last_us, kind, value, trace))

    def sample(self, kind: LabelKind, value: str, at_us: int, *, trace: str = "") -> None:
        """Add what was true at ``at_us``; equal values in a row become one label.

        A silence of more than `SILENCE_US` between them ends it: nobody knows
        what was true meanwhile.
        """
        value = value.strip()
        if not 0 < len(value) <= MAX_CHARACTERS:
            return
        last = self._open.get((kind, trace))
        if last is not None and last.value == value and _touches(last, at_us):
            first_us, last_us = min(last.start_us, at_us), max(last.end_us, at_us)
            self._open[kind, trace] = replace(last, start_us=first_us, end_us=last_us)
            return
        if last is not None:
            self._close(last)
        self._open[kind, trace] = SourceLabel(at_us, at_us, kind, value, trace)

    def odometer(self, metres: float, at_us: int, *, trace: str = "") -> None:
        """Add a reading, at most one a minute and the last one; NaN and below 0 are dropped."""
        if not 0 <= metres < MOST_M:
            return
        label = SourceLabel(at_us, at_us, "odometer_m", f"{metres:.0f}", trace)
        if trace not in self._readings:
            self._readings[trace] = (label, None)
            return
        kept, latest = self._readings[trace]
        if kept.value == label.value and latest is None:
            first_us, last_us = min(kept.start_us, at_us), max(kept.end_us, at_us)
            self._readings[trace] = (replace(kept, start_us=first_us, end_us=last_us), None)
        elif abs(at_us - kept.end_us) < ODOMETER_EVERY_US:
            self._readings[trace] = (kept, label)
        else:
            self._close(kept)
            self._readings[trace] = (label, None)

    def _close(self, label: SourceLabel) -> None:
        self.add(label.kind, label.value, label.start_us, label.end_us, trace=label.trace)

    def labels(self, zone: ZoneInfo | None = None) -> tuple[SourceLabel, ...]:
        """Return all of them by time; call it once, at the end.

        Args:
            zone: Where the clock hung, if all times that were added are local.
        """
        for label in self._open.values():
            self._close(label)
        for kept, latest in self._readings.values():
            self._close(kept)
            if latest is not None:
                self._close(latest)
        self._open, self._readings = {}, {}
        found = self._labels if zone is None else _in_utc(self._labels, zone)
        return tuple(sorted(found, key=lambda label: (label.start_us, label.end_us)))


def _touches(label: SourceLabel, at_us: int) -> bool:
    return label.start_us - SILENCE_US <= at_us <= label.end_us + SILENCE_US


def _in_utc(labels: list[SourceLabel], zone: ZoneInfo) -> list[SourceLabel]:
    local = np.array([(label.start_us, label.end_us) for label in labels], dtype=np.int64)
    every = np.arange(local.size)
    times = shifted_us(local.reshape(-1), every, zone).reshape(-1, 2).tolist()
    return [
        replace(label, start_us=min(pair), end_us=max(pair))
        for pair, label in zip(times, labels, strict=True)
    ]
