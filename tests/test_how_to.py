"""The how-to pages are typed as they stand, and say what comes of it."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.cli.main import run
from geowallet.crypto.keys import KdfCost
from geowallet.vault import session

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "how-to" / "first-figure.md"

ANSWERS = {
    "init": ["--recovery-file", "recovery"],
    "contract accept": ["--yes"],
    "export": ["--confirm", "exemple-mileage"],
}
"""What a person answers, as the options that stand for it."""

SHELL = [
    "cp -r samples/simulated-month ~/first-figure",
    "cd ~/first-figure",
    "export GEOWALLET_WALLET=$PWD/wallet.gwv GEOWALLET_DESK=$PWD/desk",
]
"""The lines for the shell, which the fixture stands in for."""


def fenced(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield language and lines of every fenced block, in order."""
    for language, body in re.findall(
        r"^```(\w+)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL
    ):
        yield language, body.splitlines()


def words_of(line: str, receipt: str) -> list[str]:
    """Return a command as typed, with the answers of the person who types it."""
    words = [receipt if word == "RECEIPT" else word for word in shlex.split(line)[1:]]
    for verb, answers in ANSWERS.items():
        if " ".join(words).startswith(f"{verb} ") or words == [verb]:
            return words + answers
    return words


def plain(text: str) -> str:
    """Return text with single blanks: tables are as wide as their widest cell."""
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture
def first_figure(tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of step 1."""
    folder = tmp_path / "first-figure"
    shutil.copytree(samples / "simulated-month", folder)
    (tmp_path / "passphrase").write_text("seven plain words for a page that is typed\n")
    monkeypatch.chdir(folder)
    for name, value in {
        "GEOWALLET_WALLET": folder / "wallet.gwv",
        "GEOWALLET_DESK": folder / "desk",
        "GEOWALLET_STATE": tmp_path / "state",
        "GEOWALLET_PASSPHRASE_FILE": tmp_path / "passphrase",
        "GEOWALLET_LANG": "en",
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
    monkeypatch.setattr(session, "_ring", lambda: None)
    return folder


@pytest.mark.slow
def test_the_first_figure_is_reached_by_typing_the_page(
    first_figure: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell: list[str] = []
    said, receipt = "", ""
    for language, lines in fenced(PAGE):
        if language == "text":
            for line in lines:
                assert plain(line) in plain(said), line
            continue
        said = ""
        for line in lines:
            if not line.startswith("geowallet "):
                shell.append(line)
                continue
            status = run(words_of(line, receipt))
            out, err = capsys.readouterr()
            assert status == 0, f"{line}\n{out}{err}"
            said += out + err
            found = re.search(r"Receipt ([0-9a-f]{4}-[0-9a-f]{4})", out)
            receipt = found[1] if found else receipt
    assert shell == SHELL
    assert (first_figure / "exemple-mileage-2026-05.jwe").exists()


@pytest.mark.parametrize("name", ["security.md", "accuracy.md", "architecture.md"])
def test_a_test_that_a_page_calls_on_exists(name: str) -> None:
    named = re.findall(r"\btests/[\w/]+\.(?:py|json)", (ROOT / "docs" / name).read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
