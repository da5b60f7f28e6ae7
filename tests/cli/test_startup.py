from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "shapely",
    "sqlite_utils",
    "gpxpy",
    "rich",
    "cryptography",
    "nacl",
    "holidays",
    "babel",
)


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["trip", "--help"], ["ingest", "--help"]]
)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    """A person who asks for help waits for no numeric library."""
    code = (
        "import sys; sys.argv = ['geowallet', *sys.argv[1:]]\n"
        "from geowallet.cli.main import run\n"
        "status = run(sys.argv[1:])\n"
        "print(status, *sorted(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    status, *loaded = done.stdout.splitlines()[-1].split()
    assert status == "0"
    assert "typer" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_the_module_can_be_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geowallet", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("geowallet ")


def test_help_speaks_french() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geowallet", "trip", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"GEOWALLET_LANG": "fr"},
    )
    assert "trajets" in done.stdout


def test_a_closed_pipe_is_no_crash() -> None:
    command = f"{sys.executable} -m geowallet demo --show-commands | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, check=True
    )
    assert done.stderr == b""
