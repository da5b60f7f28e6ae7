"""The documents tell the truth: undocumented is a failing test."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from geowallet.verify.verifier import ASKED
from tools.write_reference import STATUSES, all_commands, all_errors, pages

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("name", pages())
def test_the_reference_is_what_the_code_says(name: str) -> None:
    text = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert text == "\n".join(pages()[name]).rstrip() + "\n", "run ./dev docs"


def test_every_command_has_help_and_every_option_too() -> None:
    for words, command in all_commands():
        assert command.help, words
        for parameter in command.params:
            assert parameter.help, f"{words} {parameter.name}"


def test_every_error_has_a_hint_a_known_status_and_its_own_code() -> None:
    errors = all_errors()
    assert len({error.code for error in errors}) == len(errors)
    for error in errors:
        assert error.exit_status in STATUSES, error.code
        assert error.hint, error.code
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", error.code)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_the_readme_fits_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 90


def test_the_readme_counts_the_checks_of_an_export() -> None:
    count = len(ASKED)
    assert f"{count} of {count} checks passed" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_how_to_page_is_in_the_index() -> None:
    folder = ROOT / "docs" / "how-to"
    listed = re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted([*listed, "README.md"]) == sorted(path.name for path in folder.glob("*.md"))


def test_commands_named_in_documents_exist() -> None:
    known = {words for words, _ in all_commands()}
    groups = {" ".join(words.split()[:2]) for words in known}
    for path in DOCS:
        for line in re.findall(
            r"^    (?:\$ )?(geowallet [a-z].*)$", path.read_text(), re.MULTILINE
        ):
            words = line.split()
            named = [" ".join(words[:count]) for count in (2, 3, 4)]
            assert known & set(named) or (named[0] in groups and len(words) == 2), line


def test_the_pages_can_be_written_by_the_documented_command() -> None:
    done = subprocess.run(
        [sys.executable, "tools/write_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
