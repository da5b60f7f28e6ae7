"""The questions, on a real terminal."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pexpect
import pytest

from tests.cli.conftest import PASSPHRASE

LONG_S = 60


def _spawn(folder: Path, *words: str) -> pexpect.spawn:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "GEOWALLET_WALLET": str(folder / "wallet.gwv"),
        "GEOWALLET_STATE": str(folder / "state"),
        "GEOWALLET_DESK": str(folder / "desk"),
        "GEOWALLET_LANG": "en",
        "TERM": "xterm",
    }
    return pexpect.spawn(
        sys.executable,
        ["-m", "geowallet", *words],
        cwd=str(folder),
        env=environment,
        encoding="utf-8",
        timeout=LONG_S,
        dimensions=(40, 120),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's "&" ignores it
    )


def _end(child: pexpect.spawn) -> tuple[str, int]:
    child.expect(pexpect.EOF)
    text = str(child.before)
    child.close()
    return text, int(child.exitstatus)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.slow
def test_a_first_day_on_a_terminal(folder: Path, samples: Path) -> None:
    """Create, type groups of the recovery key back, lock, unlock, read a file."""
    child = _spawn(folder, "init")
    child.expect("nothing shows while you type")
    child.sendline(PASSPHRASE)
    child.expect("Again: ")
    child.sendline(PASSPHRASE)
    child.expect(r"Type groups (\d) and (\d)")
    first, second = (int(number) for number in child.match.groups())
    shown = re.findall(r"([0-9A-Z]{4}-[0-9A-Z]{4})", str(child.before))
    assert len(shown) == 8
    child.sendline("not these")
    child.expect("look at your paper")
    child.sendline(f"{shown[first - 1].lower()} {shown[second - 1]}")
    text, status = _end(child)
    assert status == 0
    assert "Next: geowallet ingest FOLDER" in text
    assert PASSPHRASE not in text

    assert _end(_spawn(folder, "lock"))[1] == 0
    child = _spawn(folder, "unlock")
    child.expect("Passphrase: ")
    child.sendline("wrong passphrase entirely")
    text, status = _end(child)
    assert (status, "vault.wrong_passphrase" in text) == (5, True)
    child = _spawn(folder, "unlock")
    child.expect("Passphrase: ")
    child.sendline(PASSPHRASE)
    assert _end(child)[1] == 0

    ride = min((samples / "simulated-month" / "watch").iterdir())
    child = _spawn(folder, "ingest", str(ride))
    if child.expect(["Passphrase: ", "Next: geowallet trip list"]) == 0:
        child.sendline(PASSPHRASE)  # a machine without a kernel keyring asks each time
    text, status = _end(child)
    assert status == 0


@pytest.mark.slow
def test_two_different_passphrases_create_nothing(folder: Path) -> None:
    child = _spawn(folder, "init")
    child.expect("nothing shows while you type")
    child.sendline(PASSPHRASE)
    child.expect("Again: ")
    child.sendline(PASSPHRASE + " ")
    text, status = _end(child)
    assert (status, "vault.passphrase_mismatch" in text) == (2, True)
    assert not (folder / "wallet.gwv").exists()


@pytest.mark.slow
def test_an_interrupted_question_leaves_nothing(folder: Path) -> None:
    child = _spawn(folder, "init")
    child.expect(r"nothing shows while you type\): ")
    child.sendintr()
    text, status = _end(child)
    assert (status, "Traceback" in text) == (130, False)
    assert not (folder / "wallet.gwv").exists()
