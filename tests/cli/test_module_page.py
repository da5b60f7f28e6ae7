"""The page on modules is typed as it stands, by both sides, and says what comes of it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "score-by-a-module.md"
GENTLE = ROOT / "samples" / "module" / "gentle.wasm"

ANSWERS = {"contract accept": ["--yes"], "export": ["--confirm", "aurore"]}
TARIFFS = ("aurore.json", "boreal.json")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.slow
def test_the_page_is_typed_as_it_stands(lived: Terminal) -> None:
    shutil.rmtree(lived.folder / "desk")  # of another recipient
    shutil.copy(GENTLE, lived.folder / "gentle.wasm")
    (lived.folder / "rows.csv").write_text("mode,metres,night_m\n6,100000,25000\n")
    tariffs = iter(TARIFFS)
    said, typed = "", 0
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    for language, body in blocks:
        if language == "json":
            (lived.folder / next(tariffs)).write_text(body)
            continue
        if language == "text":
            for line in body.splitlines():
                assert plain(line) in plain(said), line
            continue
        said = ""
        for line in body.splitlines():
            words = shlex.split(line)[1:]
            for verb, answers in ANSWERS.items():
                if " ".join(words).startswith(f"{verb} "):
                    words += answers
            done = lived(*words)
            assert done.status == 0, f"{line}\n{done.err}"
            said += done.out
            typed += 1
    assert typed == 11
    assert (lived.folder / "aurore-2026-05.jwe").exists()
