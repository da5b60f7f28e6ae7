"""Options of commands that reach backups on a server."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import as_bytes, first_line
from geowallet.model.errors import BadOptionError, NeedsTerminalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.app.remote.access import Access
    from geowallet.cli.terminal.shell import Shell
    from geowallet.vault.sample import InSample
    from geowallet.vault.shelf import Place

Target = Annotated[
    str,
    typer.Argument(help=_("Folder of the backups, or sftp://USER@HOST/PATH, webdavs://...")),
]
SshKey = Annotated[
    Path | None, typer.Option("--ssh-key", help=_("Private key for SFTP, else the agent's."))
]
KnownHosts = Annotated[
    Path | None,
    typer.Option("--known-hosts", help=_("Keys of SSH servers, else ~/.ssh/known_hosts.")),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help=_("The server's password, on its first line.")),
]
PlainHttp = Annotated[
    bool, typer.Option("--plain-http", help=_("Let webdav:// go unencrypted to a server."))
]


Percent = Annotated[
    int | None,
    typer.Option(
        "--percent",
        help=_("Of what a server has already, read back this part, another each day; else 10."),
    ),
]

_ALL = 100
_USUAL = 10
"""Of the objects that a server has already, in percent: a tenth of the backup comes back."""


def sample(percent: int | None) -> InSample:
    """Return which objects are read back today."""
    from geowallet.app.wallet import now_us
    from geowallet.vault.sample import sample_of

    wanted = _USUAL if percent is None else percent
    if not 1 <= wanted <= _ALL:
        raise BadOptionError(option="--percent", reason=_("1 to 100"))
    return sample_of(wanted, now_us() // 86_400_000_000)


def access(
    shell: Shell,
    ssh_key: Path | None,
    known_hosts: Path | None,
    password_file: Path | None,
    *,
    plain_http: bool,
    percent: int | None = None,
) -> Access:
    """Return what opens a server, by the options that were given."""
    from geowallet.app.remote.access import Access

    def ask() -> bytes:
        if password_file is not None:
            return first_line(password_file)
        if not shell.can_ask:
            raise NeedsTerminalError(option="--password-file")
        return as_bytes(getpass.getpass(_("Password of the server: ")))

    in_sample = sample(percent)
    asked = Access(ask, ssh_key=ssh_key, plain_http=plain_http, in_sample=in_sample)
    return asked if known_hosts is None else replace(asked, known_hosts=known_hosts)


@contextmanager
def at(shell: Shell, target: str, asked: Access) -> Iterator[Place]:
    """Open a place of backups; a server is named before it is spoken to."""
    from geowallet.app.remote.access import opened_place
    from geowallet.app.remote.address import is_address, parse_address

    if is_address(target):
        shell.note(_("Connecting to {host}.", host=parse_address(target).host))
    with opened_place(target, asked) as place:
        yield place
