"""Where else the wallet lies: the folders of backups that it knows of."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.app.wallet import now_us
from geowallet.crypto.canonical import canonical_bytes, sha256_hex
from geowallet.model.errors import GeowalletError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.backup import index_numbers
from geowallet.vault.prune import first_entries, renew

if TYPE_CHECKING:
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

_ERASED = ("setting", "erased")


class Standing(StrEnum):
    """How a known folder of backups stands to what was erased."""

    CLEAN = "clean"
    DUE = "due"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Copy:
    """One folder of backups.

    Attributes:
        folder: Where it is, or was.
        standing: Whether it still holds what was erased.
        error: Why it could not be told or renewed, or None.
        removed: Files that a renewal removed.
    """

    folder: Path
    standing: Standing
    error: GeowalletError | None = None
    removed: int = 0


def note_folder(vault: Vault, folder: Path) -> None:
    """Remember that ``folder`` holds backups; a second time changes nothing."""
    path = str(folder.absolute())
    if vault.get("setting", _name(path)) is None:
        with vault.transaction(now_us=now_us()) as tx:
            tx.put("setting", _name(path), canonical_bytes(path))
            what = {"what": "folder of backups noted"}
            tx.log(Statement(StatementKind.SETTING, (), (), what))


def forget_folder(vault: Vault, folder: Path) -> bool:
    """Forget a folder of backups that is no more; return whether it was known."""
    path = str(folder.absolute())
    with_it = vault.get("setting", _name(path)) is not None
    if with_it:
        with vault.transaction(now_us=now_us()) as tx:
            tx.delete("setting", _name(path))
            what = {"what": "folder of backups forgotten"}
            tx.log(Statement(StatementKind.SETTING, (), (), what))
    return with_it


def note_erased(tx: Transaction, *, entries: int) -> None:
    """Note that backups with ``entries`` log entries or fewer hold what is erased now."""
    tx.put(*_ERASED, canonical_bytes(entries))


def copies(vault: Vault) -> tuple[Copy, ...]:
    """Return every known folder of backups, and whether it holds what was erased."""
    return tuple(_looked_at(vault, folder) for folder in _folders(vault))


def is_due(vault: Vault, folder: Path) -> bool:
    """Say whether ``folder`` has a backup that holds what was erased since.

    Raises:
        GeowalletError: The folder cannot be read.
    """
    erased = vault.get(*_ERASED)
    first = first_entries(folder) if erased is not None else None
    return erased is not None and first is not None and first <= json.loads(erased)


def renew_copies(vault: Vault) -> tuple[Copy, ...]:
    """Bring every known folder up to what was erased; what cannot be reached stays due."""
    return tuple(
        _renewed(vault, copy) if copy.standing is Standing.DUE else copy for copy in copies(vault)
    )


def _renewed(vault: Vault, copy: Copy) -> Copy:
    try:
        done = renew(vault, copy.folder, now_us=now_us(), random=os.urandom)
    except GeowalletError as error:
        return Copy(copy.folder, Standing.DUE, error)
    return Copy(copy.folder, Standing.CLEAN, removed=done.removed)


def _looked_at(vault: Vault, folder: Path) -> Copy:
    try:
        if not _has_backups(folder):
            return Copy(folder, Standing.UNREACHABLE)
        return Copy(folder, Standing.DUE if is_due(vault, folder) else Standing.CLEAN)
    except GeowalletError as error:
        return Copy(folder, Standing.UNREACHABLE, error)


def _has_backups(folder: Path) -> bool:
    try:
        return bool(index_numbers(folder))
    except OSError:
        return False


def _folders(vault: Vault) -> list[Path]:
    found = (
        Path(json.loads(body))
        for name, body in vault.items("setting")
        if name.startswith("backup/")
    )
    return sorted(found)


def _name(path: str) -> str:
    return f"backup/{sha256_hex(path.encode())}"
