"""Addresses of backups on another machine: ``sftp://user@host/path``, ``webdavs://...``."""

from __future__ import annotations

import ipaddress
import posixpath
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from geowallet.model.errors import BadOptionError
from geowallet.model.words import N_

PORTS = {"sftp": 22, "webdav": 80, "webdavs": 443}
"""Schemes that are spoken, with the port of each."""

MAX_CHARS = 1024

_OPTION = "TARGET"


@dataclass(frozen=True, slots=True)
class Address:
    """Where backups lie.

    Attributes:
        scheme: One of `PORTS`.
        user: Whom the server knows, or "".
        host: Its name or number.
        port: Of its service.
        path: From the server's root, or from the user's home where it begins with "~/".
    """

    scheme: str
    user: str
    host: str
    port: int
    path: str

    @property
    def text(self) -> str:
        """The address as people write it; it never holds a password."""
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        path = f"/{self.path}" if self.path.startswith("~") else self.path
        return f"{self.scheme}://{user}{host}{port}{path}"

    @property
    def is_local(self) -> bool:
        """Whether it leads to this very machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def is_address(text: str) -> bool:
    """Say whether ``text`` means another machine, not a folder of this one."""
    return "://" in text


def parse_address(text: str) -> Address:
    """Return the address that ``text`` is.

    Raises:
        BadOptionError: Of another scheme, without a host or a folder, or with a password.
    """
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise BadOptionError(option=_OPTION, reason=N_("this is no address")) from error
    if parts.scheme not in PORTS:
        raise BadOptionError(option=_OPTION, reason=N_("sftp://, webdavs:// or a folder"))
    if parts.password is not None:
        reason = N_("no password in an address: others can read it")
        raise BadOptionError(option=_OPTION, reason=reason)
    path = unquote(parts.path)
    odd = ".." in path.split("/") or not path.isprintable() or parts.query or parts.fragment
    clean = posixpath.normpath("/" + path.strip("/"))
    if not host or clean == "/" or odd or len(text) > MAX_CHARS:
        raise BadOptionError(option=_OPTION, reason=N_("it needs a host and a folder"))
    if clean.startswith("/~/") and parts.scheme == "sftp":
        clean = clean[1:]
    user = unquote(parts.username or "")
    return Address(parts.scheme, user, host, port or PORTS[parts.scheme], clean)
