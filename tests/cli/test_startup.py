from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from geowallet.cli import commands
from geowallet.cli.commands import TABLE, Entry, load

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


@pytest.mark.untraced  # the tracer loads modules of its own in a child
@pytest.mark.parametrize(
    ("words", "unused"),
    [(["--version"], ["typer", "json"]), (["--help"], ["json", "geowallet.model.errors"])],
)
def test_the_module_can_be_run_and_loads_what_it_says(words: list[str], unused: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "geowallet", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(("geowallet ", "Usage: "))
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "geowallet" in loaded
    assert loaded.isdisjoint(unused)


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        (["--help"], False),
        (["--version"], False),
        (["trip", "label", "--help"], False),
        (["trip", "label", "--note", "--help"], True),
        (["trip", "label", "--", "--help"], True),
        (["trip", "list"], True),
        (["trip", "list", "--version"], True),
    ],
)
def test_core_files_are_forbidden_before_any_command_that_could_know_a_secret(
    words: list[str], loaded: bool
) -> None:
    code = (
        "import sys; sys.argv = ['geowallet', *sys.argv[1:]]\n"
        "import geowallet.cli.main as main\n"
        "main.run = lambda _: 0\n"
        "from geowallet.__main__ import main\n"
        "try: main()\n"
        "finally: print('geowallet.app.dumps' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == str(loaded)


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


@pytest.mark.parametrize("name", TABLE)
def test_the_table_says_what_the_module_says(name: str) -> None:
    """The help of the program is made of the table, without the modules."""
    assert load(name).help.partition("\n\n")[0] == TABLE[name].help_text


def test_a_module_that_speaks_for_itself_is_in_the_table() -> None:
    """A new noun or verb that nobody entered could not be typed."""
    entered = {name for entry in TABLE.values() for name in _modules(entry)}
    folder = Path(commands.__file__).parent
    texts = {
        ".".join(path.relative_to(folder).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
    }
    speaking = {
        name
        for name, text in texts.items()
        if re.search(r"^(def add_to\(|app = group\()", text, re.MULTILINE)
    }
    added_by_their_noun = {
        found
        for text in texts.values()
        for found in re.findall(r"^(\w+)\.add_to\(app\)", text, re.MULTILINE)
    }
    left = {name.rpartition(".")[2] for name in speaking - entered}
    assert left - added_by_their_noun == set()


VERBS = ("demo", "wallet.wallet", "traces.look", "traces.ingest", "sharing.verify", "wallet.doctor")


def test_all_verbs_of_a_module_are_in_the_table() -> None:
    for module in VERBS:
        holder = typer.Typer()
        import_module(f"geowallet.cli.{module}").add_to(holder)
        found = {command.name for command in holder.registered_commands}
        assert found == {name for name, entry in TABLE.items() if entry.module == module}


@pytest.mark.parametrize(
    ("words", "nouns"), [(["--help"], set()), (["place", "--help"], {"place"}), (["lock"], set())]
)
def test_only_the_noun_that_is_typed_is_imported(words: list[str], nouns: set[str]) -> None:
    code = (
        "import sys\n"
        "from geowallet.cli.main import run\n"
        "run(sys.argv[1:])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('geowallet.cli.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.splitlines()[-1].split()
    found = {
        name
        for name, entry in TABLE.items()
        if entry.module.rpartition(".")[2] == name and f"geowallet.cli.{entry.module}" in loaded
    }
    assert found == nouns


def test_the_shell_completes_nouns_and_what_is_below_them() -> None:
    assert _completed("geowallet ve", 1) == ["verify", "vehicle"]
    assert "rule" in _completed("geowallet trip ", 2)
    assert "--lang" in _completed("geowallet trip rule list --", 4)


def _completed(line: str, word: int) -> list[str]:
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(word)}
    code = (
        "import sys; sys.argv = ['geowallet']\n"
        "from geowallet.cli.main import run\n"
        "sys.exit(run([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=asked | {"_GEOWALLET_COMPLETE": "complete_bash"},
    )
    return done.stdout.split()


def _modules(entry: Entry) -> set[str]:
    return {entry.module, *entry.joined, *(module for _, module in entry.below)}
