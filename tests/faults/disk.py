"""A disk that forgets: what a power cut leaves of files that were not flushed yet.

Names and contents are apart, as on a real disk. What a file holds lasts when the file
is flushed, what a folder calls it when the folder is flushed; this is less than most
file systems give. Of what was not flushed, a cut keeps any sectors of 512 bytes and
the first few names of each folder.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.faults.recorded import Call

SECTOR_BYTES = 512


class Loss(StrEnum):
    """What becomes of bytes that were not flushed."""

    ALL = "all lost"
    NONE = "none lost"
    SOME = "some writes lost"
    TORN = "some sectors lost"
    GARBLED = "some sectors lost, some garbled"


@dataclass(slots=True)
class File:
    """What is on the disk, and what is still on its way: offset and bytes, or a length."""

    lasting: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def flush(self) -> None:
        data = bytearray(self.lasting)
        for at, what in self.pending:
            _put(data, at, what)
        self.lasting, self.pending = bytes(data), []

    def after(self, loss: Loss, draw: random.Random) -> bytes:
        """Return what a cut leaves of it."""
        data = bytearray(self.lasting)
        if loss is not Loss.ALL:
            for at, what in self.pending:
                if loss is Loss.NONE or draw.random() < 0.5:
                    for start, part in _sectors(at, what):
                        _put_some(data, start, part, loss, draw)
        return bytes(data)


Entry = "File | Folder"


@dataclass(slots=True)
class Folder:
    """Names that last, names as they are now, and the changes between the two, in order."""

    lasting: dict[str, File | Folder] = field(default_factory=dict)
    names: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[tuple[tuple[str, File | Folder | None], ...]] = field(default_factory=list)

    def change(self, *changes: tuple[str, File | Folder | None]) -> None:
        """Give or take names, all in one step."""
        _rename(self.names, changes)
        self.pending.append(changes)

    def flush(self) -> None:
        for changes in self.pending:
            _rename(self.lasting, changes)
        self.pending = []

    def after(self, draw: random.Random) -> dict[str, File | Folder]:
        """Return the names that a cut leaves."""
        names = dict(self.lasting)
        for changes in self.pending[: draw.randint(0, len(self.pending))]:
            _rename(names, changes)
        return names


class Disk:
    """What one process does below ``root``, from the files that lie there at first.

    Args:
        root: The folder; calls elsewhere are passed over.
        origin: Where its first contents are read.
        lies: Paths below ``root`` whose flushes do nothing.
    """

    def __init__(self, root: Path, origin: Path, *, lies: Iterable[str] = ()) -> None:
        self.root, self._lies = root, tuple(lies)
        self.top = _folder_from(origin)
        self._open: dict[int, tuple[File | Folder, str]] = {}
        self._at: dict[int, int] = {}
        self.said: list[str] = []

    def do(self, call: Call) -> None:
        """Let one call happen."""
        act = getattr(self, f"_{call.name}", None)
        if act is None:
            msg = f"a call that this disk does not know: {call.name}"
            raise NotImplementedError(msg)
        act(call)

    def after(self, loss: Loss, draw: random.Random) -> dict[str, bytes | None]:
        """Return path and bytes of every file that a cut now leaves; None for a folder."""
        return dict(_walk("", self.top, loss, draw))

    def _openat(self, call: Call) -> None:
        place = self._place(call.path(1))
        self._open.pop(call.result, None)
        if place is None:
            return
        folder, name, shown = place
        flags = str(call.arguments[2])
        found = folder.names.get(name) if name else folder
        if found is None:
            found = File()
            folder.change((name, found))
        if isinstance(found, File) and "O_TRUNC" in flags:
            found.pending.append((0, None))
        self._open[call.result], self._at[call.result] = (found, shown), 0

    def _close(self, call: Call) -> None:
        self._open.pop(_number(call, 0), None)

    def _lseek(self, call: Call) -> None:
        self._at[_number(call, 0)] = call.result

    def _write(self, call: Call) -> None:
        number, data = _number(call, 0), call.arguments[1]
        assert isinstance(data, bytes)
        if number == 1:
            self.said += data.decode().splitlines()
        elif number in self._open:
            self._file(number).pending.append((self._at[number], data[: call.result]))
            self._at[number] += call.result

    def _pwrite64(self, call: Call) -> None:
        number, data = _number(call, 0), call.arguments[1]
        assert isinstance(data, bytes)
        if number in self._open:
            self._file(number).pending.append((_number(call, 3), data[: call.result]))

    def _ftruncate(self, call: Call) -> None:
        if _number(call, 0) in self._open:
            self._file(_number(call, 0)).pending.append((_number(call, 1), None))

    def _fsync(self, call: Call) -> None:
        found = self._open.get(_number(call, 0))
        if found is not None and not found[1].startswith(self._lies or ("\0",)):
            found[0].flush()

    _fdatasync = _fsync

    def _rename(self, call: Call) -> None:
        self._move(call, keep=False)

    def _link(self, call: Call) -> None:
        self._move(call, keep=True)

    def _move(self, call: Call, *, keep: bool) -> None:
        old, new = self._place(call.path(0)), self._place(call.path(1))
        if old is None or new is None:
            return
        if old[0] is not new[0]:
            raise NotImplementedError("a name that moves to another folder")
        moved = old[0].names[old[1]]
        gone = () if keep else ((old[1], None),)
        new[0].change(*gone, (new[1], moved))

    def _unlink(self, call: Call) -> None:
        place = self._place(call.path(0))
        if place is not None:
            place[0].change((place[1], None))

    _rmdir = _unlink

    def _mkdir(self, call: Call) -> None:
        place = self._place(call.path(0))
        if place is not None:
            place[0].change((place[1], Folder()))

    def _file(self, number: int) -> File:
        found = self._open[number][0]
        assert isinstance(found, File)
        return found

    def _place(self, path: Path) -> tuple[Folder, str, str] | None:
        """Return folder, name and path below the root; an empty name is the root."""
        if not path.is_relative_to(self.root):
            return None
        parts = path.relative_to(self.root).parts
        folder = self.top
        for part in parts[:-1]:
            inner = folder.names[part]
            assert isinstance(inner, Folder)
            folder = inner
        return folder, parts[-1] if parts else "", "/".join(parts) or "."


def _folder_from(origin: Path) -> Folder:
    folder = Folder()
    for path in origin.iterdir():
        entry = _folder_from(path) if path.is_dir() else File(path.read_bytes())
        folder.lasting[path.name] = folder.names[path.name] = entry
    return folder


def _walk(
    prefix: str, folder: Folder, loss: Loss, draw: random.Random
) -> Iterator[tuple[str, bytes | None]]:
    for name, entry in sorted(folder.after(draw).items()):
        if isinstance(entry, Folder):
            yield prefix + name, None
            yield from _walk(f"{prefix}{name}/", entry, loss, draw)
        else:
            yield prefix + name, entry.after(loss, draw)


def _rename(
    names: dict[str, File | Folder], changes: Iterable[tuple[str, File | Folder | None]]
) -> None:
    for name, entry in changes:
        if entry is None:
            names.pop(name, None)
        else:
            names[name] = entry


def _sectors(at: int, what: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if what is None:
        yield at, None
        return
    end = at + len(what)
    start = at
    while start < end:
        stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        yield start, what[start - at : stop - at]
        start = stop


def _put_some(
    data: bytearray, at: int, part: bytes | None, loss: Loss, draw: random.Random
) -> None:
    if loss in {Loss.TORN, Loss.GARBLED} and draw.random() < 0.5:
        return
    if loss is Loss.GARBLED and part is not None and draw.random() < 0.2:
        part = draw.randbytes(len(part))
    _put(data, at, part)


def _put(data: bytearray, at: int, what: bytes | None) -> None:
    """Write at an offset, or cut to that length (or lengthen it) where there is nothing."""
    if what is None:
        del data[at:]
        data.extend(bytes(at - len(data)))
        return
    data.extend(bytes(max(0, at + len(what) - len(data))))
    data[at : at + len(what)] = what


def _number(call: Call, place: int) -> int:
    return int(call.arguments[place])
