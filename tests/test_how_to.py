"""The how-to pages are typed as they stand, and say what comes of it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.cli.main import run
from geowallet.crypto.keys import KdfCost
from geowallet.vault import session

pytestmark = pytest.mark.untraced

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


BEFORE = [
    "init --recovery-file recovery",
    "ingest phone watch",
    "place name pTHHGRZ Home --kind home",
    "place name p8BGY58 Work --kind work",
    "work set --hours 'mon-fri 08:30-18:00'",
]
"""What the first page did before the pages on reports begin."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["claim-kilometres", "soft-mobility", "insurer"])
def test_the_pages_on_reports_are_typed_as_they_stand(
    first_figure: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    for line in BEFORE:
        assert run(shlex.split(line)) == 0
    capsys.readouterr()
    trip, said = "", ""
    for language, lines in fenced(ROOT / "docs" / "how-to" / f"{name}.md"):
        if language == "toml":
            Path("payroll.toml").write_text("\n".join(lines))
        elif language == "text":
            for line in lines:
                assert plain(line) in plain(said), line
        else:
            said = ""
            for line in lines:
                words = [trip if word == "TRIP" else word for word in shlex.split(line)[1:]]
                status = run([*words, "--yes"])
                out, err = capsys.readouterr()
                assert status == 0, f"{line}\n{out}{err}"
                said += out + err
                found = re.search(r"^\W*(t[0-9A-Z]{4,}) ", out, re.MULTILINE)
                trip = found[1] if found else trip


ASKING = {
    "contract accept": ["--yes"],
    "export": ["--confirm", "exemple-mileage"],
    "desk receipt": ["--yes"],
}
"""What the two sides of the page on asking answer."""


@pytest.mark.slow
def test_a_figure_is_asked_for_by_typing_the_page(
    first_figure: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in BEFORE:
        assert run(shlex.split(line)) == 0
    capsys.readouterr()
    said, receipt = "", ""
    for language, lines in fenced(ROOT / "docs" / "how-to" / "ask-for-a-figure.md"):
        if language == "text":
            for line in lines:
                assert plain(line) in plain(said), line
            continue
        said = ""
        for line in lines:
            words = [receipt if word == "RECEIPT" else word for word in shlex.split(line)[1:]]
            verb = next((verb for verb in ASKING if " ".join(words).startswith(verb)), "")
            status = run([*words, *ASKING.get(verb, [])])
            out, err = capsys.readouterr()
            for copy in Path("box").glob("*.[tc][xs][tv]"):
                copy.unlink()
            assert status == 0, f"{line}\n{out}{err}"
            said += out + err
            found = re.search(r"Receipt ([0-9a-f]{4}-[0-9a-f]{4})", out)
            receipt = found[1] if found else receipt
    assert (first_figure / "next" / "exemple-mileage.offer").exists()
    assert len(list(first_figure.glob("*.received")) + list(first_figure.glob("*.deleted"))) == 2


def installed(package: Path, site: Path) -> None:
    """Build a wheel as pip does, offline, and unpack it where this process finds it."""
    line = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--no-compile"]
    subprocess.run([*line, *offline, "--target", site, package], check=True, timeout=300)


def own_tests_of(package: str) -> str:
    """Run the tests of a package as its author does, and return what they say."""
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", package]
    paths = f"{package}{os.pathsep}{ROOT}"
    done = subprocess.run(
        line,
        check=True,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.stdout


@pytest.mark.slow
def test_a_connector_of_ones_own_is_reached_by_typing_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("GEOWALLET_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("GEOWALLET_LANG", "en")
    monkeypatch.delenv("GEOWALLET_PLUGINS", raising=False)
    said = ""
    for language, lines in fenced(ROOT / "docs" / "how-to" / "add-a-connector.md"):
        text = "\n".join(lines) + "\n"
        if language == "plain":
            Path("my.fieldnotes").write_text(text)
        elif language == "python":
            assert Path("geowallet-fieldnotes/geowallet_fieldnotes.py").read_text() == text
        elif language == "text":
            for line in lines:
                assert plain(line) in plain(said), line
        else:
            said = "".join(typed(line, capsys) for line in lines)
    assert "geowallet_fieldnotes" not in sys.modules


def typed(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Do what a line of the page about connectors says, and return what comes of it."""
    words = shlex.split(line)
    if words[:2] == ["pip", "install"]:
        installed(Path(words[2]).absolute(), Path("site").absolute())
    elif words[:3] == ["python", "-m", "pytest"]:
        return own_tests_of(words[-1])
    elif words[:2] == ["echo", ">>"]:
        (module,) = re.findall(r"import (\w+) as module; print\(module.__file__\)", words[2])
        with Path("site", f"{module}.py").open("a") as stream:
            stream.write("\n")
    else:
        answers = ["--yes"] if words[1:3] == ["connector", "trust"] else []
        status = run([*words[1:], *answers])
        out, err = capsys.readouterr()
        assert status == 0, f"{line}\n{out}{err}"
        return out
    return ""


@pytest.mark.parametrize("name", ["security.md", "accuracy.md", "architecture.md"])
def test_a_test_that_a_page_calls_on_exists(name: str) -> None:
    named = re.findall(r"\btests/[\w/]+\.(?:py|json)", (ROOT / "docs" / name).read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.slow
def test_the_page_on_audits_is_typed_as_it_stands(
    first_figure: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in BEFORE:
        assert run(shlex.split(line)) == 0
    capsys.readouterr()
    named = {"contract accept": ["--yes"], "export": ["--confirm", "audited"]}
    said = ""
    for language, lines in fenced(ROOT / "docs" / "how-to" / "audit-a-total.md"):
        if language == "csv":
            Path("sightings.csv").write_text("\n".join(lines))
        elif language == "text":
            for line in lines:
                assert plain(line) in plain(said), line
        else:
            said = ""
            for line in lines:
                words = shlex.split(line)[1:]
                answers = [
                    word
                    for verb, given in named.items()
                    if " ".join(words).startswith(f"{verb} ")
                    for word in given
                ]
                status = run([*words, *answers])
                out, err = capsys.readouterr()
                assert status == 0, f"{line}\n{out}{err}"
                said += out + err
    assert (first_figure / "audited-2026-05-2.answer").exists()


@pytest.mark.slow
def test_the_page_on_contracts_is_typed_as_it_stands(
    first_figure: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in BEFORE:
        assert run(shlex.split(line)) == 0
    capsys.readouterr()
    said = ""
    for language, lines in fenced(ROOT / "docs" / "how-to" / "write-a-contract.md"):
        if language == "json":
            (first_figure / "change.json").write_text("\n".join(lines))
        elif language == "text":
            for line in lines:
                assert plain(line) in plain(said), line
        else:
            said = ""
            for line in lines:
                status = run(shlex.split(line)[1:])
                out, err = capsys.readouterr()
                assert status == 0, f"{line}\n{out}{err}"
                said += out + err
