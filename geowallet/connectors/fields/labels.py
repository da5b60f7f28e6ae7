"""Source labels as they are read: repeated words joined into one, in bounded number."""

from __future__ import annotations

from geowallet.connectors.api import LabelKind, SourceLabel

MAX_LABELS = 50_000
"""More are dropped: ten years of Google's activities are about 40,000."""
MAX_CHARACTERS = 64
"""A longer value is no word of a format, but text of a person."""


class LabelLog:
    """Collects the labels of one source."""

    __slots__ = ("_labels", "_open")

    def __init__(self) -> None:
        self._labels: list[SourceLabel] = []
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
        """Add what was true at ``at_us``; equal values in a row become one label."""
        last = self._open.get((kind, trace))
        if last is not None and last.value == value.strip():
            first_us, last_us = min(last.start_us, at_us), max(last.end_us, at_us)
            self._open[kind, trace] = SourceLabel(first_us, last_us, kind, last.value, trace)
            return
        if last is not None:
            self._close(last)
        self._open[kind, trace] = SourceLabel(at_us, at_us, kind, value.strip(), trace)

    def _close(self, label: SourceLabel) -> None:
        self.add(label.kind, label.value, label.start_us, label.end_us, trace=label.trace)

    def labels(self) -> tuple[SourceLabel, ...]:
        """Return all of them by time; call it once, at the end."""
        for label in self._open.values():
            self._close(label)
        self._open = {}
        return tuple(sorted(self._labels, key=lambda label: (label.start_us, label.end_us)))
