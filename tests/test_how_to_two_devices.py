"""docs/how-to/two-devices.md is typed as it stands, on two machines."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from geowallet.cli.main import run
from geowallet.crypto.keys import KdfCost
from geowallet.vault import session
from tests.app import scene
from tests.test_how_to import ROOT, fenced

pytestmark = pytest.mark.untraced

PAGE = ROOT / "docs" / "how-to" / "two-devices.md"

MACHINES = {"sh": "laptop", "bash": "desktop"}
"""Language of the blocks that are typed on each."""

FILES: dict[str, Callable[[str, str], object]] = {"cp": shutil.copy, "mv": shutil.move}


def use(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOWALLET_WALLET", f"{machine}/wallet.gwv")
    monkeypatch.setenv("GEOWALLET_STATE", f"{machine}/state")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wallet of one day on the laptop, and more days that nobody read yet."""
    (tmp_path / "passphrase").write_text("seven plain words for a page that is typed\n")
    (tmp_path / "stick").mkdir()
    scene.write_days(tmp_path / "days", scene.days_of_may(4, 5, 6, 7))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOWALLET_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    monkeypatch.setenv("GEOWALLET_LANG", "en")
    monkeypatch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
    monkeypatch.setattr(session, "_ring", lambda: None)
    use("laptop", monkeypatch)
    assert run(["init", "--recovery-file", "recovery"]) == 0
    assert run(["ingest", "days/2026-05-04.csv"]) == 0
    return tmp_path


def test_the_page_is_typed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ""
    alarms: list[str] = []
    for language, lines in fenced(PAGE):
        if language == "text":
            if lines[0].startswith("error"):
                machine = "desktop" if alarms else "laptop"
                if alarms:
                    shutil.copy("desktop/before-merge.gwv", "desktop/wallet.gwv")
                use(machine, monkeypatch)
                assert run(["vault", "check"]) == 26
                said = capsys.readouterr().err
                alarms.append(machine)
            for line in lines:
                assert line in re.sub(r" +", " ", said), line
            continue
        use(MACHINES[language], monkeypatch)
        said = ""
        for line in lines:
            command, *words = shlex.split(line)
            if command in FILES:
                FILES[command](*words)
            elif command == "rm":
                Path(*words).unlink()
            else:
                capsys.readouterr()
                status = run(words)
                out, err = capsys.readouterr()
                assert status == 0, f"{line}\n{out}{err}"
                said += out
    assert alarms == ["laptop", "desktop"]
    assert (folder / "desktop" / "before-merge.gwv").exists()
