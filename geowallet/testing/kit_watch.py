"""Watches a connector for what it may not do: open a file, a socket or a process."""

from __future__ import annotations

import sys
import zoneinfo
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FORBIDDEN: tuple[str, ...] = (
    *("ctypes.", "ftplib.", "http.", "pty.", "shutil.", "signal.", "smtplib.", "socket."),
    *("sqlite3.connect", "subprocess.", "tempfile.", "urllib.", "webbrowser."),
    *("os.chmod", "os.chown", "os.exec", "os.fork", "os.kill", "os.link", "os.mkdir"),
    *("os.posix_spawn", "os.putenv", "os.remove", "os.rename", "os.rmdir", "os.spawn"),
    *("os.startfile", "os.symlink", "os.system", "os.truncate", "os.utime"),
)
"""Starts of the events that nothing which reads a stream has a use for.

Source:
    Python, library reference, Audit events table.
"""

IMPORTING = "<frozen importlib"
"""Where modules are loaded from: a late import opens files too."""


class ForbiddenError(Exception):
    """The connector reached out of its stream."""


class Watch:
    """The hook that Python calls for every event; one a process, as none can be taken off.

    Attributes:
        is_on: Whether it looks.
        reached: The first forbidden event since it was put on, or "".
    """

    def __init__(self) -> None:
        self.is_on = False
        self.reached = ""

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what is forbidden."""
        if not self.is_on:
            return
        opens = event == "open" and not (_is_importing() or _is_zone(*arguments[:1]))
        if opens or event.startswith(FORBIDDEN):
            self.reached = self.reached or event
            raise ForbiddenError


@cache
def _watch() -> Watch:
    watch = Watch()
    sys.addaudithook(watch)
    return watch


@contextmanager
def watched() -> Iterator[Watch]:
    """Yield a watch that is on until the block is left; forbidden calls raise in it."""
    watch = _watch()
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    watch.is_on, watch.reached = True, ""
    try:
        yield watch
    finally:
        watch.is_on = False
        sys.dont_write_bytecode = compiled


def _is_importing() -> bool:
    """Say whether the machinery of imports is what called the hook."""
    asker = sys._getframe(2).f_code.co_filename  # noqa: SLF001  who asks decides
    return asker.startswith(IMPORTING)


def _is_zone(path: object) -> bool:
    """Say whether a file holds the rules of a time zone, as any reader of local times may open."""
    if not isinstance(path, str):
        return False
    zones = Path(path)
    return any(zones.is_relative_to(folder) for folder in zoneinfo.TZPATH) or (
        "tzdata" in zones.parts
    )
