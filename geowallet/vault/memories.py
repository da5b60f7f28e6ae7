"""Memories of a wallet's newest state beside the one of this machine's state folder.

Each holds the signed checkpoint of the log, in a file of the owner's or in the keyring
of the operating system. A forged one is no memory: without the wallet's key nobody can
raise a false alarm. A lost one raises none either.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.crypto.notes import open_checkpoint
from geowallet.model.errors import (
    MemoryUnusableError,
    MissingExtraError,
    VaultForkedError,
    VaultRolledBackError,
)
from geowallet.model.words import N_
from geowallet.vault.branches import is_merged
from geowallet.vault.highwater import Mark, continues
from geowallet.vault.keyring_entries import keyring_failures, keyring_library

if TYPE_CHECKING:
    from geowallet.vault.store import Vault

KEYRING = "keyring"
"""Stands for the keyring of the operating system; every other place is a path."""

_SERVICE = "geowallet"
_MAX_BYTES = 4096
_CLOSED = N_("this system has no keyring, or it is locked")


class Standing(StrEnum):
    """How a memory stands to the wallet at hand."""

    SAME = "same"
    OLDER = "older"
    NEWER = "newer"
    FORKED = "forked"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Memory:
    """What one place remembers.

    Attributes:
        place: A path, or `KEYRING`.
        standing: How it stands to the wallet.
        mark: The state that it holds, or None.
    """

    place: str
    standing: Standing
    mark: Mark | None = None


def recall(vault: Vault, place: str) -> Memory:
    """Return what ``place`` remembers of an open wallet."""
    try:
        note = _from_keyring(vault.id) if place == KEYRING else _from_file(Path(place))
    except (MemoryUnusableError, MissingExtraError, OSError):
        return Memory(place, Standing.UNREACHABLE)
    if note is None:
        return Memory(place, Standing.UNREACHABLE)
    mark = signed_mark(vault, note)
    if mark is None:
        return Memory(place, Standing.UNREADABLE)
    return Memory(place, _standing(vault, mark), mark)


def remember(vault: Vault, place: str) -> None:
    """Let ``place`` remember the wallet as it is now, whatever it held.

    Raises:
        MemoryUnusableError: It cannot be written to.
        MissingExtraError: The keyring was asked for, and its library is not installed.
    """
    note = vault.checkpoint()
    if place == KEYRING:
        _to_keyring(vault.id, note)
        return
    try:
        _to_file(Path(place), note.encode("utf-8"))
    except OSError as error:
        reason = N_("it cannot be written to")
        raise MemoryUnusableError(place=place, reason=reason) from error


def signed_mark(vault: Vault, note: str) -> Mark | None:
    """Return the state that a checkpoint names; None where this wallet did not sign it."""
    try:
        checkpoint = open_checkpoint(note, vault.log_public)
    except ValueError:
        return None
    if checkpoint.origin != vault.origin or not checkpoint.size:
        return None
    return Mark(checkpoint.size, checkpoint.root)


def _standing(vault: Vault, mark: Mark) -> Standing:
    own = vault.mark()
    try:
        continues(mark, size=own.size, root_at=vault.root_at)
    except (VaultRolledBackError, VaultForkedError) as error:
        if is_merged(vault, mark):
            return Standing.OLDER
        rolled_back = isinstance(error, VaultRolledBackError)
        return Standing.NEWER if rolled_back else Standing.FORKED
    return Standing.SAME if mark == own else Standing.OLDER


def _from_file(path: Path) -> str | None:
    with path.open("rb") as stream:
        return stream.read(_MAX_BYTES).decode("utf-8", "replace")


def _to_file(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _from_keyring(vault_id: str) -> str | None:
    library = keyring_library()
    try:
        note = library.get_password(_SERVICE, vault_id)
    except keyring_failures() as error:
        raise MemoryUnusableError(place=KEYRING, reason=_CLOSED) from error
    return note if note is None else str(note)[:_MAX_BYTES]


def _to_keyring(vault_id: str, note: str) -> None:
    library = keyring_library()
    try:
        library.set_password(_SERVICE, vault_id, note)
    except keyring_failures() as error:
        raise MemoryUnusableError(place=KEYRING, reason=_CLOSED) from error
