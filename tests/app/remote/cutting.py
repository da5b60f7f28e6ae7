"""A line on loopback that breaks: a server behind it is heard for so many bytes, then no more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_line(port: int, *, after_bytes: int) -> Iterator[int]:
    """Give a port that leads to ``port`` until ``after_bytes`` were sent there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        left = [after_bytes]
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    near, _ = listening.accept()
                except OSError:
                    return
                far = socket.create_connection(("127.0.0.1", port))
                for pair in ((near, far, left), (far, near, None)):
                    threads.append(threading.Thread(target=_pass_on, args=pair))
                    threads[-1].start()

        threads.append(threading.Thread(target=accept))
        threads[0].start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(timeout=5)


def _pass_on(near: socket.socket, far: socket.socket, left: list[int] | None) -> None:
    with suppress(OSError), near, far:
        while data := near.recv(1 << 14):
            if left is not None:
                left[0] -= len(data)
                if left[0] < 0:
                    break
            far.sendall(data)
        for one in (near, far):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
