"""The recipes of docs/how-to/verify-without-geowallet.md read a sample, and no changed one."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.proofs.seal import seal_for
from tests.proofs.parties import CONTRACT, DESK, DESK_SEAL, STRANGER, STRANGER_SEAL, export_of

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "how-to" / "verify-without-geowallet.md"
ROWS = [
    {"month": "2026-10", "mode": "car", "distance_m": 400_000, "days": 8},
    {"month": "2026-10", "mode": "bike", "distance_m": 12_000, "days": 2},
]
LANGUAGES = {"Verify.java": "java", "verify.php": "php", "verify.mjs": "js", "Verify.cs": "csharp"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of a recipient, good and bad."""
    path = tmp_path_factory.mktemp("recipes")
    good = seal_for(export_of(now_s=int(time.time())), public_jwk(DESK_SEAL))
    old = seal_for(export_of(now_s=1_600_000_000), public_jwk(DESK_SEAL))
    token, row, *rest = export_of(now_s=int(time.time())).split("~")
    withheld = seal_for("~".join([token, *rest]), public_jwk(DESK_SEAL))
    added = seal_for("~".join([token, row, row, *rest]), public_jwk(DESK_SEAL))
    files = {
        "good": good,
        "changed": good[:-30] + good[-30:].swapcase(),
        "for-another": seal_for(export_of(), public_jwk(STRANGER_SEAL)),
        "old": old,
        "withheld": withheld,
        "added": added,
        "reader": json.dumps(DESK_SEAL),
        "holder": json.dumps(CONTRACT.grant.holder.signing_jwk, indent=2),
        "stranger": json.dumps(public_jwk(STRANGER)),
    }
    for name, text in files.items():
        (path / name).write_text(text, encoding="ascii")
    return path


@pytest.fixture(scope="module", params=["java", "php", "node"])
def recipe(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """The command that runs a recipe; Java is compiled once."""
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    if request.param == "java":
        classes = str(tmp_path_factory.mktemp("classes"))
        if not shutil.which("javac"):
            pytest.skip("javac is not installed")
        subprocess.run(["javac", "-d", classes, str(HERE / "Verify.java")], check=True)
        yield ["java", "-XX:TieredStopAtLevel=1", "-cp", classes, "Verify"]
    elif request.param == "php":
        yield ["php", str(HERE / "verify.php")]
    else:
        if not (HERE / "node_modules" / "jose").is_dir():
            pytest.skip("run 'npm ci' in tests/interop")
        yield ["node", str(HERE / "verify.mjs")]


def run(
    recipe: list[str],
    folder: Path,
    export: str = "good",
    holder: str = "holder",
    audience: str = thumbprint(DESK),
) -> subprocess.CompletedProcess[str]:
    files = [str(folder / name) for name in (export, "reader", holder)]
    command = [*recipe, *files, audience]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


class TestRecipes:
    """Promise: "each recipe reads the figures, and refuses a changed file"."""

    def test_it_reads_the_total_and_both_rows(self, recipe: list[str], folder: Path) -> None:
        done = run(recipe, folder)
        assert done.stderr == ""
        said = json.loads(done.stdout)
        assert said["claims"]["total"] == {"distance_m": 412_000, "days": 9}
        assert said["rows"] == ROWS

    @pytest.mark.parametrize("export", ["changed", "for-another", "old", "withheld", "added"])
    def test_it_refuses_another_file(self, recipe: list[str], folder: Path, export: str) -> None:
        done = run(recipe, folder, export)
        assert (done.returncode != 0, done.stdout) == (True, "")

    def test_it_refuses_another_holder(self, recipe: list[str], folder: Path) -> None:
        done = run(recipe, folder, holder="stranger")
        assert (done.returncode != 0, done.stdout) == (True, "")

    def test_it_refuses_a_file_for_another_audience(self, recipe: list[str], folder: Path) -> None:
        done = run(recipe, folder, audience=thumbprint(STRANGER))
        assert (done.returncode != 0, done.stdout) == (True, "")


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_recipe_in_the_page_is_the_one_that_is_tested(name: str) -> None:
    script = (HERE / name).read_text(encoding="utf-8").strip()
    assert f"```{LANGUAGES[name]}\n{script}\n```" in PAGE.read_text(encoding="utf-8")


def test_the_one_that_cannot_be_run_here_says_so() -> None:
    before = PAGE.read_text(encoding="utf-8").split("```csharp")[0]
    assert "has not been run" in before.rsplit("##", 1)[1]
