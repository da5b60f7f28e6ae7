"""Use case of a witness: sign for whoever asks over HTTP, without being worn out.

The endpoint is that of C2SP tlog-witness. Nothing is told apart by who asks: a request
counts by the signature on its checkpoint alone. There is no TLS here; a proxy adds it.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from geowallet.app.evidence.witness_signing import sign_text
from geowallet.crypto.log_texts import MAX_TEXT_CHARS, parse_request
from geowallet.model.errors import (
    BadRequestError,
    GeowalletError,
    LogForkedError,
    LogRolledBackError,
    LogSignatureError,
    OldSizeError,
    PortTakenError,
    UnknownLogError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.app.evidence.witness import Witness

PATH = "/add-checkpoint"

SIZE_TYPE = "text/x.tlog.size"
"""Of an answer that names the size that was signed last."""

TEXT_TYPE = "text/plain; charset=utf-8"

CONNECTION_S = 20.0
"""Longest life of a connection: who sends a byte at a time is cut off."""

MOST_AT_ONCE = 32
"""Connections; more are closed unheard."""

_Request = socket.socket | tuple[bytes, socket.socket]
"""As the standard library has it; here always the first."""

_STATUS = {
    UnknownLogError: HTTPStatus.NOT_FOUND,
    LogSignatureError: HTTPStatus.FORBIDDEN,
    BadRequestError: HTTPStatus.BAD_REQUEST,
    OldSizeError: HTTPStatus.CONFLICT,
    LogRolledBackError: HTTPStatus.CONFLICT,
    LogForkedError: HTTPStatus.UNPROCESSABLE_ENTITY,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered.

    Attributes:
        status: Of HTTP.
        kind: Media type of the body.
        body: Signature lines, a size, or nothing.
        origin: Name of the log that was signed, or "".
        size: Its entries.
        code: Of the refusal, or "".
    """

    status: HTTPStatus
    kind: str = TEXT_TYPE
    body: str = ""
    origin: str = ""
    size: int = 0
    code: str = ""


def answer(witness: Witness, text: str, *, now_s: int) -> Answer:
    """Return what a request is answered with; what was signed is on the disk by then.

    Args:
        witness: Who signs.
        text: Body of the request.
        now_s: The present, seconds since the epoch.

    Source:
        C2SP tlog-witness, "add-checkpoint".
    """
    try:
        signed = sign_text(witness, text, now_s=now_s)
    except GeowalletError as error:
        return _refusal(error, text)
    return Answer(HTTPStatus.OK, body=signed.line, origin=signed.origin, size=signed.size)


def _refusal(error: GeowalletError, text: str) -> Answer:
    status = _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    if status is HTTPStatus.CONFLICT:
        found, known = (int(error.details[name]) for name in ("found", "known"))
        if parse_request(text).old_size > found:
            return Answer(HTTPStatus.BAD_REQUEST, code=error.code)
        return Answer(status, SIZE_TYPE, f"{known}\n", code=error.code)
    if isinstance(error, LogForkedError) and _is_as_long(text):
        return Answer(HTTPStatus.CONFLICT, code=error.code)
    return Answer(status, code=error.code)


def _is_as_long(text: str) -> bool:
    """Say whether a request that was read is of the very size at which it begins."""
    request = parse_request(text)
    return request.note.split("\n")[1] == str(request.old_size)


class WitnessServer(ThreadingHTTPServer):
    """A witness that listens: one thread a connection, so many at a time, none for long."""

    daemon_threads = True
    request_queue_size = 2 * MOST_AT_ONCE

    def __init__(
        self,
        witness: Witness,
        address: tuple[str, int],
        *,
        clock: Callable[[], int],
        heard: Callable[[Answer], None],
    ) -> None:
        """Begin to listen.

        Args:
            witness: Who signs.
            address: Where; port 0 takes any.
            clock: Returns the present, seconds since the epoch.
            heard: Is told each answer, by one thread at a time.

        Raises:
            PortTakenError: Nothing can listen there.
        """
        self.witness, self.clock = witness, clock
        self._heard, self._telling = heard, threading.Lock()
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        try:
            super().__init__(address, _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "-"
            raise PortTakenError(reason=reason) from error

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def told(self, said: Answer) -> None:
        """Pass an answer on to who watches."""
        with self._telling:
            self._heard(said)

    def process_request(self, request: _Request, client_address: Any) -> None:
        """Hear a connection in a thread of its own, or close it where there are too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()  # no thread could be had, which would have done so
            raise

    def process_request_thread(self, request: _Request, client_address: Any) -> None:
        """Hear it until its time is over."""
        timer = threading.Timer(CONNECTION_S, _cut, (request,))
        timer.daemon = True
        timer.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            timer.cancel()
            self._free.release()

    def handle_error(self, request: _Request, client_address: Any) -> None:
        """Say nothing of a connection that broke: who asks may hang up at any time."""


def _cut(request: _Request) -> None:
    with suppress(OSError):
        if isinstance(request, socket.socket):
            request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = CONNECTION_S
    server: WitnessServer

    def do_POST(self) -> None:
        """Sign, or say why not."""
        length = self._length()
        if self.path != PATH or length is None or length > MAX_TEXT_CHARS:
            # What was sent is not read, so this connection cannot go on.
            self.close_connection = True
            self._send(Answer(_unheard(self.path, length)))
            return
        try:
            text = self.rfile.read(length).decode()
        except UnicodeDecodeError:
            self._send(Answer(HTTPStatus.BAD_REQUEST))
            return
        said = answer(self.server.witness, text, now_s=self.server.clock())
        self.server.told(said)
        self._send(said)

    def version_string(self) -> str:
        """Return what it calls itself: no version that would tell of holes."""
        return "geowallet"

    def log_message(self, *_: object) -> None:
        """Write nothing: addresses of who asks are nobody's business."""

    def _length(self) -> int | None:
        text = self.headers.get("Content-Length", "")
        plain = text.isascii() and text.isdigit() and "Transfer-Encoding" not in self.headers
        return int(text) if plain and len(text) < 10 else None

    def _send(self, said: Answer) -> None:
        data = said.body.encode()
        self.send_response(said.status)
        self.send_header("Content-Type", said.kind)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


def _unheard(path: str, length: int | None) -> HTTPStatus:
    if path != PATH:
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.LENGTH_REQUIRED if length is None else HTTPStatus.REQUEST_ENTITY_TOO_LARGE
