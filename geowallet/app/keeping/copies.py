"""Where else the wallet lies: the folders of backups that it knows of, here and on servers.

A folder is looked at. A server is not, since that needs the network and a password: whether
it still holds what was erased follows from when it was last backed up to.
"""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geowallet.app.keeping.own_settings import settings_but_rules
from geowallet.app.wallet import now_us
from geowallet.crypto.canonical import canonical_bytes, sha256_hex
from geowallet.model.errors import GeowalletError
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.backup import index_numbers
from geowallet.vault.prune import first_entries, renew

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from geowallet.vault.shelf import Place
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

    Reach = Callable[[str], AbstractContextManager[Place]]
    """Opens the server that an address names."""

ERASED = ("setting", "erased")
PLACES = "backup/"
"""Beginning of the names of settings that hold a place of backups."""


class Standing(StrEnum):
    """How a known folder of backups stands to what was erased."""

    CLEAN = "clean"
    DUE = "due"
    UNREACHABLE = "unreachable"
    AWAY = "away"
    """On a server: due, and renewed by the next backup to it, or by one that opens it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One folder of backups.

    Attributes:
        folder: Its path, or its address on a server.
        standing: Whether it still holds what was erased.
        error: Why it could not be told or renewed, or None.
        removed: Files that a renewal removed.
    """

    folder: str
    standing: Standing
    error: GeowalletError | None = None
    removed: int = 0


def note_place(vault: Vault, place: Place) -> None:
    """Remember that ``place`` holds backups; a second time changes nothing."""
    if vault.get("setting", _name(_text(place))) is None:
        _note(vault, place)


def note_renewed(vault: Vault, place: Place) -> None:
    """Remember that a server holds only what the wallet holds now; a folder is looked at."""
    if not isinstance(place, Path):
        _note(vault, place)


def _note(vault: Vault, place: Place) -> None:
    text = _text(place)
    entries = vault.mark().size
    known = text if isinstance(place, Path) else {"address": text, "first": entries}
    with vault.transaction(now_us=now_us()) as tx:
        tx.put("setting", _name(text), canonical_bytes(known))
        what = {"what": "folder of backups noted"}
        tx.log(Statement(StatementKind.SETTING, (), (), what))


def forget_place(vault: Vault, path: str) -> bool:
    """Forget a folder, or an address, of backups that are no more; return whether it was known."""
    with_it = vault.get("setting", _name(path)) is not None
    if with_it:
        with vault.transaction(now_us=now_us()) as tx:
            tx.delete("setting", _name(path))
            what = {"what": "folder of backups forgotten"}
            tx.log(Statement(StatementKind.SETTING, (), (), what))
    return with_it


def note_erased(tx: Transaction, *, entries: int) -> None:
    """Note that backups with ``entries`` log entries or fewer hold what is erased now."""
    tx.put(*ERASED, canonical_bytes(entries))


def copies(vault: Vault) -> tuple[Copy, ...]:
    """Return every known folder of backups, and whether it holds what was erased."""
    return tuple(
        _looked_at(vault, place) if isinstance(place, str) else _concluded(vault, place)
        for place in _places(vault)
    )


def is_due(vault: Vault, place: Place) -> bool:
    """Say whether ``place`` has a backup that holds what was erased since.

    Raises:
        GeowalletError: The place cannot be read.
    """
    erased = erased_up_to(vault)
    first = first_entries(place) if erased is not None else None
    return erased is not None and first is not None and first <= erased


def renew_copies(vault: Vault, reach: Reach | None = None) -> tuple[Copy, ...]:
    """Bring every known place up to what was erased; what cannot be reached stays due.

    Args:
        vault: The open wallet.
        reach: Opens a server by its address; without it no server is spoken to.
    """
    return tuple(_renewed(vault, copy, reach) for copy in copies(vault))


def _renewed(vault: Vault, copy: Copy, reach: Reach | None) -> Copy:
    away = copy.standing is Standing.AWAY
    if copy.standing is not Standing.DUE and not (away and reach):
        return copy
    place: AbstractContextManager[Place] = nullcontext(Path(copy.folder))
    try:
        with reach(copy.folder) if away and reach else place as found:
            done = renew(vault, found, now_us=now_us(), random=os.urandom)
            note_renewed(vault, found)
    except GeowalletError as error:
        return Copy(copy.folder, copy.standing, error)
    return Copy(copy.folder, Standing.CLEAN, removed=done.removed)


def _looked_at(vault: Vault, path: str) -> Copy:
    folder = Path(path)
    try:
        if not _has_backups(folder):
            return Copy(path, Standing.UNREACHABLE)
        return Copy(path, Standing.DUE if is_due(vault, folder) else Standing.CLEAN)
    except GeowalletError as error:
        return Copy(path, Standing.UNREACHABLE, error)


def _concluded(vault: Vault, server: dict[str, Any]) -> Copy:
    erased = erased_up_to(vault)
    away = erased is not None and server["first"] <= erased
    return Copy(server["address"], Standing.AWAY if away else Standing.CLEAN)


def erased_up_to(vault: Vault) -> int | None:
    """Return up to how many log entries backups hold what was erased; None for none."""
    entries = vault.get(*ERASED)
    return int(json.loads(entries)) if entries is not None else None


def _has_backups(folder: Path) -> bool:
    try:
        return bool(index_numbers(folder))
    except OSError:
        return False


def _places(vault: Vault) -> list[str | dict[str, Any]]:
    found = (json.loads(body) for name, body in settings_but_rules(vault) if _is_backup(name))
    return sorted(found, key=str)


def _is_backup(name: str) -> bool:
    return name.startswith(PLACES)


def _text(place: Place) -> str:
    return str(place.absolute()) if isinstance(place, Path) else place.name


def _name(path: str) -> str:
    return f"{PLACES}{sha256_hex(path.encode())}"
