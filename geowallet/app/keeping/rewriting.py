"""A source without some of its fixes: its blobs written anew, under other keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from geowallet.app.intake.sources import Blob, Source, StoredTrace, runs_of
from geowallet.app.keeping.spans import disjoint, overlaps
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import VaultDamagedError
from geowallet.model.words import N_
from geowallet.track.windows import joined_runs
from geowallet.vault.columns import decode_fixes, encode_fixes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geowallet.app.keeping.scope import Scope
    from geowallet.connectors.api import SourceLabel
    from geowallet.model.fixes import Fixes
    from geowallet.track.windows import Window
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One source before and after.

    Attributes:
        before: As it stands.
        after: Without the fixes; where none are left, without its name too.
        bodies: Blobs to write, by name.
        gone: Names of blobs to remove.
        spans: When the erased fixes were; see `disjoint`.
    """

    before: Source
    after: Source
    bodies: dict[str, bytes]
    gone: tuple[str, ...]
    spans: tuple[Window, ...]

    @property
    def fixes(self) -> int:
        """Number of fixes that go."""
        return self.before.fixes - self.after.fixes


def without(vault: Vault, source: Source, scope: Scope) -> Rewritten | None:
    """Return ``source`` without what ``scope`` means, or None where that changes nothing.

    Raises:
        VaultDamagedError: A blob that may hold such fixes cannot be read.
    """
    if not scope.of_source(source):
        return None
    work = _Work(vault, scope)
    traces = tuple(work.trace(trace) for trace in source.traces)
    spans = disjoint(work.spans)
    labels = _labels(source.labels, scope, spans)
    if traces == source.traces and labels == source.labels:
        return None
    left = sum(blob.fixes for trace in traces for blob in trace.blobs)
    after = msgspec.structs.replace(
        source,
        name=source.name if left else "",
        traces=traces if left else (),
        labels=labels if left else (),
        erased=source.erased + source.fixes - left,
    )
    return Rewritten(source, after, work.bodies, tuple(work.gone), spans)


def emptied(source: Source) -> Source:
    """Return what stays of a source of which all is erased: digests and numbers."""
    return msgspec.structs.replace(
        source, name="", traces=(), labels=(), said={}, erased=source.erased + source.fixes
    )


class _Work:
    """What is written and removed, gathered over the traces of one source."""

    def __init__(self, vault: Vault, scope: Scope) -> None:
        self._vault, self._scope = vault, scope
        self.bodies: dict[str, bytes] = {}
        self.gone: list[str] = []
        self.spans: list[Window] = []

    def trace(self, trace: StoredTrace) -> StoredTrace:
        """Return a trace without the fixes that are meant; itself where there are none."""
        if not any(self._may_hold(blob) for blob in trace.blobs):
            return trace
        blobs: list[Blob] = []
        runs: list[Window] = []
        changed = False
        for blob in trace.blobs:
            fixes = self._fixes(blob)
            meant = self._scope.mask(fixes)
            if meant.any():
                changed = True
                self.spans += _spans(fixes.time_us, meant)
                fixes = fixes.take(~meant)
                blob = self._written(blob, fixes)  # noqa: PLW2901  the same blob, as it will be
            if len(fixes):
                blobs.append(blob)
                runs += runs_of(fixes)
        if not changed:
            return trace
        return msgspec.structs.replace(trace, runs=joined_runs(runs), blobs=tuple(blobs))

    def _may_hold(self, blob: Blob) -> bool:
        window = self._scope.window
        return window is None or (blob.last_us >= window[0] and blob.first_us <= window[1])

    def _fixes(self, blob: Blob) -> Fixes:
        body = self._vault.get("fixes", blob.name)
        if body is None:
            raise VaultDamagedError(what=N_("a piece of a trace"))
        return decode_fixes(body)

    def _written(self, blob: Blob, fixes: Fixes) -> Blob:
        """Note what becomes of a blob that keeps ``fixes``, and return it as it will be."""
        if not len(fixes):
            self.gone.append(blob.name)
            return blob
        body = encode_fixes(fixes)
        self.bodies[blob.name] = body
        first_us, last_us = (int(us) for us in fixes.time_us[[0, -1]])
        return Blob(blob.name, sha256_hex(body), first_us, last_us, len(fixes))


def _spans(time_us: NDArray[np.int64], meant: NDArray[np.bool_]) -> Iterable[Window]:
    """Yield first and last instant of each run of fixes that are meant."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], meant, [False]))))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        yield int(time_us[first]), int(time_us[after - 1])


def _labels(
    labels: tuple[SourceLabel, ...], scope: Scope, spans: tuple[Window, ...]
) -> tuple[SourceLabel, ...]:
    windows = spans if scope.window is None else (scope.window,)
    return tuple(label for label in labels if not overlaps(windows, label.start_us, label.end_us))
