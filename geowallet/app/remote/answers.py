"""HTTP whose answers end: a transport that cuts off what is too long or too slow."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ANSWER_BYTES = 8 << 20
"""Of all answers but files: a list of some 10,000 names."""

MAX_FILE_BYTES = 65 << 20
MAX_ANSWER_S = 600.0


class EndlessAnswerError(httpx.TransportError):
    """An answer beyond its limit."""


class BoundedTransport(httpx.BaseTransport):
    """Sends as another transport does, and reads only so much."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; reading it may raise `EndlessAnswerError`."""
        response = self._inner.handle_request(request)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            response.close()
            raise EndlessAnswerError("packed, and nobody asked for that")
        limit = MAX_FILE_BYTES if request.method == "GET" else MAX_ANSWER_BYTES
        stream = response.stream
        if isinstance(stream, httpx.SyncByteStream):
            response.stream = _Bounded(stream, limit)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _Bounded(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, limit: int) -> None:
        self._inner, self._limit = inner, limit

    def __iter__(self) -> Iterator[bytes]:
        left, end_s = self._limit, time.monotonic() + MAX_ANSWER_S
        for part in self._inner:
            left -= len(part)
            if left < 0 or time.monotonic() > end_s:
                raise EndlessAnswerError("beyond its limit")
            yield part

    def close(self) -> None:
        self._inner.close()
