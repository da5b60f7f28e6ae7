"""A web server that answers what it likes: nothing hangs, nothing fills the memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from geowallet.app.remote import answers
from geowallet.app.remote.access import Access, opened_place
from geowallet.model.errors import (
    BackupDamagedError,
    GeowalletError,
    RemoteFullError,
    RemoteLoginError,
    RemoteOddError,
    RemoteUnreachableError,
)
from geowallet.vault.shelf import Shelf

LIST = b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">%s</D:multistatus>'
ENTRY = b"<D:response><D:href>%s</D:href><D:propstat><D:prop/></D:propstat></D:response>"

Answer = Callable[[BaseHTTPRequestHandler], None]


def plain(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def endless(status: int) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.end_headers()
        with suppress(OSError):
            while True:
                request.wfile.write(bytes(1 << 16))

    return answer


def broken_off(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"half")


@contextmanager
def served(**answers: Answer) -> Iterator[Shelf]:
    """Open a server that gives these answers, by method; else an empty list, or "created"."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self.rfile.read(length)
            usual = plain(207, LIST % b"") if self.command == "PROPFIND" else plain(201)
            answers.get(self.command, usual)(self)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    for method in ("PROPFIND", "GET", "PUT", "MKCOL", "MOVE", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        address = f"webdav://127.0.0.1:{server.server_address[1]}/b"
        try:
            with opened_place(address, Access(bytes)) as place:
                assert not isinstance(place, Path)
                yield place
        finally:
            server.shutdown()
            thread.join()


class TestLists:
    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (plain(401), RemoteLoginError),
            (plain(403), RemoteLoginError),
            (plain(500), RemoteOddError),
            (plain(302, Location="http://127.0.0.2/"), RemoteOddError),
            (plain(207, b"<html>"), RemoteOddError),
            (plain(207, b""), RemoteOddError),
            (plain(207, LIST % b"", Content_Encoding="gzip"), RemoteOddError),
            (endless(207), RemoteOddError),
            (broken_off, GeowalletError),
        ],
    )
    def test_an_odd_list_is_refused(self, answer: Answer, error: type[GeowalletError]) -> None:
        with pytest.raises(error) as caught, served(PROPFIND=answer):
            pass
        assert caught.value.exit_status in (5, 7)

    def test_only_what_lies_in_the_folder_is_listed(self) -> None:
        paths = (
            b"/b/",
            b"/b/one",
            b"/b/../etc",
            b"/b/x/y",
            b"http://other/b/two",
            b"/c",
            b"/b/%2e",
        )
        listing = plain(207, LIST % b"".join(ENTRY % path for path in paths))
        with served(PROPFIND=listing) as shelf:
            names = {entry.name for entry in shelf.listed("")}
        assert "one" in names
        assert not names & {"y", "c", "etc", "..", "x/y"}

    def test_nothing_there_is_an_empty_list(self) -> None:
        with served(PROPFIND=plain(404)) as shelf:
            assert shelf.listed("index") == ()


class TestFiles:
    def test_a_file_without_end_is_cut_off(self) -> None:
        with served(GET=endless(200)) as shelf, pytest.raises(BackupDamagedError):
            shelf.read("index/1", 70_000, what="")

    def test_a_file_that_breaks_off_is_no_file(self) -> None:
        with served(GET=broken_off) as shelf, pytest.raises(RemoteUnreachableError):
            shelf.read("index/1", 70_000, what="")

    @pytest.mark.parametrize("status", [301, 403, 500])
    def test_another_answer_is_told(self, status: int) -> None:
        with served(GET=plain(status)) as shelf, pytest.raises(GeowalletError):
            shelf.read("index/1", 70_000, what="")

    def test_a_slow_file_is_cut_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(answers, "MAX_ANSWER_S", -1.0)
        with pytest.raises(RemoteOddError), served():
            pass

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ({"PUT": plain(507)}, RemoteFullError),
            ({"PUT": plain(413)}, RemoteFullError),
            ({"PUT": plain(500)}, RemoteFullError),
            ({"PUT": plain(401)}, RemoteLoginError),
            ({"MOVE": plain(412)}, FileExistsError),
            ({"MOVE": plain(501)}, RemoteOddError),
            ({"MKCOL": plain(403)}, RemoteLoginError),
            ({"MKCOL": plain(409)}, RemoteOddError),
        ],
    )
    def test_a_file_that_is_not_taken_is_told(
        self, answer: dict[str, Answer], error: type[Exception]
    ) -> None:
        with served(**answer) as shelf, pytest.raises(error):
            shelf.add("objects/ab/c", b"data", "m")

    def test_a_folder_that_is_there_already_is_well(self) -> None:
        with served(MKCOL=plain(405)) as shelf:
            shelf.prepare(["objects"])
            shelf.settle(["objects"])
