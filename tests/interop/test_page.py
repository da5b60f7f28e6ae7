"""The page that verifies in a browser ends as published, offline and in two languages."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.sharing.takeaway import page
from geowallet.verify.page.words import WORDS
from tests.verify.vectors import VECTORS, Vector

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / "geowallet" / "verify" / "page"
CHROMIUM = shutil.which("chromium")
UNSEEN = {"a contract that is a list", "a contract without terms", "a JWE in JSON"}
"""Not recognised as one of the three files: the page asks for another."""


def line(vector: Vector) -> str:
    return json.dumps(
        {
            "sealed": base64.b64encode(vector.sealed).decode(),
            "reader": vector.reader,
            "contract": vector.contract,
            "now_s": vector.now_s,
            "period": vector.period,
        }
    )


def node(script: str, *arguments: str, lines: list[str]) -> list[Any]:
    command = ["node", str(HERE / script), *arguments]
    done = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(one) for one in done.stdout.splitlines()]


def named(name: str) -> Vector:
    return next(one for one in VECTORS if one.name == name)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "verify.html"
    path.write_text(page(), encoding="utf-8")
    return path


def browse(html: Path, *vectors: Vector, language: str = "en") -> tuple[list[Any], dict[str, Any]]:
    """What the page shows for each vector, and what it tried of the network."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    if not (HERE / "node_modules" / "playwright-core").is_dir():
        pytest.skip("playwright-core is not installed: run 'npm ci' in tests/interop")
    lines = [line(one) for one in vectors]
    *shown, end = node("browser.mjs", CHROMIUM, str(html), "", language, lines=lines)
    return shown, end


@pytest.fixture(scope="module")
def chosen(request: pytest.FixtureRequest) -> list[Vector]:
    """One vector of each check and status, as Node tries them all; with ``--long`` every one."""
    if request.config.getoption("long"):
        return list(VECTORS)
    pairs = {(one.expect, one.check): one for one in VECTORS if one.name not in UNSEEN}
    needed = [*pairs.values(), named("as it should be"), named("a coordinate as a name")]
    return list({one.name: one for one in needed}.values())


@pytest.fixture(scope="module")
def browsed(html: Path, chosen: list[Vector]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page shows for each of them by name, and what it tried of the network."""
    shown, end = browse(html, *chosen)
    return {one.name: said for one, said in zip(chosen, shown, strict=True)}, end


class TestBrowser:
    """Promise: "a static page, offline, verifies a dropped file"."""

    def test_ends_as_published(
        self, chosen: list[Vector], browsed: tuple[dict[str, Any], dict[str, Any]]
    ) -> None:
        shown, end = browsed
        wrong, leaking = set(), set()
        for one in chosen:
            said = shown[one.name]
            if (said["status"], said["check"]) != (one.expect, one.check):
                wrong.add(one.name)
            if said["figures"] and one.expect != "accepted":
                leaking.add(one.name)
        assert wrong == UNSEEN & set(shown)
        assert leaking == set()
        assert end == {"noise": [], "tried": "refused"}

    def test_shows_the_figures_that_were_signed(
        self, browsed: tuple[dict[str, Any], dict[str, Any]]
    ) -> None:
        text = browsed[0]["as it should be"]["text"]
        assert "400,000" in text
        assert "412,000" in text
        assert "e41c-77b0" in text
        assert "that the phone was not deceived" in text

    def test_speaks_french(self, html: Path) -> None:
        good, bad = browse(
            html, named("as it should be"), named("a measure that was not asked"), language="fr"
        )[0]
        assert "Vérifier un export" in good["text"]
        assert "REFUSÉ" in bad["text"]
        assert "mais le contrat rhone-mileage ne le nomme pas" in bad["text"]

    def test_repeats_nothing_of_a_hostile_file(
        self, browsed: tuple[dict[str, Any], dict[str, Any]]
    ) -> None:
        assert "48.853" not in browsed[0]["a coordinate as a name"]["text"]


class TestNode:
    """Promise: "the checks of the page are those that are published"."""

    def test_ends_as_published_on_every_vector(self) -> None:
        if not shutil.which("node"):
            pytest.skip("node is not installed")
        said = node("page.mjs", str(FOLDER / "verifier.js"), lines=[line(one) for one in VECTORS])
        assert said == [[one.expect, one.check] for one in VECTORS]


class TestText:
    """Promise: "no network, no frame, nothing of others; every sentence in two languages"."""

    def test_the_policy_allows_the_page_its_own_script_and_style_and_nothing_else(self) -> None:
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page())
        assert policy is not None
        rules = [rule.split() for rule in policy[1].split("; ")]
        assert [rule[0] for rule in rules] == [
            *("default-src", "script-src", "style-src", "base-uri", "form-action")
        ]
        assert rules[0][1] == rules[3][1] == rules[4][1] == "'none'"
        assert all(len(rule) == 2 for rule in rules)
        assert "unsafe" not in policy[1]

    def test_it_names_no_address(self) -> None:
        assert re.findall(r"(?:https?:)?//[\w.]+\.\w+", re.sub(r"(?m)^\s*//.*$", "", page())) == []

    def test_every_sentence_of_its_code_is_translated(self) -> None:
        code = "".join((FOLDER / name).read_text("utf-8") for name in ("verifier.js", "page.js"))
        said = re.findall(r'(?:tr|say|refuse)\(\s*"([^"]+)"', code)
        said += re.findall(r'data-say="([^"]+)"', (FOLDER / "frame.html").read_text("utf-8"))
        said += re.findall(r'const (?:reason|BROKEN) = "([^"]+)"', code)
        assert len(said) > 50
        assert sorted(set(said) - set(WORDS)) == []

    def test_the_page_of_the_documentation_is_this_one_but_for_later_translations(self) -> None:
        published = HERE.parent.parent / "docs" / "verify-page" / "verify.html"
        found = [without_words(text) for text in (published.read_text("utf-8"), page())]
        assert found[0] == found[1], "run python -m tools.write_verify_page"


def without_words(text: str) -> str:
    """The page without its table of French, and without the digest of its script."""
    text = re.sub(r"(?m)^const (FRENCH|NAMES) = .*$", "", text)
    return re.sub(r"script-src 'sha256-[^']+'", "", text)
