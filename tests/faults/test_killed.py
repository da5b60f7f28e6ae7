"""A process that is killed leaves the old state or the new one, never between."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.app import wallet
from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.intake.sources import Source, fixes_between, sources
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements, export, preparing
from geowallet.app.sharing.identity import signing_key
from geowallet.app.sharing.receipts import receipts
from geowallet.app.travel import waiting
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.keys import KdfCost
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault
from tests.app import scene
from tests.faults.conftest import Death, Sweep
from tests.faults.dying import KILLED

pytestmark = pytest.mark.slow

DAYS = (4, 5)
DISK_FULL = 8


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, no_keyring_at_all: None) -> Path:
    """A wallet that knows its owner and has no file yet, beside the files to come."""
    folder = tmp_path_factory.mktemp("stage")
    here = scene.new_wallet(folder / "wallet")
    with scene.opened(here) as vault:
        scene.introduce(vault)
    scene.write_days(folder / "days", scene.days_of_may(*DAYS))
    return folder


@pytest.fixture(scope="module")
def whole(stage: Path, no_keyring_at_all: None) -> Locations:
    """The same wallet after an import that nothing disturbed."""
    here = scene.copied(scene.places_at(stage / "wallet"), stage / "whole")
    scene.ingest_files(here, files_of(stage))
    return here


@pytest.fixture(scope="module")
def pages(whole: Locations, no_keyring_at_all: None) -> dict[str, bytes]:
    with scene.opened(whole) as vault:
        return scene.stored_pages(vault)


@pytest.fixture
def employer(stage: Path, tmp_path: Path) -> Desk:
    return scene.new_desk(tmp_path / "desk")


def files_of(stage: Path) -> list[Path]:
    return sorted((stage / "days").iterdir())


def killed(deaths: list[Death], *, least: int) -> Iterator[Death]:
    """Yield every death, and make sure that the last point was beyond the end."""
    assert (deaths[-1].status, len(deaths) > least) == (0, True)
    for death in deaths[:-1]:
        assert death.status == KILLED, (death.number, death.status, death.code)
        yield death


def sound(vault: Vault) -> None:
    report = check_vault(vault)
    assert report.problems == ()


def stored_whole(vault: Vault, source: Source) -> None:
    """Every fix of a source that is there can be read."""
    runs = source.runs()
    (found,) = fixes_between(vault, [source], (runs[0][0], runs[-1][1]))
    assert len(found.fixes) == source.fixes


def old_or_new(vault: Vault, pages: dict[str, bytes]) -> None:
    sound(vault)
    for source in sources(vault):
        stored_whole(vault, source)
    assert scene.stored_pages(vault) in ({}, pages)
    assert scene.stored_pages(vault) == pages or not sources(vault) or waiting.pending(vault)


def finishes(death: Death, stage: Path, pages: dict[str, bytes]) -> None:
    """What the child left is sound, and the same import now ends as if undisturbed."""
    here = scene.places_at(death.folder)
    with scene.opened(here) as vault:
        old_or_new(vault, pages)
    scene.ingest_files(here, files_of(stage))
    with scene.opened(here) as vault:
        sound(vault)
        assert scene.stored_pages(vault) == pages
        assert waiting.pending(vault) == []
        assert len(sources(vault)) == len(DAYS)
    assert not list(death.folder.glob("*-journal"))


class TestIngest:
    """Promise: a killed import leaves whole files, and the next one finishes it."""

    def test_killed_at_every_statement(
        self, stage: Path, pages: dict[str, bytes], sweep: Sweep
    ) -> None:
        deaths = sweep("ingest", "kill", "1:400:1", stage / "wallet", *files_of(stage))
        for death in killed(deaths, least=15):
            finishes(death, stage, pages)

    def test_killed_in_the_middle_of_a_write(
        self, stage: Path, whole: Locations, pages: dict[str, bytes], sweep: Sweep
    ) -> None:
        largest = whole.wallet.stat().st_size
        points = f"{2048}:{largest}:{6144}"
        deaths = sweep("ingest", "torn", points, stage / "wallet", *files_of(stage))
        torn = [d for d in deaths if d.status == -signal.SIGXFSZ]
        assert len(torn) > 10
        assert {d.status for d in deaths} <= {-signal.SIGXFSZ, 0}
        for death in torn:
            finishes(death, stage, pages)

    def test_a_full_disk_is_told_and_leaves_the_old_state(
        self, stage: Path, whole: Locations, pages: dict[str, bytes], sweep: Sweep
    ) -> None:
        largest = whole.wallet.stat().st_size
        points = f"{1024}:{largest}:{12_288}"
        deaths = sweep("ingest", "full", points, stage / "wallet", *files_of(stage))
        full = [d for d in deaths if d.status]
        assert len(full) > 5
        for death in full:
            assert (death.status, death.code) == (DISK_FULL, "vault.disk")
            finishes(death, stage, pages)


class TestCreate:
    """Promise: a wallet is there with its keys, or not there."""

    def test_killed_at_every_step(self, tmp_path: Path, sweep: Sweep) -> None:
        nothing = tmp_path / "nothing"
        nothing.mkdir()
        found = set()
        for death in killed(sweep("create", "kill", "1:200:1", nothing), least=10):
            here = scene.places_at(death.folder)
            found.add(here.wallet.exists())
            if not here.wallet.exists():
                wallet.create_wallet(here, scene.PASSPHRASE, cost=KdfCost.LEAST)
            with scene.opened(here) as vault:
                sound(vault)
                assert signing_key(vault)["kty"] == "EC"
        assert found == {True, False}


class TestAccept:
    """Promise: no signature of the owner leaves that their wallet does not know."""

    def test_killed_at_every_step(
        self, stage: Path, employer: Desk, tmp_path: Path, sweep: Sweep
    ) -> None:
        offer = desk.make_offer(employer, scene.mileage(employer), tmp_path)
        deaths = sweep("accept", "kill", "1:200:1", stage / "wallet", offer)
        for death in killed(deaths, least=5):
            with scene.opened(scene.places_at(death.folder)) as vault:
                sound(vault)
                signed = vault.get("contract", "mileage")
                for left in (death.folder / "out").glob("*.contract"):
                    assert left.read_bytes() == signed
                contract, written = agreements.accept_offer(
                    vault,
                    agreements.offer_from(offer),
                    today=scene.TODAY,
                    now_us=scene.NOON_US,
                    target=death.folder / "out",
                )
            assert written.name == "mileage.contract"
            assert desk.file_contract(employer, written.read_bytes()) == contract
            for filed in (employer.folder / "contracts").iterdir():
                filed.unlink()


class TestExport:
    """Promise: no figure leaves that is not on record."""

    @pytest.fixture
    def ready(self, whole: Locations, employer: Desk, tmp_path: Path) -> Path:
        here = scene.copied(whole, tmp_path / "ready")
        with scene.opened(here) as vault:
            scene.agree(vault, employer, scene.mileage(employer), tmp_path)
        return tmp_path / "ready"

    def test_killed_at_every_step(self, ready: Path, sweep: Sweep) -> None:
        states = set()
        for death in killed(sweep("export", "kill", "1:200:1", ready), least=8):
            left = list((death.folder / "out").glob("*.jwe"))
            with scene.opened(scene.places_at(death.folder)) as vault:
                sound(vault)
                known = {receipt.sealed_sha256 for receipt in receipts(vault)}
            assert {sha256_hex(path.read_bytes()) for path in left} <= known
            states.add((len(known), len(left)))
        assert states == {(0, 0), (1, 0), (1, 1)}
        assert_it_can_be_made_again(death)

    def test_a_full_disk_lets_nothing_out(self, ready: Path, sweep: Sweep) -> None:
        for death in sweep("export", "full", "0:1024:512", ready):
            assert (death.status, death.code) == (DISK_FULL, "vault.disk")
            assert not list(death.folder.glob("out/*"))
            with scene.opened(scene.places_at(death.folder)) as vault:
                sound(vault)
                assert receipts(vault) == ()


def assert_it_can_be_made_again(death: Death) -> None:
    with scene.opened(scene.places_at(death.folder)) as vault:
        (before,) = receipts(vault)
        (contract,) = agreements.accepted(vault)
        again = export.export(
            vault,
            contract,
            preparing.prepare(vault, contract.terms, scene.MONTH),
            now_us=scene.NOON_US + 3_600_000_000,
            target=death.folder / "again",
            words=scene.words,
        )
    assert again.figures.supersedes == before.jti
