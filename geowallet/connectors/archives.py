"""Archives, opened in memory and within limits: zip, gz, bz2, xz, tar, and one in another.

Nothing is ever written to disk. A size, a ratio, a number of members or a depth
beyond `Limits` ends the whole archive: such a file is not honest.
"""

from __future__ import annotations

import bz2
import gzip
import io
import stat
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from geowallet.connectors.foreign import office_kind
from geowallet.connectors.spending import (
    DAMAGED,
    LIMITS,
    Counted,
    Limits,
    Spending,
    Unpacked,
    named_damage,
)
from geowallet.connectors.streams import BLOCK_BYTES, rewound, take, whole
from geowallet.connectors.xz import UnpackedXz
from geowallet.model.errors import ArchiveError, NotATraceError, TooLargeError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _gunzip(packed: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=packed))


def _bunzip(packed: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", bz2.BZ2File(packed))


def _unxz(packed: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", UnpackedXz(packed))


_PACKERS: tuple[tuple[bytes, str, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b\x08", ".gz", _gunzip),
    (b"BZh", ".bz2", _bunzip),
    (b"\xfd7zXZ\x00", ".xz", _unxz),
)
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_MAGIC_AT = 257
_ZIP_TAIL_BYTES = 65_557 + 76
"""End record with its longest comment, after the zip64 end record and locator."""
_LISTING_BYTES = 200
"""Of one member in the list of a zip: 46, its path, and extra fields."""
_DEBRIS = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
"""What operating systems add to archives, ignored by name."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, or the source itself if it is none.

    Attributes:
        name: Path inside the archives, joined with ``!``; the last part has
            no packing suffix.
        stream: Forward only, valid until the next member is asked for.
    """

    name: str
    stream: BinaryIO


def open_members(name: str, stream: BinaryIO, *, limits: Limits = LIMITS) -> Iterator[Member]:
    """Yield the files of an archive, at every depth; a plain source is its own only member.

    Args:
        name: File name of the source.
        stream: At its start; must seek if it is a zip.
        limits: Passed only by tests and by those who know better.

    Raises:
        ArchiveError: Damaged, locked with a password, or with a name that
            leads outside.
        TooLargeError: A limit was passed.
        NotATraceError: A spreadsheet or document (which are zip files).
    """
    yield from _members(name, stream, 0, Spending(limits))


def _members(name: str, stream: BinaryIO, depth: int, spending: Spending) -> Iterator[Member]:
    head = take(stream, 512)
    stream = rewound(head, stream) if not stream.seekable() else _back(stream, head)
    opened = _opened(name, head, stream, spending)
    if opened is None:
        yield Member(name, stream)
        return
    if depth >= spending.limits.depth:
        raise TooLargeError(limit=f"{spending.limits.depth} archives inside each other")
    for member in opened:
        yield from _members(member.name, member.stream, depth + 1, spending)


def _back(stream: BinaryIO, head: bytes) -> BinaryIO:
    stream.seek(-len(head), io.SEEK_CUR)
    return stream


def _opened(
    name: str, head: bytes, stream: BinaryIO, spending: Spending
) -> Iterator[Member] | None:
    for magic, suffix, unpack in _PACKERS:
        if head.startswith(magic):
            return _one(name, suffix, stream, unpack, spending)
    if head.startswith(_ZIP_MAGIC):
        return _zip_members(name, stream, spending)
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return _tar_members(name, stream, spending)
    return None


def _one(
    name: str,
    suffix: str,
    stream: BinaryIO,
    unpack: Callable[[BinaryIO], BinaryIO],
    spending: Spending,
) -> Iterator[Member]:
    packed = Counted(stream)
    # A plain buffer between them, or each of gzip's small reads would be a call.
    source = cast("BinaryIO", io.BufferedReader(packed, BLOCK_BYTES))
    unpacked = Unpacked(unpack(source), lambda: packed.count, spending)
    short = name[: -len(suffix)] if name.lower().endswith(suffix) else name
    yield Member(short, cast("BinaryIO", io.BufferedReader(unpacked, BLOCK_BYTES)))


def _zip_members(name: str, stream: BinaryIO, spending: Spending) -> Iterator[Member]:
    if not stream.seekable():
        stream = io.BytesIO(whole(stream, most_bytes=spending.limits.nested_bytes))
    with named_damage():
        _refuse_vast_listing(stream, spending.limits)
        archive = zipfile.ZipFile(stream)
    entries = archive.infolist()
    what = office_kind(frozenset(entry.filename for entry in entries))
    if what is not None:
        raise NotATraceError(what=what)
    if any(not entry.filename or entry.compress_type == zipfile.ZIP_LZMA for entry in entries):
        raise ArchiveError(reason=DAMAGED)  # LZMA may ask for 4 GiB, and can be given no limit
    for entry in entries:
        spending.member()
        if entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16) or _debris(entry.filename):
            continue
        if entry.flag_bits & 1:
            raise ArchiveError(reason=N_("it is locked with a password"))
        with named_damage():
            opened = cast("BinaryIO", archive.open(entry))
        yield _member(name, entry.filename, opened, entry.compress_size, spending)


def _refuse_vast_listing(stream: BinaryIO, limits: Limits) -> None:
    """Refuse a list of members that would fill the memory: zipfile reads it whole.

    Source: PKWARE APPNOTE.TXT 6.3.10, 4.3.16 and 4.3.14 (size of the central
    directory, at byte 12 of the end record and byte 40 of the zip64 one).
    """
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, end - _ZIP_TAIL_BYTES))
    tail = take(stream, _ZIP_TAIL_BYTES)
    stream.seek(0)
    at, at_64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    listing_bytes = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if listing_bytes == 0xFFFF_FFFF and at_64 >= 0:
        listing_bytes = int.from_bytes(tail[at_64 + 40 : at_64 + 48], "little")
    if listing_bytes > limits.members * _LISTING_BYTES:
        raise TooLargeError(limit=f"{limits.members} files in one archive")


def _tar_members(name: str, stream: BinaryIO, spending: Spending) -> Iterator[Member]:
    with named_damage():
        archive = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115  closes nothing of ours
    while True:
        with named_damage():
            entry = archive.next()
        if entry is None:
            return
        archive.members = []  # type: ignore[attr-defined]  # keeps every entry otherwise
        spending.member()
        if not entry.isreg() or _debris(entry.name):
            continue
        with named_damage():
            opened = archive.extractfile(entry)
        if opened is not None:
            yield _member(name, entry.name, cast("BinaryIO", opened), entry.size, spending)


def _member(
    archive: str, name: str, opened: BinaryIO, packed_bytes: int, spending: Spending
) -> Member:
    if _leads_outside(name):
        raise ArchiveError(reason=N_("a name in it leads outside the archive"))
    unpacked = Unpacked(opened, lambda: packed_bytes, spending)
    stream = cast("BinaryIO", io.BufferedReader(unpacked, BLOCK_BYTES))
    return Member(f"{archive}!{name}", stream)


def _leads_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    first = path.parts[0] if path.parts else ""
    return path.is_absolute() or ".." in path.parts or ":" in first


def _debris(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and (
        not _DEBRIS.isdisjoint(parts) or parts[-1].startswith("._") or parts[-1] == ""
    )
