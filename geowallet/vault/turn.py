"""A fair turn at writing: who waits longest is not passed over by who comes last.

SQLite asks for the lock more and more rarely the longer it waits, up to every 100 ms;
a process that writes without pause then keeps it. With eight writers of 500 entries
one waited for 52 s. Here everybody asks equally often.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

ASK_AGAIN_S = 0.002


def begin_writing(
    db: sqlite3.Connection,
    *,
    busy_s: float,
    clock: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> None:
    """Open the transaction that writes, as soon as no other process has one.

    Args:
        db: Of `connect`, without a transaction.
        busy_s: How long to wait.
        clock: Seconds, from anywhere.
        rest: Waits that many seconds.

    Raises:
        sqlite3.OperationalError: Another process writes for longer, or the disk fails.
    """
    until_s = clock() + busy_s
    db.execute("PRAGMA busy_timeout = 0")
    try:
        while not _begun(db, last=clock() >= until_s):
            rest(ASK_AGAIN_S)
    finally:
        db.execute(f"PRAGMA busy_timeout = {round(busy_s * 1000)}")


def _begun(db: sqlite3.Connection, *, last: bool) -> bool:
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF not in _BUSY:
            raise
        return False
    return True
