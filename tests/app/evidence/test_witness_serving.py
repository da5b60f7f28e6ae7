"""A witness that listens, over loopback: honest logs, forks, crowds, and who means it ill."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from geowallet.app.evidence import witness_serving, witness_signing, witnessing
from geowallet.app.evidence.sending import is_private
from geowallet.app.evidence.stamps import stamps
from geowallet.app.evidence.witness import Witness, add_log, known_log, stored_witness
from geowallet.app.evidence.witness_asking import ask_witness, reached_at
from geowallet.app.evidence.witness_serving import Answer, WitnessServer
from geowallet.crypto.cosignatures import find_cosignature, parse_witness_key
from geowallet.crypto.log_texts import WitnessRequest
from geowallet.crypto.merkle import consistency_proof, leaf_hash
from geowallet.crypto.note_lines import signature_lines, split_note
from geowallet.crypto.notes import open_checkpoint, parse_checkpoint, verifier_key
from geowallet.crypto.signing import log_public
from geowallet.model.errors import (
    BadLogKeyError,
    BadOptionError,
    CosignatureError,
    DiskFullError,
    GeowalletError,
    LogSignatureError,
    PortTakenError,
    WitnessRefusedError,
    WitnessSilentError,
)
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.test_witness import KEY, LEAVES, NOW_S, ORIGIN, SEED, note
from tests.authority import served

OTHER = [*LEAVES[:3], *(leaf_hash(b"another %d" % n) for n in range(6))]
"""A log that went on otherwise after three entries."""


@contextmanager
def listening(witness: Witness, heard: list[Answer] | None = None) -> Iterator[WitnessServer]:
    said = [] if heard is None else heard
    server = WitnessServer(witness, ("127.0.0.1", 0), clock=lambda: NOW_S, heard=said.append)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def known(witness: Witness) -> Witness:
    assert add_log(witness, f" {KEY}\n") == ORIGIN
    return witness


def asked(old: int, leaves: list[bytes], *, seed: bytes = SEED, origin: str = ORIGIN) -> bytes:
    proof = consistency_proof(old, leaves) if 0 < old <= len(leaves) else ()
    return str(WitnessRequest(old, proof, note(leaves, seed=seed, origin=origin))).encode()


def post(
    port: int, body: bytes, path: str = witness_serving.PATH, headers: dict[str, str] | None = None
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type") or "", answer.read()
    finally:
        connection.close()


def states(body: bytes, line: bytes, witness: Witness) -> tuple[int, bytes]:
    """Check an answer as a log does, and return the state that was signed."""
    checkpoint = open_checkpoint(body.decode().partition("\n\n")[2], log_public(SEED))
    name, public32 = parse_witness_key(witness.key)
    said = find_cosignature(
        checkpoint, signature_lines(line.decode()), name=name, public32=public32
    )
    assert said.at_s == NOW_S
    return checkpoint.size, checkpoint.root


class TestAnswers:
    """Promise: what C2SP tlog-witness says of add-checkpoint."""

    def test_a_growing_log_is_signed_in_one_connection(self, known: Witness) -> None:
        heard: list[Answer] = []
        with listening(known, heard) as server:
            line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            for old, size in ((0, 3), (3, 4), (4, 4), (4, 9)):
                body = asked(old, LEAVES[:size])
                line.request("POST", witness_serving.PATH, body)
                with line.getresponse() as answer:
                    assert (answer.status, states(body, answer.read(), known)[0]) == (200, size)
            line.close()
        assert [(one.origin, one.size) for one in heard][-1] == (ORIGIN, 9)

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (asked(3, LEAVES, origin="geowallet/else"), (404, "")),
            (asked(3, LEAVES, seed=bytes(32)), (403, "")),
            (asked(5, LEAVES[:4]), (400, "")),
            (asked(0, LEAVES), (409, "3\n")),
            (asked(2, LEAVES), (409, "3\n")),
            (asked(0, LEAVES[:2]), (409, "3\n")),
            (asked(3, LEAVES[:2]), (400, "")),
            (asked(3, [LEAVES[1], *LEAVES[1:3]]), (409, "")),
            (asked(3, [LEAVES[1], *LEAVES[1:]]), (422, "")),
            (b"old 3\n\nno note", (400, "")),
            (b"\xff", (400, "")),
            (b"", (400, "")),
        ],
    )
    def test_each_refusal_has_its_status(
        self, known: Witness, body: bytes, expected: tuple[int, str]
    ) -> None:
        with listening(known) as server:
            assert post(server.port, asked(0, LEAVES[:3]))[0] == 200
            before = stored_witness(known.folder)
            status, kind, said = post(server.port, body)
            assert (status, said.decode()) == expected
            assert (kind == "text/x.tlog.size") == bool(said)
            assert stored_witness(known.folder) == before

    def test_what_is_no_request_is_not_read(self, known: Witness) -> None:
        with listening(known) as server:
            assert post(server.port, b"x", path="/other")[0] == 404
            assert post(server.port, b"", headers={"Content-Length": "99999"})[0] == 413
            assert post(server.port, b"", headers={"Content-Length": "-1"})[0] == 411
            assert post(server.port, b"", headers={"Transfer-Encoding": "chunked"})[0] == 411

    def test_what_cannot_be_remembered_is_not_signed(
        self, known: Witness, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise DiskFullError(reason="")

        monkeypatch.setattr(witness_signing, "write_witness", full)
        with listening(known) as server:
            assert post(server.port, asked(0, LEAVES))[::2] == (500, b"")
        assert known_log(stored_witness(known.folder), ORIGIN)["size"] == 0

    def test_listens_nowhere_that_is_taken(self, known: Witness) -> None:
        with listening(known) as server, pytest.raises(PortTakenError):
            WitnessServer(known, ("127.0.0.1", server.port), clock=int, heard=print)
        with pytest.raises(PortTakenError):
            WitnessServer(known, ("::g", 0), clock=int, heard=print)

    def test_logs_are_told_apart_by_their_keys(self, known: Witness) -> None:
        assert add_log(known, KEY) == ORIGIN
        with pytest.raises(LogSignatureError):
            add_log(known, verifier_key(ORIGIN, log_public(bytes(32))))
        with pytest.raises(BadLogKeyError):
            add_log(known, "x")


def lazy(server: WitnessServer) -> socket.socket:
    """Somebody who announces nine bytes and sends none."""
    one = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
    return one


class TestCrowds:
    """Promise: one history of a log, whoever asks at once; nobody is kept waiting for long."""

    def test_of_two_histories_at_once_one_is_signed(self, known: Witness) -> None:
        signed: set[bytes] = set()

        def ask(leaves: list[bytes], size: int) -> None:
            if post(server.port, asked(3, leaves[:size]))[0] == 200:
                signed.add(leaves[3])

        with listening(known) as server:
            post(server.port, asked(0, LEAVES[:3]))
            asking = [(leaves, size) for size in (4, 5, 9) for leaves in (LEAVES, OTHER)]
            threads = [threading.Thread(target=ask, args=pair) for pair in asking]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(signed) == 1

    def test_who_sends_nothing_is_cut_off(
        self, known: Witness, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(witness_serving, "CONNECTION_S", 0.1)
        with listening(known) as server, lazy(server) as waiting:
            assert waiting.recv(99) == b""

    def test_too_many_at_once_are_not_heard(
        self, known: Witness, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(witness_serving, "MOST_AT_ONCE", 2)
        refused = (OSError, http.client.HTTPException)
        with listening(known) as server:
            with lazy(server), lazy(server), pytest.raises(refused):
                post(server.port, asked(0, LEAVES))
            status, until_s = 0, time.monotonic() + 60
            while not status and time.monotonic() < until_s:  # the server notices that they left
                with suppress(*refused):
                    status = post(server.port, asked(0, LEAVES))[0]
        assert status == 200

    def raced_for(self, known: Witness, port: int) -> Iterator[tuple[int, bytes]]:
        """Ask for the next size with both histories, and yield what was signed."""
        size = int(known_log(stored_witness(known.folder), ORIGIN)["size"])
        for leaves in (OTHER, LEAVES) if size % 2 else (LEAVES, OTHER):
            body = asked(size, leaves[: min(size + 1, 9)])
            with suppress(OSError, http.client.HTTPException):
                status, _, line = post(port, body)
                if status == 200:
                    yield states(body, line, known)

    def test_killed_at_any_moment_it_never_signs_two_histories(self, known: Witness) -> None:
        """Two forks race for each size while the witness is killed with -9 and begun again."""
        signed: dict[int, set[bytes]] = {}
        for longer_s in (0.01, 0.1):
            program = [sys.executable, "-c", _SERVE, str(known.folder)]
            with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
                assert server.stdout is not None
                port = int(server.stdout.readline())
                killer = threading.Timer(longer_s, server.send_signal, (signal.SIGKILL,))
                while server.poll() is None:
                    for at, root in self.raced_for(known, port):
                        signed.setdefault(at, set()).add(root)
                        if killer.ident is None:  # it is at work
                            killer.start()
                killer.join()
        assert signed
        assert {len(roots) for roots in signed.values()} == {1}
        last = known_log(stored_witness(known.folder), ORIGIN)
        assert int(last["size"]) >= max(signed)


_SERVE = f"""
import sys
from pathlib import Path
from geowallet.app.evidence.witness import open_witness
from geowallet.app.evidence.witness_serving import WitnessServer
witness = open_witness(Path(sys.argv[1]), lambda: {scene.DESK_PASSPHRASE!r})
server = WitnessServer(witness, ("127.0.0.1", 0), clock=lambda: {NOW_S}, heard=lambda _: None)
print(server.port, flush=True)
server.serve_forever()
"""


def test_a_moment_without_threads_takes_no_connection_away_for_ever(
    known: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with listening(known) as server:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", none)
            for _ in range(witness_serving.MOST_AT_ONCE):
                with pytest.raises((OSError, http.client.HTTPException)):
                    post(server.port, asked(0, LEAVES))
        assert post(server.port, asked(0, LEAVES))[0] == 200


class TestTheOwnersSide:
    """Promise: goes to whom was named, over TLS or within this computer, and believes nothing."""

    def chosen(self, vault: Vault, witness: Witness, url: str) -> witnessing.ChosenWitness:
        added = witnessing.add_witness(vault, witness.key, now_us=1)
        return reached_at(vault, added, url, now_us=2)

    def test_asks_again_from_the_size_that_the_witness_names(
        self, vault: Vault, witness: Witness
    ) -> None:
        add_log(witness, verifier_key(vault.origin, vault.log_public))
        with listening(witness) as server:
            chosen = self.chosen(vault, witness, f"http://127.0.0.1:{server.port}/")
            first = ask_witness(vault, chosen, clock=lambda: NOW_S * 1_000_000)
            assert stamps(vault) == (first,)
            again = ask_witness(vault, chosen, clock=lambda: NOW_S * 1_000_000)
            with vault.transaction(now_us=1) as tx:
                for name, _ in vault.items("witness"):
                    tx.delete("witness", name)
                tx.log(scene.statement())
            assert witnessing.last_signed(vault, chosen) == 0
            third = ask_witness(vault, chosen, clock=lambda: NOW_S * 1_000_000)
        assert first.size < again.size < third.size
        assert reached_at(vault, witnessing.chosen_witness(vault, ""), "", now_us=3) == chosen

    def test_a_signature_that_was_lost_on_the_way_is_given_again(
        self, vault: Vault, witness: Witness
    ) -> None:
        add_log(witness, verifier_key(vault.origin, vault.log_public))
        with listening(witness) as server:
            chosen = self.chosen(vault, witness, f"http://127.0.0.1:{server.port}")
            size = vault.mark().size
            lost = witnessing.witness_request(vault, old_size=0)
            assert post(server.port, str(lost).encode())[0] == 200
            stamp = ask_witness(vault, chosen, clock=lambda: NOW_S * 1_000_000)
        assert stamp.size == size

    @pytest.mark.parametrize("status", [403, 404, 409, 422, 500, 599])
    def test_a_refusal_is_told_and_keeps_nothing(
        self, vault: Vault, witness: Witness, status: int
    ) -> None:
        with served(lambda _: b"", status=status, kind="text/plain") as url:
            chosen = self.chosen(vault, witness, url)
            with pytest.raises(WitnessRefusedError):
                ask_witness(vault, chosen, clock=lambda: 1)
        assert stamps(vault) == ()

    @pytest.mark.parametrize(
        ("status", "reply", "error"),
        [
            (200, b"", CosignatureError),
            (200, b"\xff\n", CosignatureError),
            (200, "\N{EM DASH} exemple.fr/witness AAAAAAAA\n".encode(), CosignatureError),
            (200, b"x" * 20_000, WitnessSilentError),
            (409, b"99999999\n", WitnessRefusedError),
            (409, b"0\n", WitnessRefusedError),
            (409, b"-1\n", WitnessRefusedError),
        ],
    )
    def test_an_answer_that_is_none_is_refused(
        self,
        *,
        vault: Vault,
        witness: Witness,
        status: int,
        reply: bytes,
        error: type[GeowalletError],
    ) -> None:
        asks: list[bytes] = []

        def said(body: bytes) -> bytes:
            asks.append(body)
            return reply

        with served(said, status=status, kind="text/x.tlog.size") as url:
            chosen = self.chosen(vault, witness, url)
            with pytest.raises(error):
                ask_witness(vault, chosen, clock=lambda: 1)
        assert len(asks) <= 2
        assert stamps(vault) == ()

    def test_what_leaves_is_hashes_and_a_note(self, vault: Vault, witness: Witness) -> None:
        asks: list[bytes] = []

        def said(body: bytes) -> bytes:
            asks.append(body)
            return b""

        with served(said, kind="text/plain") as url:
            chosen = self.chosen(vault, witness, url)
            with pytest.raises(CosignatureError):
                ask_witness(vault, chosen, clock=lambda: 1)
        (body,) = asks
        head, _, signed = body.decode().partition("\n\n")
        checkpoint = parse_checkpoint(split_note(signed)[0])
        assert (head, checkpoint.origin) == ("old 0", vault.origin)
        assert len(signed.splitlines()) == 5

    def test_goes_nowhere_unasked_or_in_the_clear(self, vault: Vault, witness: Witness) -> None:
        for url in ("", "http://witness.example", "ftp://x"):
            with pytest.raises(BadOptionError):
                self.chosen(vault, witness, url)
        assert is_private("https://witness.example")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        chosen = self.chosen(vault, witness, f"http://localhost:{port}")
        with pytest.raises(WitnessSilentError):
            ask_witness(vault, chosen, clock=lambda: 1)
