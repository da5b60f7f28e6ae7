"""A keyring of the system, in memory, and the ones that must be refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keyring
import keyring.backend
import keyring.errors


class Ring(keyring.backend.KeyringBackend):
    """Keeps entries as a keyring of the system does; can be locked or forgetful."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # of the library
        self.kept: dict[tuple[str, str], str] = {}
        self.refuses: BaseException | None = None
        self.forgets = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        if not self.forgets:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[service, username]

    def _check(self) -> None:
        if self.refuses is not None:
            raise self.refuses


LOCKED = keyring.errors.KeyringLocked("/home/anna/.local/share/keyrings")
"""What a library says of a locked keyring: with a path, which is nobody's business."""


@contextmanager
def in_use(ring: Any) -> Iterator[Any]:
    """Let ``ring`` be the keyring of this process."""
    before = keyring.get_keyring()
    keyring.set_keyring(ring)
    try:
        yield ring
    finally:
        keyring.set_keyring(before)


def named(module: str) -> Ring:
    """Return a keyring of a class that says it is of ``module``."""
    return type("Keyring", (Ring,), {"__module__": module})()  # type: ignore[no-any-return]
