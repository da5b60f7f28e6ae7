"""Another machine that holds backups: not found, not trusted, full, or odd."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class RemoteUnreachableError(GeowalletError):
    """A server that does not answer, or stops to."""

    code = "remote.unreachable"
    exit_status = 7
    text = N_("{host} does not answer: {reason}")
    hint = N_("what was written stays; type the same again to go on")


class RemoteOddError(GeowalletError):
    """A server that answers otherwise than its protocol says."""

    code = "remote.odd"
    exit_status = 7
    text = N_("{host} does not answer as it should: {reason}")
    hint = N_("look at the address, or use another server")


class RemoteUnknownHostError(GeowalletError):
    """A server whose key is not among the known ones, or another than was known."""

    code = "remote.unknown_host"
    exit_status = 7
    text = N_("{host} has a key that {path} does not know")
    hint = N_("compare its key with what its owner says, connect once with ssh, then try again")


class RemoteLoginError(GeowalletError):
    """A server that does not let this user in."""

    code = "remote.login"
    exit_status = 5
    text = N_("{host} does not let you in")
    hint = N_("look at the user, the key or the password, and at the rights of the folder")


class RemoteFullError(GeowalletError):
    """A server that does not take a file."""

    code = "remote.full"
    exit_status = 8
    text = N_("{host} does not take it: no space, no right to write, or a limit")
    hint = N_("what was written stays; make space there and type the same again to go on")


class RemotePlainError(GeowalletError):
    """An address without encryption that leads off this machine."""

    code = "remote.plain"
    exit_status = 2
    text = N_("webdav:// to {host} would send your password for all to read")
    hint = N_("use webdavs://, or give --plain-http where nobody listens")
