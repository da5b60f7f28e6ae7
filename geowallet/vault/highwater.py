"""What this machine remembers of a wallet's evidence log, outside the wallet.

An old copy of the wallet is whole in itself; only a memory elsewhere shows that
it is old. The memory is an alarm, not a lock: where it is lost nothing is refused.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.canonical import canonical_bytes, strict_json
from geowallet.model.errors import VaultForkedError, VaultRolledBackError
from geowallet.vault.faults import disk_faults
from geowallet.vault.writing import flush_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Mark:
    """A log as it was last seen: number of entries and RFC 6962 root (32 bytes)."""

    size: int
    root: bytes


def remembered(path: Path) -> Mark | None:
    """Return the mark in the file at ``path``; None if there is none that can be read."""
    try:
        with path.open("rb") as stream:
            value = strict_json(stream.read(_MAX_BYTES + 1), max_bytes=_MAX_BYTES)
        mark = Mark(int(value["size"]), bytes.fromhex(value["root"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return mark if mark.size > 0 and len(mark.root) == 32 else None


def compare(path: Path, *, size: int, root_at: Callable[[int], bytes]) -> None:
    """Check that a log of ``size`` entries continues the one remembered at ``path``.

    Args:
        path: File of the memory.
        size: Entries of the log at hand.
        root_at: Gives the root over its first n entries, 1 <= n <= ``size``.

    Raises:
        VaultRolledBackError: It is shorter.
        VaultForkedError: Its beginning is another one.
    """
    mark = remembered(path)
    if mark is not None:
        continues(mark, size=size, root_at=root_at)


def continues(mark: Mark, *, size: int, root_at: Callable[[int], bytes]) -> None:
    """Check that a log of ``size`` entries continues ``mark``; as `compare`."""
    if size < mark.size:
        raise VaultRolledBackError(found=size, remembered=mark.size)
    if root_at(mark.size) != mark.root:
        raise VaultForkedError(found=size, remembered=mark.size)


def remember(
    path: Path,
    mark: Mark,
    *,
    accept_rollback: bool = False,
    outlived: Callable[[Mark], bool] | None = None,
) -> None:
    """Write ``mark`` in one step; a longer log already remembered stays.

    Args:
        path: File of the memory; its folder is made where it is missing.
        mark: Size and root of the log at hand.
        accept_rollback: The owner says that the older wallet is the right one.
        outlived: Says whether a longer log is one that was merged into this one.

    Raises:
        DiskFullError: It could not be written.
    """
    known = remembered(path)
    longer = known is not None and known.size >= mark.size and not accept_rollback
    if known is not None and longer and (known == mark or outlived is None or not outlived(known)):
        return
    data = canonical_bytes({"size": mark.size, "root": mark.root.hex()})
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    with disk_faults():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write(draft, data)
            draft.replace(path)
            flush_folder(path.parent)  # or a power cut brings the older mark back
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()


def _write(draft: Path, data: bytes) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
