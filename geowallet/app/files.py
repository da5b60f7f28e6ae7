"""Small files in and out: bounded reading, and writing that is whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from geowallet.model.errors import (
    DiskFullError,
    FolderGivenError,
    SourceAccessError,
    SourceMissingError,
    TooLargeError,
)
from geowallet.vault.writing import flush_folder


def read_small(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file that may not be larger than ``max_bytes``.

    Raises:
        SourceMissingError: There is no such file.
        FolderGivenError: It is a folder.
        SourceAccessError: It cannot be read.
        TooLargeError: It is larger.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise SourceMissingError(path=str(path)) from error
    except IsADirectoryError as error:
        raise FolderGivenError(path=str(path)) from error
    except OSError as error:
        raise SourceAccessError(path=str(path), reason=error.strerror or "") from error
    if len(data) > max_bytes:
        raise TooLargeError(limit=f"{max_bytes} bytes")
    return data


def write_new(path: Path, data: bytes) -> Path:
    """Write a new file, whole or not at all, and return where it is.

    Nothing is overwritten: where ``name.ext`` holds other bytes, ``name-2.ext``
    is written, and so on; the same bytes are left as they are.

    Raises:
        DiskFullError: It could not be written.
    """
    number = 1
    target = path
    try:
        while target.exists():
            if target.is_file() and target.read_bytes() == data:
                return target
            number += 1
            target = path.with_name(f"{path.stem}-{number}{path.suffix}")
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error
    replace_whole(target, data)
    return target


def replace_whole(path: Path, data: bytes) -> None:
    """Write ``path`` through a temporary file beside it, private to its owner.

    Raises:
        DiskFullError: It could not be written; what was there is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        flush_folder(path.parent)  # or a power cut takes the name away again
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error
    finally:
        with suppress(OSError):  # renamed already; or the disk refuses, and a draft stays
            temporary.unlink()
