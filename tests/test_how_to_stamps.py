"""docs/how-to/time-stamps.md is typed as it stands, with an authority of our own behind it."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from pathlib import Path

import pytest

from geowallet.app.evidence.witness import open_witness
from geowallet.cli.main import run
from geowallet.crypto.keys import KdfCost
from geowallet.vault import session
from tests.app import scene
from tests.app.evidence.test_witness_serving import listening
from tests.authority import new_authority, served
from tests.test_how_to import ROOT, fenced

pytestmark = pytest.mark.untraced

PASSPHRASE = "seven plain words for a page that is typed"  # noqa: S105  of a wallet in a test
PAGE = ROOT / "docs" / "how-to" / "time-stamps.md"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    scene.write_days(tmp_path / "phone", scene.days_of_may(4))
    monkeypatch.chdir(tmp_path)
    for name in ("WALLET", "DESK", "STATE"):
        monkeypatch.setenv(f"GEOWALLET_{name}", str(tmp_path / name.lower()))
    monkeypatch.setenv("GEOWALLET_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    monkeypatch.setenv("GEOWALLET_LANG", "en")
    monkeypatch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
    monkeypatch.setattr(session, "_ring", lambda: None)
    return tmp_path


def test_the_page_is_typed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority = new_authority(folder / "authority")
    (folder / "tsa.pem").write_text(authority.pem)
    assert run(["init", "--recovery-file", "recovery"]) == 0
    typed = 0
    known: dict[str, str] = {}
    with served(authority.answer) as address, ExitStack() as open_servers:
        known["https://tsa.example/tsr"] = address
        for _language, lines in fenced(PAGE):
            for line in lines:
                capsys.readouterr()
                if "witness serve" in line:
                    witness = open_witness(folder / "witness", PASSPHRASE.encode)
                    server = open_servers.enter_context(listening(witness))
                    known["https://witness.example"] = f"http://127.0.0.1:{server.port}"
                    continue
                words = [known.get(word, word) for word in shlex.split(line)[1:]]
                status = run(words)
                out, err = capsys.readouterr()
                assert status == 0, f"{line}\n{out}{err}"
                typed += 1
                keys = [text for text in out.splitlines() if text.count("+") >= 2]
                keys += [text.split()[1] for text in out.splitlines() if text.startswith("KEY ")]
                if keys:
                    known[_name_of_key(line)] = keys[0]
    assert typed == 31
    assert (folder / "log.json").exists()


def _name_of_key(line: str) -> str:
    """Return what the page calls the key that a command printed."""
    if "desk odometer" in line:
        return "READER_KEY"
    if "device" in line:
        return "DEVICE_KEY"
    return "LOG_KEY" if "request" in line else "WITNESS_KEY"
