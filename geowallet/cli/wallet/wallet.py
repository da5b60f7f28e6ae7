"""``init``, ``unlock`` and ``lock``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, told
from geowallet.cli.terminal.secrets import asker, locations, new_passphrase
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.wallet.recovery import show_recovery
from geowallet.model.errors import BadOptionError, GeowalletError

if TYPE_CHECKING:
    from geowallet.app.locations import Locations

MAX_MINUTES = 8 * 60
"""Longest session: a working day."""


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    verb(app, "init", _("Create your wallet: one encrypted file."), example="geowallet init")(init)
    verb(app, "unlock", _("Open the wallet for a while."), example="geowallet unlock")(unlock)
    verb(app, "lock", _("Close the wallet now."), example="geowallet lock")(lock)


def init(
    shell: Shell,
    *,
    recovery_file: Annotated[
        str,
        typer.Option(
            "--recovery-file",
            help=_("Without a terminal: write the recovery key to this new file."),
        ),
    ] = "",
) -> None:
    """Create the wallet, show its recovery key once, and have it typed back in part."""
    from geowallet.app.wallet import create_wallet

    if not recovery_file and not shell.can_ask:
        raise BadOptionError(option="--recovery-file", reason=_("needed without a terminal"))
    if recovery_file and Path(recovery_file).exists():
        # Found out later, a wallet would exist whose recovery key nobody has seen.
        raise BadOptionError(option="--recovery-file", reason=_("there is such a file already"))
    where = locations(shell)
    shell.say(_("Your wallet will be one encrypted file on this computer. No account, no server."))
    shell.note(_("It will be created at {path}", path=str(where.wallet)))
    created = create_wallet(where, new_passphrase(shell))
    if recovery_file:
        _write_recovery(recovery_file, created.recovery)
    else:
        confirmed = show_recovery(shell, created.recovery)
        if not confirmed:
            kept = _("The wallet exists. Keep the passphrase: the recovery key was not confirmed.")
            shell.note(kept)
    shell.say(_("Created wallet {id}.", id=created.vault_id[:8]))
    shell.say(_("Open for 15 minutes.") if created.session else _no_session())
    shell.say(
        _("Without the passphrase or the recovery key nobody can open it, its makers included.")
    )
    shell.emit({"created": created.vault_id, "session": created.session})
    shell.next("geowallet ingest FOLDER", _("only look, store nothing: geowallet inspect FILE"))


def unlock(
    shell: Shell,
    *,
    minutes: Annotated[int, typer.Option(help=_("How long it stays open."))] = 15,
    recovery: Annotated[
        bool, typer.Option("--recovery", help=_("Use the recovery key instead."))
    ] = False,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help=_("Use this key file instead."))
    ] = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help=_("Use the system's keyring, and nothing else."))
    ] = False,
) -> None:
    """Open the session: by what is named, else by the keyring, else by the passphrase."""
    from geowallet.app import wallet as use

    if not 1 <= minutes <= MAX_MINUTES:
        raise BadOptionError(option="--minutes", reason=f"1 to {MAX_MINUTES}")
    where, seconds = locations(shell), minutes * 60
    if key_file is not None:
        from geowallet.app.keys import master_by_file

        kept = use.keep_open(where, master_by_file(where, key_file), seconds=seconds)
    elif recovery:
        text = asker(shell, _("Recovery key: "))().decode("utf-8", "replace")
        kept = use.unlock_with_recovery(where, text, seconds=seconds)
    elif (master := _by_keyring(shell, where, alone=keyring)) is not None:
        kept = use.keep_open(where, master, seconds=seconds)
    else:
        kept = use.unlock(where, asker(shell)(), seconds=seconds)
    shell.say(_("Open for {minutes} minutes.", minutes=minutes) if kept else _no_session())
    shell.emit({"unlocked": True, "session": kept, "minutes": minutes})


def _by_keyring(shell: Shell, where: Locations, *, alone: bool) -> bytes | None:
    """Return the master key by the keyring, or None where something else is to be tried."""
    from geowallet.app import keyrings

    if not alone and (shell.passphrase_file is not None or not keyrings.has_keyring(where)):
        return None
    try:
        return keyrings.master_by_keyring(where)
    except GeowalletError as error:
        if alone:
            raise
        shell.note(told(error)[0])
        return None


def lock(shell: Shell) -> None:
    """End the session."""
    from geowallet.app.wallet import lock as lock_wallet

    was_open = lock_wallet(locations(shell))
    shell.say(_("Locked.") if was_open else _("It was not open."))
    shell.emit({"locked": True, "was_open": was_open})


def _no_session() -> str:
    return _("This machine cannot keep it open: each command will ask for the passphrase.")


def _write_recovery(path: str, recovery: str) -> None:
    import os

    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        handle = os.open(path, flags, 0o600)
    except OSError as error:
        raise BadOptionError(option="--recovery-file", reason=error.strerror or "") from error
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(recovery + "\n")
