"""Asking for passphrases: from a file, or a terminal that shows nothing."""

from __future__ import annotations

import getpass
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geowallet.app.keeping.own_settings import RULES
from geowallet.cli.terminal.language import _
from geowallet.model.errors import (
    NeedsTerminalError,
    PassphraseMismatchError,
    VaultDamagedError,
    VaultLockedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from geowallet.app.locations import Locations
    from geowallet.cli.terminal.shell import Shell
    from geowallet.vault.store import Vault

_MAX_BYTES = 4096


def locations(shell: Shell) -> Locations:
    """Return the places that the shared options chose."""
    from geowallet.app.locations import Locations

    return Locations.of(wallet=shell.wallet, desk=shell.desk)


@contextmanager
def open_wallet(shell: Shell, *, keep: bool = True, beside: Vault | None = None) -> Iterator[Vault]:
    """Open the wallet by its session, by the keyring, or by asking for the passphrase.

    Args:
        shell: Where the command runs.
        keep: Whether rules of retention may do what is due, once a day.
        beside: A copy that is about to be merged.
    """
    from geowallet.app.wallet import opened

    unsaid = shell.passphrase_file is None  # what is said goes before what the system holds
    with opened(locations(shell), asker(shell), keyring=unsaid, beside=beside) as vault:
        if keep:
            _keep_what_is_to_be_kept(shell, vault)
        yield vault


def _keep_what_is_to_be_kept(shell: Shell, vault: Vault) -> None:
    """Let rules of retention do what is due; a wallet without rules loads nothing for it.

    Rules that cannot be read erase nothing, and stop nothing.
    """
    try:
        there = vault.get(*RULES) is not None
    except VaultDamagedError:
        shell.note(
            _(
                "The rules of retention cannot be read, so nothing is erased by them: {command}",
                command="geowallet vault check",
            )
        )
        return
    if there:
        from geowallet.cli.wallet.vault_keep import run_rules

        run_rules(shell, vault)


def accept_rollback(shell: Shell) -> None:
    """Take the wallet as it stands for the newest, after the owner said so."""
    from geowallet.app.wallet import accept_rollback as accept

    shell.confirm(_("Forget the newer state that this computer remembers?"))
    accept(locations(shell), asker(shell))


def asker(shell: Shell, prompt: str = "") -> Callable[[], bytes]:
    """Return a function that gets the passphrase, or raises `VaultLockedError`."""

    def ask() -> bytes:
        from_file = _from_file(shell)
        if from_file is not None:
            return from_file
        if not shell.can_ask:
            raise VaultLockedError
        return as_bytes(getpass.getpass(prompt or _("Passphrase: ")))

    return ask


def new_passphrase(shell: Shell) -> bytes:
    """Ask for a new passphrase twice, or read it from its file.

    Raises:
        NeedsTerminalError: Nobody can be asked.
        PassphraseMismatchError: The two differ.
    """
    from_file = _from_file(shell)
    if from_file is not None:
        return from_file
    if not shell.can_ask:
        raise NeedsTerminalError(option="--passphrase-file")
    prompt = _("Passphrase (five words or more; nothing shows while you type): ")
    first = getpass.getpass(prompt)
    if getpass.getpass(_("Again: ")) != first:
        raise PassphraseMismatchError
    return as_bytes(first)


def _from_file(shell: Shell) -> bytes | None:
    if shell.passphrase_file is None:
        return None
    return first_line(shell.passphrase_file)


def first_line(path: Path) -> bytes:
    """Return the secret on the first line of a small file."""
    from geowallet.app.files import read_small

    line = read_small(path, _MAX_BYTES).split(b"\n", 1)[0].rstrip(b"\r")
    return as_bytes(line.decode("utf-8", "surrogateescape"))


def as_bytes(secret: str) -> bytes:
    """Return a secret as bytes: the same, however the keyboard composes its accents (NFC)."""
    return unicodedata.normalize("NFC", secret).encode("utf-8", "surrogateescape")
