from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from geowallet.vault import session
from tests.conftest import ROOT

Sweep = Callable[..., list["Death"]]


@dataclass(frozen=True, slots=True)
class Death:
    """How one child ended, and the folder in which it did."""

    number: int
    status: int
    code: str
    folder: Path


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_ring", lambda: None)


@pytest.fixture(scope="module")
def no_keyring_at_all() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_ring", lambda: None)
        yield


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    """Let children die at every point of a use case; see `tests.faults.dying`."""

    def run(action: str, manner: str, points: str, origin: Path, *files: Path) -> list[Death]:
        folder = tmp_path / "deaths"
        folder.mkdir()
        command = [sys.executable, "-m", "tests.faults.dying", action, manner, points]
        command += [str(origin), str(folder), *map(str, files)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        deaths = []
        for line in done.stdout.splitlines():
            number, status, code = line.split(" ", 2)
            deaths.append(Death(int(number), int(status), code, folder / number))
        return deaths

    return run
