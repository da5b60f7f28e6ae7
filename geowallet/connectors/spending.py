"""What an archive may cost, and streams that count it while they unpack."""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from geowallet.model.errors import ArchiveError, TooLargeError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Limits:
    """What an honest archive stays below.

    Attributes:
        total_bytes: Of all members together, unpacked.
        nested_bytes: Of one archive inside another, which is held in memory.
        members: Number of members, folders included.
        depth: Archives inside archives; a .tar.gz is two.
        ratio: Unpacked to packed bytes of one stream. Traces as text reach 30.
        grace_bytes: Unpacked bytes before ``ratio`` counts.
    """

    total_bytes: int = 8 << 30
    nested_bytes: int = 256 << 20
    members: int = 50_000
    depth: int = 3
    ratio: int = 200
    grace_bytes: int = 1 << 20


LIMITS = Limits()

DAMAGED = N_("it is damaged, cut short or packed in a rare way")
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
"""What the standard library raises on damaged or unsupported archives."""


class Spending:
    """What has been unpacked so far, over all depths."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._members = 0
        self._bytes = 0

    def member(self) -> None:
        """Count one member."""
        self._members += 1
        if self._members > self.limits.members:
            raise TooLargeError(limit=f"{self.limits.members} files in one archive")

    def spend(self, count: int) -> None:
        """Count unpacked bytes."""
        self._bytes += count
        if self._bytes > self.limits.total_bytes:
            raise TooLargeError(limit=f"{self.limits.total_bytes >> 30} GiB unpacked")


class Unpacked(io.RawIOBase):
    """A member as it is unpacked, measured against its packed size."""

    def __init__(
        self, stream: BinaryIO, packed_bytes: Callable[[], int], spending: Spending
    ) -> None:
        self._stream = stream
        self._packed_bytes = packed_bytes
        self._spending = spending
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        with named_damage():
            data = self._stream.read(len(view))
        self._given += len(data)
        self._spending.spend(len(data))
        limits = self._spending.limits
        if self._given > max(limits.grace_bytes, limits.ratio * self._packed_bytes()):
            raise TooLargeError(limit=f"{limits.ratio} times its packed size")
        view[: len(data)] = data
        return len(data)


class Counted(io.RawIOBase):
    """The packed bytes, counted as they are used."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = self._stream.read(len(view))
        self.count += len(data)
        view[: len(data)] = data
        return len(data)


@contextmanager
def named_damage() -> Iterator[None]:
    """Turn what the standard library raises on damage into `ArchiveError`."""
    try:
        yield
    except _DAMAGE as error:
        raise ArchiveError(reason=DAMAGED) from error
