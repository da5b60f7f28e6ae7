"""``key add``, ``key remove`` and ``key rotate``: always after the passphrase."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import as_bytes, asker, first_line, locations, new_passphrase
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.wallet.recovery import kind_name, show_recovery
from geowallet.model.errors import BadOptionError, NeedsTerminalError, RecoveryUnconfirmedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.app.keys import NewRecovery
    from geowallet.app.locations import Locations

RecoveryFile = Annotated[
    Path | None,
    typer.Option(
        "--recovery-file", help=_("Without a terminal: write the recovery key to this new file.")
    ),
]


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    verb(app, "add", _("Add a way into your wallet."), example="geowallet key add")(add)
    verb(
        app,
        "remove",
        _("Remove a way in; old copies of the file still open with it."),
        example="geowallet key remove 3",
    )(remove)
    verb(
        app,
        "rotate",
        _("Give the wallet a new master key and a new recovery key."),
        example="geowallet key rotate --deep",
    )(rotate)


def add(
    shell: Shell,
    *,
    file: Annotated[
        Path | None, typer.Option("--file", help=_("Write a key to this new file."))
    ] = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help=_("Put a key into the keyring of this system."))
    ] = False,
    label: Annotated[
        str, typer.Option(help=_("Where that keyring is, such as 'laptop'; it is not secret."))
    ] = "",
    recovery: Annotated[
        bool, typer.Option("--recovery", help=_("A new recovery key, instead of the old one."))
    ] = False,
    recovery_file: RecoveryFile = None,
    new_file: Annotated[
        Path | None,
        typer.Option("--new-file", help=_("The new passphrase, on the first line of this file.")),
    ] = None,
) -> None:
    """Add a passphrase, a key file, the system's keyring, or a new recovery key."""
    from geowallet.app import keys, wallet

    recovery = recovery or recovery_file is not None
    _check_one_way(file=file is not None, keyring=keyring, recovery=recovery, label=label)
    if recovery:
        _check_can_show(shell, recovery_file)
    where = locations(shell)
    master = wallet.master_of(where, asker(shell, _("Present passphrase: "))())
    if recovery:
        new = keys.new_recovery(where)
        with _handed_over(shell, new, recovery_file):
            keys.replace_recovery(where, master, new)
        shell.say(_("The new recovery key opens the wallet; the old one no more."))
        shell.emit({"added": "recovery"})
    elif file is not None:
        number = keys.add_key_file(where, master, file)
        shell.say(_("Key file {number} opens the wallet: {path}", number=number, path=str(file)))
        shell.say(_("Whoever has this file has the wallet. Keep it on another disk."))
        shell.emit({"added": "file", "number": number})
    elif keyring:
        number = keys.add_keyring(where, master, label)
        shell.say(
            _("Keyring {number} opens the wallet while you are logged in here.", number=number)
        )
        shell.say(_("So can every program of yours. Signing still asks for the passphrase."))
        shell.emit({"added": "keyring", "number": number, "label": label})
    else:
        secret = new_passphrase(replace(shell, passphrase_file=new_file))
        number = keys.add_passphrase(where, master, secret)
        shell.say(_("Passphrase {number} opens the wallet, beside the others.", number=number))
        shell.emit({"added": "passphrase", "number": number})


def remove(
    shell: Shell,
    *,
    number: Annotated[int, typer.Argument(help=_("Its number in 'geowallet key list'."))],
) -> None:
    """Remove one way in, after asking."""
    from geowallet.app import keys, wallet

    where = locations(shell)
    master = wallet.master_of(where, asker(shell, _("Present passphrase: "))())
    shell.confirm(_("Remove way in {number}?", number=number))
    gone = keys.remove(where, master, number)
    shell.say(_("Removed: {kind} {number}.", kind=kind_name(gone.kind), number=number))
    shell.say(_("Old copies of the file still open with it; 'geowallet key rotate' says more."))
    shell.emit({"removed": number, "kind": gone.kind})


def rotate(
    shell: Shell,
    *,
    deep: Annotated[
        bool, typer.Option("--deep", help=_("Encrypt every record anew, too."))
    ] = False,
    recovery_file: RecoveryFile = None,
    key_file: Annotated[
        list[Path] | None, typer.Option("--key-file", help=_("A key file that stays a way in."))
    ] = None,
    other_file: Annotated[
        list[Path] | None,
        typer.Option("--other-file", help=_("Another passphrase that stays, in this file.")),
    ] = None,
) -> None:
    """Make a new master key; every way in is proved again, or dropped after asking."""
    from geowallet.app import keyrings, keys, wallet

    _check_can_show(shell, recovery_file)
    where = locations(shell)
    first = asker(shell, _("Present passphrase: "))()
    master = wallet.master_of(where, first)
    files = [keys.key_file_secret(where, path) for path in key_file or ()]
    others = [first_line(path) for path in other_file or ()]
    phrases = _passphrases(shell, where, [first, *others])
    rings = [one.label for one in keyrings.held(where) if one.error is None]
    gone = len(keys.ways_in(where)) - len(phrases) - len(set(files)) - len(rings) - 1
    if gone:
        shell.confirm(_("Ways in that open the wallet no more: {count}. Go on?", count=gone))
    new = keys.new_recovery(where)
    with _handed_over(shell, new, recovery_file):
        records = keys.rotate_keys(
            where,
            master,
            passphrases=phrases,
            recovery=new,
            key_files=sorted(set(files)),
            keyrings=rings,
            deep=deep,
        )
    shell.say(_("The wallet has a new master key and a new recovery key."))
    shell.say(
        _("{records} records were encrypted anew.", records=count(records))
        if deep
        else _("{records} records keep their own keys, sealed anew.", records=count(records))
    )
    shell.say(_("Old copies and backups still open with what opened them then."))
    shell.say(_("The key that signs your exports stays: 'geowallet key rotate-identity'."))
    shell.emit({"rotated": True, "deep": deep, "records": records, "dropped": gone})


def _check_one_way(*, file: bool, keyring: bool, recovery: bool, label: str) -> None:
    if file + keyring + recovery > 1:
        option = "--file" if file else "--keyring"
        raise BadOptionError(option=option, reason=_("one way in at a time"))
    if keyring != bool(label):
        raise BadOptionError(option="--label", reason=_("a label goes with --keyring"))


def _passphrases(shell: Shell, where: Locations, known: list[bytes]) -> list[bytes]:
    """Return one passphrase for each slot that stays; who can answer is asked for the others."""
    from geowallet.app import keys

    proved: dict[int, bytes] = {}
    for secret in known:
        number = keys.number_of(where, "passphrase", secret)
        if number is None:
            raise BadOptionError(option="--other-file", reason=_("it opens nothing here"))
        proved[number] = secret
    for way in keys.ways_in(where):
        if way.kind != "passphrase" or way.number in proved or not shell.can_ask:
            continue
        prompt = _("Passphrase {number} (Enter: drop it): ", number=way.number)
        secret = as_bytes(getpass.getpass(prompt))
        if secret and keys.number_of(where, "passphrase", secret) == way.number:
            proved[way.number] = secret
        elif secret:
            shell.note(_("It does not open the wallet; it will be dropped."))
    return list(proved.values())


def _check_can_show(shell: Shell, recovery_file: Path | None) -> None:
    if recovery_file is None and not shell.can_ask:
        raise NeedsTerminalError(option="--recovery-file")


@contextmanager
def _handed_over(shell: Shell, new: NewRecovery, path: Path | None) -> Iterator[None]:
    """Let the owner have the new key before it counts: nothing may rest on one nobody saw."""
    from geowallet.app import keys

    if path is not None:
        with keys.recovery_file(path, new):
            yield
        return
    if not show_recovery(shell, new.text):
        raise RecoveryUnconfirmedError
    yield
