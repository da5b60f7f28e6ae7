"""The package in samples/connector: built, installed, trusted and used as a stranger would."""

from __future__ import annotations

import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from geowallet.app.intake.connector_kit import new_connector
from tests.cli.conftest import Done, Terminal
from tests.conftest import SAMPLES

PACKAGE = SAMPLES / "connector"
DRIVE = PACKAGE / "tests" / "drive.vbo"


def install(package: Path, folder: Path) -> None:
    """Build a wheel offline, and unpack it into ``folder``."""
    line = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--no-compile"]
    subprocess.run([*line, *offline, "--target", folder, package], check=True, timeout=300)


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    monkeypatch.setenv("GEOWALLET_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("GEOWALLET_PLUGINS", raising=False)
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path, capsys)


def state(done: Done) -> str:
    (record,) = [record for record in done.records if record["connector"] == "vbo"]
    return str(record["state"])


@pytest.mark.slow
def test_a_stranger_installs_trusts_and_uses_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = terminal.folder / "site"
    install(PACKAGE, site)
    monkeypatch.syspath_prepend(str(site))
    assert state(terminal("connector", "list", "--json")) == "untrusted"
    assert terminal("inspect", DRIVE).status == 3
    assert terminal("inspect", DRIVE, "--format", "vbo", "--json").records[0]["error"]["code"] == (
        "connector.not_trusted"
    )
    done = terminal("connector", "trust", "vbo", "--yes")
    assert done.status == 0, done.err
    assert state(terminal("connector", "list", "--json")) == "trusted"
    (record,) = terminal("inspect", DRIVE, "--json").records
    assert (record["format"], record["fixes"], record["problems"]) == ("vbo", 4, 1)
    assert terminal("connector", "check", "vbo", DRIVE).status == 0
    module = site / "geowallet_vbo.py"
    module.write_text(module.read_text() + "# one more line\n")
    assert state(terminal("connector", "list", "--json")) == "changed"
    (record,) = terminal("inspect", DRIVE, "--json").records
    assert record["error"]["code"] == "connector.changed"
    assert "geowallet_vbo" not in sys.modules


def test_its_own_tests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PACKAGE))
    names = runpy.run_path(str(PACKAGE / "tests" / "test_vbo.py"))
    plain = [n for n in names if n.startswith("test_") and not hasattr(names[n], "pytestmark")]
    assert len(plain) == 5
    for name in plain:
        names[name]()
    del sys.modules["geowallet_vbo"]


def test_a_new_package_has_the_same_shape(tmp_path: Path) -> None:
    paths = new_connector("vbo", tmp_path / "new")
    ours = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*") if p.suffix != ".pyc"}
    theirs = {p.relative_to(tmp_path / "new").as_posix() for p in paths}
    assert theirs <= ours
    written = tomllib.loads((tmp_path / "new" / "pyproject.toml").read_text())
    kept = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
    for project in (written, kept):
        project["project"].pop("description")
    assert written == kept
