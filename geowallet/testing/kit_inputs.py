"""What the kit feeds a connector: cuts, damage, archives, and a stream that comes in drops."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.api import ReadResult, Trace
from geowallet.model.fixes import Fixes
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_CUTS = 2_000
"""Every truncation of a small sample; evenly spread ones of a larger."""


def cuts(sample: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what it is, and a truncation."""
    step = max(1, len(sample) // MAX_CUTS)
    for cut in range(0, len(sample), step):
        yield N_("a truncation"), sample[:cut]


def damaged(sample: bytes, mutations: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield what it is, and a copy with one to sixteen other bytes."""
    chance = random.Random(seed)  # noqa: S311  reproducible damage, no secret
    for _ in range(mutations):
        data = bytearray(sample)
        for _ in range(chance.choice((1, 1, 1, 4, 16))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield N_("a damaged copy"), bytes(data)


def archives(sample: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file name and an archive that holds the sample alone."""
    yield "sample.gz", gzip.compress(sample, mtime=0)
    yield "sample.bz2", bz2.compress(sample)
    yield "sample.xz", lzma.compress(sample)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("folder/sample"), sample)
    yield "sample.zip", packed.getvalue()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as bundle:
        entry = tarfile.TarInfo("sample")
        entry.size = len(sample)
        bundle.addfile(entry, io.BytesIO(sample))
    yield "sample.tar", packed.getvalue()


class Drops(io.BytesIO):
    """A stream that gives at most seven bytes at once, and cannot seek: pipes may do both."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next few bytes, or all where all were asked for."""
        few = size is not None and size >= 0
        return super().read(min(7, size) if few and size is not None else -1)

    def read1(self, size: int | None = -1, /) -> bytes:
        """Return the next few bytes."""
        return super().read(7 if size is None or size < 0 else min(7, size))

    def seekable(self) -> bool:
        """Say that it cannot go back."""
        return False

    def seek(self, position: int, whence: int = 0, /) -> int:
        """Refuse to.

        Raises:
            io.UnsupportedOperation: Always.
        """
        raise io.UnsupportedOperation(f"seek to {position}, {whence}")


def joined(parts: Iterable[ReadResult]) -> ReadResult:
    """Return the parts of a source as one result: one trace a device, in order of time."""
    known = list(parts)
    traces: dict[str, list[Trace]] = {}
    for part in known:
        for trace in part.traces:
            traces.setdefault(trace.device, []).append(trace)
    return ReadResult(
        tuple(_one(found) for found in traces.values()),
        tuple(problem for part in known for problem in part.problems),
        sum(part.untimed for part in known),
        None,
        tuple(label for part in known for label in part.labels),
    )


def _one(traces: list[Trace]) -> Trace:
    columns = [np.concatenate(c) for c in zip(*(t.fixes.columns() for t in traces), strict=True)]
    order = np.argsort(columns[0], kind="stable")
    fixes = Fixes(*(column[order] for column in columns))
    return Trace(traces[0].device, fixes, traces[0].time_kind)
