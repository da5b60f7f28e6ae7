"""Two processes and one wallet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from geowallet.app.intake.sources import sources
from geowallet.app.locations import Locations
from geowallet.app.travel import waiting
from geowallet.model.errors import VaultBusyError
from geowallet.vault.check import check_vault
from tests.app import scene
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

DAYS = scene.days_of_may(4, 5, 6, 7)

IMPORT = """
import sys
from pathlib import Path
from geowallet.vault import session
from tests.app import scene
session._ring = lambda: None
folder, *files = sys.argv[1:]
sys.stdin.read(1)
scene.ingest_files(scene.places_at(Path(folder)), files)
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return scene.write_days(tmp_path / "days", DAYS)


@pytest.fixture
def alone(tmp_path: Path, files: list[Path]) -> dict[str, bytes]:
    """Pages after one process imported everything."""
    here = scene.new_wallet(tmp_path / "alone")
    scene.ingest_files(here, files)
    with scene.opened(here) as vault:
        return scene.stored_pages(vault)


def importing(here: Locations, files: list[Path]) -> subprocess.Popen[str]:
    """Start a process that waits for one letter before it begins."""
    return subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(here.wallet.parent), *map(str, files)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestImports:
    """Promise: both succeed or one says that it is busy, and nothing is lost."""

    @pytest.mark.parametrize(
        "shares", [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 1, 2, 3), (3, 2, 1, 0))]
    )
    def test_nothing_is_lost_between_two_imports(
        self,
        *,
        tmp_path: Path,
        files: list[Path],
        alone: dict[str, bytes],
        shares: tuple[tuple[int, ...], ...],
    ) -> None:
        here = scene.new_wallet(tmp_path / "both")
        both = [importing(here, [files[n] for n in share]) for share in shares]
        for process in both:
            assert process.stdin is not None
            process.stdin.write("g")
            process.stdin.flush()
        ends = [process.communicate(timeout=120) for process in both]
        for process, (_, said) in zip(both, ends, strict=True):
            assert process.returncode == 0 or VaultBusyError.__name__ in said, said
        if all(process.returncode == 0 for process in both):
            with scene.opened(here) as vault:
                assert scene.stored_pages(vault) == alone
                assert waiting.pending(vault) == []
        scene.ingest_files(here, files)
        with scene.opened(here) as vault:
            assert check_vault(vault).problems == ()
            assert len(sources(vault)) == len(DAYS)
            assert scene.stored_pages(vault) == alone

    def test_a_reader_waits_for_no_writer(self, tmp_path: Path, files: list[Path]) -> None:
        here = scene.new_wallet(tmp_path / "read")
        with scene.opened(here) as writer, writer.transaction(now_us=scene.NOON_US) as tx:
            tx.put("setting", "owner", b"Camille")
            with scene.opened(here) as reader:
                assert reader.get("setting", "owner") is None
            tx.log(scene.statement())
        scene.ingest_files(here, files[:1])
