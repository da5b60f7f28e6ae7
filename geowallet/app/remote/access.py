"""How to get at backups: a folder as it is, or a server with what it asks for."""

from __future__ import annotations

import importlib.util
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.app.remote.address import is_address, parse_address
from geowallet.model.errors import MissingExtraError, RemotePlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geowallet.vault.sample import InSample
    from geowallet.vault.shelf import Place

EXTRA = "remote"
"""Extra of geowallet that brings the protocols."""


@dataclass(frozen=True, slots=True)
class Access:
    """What opens a server.

    Attributes:
        ask: Gives a password, or what opens a key file; called only where one is asked for.
        known_hosts: File of the keys of SSH servers.
        ssh_key: Private key for SSH; None is the agent and the usual files.
        plain_http: Whether WebDAV may go unencrypted to other machines.
        in_sample: Says which objects that are there already are read back and compared, by
            the digest that is their name; of the others the length is.
    """

    ask: Callable[[], bytes]
    known_hosts: Path = Path("~/.ssh/known_hosts")
    ssh_key: Path | None = None
    plain_http: bool = False
    in_sample: InSample = lambda _digest: True


def place_text(target: str) -> str:
    """Return the one way to write where backups lie: an absolute path, or an address.

    Raises:
        BadOptionError: An address that cannot be meant.
    """
    return parse_address(target).text if is_address(target) else str(Path(target).absolute())


@contextmanager
def opened_place(target: str, access: Access) -> Iterator[Place]:
    """Open the place of backups that ``target`` names; a folder needs no opening.

    Raises:
        BadOptionError: ``target`` is an address that cannot be meant.
        MissingExtraError: The library for the protocol is not installed.
        RemotePlainError: The password would travel unencrypted.
        RemoteUnreachableError: The server does not answer.
        RemoteUnknownHostError: It is not known to be who it says.
        RemoteLoginError: It does not let this user in.
    """
    if not is_address(target):
        yield Path(target)
        return
    address = parse_address(target)
    if address.scheme == "webdav" and not (address.is_local or access.plain_http):
        raise RemotePlainError(host=address.host)
    for library in ("paramiko", "webdav4"):
        if importlib.util.find_spec(library) is None:
            raise MissingExtraError(extra=EXTRA)
    if address.scheme == "sftp":
        from geowallet.app.remote.sftp import sftp_shelf  # noqa: PLC0415  an extra

        with sftp_shelf(address, access) as shelf:
            yield shelf
    else:
        from geowallet.app.remote.webdav import webdav_shelf  # noqa: PLC0415  an extra

        with webdav_shelf(address, access) as shelf:
            yield shelf
