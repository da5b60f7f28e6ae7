"""Backups on an SSH server, by SFTP.

Only a server whose key is in the file of known hosts is spoken to. A new file is written
beside its name and then renamed, which SFTP does only where nothing has the name yet. The
protocol has no word for "onto the disk": what a server holds in memory is its own affair.
"""

from __future__ import annotations

import getpass
import logging
import posixpath
import stat
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import paramiko

from geowallet.app.remote.known import MAX_ENTRIES, Found, KnownFolders, digest_in
from geowallet.model.errors import (
    BackupDamagedError,
    RemoteFullError,
    RemoteLoginError,
    RemoteOddError,
    RemoteUnknownHostError,
    RemoteUnreachableError,
)
from geowallet.model.words import N_
from geowallet.vault.shelf import OBJECT, Entry, Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from geowallet.app.remote.access import Access
    from geowallet.app.remote.address import Address
    from geowallet.vault.sample import InSample

TIMEOUT_S = 30.0
"""Longest wait for the server to say anything."""

_LOST = N_("the connection was lost")
_SLOW = N_("it takes too long")


@contextmanager
def sftp_shelf(address: Address, access: Access) -> Iterator[SftpShelf]:
    """Connect to a server for the length of the block; see `opened_place` for what it raises."""
    # Its own words on a failed connection would go to the terminal, past ours.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
    with paramiko.SSHClient() as client:
        _connect(client, address, access)
        with _faults(address.host):
            sftp = client.open_sftp()
            sftp.get_channel().settimeout(TIMEOUT_S)
        yield SftpShelf(sftp, address, access.in_sample)


class _Refuse(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    def __init__(self, known_hosts: str) -> None:
        self._known_hosts = known_hosts

    def missing_host_key(self, _client: object, hostname: str, _key: object) -> None:
        raise RemoteUnknownHostError(host=hostname, path=self._known_hosts)


def _connect(client: paramiko.SSHClient, address: Address, access: Access) -> None:
    known_hosts = access.known_hosts.expanduser()
    with suppress(FileNotFoundError):
        client.load_system_host_keys(str(known_hosts))
    client.set_missing_host_key_policy(_Refuse(str(access.known_hosts)))
    wanted: dict[str, Any] = {
        "port": address.port,
        "username": address.user or getpass.getuser(),
        "key_filename": str(access.ssh_key) if access.ssh_key else None,
        "allow_agent": access.ssh_key is None,
        "look_for_keys": access.ssh_key is None,
        **dict.fromkeys(("timeout", "banner_timeout", "auth_timeout"), TIMEOUT_S),
    }
    try:
        with _faults(address.host):
            try:
                client.connect(address.host, **wanted)
            except paramiko.PasswordRequiredException:
                _connect_with(client, address.host, access.ask().decode(), wanted)
            except paramiko.SSHException as error:
                # Somebody answered, and there was no key at all to show.
                line = client.get_transport()
                if type(error) is paramiko.SSHException and line is not None and line.is_active():
                    raise RemoteLoginError(host=address.host) from error
                raise
    except paramiko.BadHostKeyException as error:
        path = str(access.known_hosts)
        raise RemoteUnknownHostError(host=address.host, path=path) from error
    except (paramiko.AuthenticationException, ValueError) as error:
        raise RemoteLoginError(host=address.host) from error


def _connect_with(
    client: paramiko.SSHClient, host: str, phrase: str, wanted: dict[str, Any]
) -> None:
    """Connect with a key file that ``phrase`` opens; the library has no word for a wrong one."""
    try:
        client.connect(host, passphrase=phrase, **wanted)
    except paramiko.SSHException as error:
        raise RemoteLoginError(host=host) from error


@contextmanager
def _faults(host: str, channel: paramiko.Channel | None = None) -> Iterator[None]:
    """Turn what the library raises into our errors; files that are not there pass.

    A server says "failure" without a reason where it cannot do something; the library
    says the same of a ``channel`` that is closed.
    """
    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except TimeoutError as error:
        raise RemoteUnreachableError(host=host, reason=_SLOW) from error
    except PermissionError as error:
        raise RemoteLoginError(host=host) from error
    except (paramiko.BadHostKeyException, paramiko.AuthenticationException):
        raise
    except (EOFError, ConnectionError) as error:
        raise RemoteUnreachableError(host=host, reason=_LOST) from error
    except paramiko.SFTPError as error:
        raise RemoteOddError(host=host, reason=N_("not by the protocol")) from error
    except (paramiko.SSHException, OSError) as error:
        if channel is not None and not channel.closed:
            raise RemoteFullError(host=host) from error
        reason = _LOST if channel is not None else N_("the connection failed")
        raise RemoteUnreachableError(host=host, reason=reason) from error


class SftpShelf:
    """A folder on an SSH server."""

    def __init__(self, sftp: paramiko.SFTPClient, address: Address, in_sample: InSample) -> None:
        self._sftp, self._address, self._host = sftp, address, address.host
        self._in_sample = in_sample
        self._known = KnownFolders(self._look)
        self._base = address.path.removeprefix("~/")

    @property
    def name(self) -> str:
        """What people call it."""
        return self._address.text

    def prepare(self, folders: Iterable[str]) -> None:
        """Make folders that are not there, for the owner only."""
        for folder in folders:
            if not self._known.has_folder(folder):
                self._make(self._path(folder))
                self._known.note(folder, -1)

    def listed(self, folder: str) -> tuple[Entry, ...]:
        """Return what lies in a folder; nothing where there is none."""
        return tuple(found.entry for found in self._look(folder))

    def holds(self, name: str, data: bytes) -> bool:
        """Say whether a file is there, by its length, and by its bytes where it is in the sample.

        Raises:
            BackupDamagedError: It is another one.
        """
        there = self._known.holds(name, data)
        looked_into = there and self._in_sample(digest_in(name))
        if looked_into and self.read(name, len(data), what=OBJECT) != data:
            raise BackupDamagedError(what=OBJECT)
        return there

    def read(self, name: str, max_bytes: int, *, what: str) -> bytes | None:
        """Return the bytes of a file; None where nothing has that name.

        Raises:
            BackupDamagedError: It is no plain file, or longer.
        """
        with self._faults():
            try:
                mode = self._sftp.lstat(self._path(name)).st_mode
            except FileNotFoundError:
                return None
            if not stat.S_ISREG(mode or 0):
                raise BackupDamagedError(what=what)
            with self._sftp.open(self._path(name), "rb") as stream:
                data = bytes(stream.read(max_bytes + 1))
        if len(data) > max_bytes:
            raise BackupDamagedError(what=what)
        return data

    def add(self, name: str, data: bytes, mark: str) -> None:
        """Write a new file, whole or not at all.

        Raises:
            FileExistsError: Something is there; it stays as it is.
        """
        folder, _, last = name.rpartition("/")
        self.prepare([folder])
        path, draft = self._path(name), self._path(f"{folder}/.{last}.{mark}.new")
        try:
            with self._faults():
                with self._sftp.open(draft, "wx") as stream:
                    self._sftp.chmod(draft, 0o600)
                    stream.write(data)
                self._name(draft, path)
        except BaseException:
            with suppress(OSError, EOFError, paramiko.SSHException):
                self._sftp.remove(draft)
            raise
        self._known.note(name, len(data))

    def _name(self, draft: str, path: str) -> None:
        """Give a draft its name; some servers would put it in another file's place."""
        if self._exists(path):
            raise FileExistsError
        self._sftp.rename(draft, path)

    def settle(self, folders: Iterable[str]) -> None:
        """Do nothing: the protocol cannot ask for it."""

    def destroy(self, name: str) -> None:
        """Put zeros over a file, then remove it; whether the server overwrote it, it knows."""
        path = self._path(name)
        with self._faults():
            found = self._sftp.lstat(path)
            if not stat.S_ISREG(found.st_mode or 0):
                raise RemoteOddError(host=self._host, reason=N_("no plain file"))
            with self._sftp.open(path, "r+b") as stream:
                for at in range(0, found.st_size or 0, 1 << 20):
                    stream.write(bytes(min(1 << 20, (found.st_size or 0) - at)))
            self._sftp.remove(path)

    def _look(self, folder: str) -> list[Found]:
        with self._faults():
            try:
                listing = self._sftp.listdir_iter(self._path(folder))
                found = list(islice(listing, MAX_ENTRIES + 1))
            except FileNotFoundError:
                return []
        if len(found) > MAX_ENTRIES:
            raise RemoteOddError(host=self._host, reason=N_("its list has no end"))
        return [_found(one) for one in found if "/" not in one.filename]

    def _make(self, path: str) -> None:
        """Make a folder and those above it, from the top."""
        above = posixpath.dirname(path)
        with self._faults():
            if above not in ("", "/") and not self._exists(above):
                self._make(above)
            if not self._exists(path):
                self._sftp.mkdir(path, 0o700)

    def _exists(self, path: str) -> bool:
        try:
            self._sftp.lstat(path)
        except FileNotFoundError:
            return False
        return True

    def _faults(self) -> AbstractContextManager[None]:
        return _faults(self._host, self._sftp.get_channel())

    def _path(self, name: str) -> str:
        return posixpath.join(self._base, name).rstrip("/")


def _found(attributes: paramiko.SFTPAttributes) -> Found:
    mode = attributes.st_mode or 0
    sort = Sort.FILE if stat.S_ISREG(mode) else Sort.FOLDER if stat.S_ISDIR(mode) else Sort.OTHER
    return Found(Entry(attributes.filename, sort), attributes.st_size)
