"""One request to another computer: bounded in length and time, no redirect, no proxy."""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from geowallet.model.errors import BadOptionError, UnreachableError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_S = 20.0
"""Longest wait for a whole answer; an honest authority needs less than one second."""

MAX_URL_CHARS = 512

_ODD = N_("it answers with something else")
_SCHEMES = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""This computer, by any of its names."""


def is_private(url: str) -> bool:
    """Say whether nobody on the way can read what is sent: by TLS, or to this computer.

    Raises:
        BadOptionError: As `host_of`.
    """
    parts = _parts(url)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def host_of(url: str) -> str:
    """Return the name of the computer that an address means.

    Raises:
        BadOptionError: Not an http or https address, or one with a user or a fragment.
    """
    parts = _parts(url)
    return str(parts.hostname)


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a request goes, and what may come back.

    Attributes:
        name: Whom an error names.
        url: http or https; an authority needs no TLS, its answers are signed.
        sent: Media type of the request.
        wanted: Media type of the answer.
        max_bytes: Longest answer.
    """

    name: str
    url: str
    sent: str
    wanted: str
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status of HTTP, media type, and bytes that nobody checked."""

    status: int
    kind: str
    data: bytes


def post(channel: Channel, body: bytes, *, timeout_s: float = TIMEOUT_S) -> bytes:
    """Send ``body`` and return the answer's bytes; nothing of it is checked.

    Args:
        channel: Where to.
        body: What is sent.
        timeout_s: For connecting, and again for the whole answer, seconds.

    Raises:
        BadOptionError: The address is none.
        UnreachableError: It does not answer, not in time, not so, or too much.
    """
    reply = exchange(channel, body, timeout_s=timeout_s)
    if reply.status != http.client.OK:
        raise UnreachableError(name=channel.name, reason=f"HTTP {reply.status}")
    if reply.kind != channel.wanted:
        raise UnreachableError(name=channel.name, reason=_ODD)
    return reply.data


def exchange(channel: Channel, body: bytes, *, timeout_s: float = TIMEOUT_S) -> Reply:
    """Send ``body`` and return the answer, whatever its status.

    Args:
        channel: Where to; what it wants is not looked at.
        body: What is sent.
        timeout_s: As for `post`.

    Raises:
        BadOptionError: The address is none.
        UnreachableError: It does not answer, not in time, or too much.
    """
    parts = _parts(channel.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _SCHEMES[parts.scheme](str(parts.hostname), parts.port, timeout=timeout_s)
    try:
        connection.connect()
        with _cut_off(connection.sock, timeout_s):
            connection.request("POST", path, body, {"Content-Type": channel.sent})
            return _read(connection.getresponse(), channel)
    except TimeoutError as error:
        raise UnreachableError(name=channel.name, reason=N_("it takes too long")) from error
    except OSError as error:
        reason = error.strerror or N_("the connection failed")
        raise UnreachableError(name=channel.name, reason=reason) from error
    except http.client.HTTPException as error:
        raise UnreachableError(name=channel.name, reason=_ODD) from error
    finally:
        connection.close()


@contextmanager
def _cut_off(sock: socket.socket, timeout_s: float) -> Iterator[None]:
    """Close the connection when its time is over: a drop at a time does not stretch it.

    Raises:
        TimeoutError: It was closed so, whatever the block made of it.
    """
    over = threading.Event()

    def cut() -> None:
        over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over.is_set():
            raise TimeoutError


def _read(answer: http.client.HTTPResponse, channel: Channel) -> Reply:
    with answer:
        kind = (answer.getheader("Content-Type") or "").partition(";")[0].strip()
        data = answer.read(channel.max_bytes + 1)
    if len(data) > channel.max_bytes:
        raise http.client.HTTPException
    return Reply(answer.status, kind, data)


def _parts(url: str) -> SplitResult:
    plain = len(url) <= MAX_URL_CHARS and url.isascii() and url.isprintable() and " " not in url
    try:
        parts = urlsplit(url if plain else "")
        usable = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None or parts.fragment:
        raise BadOptionError(option="URL", reason=N_("not an http or https address"))
    return parts
