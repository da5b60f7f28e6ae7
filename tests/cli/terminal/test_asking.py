"""What files leave open is asked at a terminal, once, and never read from arguments."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import nacl.secret
import pexpect
import pytest

from tests.cli.test_terminal import _end, _spawn

LOCAL = "time,lat,lon\n2026-07-01 12:00:00,48.86,2.35\n2026-07-01 12:10:00,48.90,2.35\n"


def sealed(secret: bytes) -> str:
    message = {"_type": "location", "lat": 48.86, "lon": 2.35, "tst": 1_782_907_200}
    box = nacl.secret.SecretBox(secret.ljust(32, b"\0"))
    data = base64.b64encode(box.encrypt(json.dumps(message).encode(), bytes(24))).decode()
    return json.dumps({"_type": "encrypted", "data": data})


def spawn(folder: Path, *words: str) -> pexpect.spawn:
    return _spawn(folder, *words)


@pytest.mark.slow
def test_the_secret_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(sealed(b"s3cr1t"))
    child = spawn(tmp_path, "inspect", "a.json", "b.json")
    child.expect("a.json: what it holds is encrypted")
    child.expect("Secret of the app that wrote it")
    child.sendline("s3cr1t")
    text, status = _end(child)
    assert status == 0
    assert "s3cr1t" not in text
    assert text.count("owntracks") == 2
    assert "Secret of the app" not in text


@pytest.mark.slow
def test_without_an_answer_the_error_stays(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(sealed(b"s3cr1t"))
    child = spawn(tmp_path, "inspect", "a.json")
    child.expect("Secret of the app that wrote it")
    child.sendline("")
    text, status = _end(child)
    assert status == 3
    assert "source.encrypted" in text


@pytest.mark.slow
def test_an_import_asks_for_the_zone_and_says_what_is_no_zone(tmp_path: Path) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery staple five\n")
    (tmp_path / "a.csv").write_text(LOCAL)
    (tmp_path / "b.csv").write_text(LOCAL.replace("-01 ", "-02 "))
    also = ("--passphrase-file", str(passphrase))
    child = spawn(tmp_path, "init", "--recovery-file", "recovery", "--no-input", *also)
    assert _end(child)[1] == 0
    child = spawn(tmp_path, "ingest", "a.csv", "b.csv", *also)
    child.expect("Where was the clock")
    child.sendline("Paris")
    child.expect("Where was the clock")
    child.sendline("Europe/Paris")
    text, status = _end(child)
    assert status == 0
    assert "2 read" in text
    assert "1 Jul 2026 to 2 Jul 2026" in text


@pytest.mark.slow
def test_nobody_is_asked_where_nobody_answers(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(sealed(b"s3cr1t"))
    child = spawn(tmp_path, "inspect", "a.json", "--no-input")
    text, status = _end(child)
    assert status == 3
    assert "Secret of the app" not in text
