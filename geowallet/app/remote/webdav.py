"""Backups on a web server, by WebDAV.

TLS is checked against the system's authorities, and no answer leads elsewhere. A new file
is sent under a name of its own and then moved, with the word not to overwrite.
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import httpx
from webdav4.client import (
    Client,
    ClientError,
    HTTPError,
    InsufficientStorage,
    ResourceNotFound,
)
from webdav4.http import Client as HttpClient

from geowallet.app.remote.answers import BoundedTransport, EndlessAnswerError
from geowallet.app.remote.known import Found, KnownFolders, digest_in
from geowallet.model.errors import (
    BackupDamagedError,
    RemoteFullError,
    RemoteLoginError,
    RemoteOddError,
    RemoteUnreachableError,
)
from geowallet.model.words import N_
from geowallet.vault.shelf import OBJECT, Entry, Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geowallet.app.remote.access import Access
    from geowallet.app.remote.address import Address
    from geowallet.vault.sample import InSample

TIMEOUT_S = 30.0
"""Longest wait for the server to say anything."""

_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_FULL = {HTTPStatus.INSUFFICIENT_STORAGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
_ODD = N_("not by the protocol")


@contextmanager
def webdav_shelf(address: Address, access: Access) -> Iterator[WebdavShelf]:
    """Open a folder of a server for the length of the block, and see that it answers."""
    auth = (address.user, access.ask().decode()) if address.user else None
    inner = httpx.HTTPTransport(verify=ssl.create_default_context())
    headers = {"Accept-Encoding": "identity"}
    with HttpClient(
        transport=BoundedTransport(inner),
        auth=auth,
        timeout=TIMEOUT_S,
        trust_env=False,
        headers=headers,
    ) as http:
        shelf = WebdavShelf(http, address, access.in_sample)
        shelf.listed("")
        yield shelf


@contextmanager
def _faults(host: str) -> Iterator[None]:
    """Turn what the library raises into our errors; what is not there passes."""
    try:
        yield
    except ResourceNotFound:
        raise
    except HTTPError as error:
        raise _by_status(host, error.status_code) from error
    except InsufficientStorage as error:
        raise RemoteFullError(host=host) from error
    except httpx.TimeoutException as error:
        raise RemoteUnreachableError(host=host, reason=N_("it takes too long")) from error
    except EndlessAnswerError as error:
        raise RemoteOddError(host=host, reason=N_("its answer has no end")) from error
    except httpx.ConnectError as error:
        certificate = isinstance(error.__context__, ssl.SSLError) or "CERTIFICATE" in str(error)
        reason = N_("its certificate is not known") if certificate else N_("the connection failed")
        raise RemoteUnreachableError(host=host, reason=reason) from error
    except httpx.TransportError as error:
        raise RemoteUnreachableError(host=host, reason=N_("the connection was lost")) from error
    except (ClientError, ParseError, ValueError, LookupError, AttributeError) as error:
        raise RemoteOddError(host=host, reason=_ODD) from error


def _by_status(host: str, status: int) -> RemoteFullError | RemoteLoginError | RemoteOddError:
    if status in _REFUSED:
        return RemoteLoginError(host=host)
    return RemoteFullError(host=host) if status in _FULL else RemoteOddError(host=host, reason=_ODD)


class WebdavShelf:
    """A folder on a web server."""

    def __init__(self, http: HttpClient, address: Address, in_sample: InSample) -> None:
        self._address, self._host = address, address.host
        self._in_sample = in_sample
        scheme = "https" if address.scheme == "webdavs" else "http"
        base = httpx.URL(scheme=scheme, host=address.host, port=address.port, path="/")
        self._dav = Client(base, http_client=http, retry=False)
        self._known = KnownFolders(self._look)

    @property
    def name(self) -> str:
        """What people call it."""
        return self._address.text

    def prepare(self, folders: Iterable[str]) -> None:
        """Make folders that are not there."""
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
            BackupDamagedError: It is longer.
        """
        data = bytearray()
        with (
            _faults(self._host),
            self._dav.http.stream("GET", self._dav.join_url(self._path(name))) as answer,
        ):
            if answer.status_code == HTTPStatus.NOT_FOUND:
                return None
            if answer.status_code != HTTPStatus.OK:
                raise _by_status(self._host, answer.status_code)
            for part in answer.iter_raw():
                data += part
                if len(data) > max_bytes:
                    raise BackupDamagedError(what=what)
        return bytes(data)

    def add(self, name: str, data: bytes, mark: str) -> None:
        """Write a new file, whole or not at all.

        Raises:
            FileExistsError: Something is there; it stays as it is.
        """
        folder, _, last = name.rpartition("/")
        self.prepare([folder])
        path, draft = self._path(name), self._path(f"{folder}/.{last}.{mark}.new")
        try:
            with _faults(self._host):
                self._put(draft, data)
                self._move(draft, path)
        except BaseException:
            with suppress(ClientError, httpx.TransportError):
                self._dav.request("DELETE", draft)
            raise
        self._known.note(name, len(data))

    def settle(self, folders: Iterable[str]) -> None:
        """Do nothing: the protocol cannot ask for it."""

    def destroy(self, name: str) -> None:
        """Remove a file; nobody can tell a web server to overwrite one."""
        with _faults(self._host):
            self._dav.request("DELETE", self._path(name))

    def _put(self, draft: str, data: bytes) -> None:
        """Send a file; servers have many numbers for "no space", some of them made up."""
        try:
            self._dav.request("PUT", draft, content=data)
        except HTTPError as error:
            if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise RemoteFullError(host=self._host) from error
            raise

    def _move(self, draft: str, path: str) -> None:
        headers = {"Destination": str(self._dav.join_url(path)), "Overwrite": "F"}
        try:
            self._dav.request("MOVE", draft, headers=headers)
        except HTTPError as error:
            if error.status_code == HTTPStatus.PRECONDITION_FAILED:
                raise FileExistsError from error
            raise

    def _make(self, path: str) -> None:
        """Make a folder, and those above it where they are missing."""
        above = path.rpartition("/")[0]
        with _faults(self._host):
            try:
                self._dav.request("MKCOL", path, add_trailing_slash=True)
            except HTTPError as error:
                if error.status_code == HTTPStatus.CONFLICT and above:
                    self._make(above)
                    self._dav.request("MKCOL", path, add_trailing_slash=True)
                elif error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:  # it is there
                    raise

    def _look(self, folder: str) -> list[Found]:
        with _faults(self._host):
            try:
                answer = self._dav.propfind(self._path(folder), headers={"Depth": "1"})
            except ResourceNotFound:
                return []
            here = self._path(folder)
            found = []
            for path, one in answer.responses.items():
                above, _, last = path.rstrip("/").rpartition("/")
                if above == here and last:
                    folder_like = one.properties.resource_type == "directory"
                    sort = Sort.FOLDER if folder_like else Sort.FILE
                    found.append(Found(Entry(last, sort), one.properties.content_length))
        return found

    def _path(self, name: str) -> str:
        return f"{self._address.path}/{name}".rstrip("/")
