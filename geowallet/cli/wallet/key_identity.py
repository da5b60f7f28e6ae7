"""``key rotate-identity`` and ``key rotation-notice``: the key that signs exports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, language, plural
from geowallet.cli.terminal.secrets import asker, locations, open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.errors import NotRotatedError

if TYPE_CHECKING:
    from geowallet.app.sharing.rotating import NewIdentity

_Out = Annotated[Path, typer.Option(help=_("Folder for the files."))]


def add_to(app: typer.Typer) -> None:
    """Register the verbs."""
    verb(
        app,
        "rotate-identity",
        _("Make a new key that signs exports, and tell recipients with the old one."),
        example="geowallet key rotate-identity --out to-send",
    )(rotate_identity)
    verb(
        app,
        "rotation-notice",
        _("Write once more what recipients must know of your new key."),
        example="geowallet key rotation-notice exemple-mileage",
    )(rotation_notice)


def rotate_identity(
    shell: Shell,
    *,
    out: _Out = Path(),
    unlinked: Annotated[
        bool,
        typer.Option(
            "--unlinked", help=_("Without the old key: recipients compare the new one by phone.")
        ),
    ] = False,
) -> None:
    """Replace the keys that sign and open exports, sign contracts anew, and write the files."""
    from geowallet.app import wallet
    from geowallet.app.sharing.rotating import (
        rotate_identity,
        write_contracts,
        write_notices,
    )

    shell.note(_("The old key signs nothing any more, and cannot be brought back."))
    if unlinked:
        shell.note(_("Nothing will tie the new key to you but its comparison by phone."))
    shell.confirm(_("Replace the key that signs your exports?"))
    with open_wallet(shell) as vault:
        wallet.check_passphrase(locations(shell), asker(shell))
        made = rotate_identity(vault, now_us=wallet.now_us(), linked=not unlinked)
        try:
            files = write_contracts(vault, out) if unlinked else write_notices(vault, out)
        except NotRotatedError:
            files = ()  # no contract yet: nobody to tell
    _say_key(shell, made, linked=not unlinked)
    _say_files(shell, files)
    shell.emit({"key": _fingerprint(made.key), "linked": not unlinked, "files": _texts(files)})


def rotation_notice(
    shell: Shell,
    contract: Annotated[
        str, typer.Argument(help=_("The name of one contract; all by default."))
    ] = "",
    *,
    out: _Out = Path(),
) -> None:
    """Write, for each contract, the signed change of keys and the list of what was sent before."""
    from geowallet.app.sharing.rotating import write_notices

    with open_wallet(shell) as vault:
        files = write_notices(vault, out, contract)
    _say_files(shell, files)
    shell.emit({"files": _texts(files)})


def _say_key(shell: Shell, made: NewIdentity, *, linked: bool) -> None:
    from geowallet.cli.wallet.key_words import key_words

    shell.say(_("Your exports are signed with the key {key} now.", key=_fingerprint(made.key)))
    words = " ".join(key_words(made.key, language))
    shell.say(_("The same key in words: {words}", words=words))
    number = len(made.contracts)
    if number:
        shell.say(
            plural(
                "{count} contract is signed anew; its text is the same.",
                "{count} contracts are signed anew; their texts are the same.",
                number,
            )
        )
    if not linked:
        shell.say(_("Read the words to every recipient by phone: to them you are somebody new."))


def _say_files(shell: Shell, files: tuple[Path, ...]) -> None:
    for path in files:
        shell.say(_("Wrote {path}: send it to the recipient of that contract.", path=str(path)))


def _texts(files: tuple[Path, ...]) -> list[str]:
    return [str(path) for path in files]


def _fingerprint(key: str) -> str:
    from geowallet.crypto.fingerprint import fingerprint

    return fingerprint(key)
