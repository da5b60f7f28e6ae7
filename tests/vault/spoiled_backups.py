"""What a hostile hand, or a bad disk, makes of a folder of two backups."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from geowallet.vault.backup import index_name


def objects(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "objects").rglob("*") if path.is_file())


def truncate(folder: Path) -> None:
    path = objects(folder)[0]
    path.write_bytes(path.read_bytes()[:-1])


def empty(folder: Path) -> None:
    objects(folder)[0].write_bytes(b"")


def swap(folder: Path) -> None:
    first, second = objects(folder)[:2]
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


def drop(folder: Path) -> None:
    objects(folder)[0].unlink()


def grow(folder: Path) -> None:
    with objects(folder)[0].open("ab") as stream:
        stream.truncate(1 << 30)


def link(folder: Path) -> None:
    path = objects(folder)[0]
    path.rename(folder / "aside")
    path.symlink_to(folder / "aside")


def pipe(folder: Path) -> None:
    path = objects(folder)[0]
    path.unlink()
    os.mkfifo(path)


def add_file(folder: Path) -> None:
    (folder / "objects" / "ab").mkdir(exist_ok=True)
    (folder / "objects" / "ab" / "readme").write_bytes(b"")


def add_folder(folder: Path) -> None:
    (folder / "objects" / "elsewhere").symlink_to(folder.parent)


def add_index(folder: Path) -> None:
    shutil.copy((folder / index_name(2)), (folder / index_name(3)))


def stray_index(folder: Path) -> None:
    (folder / "index" / "newest.json").write_bytes(b"{}")


def drop_index(folder: Path) -> None:
    (folder / index_name(1)).unlink()


def swap_indexes(folder: Path) -> None:
    shutil.copy((folder / index_name(1)), (folder / index_name(2)))


def cut_index(folder: Path) -> None:
    path = folder / index_name(2)
    path.write_bytes(path.read_bytes()[:-9])


def no_objects(folder: Path) -> None:
    shutil.rmtree(folder / "objects")


HOSTILE: list[Callable[[Path], None]] = [
    *(truncate, empty, swap, drop, grow, link, pipe, add_file, add_folder),
    *(add_index, stray_index, drop_index, swap_indexes, cut_index, no_objects),
]
HARMLESS = {add_file, add_folder, stray_index, drop_index, add_index}
"""What a restore of backup 2 needs none of."""
