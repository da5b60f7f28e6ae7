"""The wallet's sources: what was imported, and the fixes of a window of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from geowallet.connectors.api import SourceLabel  # noqa: TC001  msgspec reads annotations
from geowallet.model.errors import VaultDamagedError
from geowallet.model.fixes import (  # noqa: TC001  msgspec reads annotations at run time
    Fixes,
    TimeKind,
)
from geowallet.model.words import N_
from geowallet.track.clean import BAD, flag_single
from geowallet.track.pipeline import CUT_GAP_US
from geowallet.track.sources import SourcedFixes
from geowallet.track.windows import Window  # noqa: TC001  msgspec reads annotations
from geowallet.vault.columns import decode_fixes, join_fixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.vault.store import Vault


class Blob(msgspec.Struct, frozen=True):
    """One stored piece of a trace: its record's name and the time it covers."""

    name: str
    sha256: str
    first_us: int
    last_us: int
    fixes: int


class StoredTrace(msgspec.Struct, frozen=True):
    """One device's fixes in one source.

    Attributes:
        device: As the source names it, or "".
        time_kind: What the source said about its times.
        runs: Windows without a gap that would cut the timeline.
        blobs: In time order.
    """

    device: str
    time_kind: TimeKind
    runs: tuple[Window, ...]
    blobs: tuple[Blob, ...]


class Source(msgspec.Struct, frozen=True):
    """One imported file.

    Attributes:
        sha256: Of its bytes, hex; its name in the wallet.
        container: SHA-256 of the archive it came in, or its own.
        name: File name without its folder.
        length: In bytes.
        connector: Format that read it.
        imported_us: When.
        problems: Number of records that did not become fixes.
        traces: One for each device.
        labels: What it says beyond positions; empty in wallets of before.
        said: What the owner said when it was read, and what was put right for it.
        erased: Fixes of it that were erased; reading it again does not bring them back.
        lost: Fixes of it that could no longer be read and were given up.
    """

    sha256: str
    container: str
    name: str
    length: int
    connector: str
    imported_us: int
    problems: int
    traces: tuple[StoredTrace, ...]
    labels: tuple[SourceLabel, ...] = ()
    said: dict[str, str] = {}
    erased: int = 0
    lost: int = 0

    @property
    def weeks_moved(self) -> bool:
        """Whether times of it were moved by 1,024 weeks."""
        return "moved_by_1024_weeks" in self.said

    @property
    def fixes(self) -> int:
        """Number of fixes kept."""
        return sum(blob.fixes for trace in self.traces for blob in trace.blobs)

    def runs(self) -> list[Window]:
        """Return the windows that its traces cover."""
        return [run for trace in self.traces for run in trace.runs]


def sources(vault: Vault) -> list[Source]:
    """Return all imported files, by digest (an order that imports cannot change)."""
    found = (msgspec.msgpack.decode(body, type=Source) for _, body in vault.items("source"))
    return sorted(found, key=lambda source: source.sha256)


def source(vault: Vault, sha256: str) -> Source | None:
    """Return one imported file by its digest, or None."""
    stored = vault.get("source", sha256)
    return msgspec.msgpack.decode(stored, type=Source) if stored else None


def fixes_between(vault: Vault, known: Iterable[Source], window: Window) -> list[SourcedFixes]:
    """Return the stored fixes of ``window``, one table for each source and device.

    Args:
        vault: The open wallet.
        known: As `sources` returns them.
        window: First and last instant.

    Raises:
        VaultDamagedError: A blob does not authenticate.
    """
    found = []
    for item in known:
        for trace in item.traces:
            pieces = [
                decode_fixes(_blob(vault, blob))
                for blob in trace.blobs
                if blob.last_us >= window[0] and blob.first_us <= window[1]
            ]
            inside = _inside(pieces, window)
            if inside is not None:
                found.append(SourcedFixes(item.sha256, trace.device, inside))
    return found


def runs_of(fixes: Fixes) -> tuple[Window, ...]:
    """Return the windows of ``fixes`` without a silence that cuts the timeline.

    Fixes that are wrong by themselves (no place, no possible time) do not count:
    the analysis does not build on them either.
    """
    time_us = fixes.time_us[flag_single(fixes, latest_us=None).unflagged(BAD)]
    if not len(time_us):
        return ()
    cuts = np.flatnonzero(np.diff(time_us) >= CUT_GAP_US)
    firsts = time_us[np.concatenate(([0], cuts + 1))]
    lasts = time_us[np.concatenate((cuts, [len(time_us) - 1]))]
    return tuple((_whole_ms(a), _whole_ms(b)) for a, b in zip(firsts, lasts, strict=True))


def _blob(vault: Vault, blob: Blob) -> bytes:
    stored = vault.get("fixes", blob.name)
    if stored is None:
        raise VaultDamagedError(what=N_("a piece of a trace"))
    return stored


def _whole_ms(time_us: np.int64) -> int:
    """Return an instant as the wallet keeps it, cut to the millisecond."""
    return int(time_us) // 1000 * 1000


def _inside(pieces: Sequence[Fixes], window: Window) -> Fixes | None:
    if not pieces:
        return None
    whole = join_fixes(pieces)
    first, last = (
        np.searchsorted(whole.time_us, window[0]),
        np.searchsorted(whole.time_us, window[1], side="right"),
    )
    return whole.take(slice(int(first), int(last))) if last > first else None
