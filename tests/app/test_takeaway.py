"""The verifier that a stranger takes away is ours, in one file, and needs nothing of ours."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.sharing.takeaway import joined, page, write_verifier
from geowallet.verify.standalone import STATUS
from tests.verify.vectors import VECTORS, Vector

MOST_CODE_LINES = 480
"""Without blank lines and documentation; an afternoon's reading."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_verifier(tmp_path_factory.mktemp("taken") / "verifier.py")


def run(program: Path, folder: Path, vector: Vector, *period: str) -> tuple[int, dict[str, Any]]:
    (folder / "export").write_bytes(vector.sealed)
    (folder / "reader").write_text(json.dumps(vector.reader))
    (folder / "contract").write_text(json.dumps(vector.contract))
    files = [str(folder / name) for name in ("export", "reader", "contract")]
    command = [sys.executable, "-I", str(program), *files, *period]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def named(name: str) -> Vector:
    return next(one for one in VECTORS if one.name == name)


def code_lines(text: str) -> int:
    """Lines that are neither blank, nor comment, nor documentation."""
    noise = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in noise | {tokenize.ENDMARKER}:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines.difference_update(range(node.lineno, (node.end_lineno or 0) + 1))
    return len(lines)


class TestProgram:
    """Promise: "one file that imports nothing but Python and cryptography"."""

    def test_it_imports_the_standard_library_and_cryptography_alone(self) -> None:
        nodes = ast.walk(ast.parse(joined()))
        names = {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
        nodes = ast.walk(ast.parse(joined()))
        names |= {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
        roots = {str(name).split(".")[0] for name in names}
        assert roots - set(sys.stdlib_module_names) == {"cryptography"}
        assert roots & {"socket", "subprocess", "os", "urllib", "http"} == set()

    def test_it_is_short_enough_to_be_read(self) -> None:
        assert 300 < code_lines(joined()) <= MOST_CODE_LINES

    def test_it_prints_the_figures_of_an_accepted_export(
        self, program: Path, tmp_path: Path
    ) -> None:
        status, said = run(program, tmp_path, named("as it should be"), "2026-10")
        assert (status, said["status"], said["not_checked"]) == (0, "accepted", [])
        assert said["claims"]["total"] == {"distance_m": 412_000, "days": 9}
        assert said["rows"][0]["distance_m"] == 400_000

    def test_it_prints_no_figure_of_a_refused_one(self, program: Path, tmp_path: Path) -> None:
        status, said = run(program, tmp_path, named("departure_time"))
        assert (status, said["status"], said["check"]) == (25, "contract_mismatch", "named_claims")
        assert set(said) == {"status", "check", "reason"}

    def test_it_refuses_another_period_than_the_one_asked_for(
        self, program: Path, tmp_path: Path
    ) -> None:
        status, said = run(program, tmp_path, named("as it should be"), "2026-11")
        assert (status, said["check"]) == (STATUS["contract_mismatch"], "period")

    @pytest.mark.parametrize("missing", ["reader", "contract"])
    def test_papers_that_are_no_json_end_in_a_status_too(
        self, program: Path, tmp_path: Path, missing: str
    ) -> None:
        run(program, tmp_path, named("as it should be"))
        (tmp_path / missing).write_text("{")
        files = [str(tmp_path / name) for name in ("export", "reader", "contract")]
        command = [sys.executable, "-I", str(program), *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, json.loads(done.stdout)["status"]) == (3, "contract_malformed")


class TestWriting:
    """Promise: "a program, or a web page; nothing is overwritten"."""

    def test_a_page_is_written_where_the_name_says_so(self, tmp_path: Path) -> None:
        path = write_verifier(tmp_path / "check.html")
        assert path.read_text("utf-8") == page()
        assert page().startswith("<!doctype html>")

    def test_a_file_of_that_name_stays(self, tmp_path: Path) -> None:
        (tmp_path / "verifier.py").write_text("mine")
        assert write_verifier(tmp_path / "verifier.py").name == "verifier-2.py"
        assert (tmp_path / "verifier.py").read_text() == "mine"
