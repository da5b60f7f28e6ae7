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


def _read(answer: http.client.HTTPResponse, channel: Channel) -> bytes:
    with answer:
        if answer.status != http.client.OK:
            raise UnreachableError(name=channel.name, reason=f"HTTP {answer.status}")
        kind = (answer.getheader("Content-Type") or "").partition(";")[0].strip()
        data = answer.read(channel.max_bytes + 1)
    if kind != channel.wanted or len(data) > channel.max_bytes:
        raise http.client.HTTPException
    return data


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
