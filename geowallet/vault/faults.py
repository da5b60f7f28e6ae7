"""Failures of SQLite and of the disk, in the words of the wallet."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geowallet.model.errors import (
    DiskFullError,
    GeowalletError,
    VaultBusyError,
    VaultDamagedError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

_REASONS = {
    errno.ENOSPC: N_("no space left"),
    errno.EDQUOT: N_("the disk quota is used up"),
    errno.EROFS: N_("it is on a read-only disk"),
    errno.EACCES: N_("access is denied"),
    errno.EPERM: N_("access is denied"),
}
_OTHER_REASON = N_("the disk does not answer as it should")

_DISK = {
    sqlite3.SQLITE_FULL: N_("no space left"),
    sqlite3.SQLITE_READONLY: N_("access is denied"),
    sqlite3.SQLITE_CANTOPEN: N_("access is denied"),
    sqlite3.SQLITE_PERM: N_("access is denied"),
    sqlite3.SQLITE_AUTH: N_("access is denied"),
    sqlite3.SQLITE_IOERR: _OTHER_REASON,
}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

WALLET_FILE = N_("the wallet's file")


@contextmanager
def disk_faults() -> Iterator[None]:
    """Turn an `OSError` inside into `DiskFullError`, and SQLite's errors into the vault's.

    Raises:
        DiskFullError: The disk is full or refuses.
        VaultBusyError: Another process holds the lock for too long.
        VaultDamagedError: SQLite finds the file malformed.
    """
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, _OTHER_REASON)
        raise DiskFullError(reason=reason) from error
    except sqlite3.Error as error:
        raise _translated(error) from error
    except UnicodeDecodeError as error:  # SQLite quotes a damaged name in its message
        raise VaultDamagedError(what=WALLET_FILE) from error


def _translated(error: sqlite3.Error) -> GeowalletError | sqlite3.Error:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # a mistake of ours (closed connection, wrong binding), not of the file
        return error
    primary = code & 0xFF
    if primary in _BUSY:
        return VaultBusyError()
    if primary in _DISK:
        return DiskFullError(reason=_DISK[primary])
    return VaultDamagedError(what=WALLET_FILE)
