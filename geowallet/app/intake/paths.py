"""What the owner named on the command line, as a list of files."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.model.errors import NoFilesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDIN = "-"

BATCH = ".batch"
"""What the name of a device's signed batch has more than that of the file beside it."""


def source_paths(named: Iterable[str | Path]) -> Iterator[str | Path]:
    """Yield the files meant, in order, and what cannot be found unchanged.

    A folder gives the files below it in sorted order, without hidden ones; a
    link in it is followed only to a file inside the folder. A glob gives its
    matches in sorted order. ``-`` stays as it is. What a device signed beside a
    file is no file of its own.

    Raises:
        NoFilesError: There was no file in any of it: nothing is never a success.
    """
    found = False
    for path in _meant(named):
        found = True
        if not _is_batch(path):
            yield path
    if not found:
        raise NoFilesError


def _is_batch(path: str | Path) -> bool:
    return isinstance(path, Path) and path.suffix == BATCH and path.with_suffix("").is_file()


def _meant(named: Iterable[str | Path]) -> Iterator[str | Path]:
    for name in named:
        path = Path(name)
        if str(name) == STDIN:
            yield STDIN
            continue
        try:
            is_folder, is_there = path.is_dir(), path.exists()
        except OSError:  # a name too long for the system: opening it says so
            is_folder, is_there = False, True
        if is_folder:
            yield from _below(path)
        elif not is_there and glob.has_magic(str(name)):
            yield from _matches(str(name))
        else:
            yield path


def _matches(pattern: str) -> Iterator[Path]:
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  the pattern may be absolute
    if not found:
        yield Path(pattern)
    for name in found:
        path = Path(name)
        if path.is_dir():
            yield from _below(path)
        else:
            yield path


def _below(folder: Path) -> Iterator[Path]:
    inside = folder.resolve()
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and _is_own_file(path, inside):
                yield path


def _is_own_file(path: Path, inside: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(inside)
    except (OSError, RuntimeError):
        return False
