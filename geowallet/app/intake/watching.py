"""How far the reading of one file has come."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 16


class Tell(Protocol):
    """Is told how far a file has been read."""

    def __call__(self, done: int, total: int) -> None:
        """Take bytes read and the length of the file; the last call has both alike."""


class _Watched(io.RawIOBase):
    """A stream that tells every `_EVERY_BYTES` where it is; it does not close what it reads."""

    def __init__(self, stream: BinaryIO, tell: Callable[[int, int], None]) -> None:
        self._stream, self._tell = stream, tell
        self._total = stream.seek(0, io.SEEK_END)
        self._told = stream.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = self._stream.read(len(view))
        at = self._stream.tell()
        if abs(at - self._told) >= _EVERY_BYTES or at == self._total != self._told:
            self._told = at
            self._tell(at, self._total)
        view[: len(data)] = data
        return len(data)


def watched(stream: BinaryIO, tell: Tell) -> BinaryIO:
    """Return ``stream``, from its start, such that ``tell`` hears of what is read of it."""
    return cast("BinaryIO", io.BufferedReader(_Watched(stream, tell), _BUFFER_BYTES))
