"""Secrets in the keyring of the operating system: what opens a key slot, and nothing else.

The Secret Service of Linux desktops, the macOS Keychain or the Windows Credential Manager
keep them under the login of their user. An entry holds 32 random bytes that open one slot:
without the wallet's file they are worth nothing, and they are never the passphrase.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from geowallet.crypto.encoding import b64u, unb64u
from geowallet.model.errors import (
    KeyringRefusedError,
    KeyringUnusableError,
    MissingExtraError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

SECRET_BYTES = 32

_SERVICE = "geowallet key"

_UNPROTECTED = (
    *("keyring.backends.null", "keyring.backends.fail", "keyring.backends.chainer"),
    *("keyrings.alt", "keyrings.cryptfile"),
)
"""Modules of keyrings that keep nothing, or keep it in a file of their own: in the clear, or
under one more passphrase that guards less than the wallet's does. Any other is the system's,
or one that its user installed for this."""

_NONE = N_("there is none, or nobody is logged in to it")
_CLOSED = N_("it is locked, or it refuses")


def keep_entry(vault_id: str, name: str, secret: bytes) -> None:
    """Keep ``secret`` under ``name``, over what was there, and read it back.

    Raises:
        KeyringUnusableError: There is no keyring, it is locked, or it forgets at once.
        KeyringRefusedError: The one in use protects nothing.
        MissingExtraError: The library for it is not installed.
    """
    ring = _hardened()
    with _refusals():
        ring.set_password(_SERVICE, _address(vault_id, name), b64u(secret))
    if find_entry(vault_id, name) != secret:
        raise KeyringUnusableError(reason=N_("it did not keep what it was given"))


def find_entry(vault_id: str, name: str) -> bytes | None:
    """Return the secret under ``name``; None where there is none, or no such secret.

    Raises:
        KeyringUnusableError: As `keep_entry`, and the others that it names.
    """
    ring = _hardened()
    with _refusals():
        text = ring.get_password(_SERVICE, _address(vault_id, name))
    try:
        secret = unb64u(text) if isinstance(text, str) else b""
    except ValueError:
        return None
    return secret if len(secret) == SECRET_BYTES else None


def drop_entry(vault_id: str, name: str) -> bool:
    """Remove the secret under ``name``; return whether there was one.

    Raises:
        KeyringUnusableError: As `keep_entry`, and the others that it names.
    """
    if find_entry(vault_id, name) is None:
        return False
    ring = _hardened()
    with _refusals():
        ring.delete_password(_SERVICE, _address(vault_id, name))
    return True


def _address(vault_id: str, name: str) -> str:
    return f"{vault_id} {name}"


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what a keyring raises into our error; its words may hold paths, and are not told."""
    try:
        yield
    except keyring_failures() as error:
        raise KeyringUnusableError(reason=_CLOSED) from error


def keyring_failures() -> tuple[type[Exception], ...]:
    """Return what a keyring raises: the library's errors, and those it lets through."""
    library = keyring_library()
    known = [library.errors.KeyringError, OSError]
    try:
        import secretstorage  # noqa: PLC0415  comes with the library on Linux alone
    except ImportError:
        return tuple(known)
    return (*known, secretstorage.SecretStorageException)


def _hardened() -> Any:
    """Return the best keyring of this system that protects what it keeps.

    Raises:
        KeyringUnusableError: There is none at all.
        KeyringRefusedError: There is one, and it does not.
        MissingExtraError: The library for it is not installed.
    """
    with _refusals():
        ring = keyring_library().get_keyring()
    chained = list(getattr(ring, "backends", [])) if _module(ring).endswith(".chainer") else [ring]
    for one in chained:
        if not _module(one).startswith(_UNPROTECTED):
            return one
    named = _module(chained[0] if chained else ring)
    if named.endswith((".fail", ".chainer")):
        raise KeyringUnusableError(reason=_NONE)
    raise KeyringRefusedError(backend=named)


def _module(ring: object) -> str:
    return type(ring).__module__


def keyring_library() -> ModuleType:
    """Return the library of the extra ``keyring``; a quarter of a second to load.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import keyring  # noqa: PLC0415  an extra, and slow to load
        import keyring.errors  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(extra="keyring") from error
    return keyring
