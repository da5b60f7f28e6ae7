"""``witness log`` and ``serve``, and ``evidence witness-ask``, over loopback."""

from __future__ import annotations

import json
import threading

import pytest

from geowallet.app.evidence.witness import open_witness
from geowallet.app.evidence.witness_serving import WitnessServer
from tests.app.evidence.test_witness import KEY, LEAVES
from tests.app.evidence.test_witness_serving import asked, listening, post
from tests.cli.conftest import PASSPHRASE, Terminal


def test_a_witness_says_what_it_signed_and_refused(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert terminal("witness", "init", "exemple.fr/w", "--folder", "w").status == 0
    assert "geowallet/0123" in terminal("witness", "log", KEY, "--folder", "w").out

    def some(server: WitnessServer) -> None:
        for body in (asked(0, LEAVES), asked(3, LEAVES)):
            asking = threading.Thread(target=post, args=(server.port, body))
            asking.start()
            server.handle_request()
            asking.join()
        raise KeyboardInterrupt

    monkeypatch.setattr(WitnessServer, "serve_forever", some)
    done = terminal("witness", "serve", "--port", "0", "--folder", "w")
    assert done.status == 130
    assert "Signed: geowallet/0123, 9 entries." in done.out
    assert "Refused: witness.old_size." in done.out
    assert "plain HTTP" in done.err


def test_an_owner_asks_by_name_once_the_address_is_known(terminal: Terminal) -> None:
    assert terminal("init", "--recovery-file", "recovery").status == 0
    made = terminal("witness", "init", "exemple.fr/w", "--folder", "w", "--json")
    key = made.records[0]["key"]
    witness = open_witness(terminal.folder / "w", PASSPHRASE.encode)
    with listening(witness) as server:
        url = f"http://127.0.0.1:{server.port}"
        first = terminal("evidence", "witness-ask", url, "--key", key)
        assert (first.status, "was not told the key" in first.err) == (8, True)
        assert "What leaves" in first.err
        own = next(line for line in first.err.splitlines() if line.startswith("geowallet/"))
        assert terminal("witness", "log", own, "--folder", "w").status == 0
        assert "exemple.fr/w saw" in terminal("evidence", "witness-ask").out
        again = terminal("evidence", "witness-ask", "--json")
        assert json.loads(again.out)["witness"] == "exemple.fr/w"
    assert terminal("evidence", "witness-ask").status == 7
    assert terminal("evidence", "witness-ask", "http://witness.example").status == 2
