"""What erasing destroys: the sealed keys of records, and the proof that they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geowallet.vault.faults import disk_faults
from geowallet.vault.records import find_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geowallet.vault.store import Vault

SIGN_BYTES = 3
"""Of the beginning of a key: a table of 16 million answers says whether to look closer."""

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
    so every byte is looked at, and not what SQLite says of it. Thousands of keys take no
    longer than one.

    Args:
        path: A file; one that is not there holds none.
        wanted: As `doomed_keys` returns them; at least `SIGN_BYTES` long.

    Raises:
        DiskFullError: The disk does not answer.
    """
    keys = frozenset(wanted)
    search = _Search(keys)
    before = b""
    with disk_faults():
        try:
            with path.open("rb") as stream:
                while piece := stream.read(_PIECE_BYTES):
                    window = before + piece
                    search.look(window)
                    before = window[-search.overlap :] if search.overlap else b""
        except FileNotFoundError:
            return 0
    return len(search.found)


class _Search:
    """Many keys at once: places with the first bytes of one are looked at, others are not."""

    def __init__(self, keys: frozenset[bytes]) -> None:
        self._keys = keys
        self._lengths = sorted({len(key) for key in keys})
        self._signs = np.zeros(1 << 8 * SIGN_BYTES, dtype=np.bool_)
        for key in keys:
            self._signs[int.from_bytes(key[:SIGN_BYTES], "little")] = True
        self.overlap = max(self._lengths, default=1) - 1
        self.found: set[bytes] = set()

    def look(self, window: bytes) -> None:
        """Add the keys that lie in ``window``."""
        places = len(window) - SIGN_BYTES + 1
        if places < 1:
            return
        signs = np.zeros(places, dtype=np.uint32)
        for byte in range(SIGN_BYTES):
            values = np.frombuffer(window, dtype=np.uint8, count=places, offset=byte)
            signs |= values.astype(np.uint32) << np.uint32(8 * byte)
        for at in np.flatnonzero(self._signs[signs]).tolist():
            ends = (window[at : at + length] for length in self._lengths)
            self.found.update(self._keys.intersection(ends))
