"""What erasing destroys: the sealed keys of records, and the proof that they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.vault.faults import disk_faults
from geowallet.vault.records import find_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geowallet.vault.store import Vault

_PIECE_BYTES = 1 << 22


def doomed_keys(vault: Vault, addresses: Iterable[tuple[str, str]]) -> frozenset[bytes]:
    """Return the keys of records as they lie in the file: sealed, and so no secret.

    Args:
        vault: Open.
        addresses: Kind and name of each record; one that is not there is left out.

    Raises:
        VaultBusyError: Another process writes for too long.
        DiskFullError: The disk does not answer.
    """
    with vault.snapshot() as (db, keys), disk_faults():
        rows = (find_row(db, keys.record_id(kind, name)) for kind, name in addresses)
        return frozenset(row.wrapped for row in rows if row and isinstance(row.wrapped, bytes))


def keys_in(path: Path, wanted: Iterable[bytes]) -> int:
    """Return how many of the sealed keys ``wanted`` lie in a file, in use or left over.

    SQLite keeps what was removed until it needs the room, unless ``secure_delete`` is on:
    so every byte is looked at, and not what SQLite says of it.

    Args:
        path: A file; one that is not there holds none.
        wanted: As `doomed_keys` returns them.

    Raises:
        DiskFullError: The disk does not answer.
    """
    left = set(wanted)
    overlap = max(map(len, left), default=1) - 1
    sought, before = len(left), b""
    with disk_faults():
        try:
            with path.open("rb") as stream:
                while left and (piece := stream.read(_PIECE_BYTES)):
                    window = before + piece
                    left = {key for key in left if key not in window}
                    before = window[-overlap:] if overlap else b""
        except FileNotFoundError:
            return 0
    return sought - len(left)
