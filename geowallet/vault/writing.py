"""New files that are there whole or not at all, and never in another's place."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_new(path: Path, data: bytes, mark: str) -> None:
    """Write a new file for its owner only; `flush_folder` then makes its name last.

    Args:
        path: Where nothing is, in a folder that is there.
        data: All of it.
        mark: Tells the draft from those of other processes.

    Raises:
        FileExistsError: Something is there; it stays as it is.
        OSError: The disk is full or refuses.
    """
    draft = path.with_name(f".{path.name}.{mark}.new")
    try:
        _write(draft, data)
        # A link, not a rename: it never replaces what another process put there.
        os.link(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def flush_folder(folder: Path) -> None:
    """Make the names in a folder last.

    Raises:
        OSError: The disk refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(draft: Path, data: bytes) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
