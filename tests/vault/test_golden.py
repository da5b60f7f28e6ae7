"""Wallets of every released format open for ever, and one of the next is refused cleanly."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from geowallet.app import backups, settings
from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.locations import Locations
from geowallet.app.travel.derive import analyse_all
from geowallet.app.travel.trips import described_trips
from geowallet.app.wallet import opened
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.recovery import parse_recovery
from geowallet.model.errors import VaultFormatError
from geowallet.vault import session
from geowallet.vault.check import check_vault
from geowallet.vault.schema import FORMAT
from geowallet.vault.slots import master_from_passphrase, master_from_recovery
from geowallet.vault.store import Vault, open_vault

GOLDEN = Path(__file__).parent / "golden"
FORMATS = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_ring", lambda: None)


@pytest.fixture(params=FORMATS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of one golden wallet and its backup."""
    return Path(shutil.copytree(GOLDEN / request.param, tmp_path / request.param))


@pytest.fixture
def golden(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture
def vault(folder: Path, golden: dict[str, Any]) -> Iterator[Vault]:
    here = Locations(folder / "wallet.gwv", folder / "desk", folder / "state")
    with opened(here, golden["passphrase"].encode) as found:
        yield found


def test_the_present_format_has_a_golden_wallet() -> None:
    assert f"format-{FORMAT}" in FORMATS


class TestGolden:
    """Promise: "A format that was released opens for ever"."""

    def test_nothing_of_it_changed(self, vault: Vault, golden: dict[str, Any]) -> None:
        report = check_vault(vault)
        assert (report.problems, report.entries) == ((), golden["entries"])
        assert vault.mark().root.hex() == golden["root"]
        kinds = [str(statement.kind) for _, statement, _ in vault.log_entries()]
        assert kinds == golden["kinds"]

    def test_every_record_is_what_was_written(self, vault: Vault, golden: dict[str, Any]) -> None:
        for kind, expected in golden["records"].items():
            assert {name: sha256_hex(body) for name, body in vault.items(kind)} == expected

    def test_the_program_of_now_understands_them(
        self, vault: Vault, golden: dict[str, Any]
    ) -> None:
        trips = [
            [one.trip.id, str(one.trip.main_leg.mode), round(one.trip.distance_m)]
            for one in described_trips(vault)
        ]
        assert trips == golden["trips"]
        assert [place.name for place in settings.named_places(vault)] == ["Home"]
        assert [vehicle.id for vehicle in settings.vehicles(vault)] == ["clio"]
        assert settings.owner_name(vault) == "Nobody"
        (source,) = sources(vault)
        (found,) = fixes_between(vault, [source], (-(2**62), 2**62))
        assert len(found.fixes) == source.fixes > 1_000
        _, analysed = analyse_all(vault)
        assert [trip for one in analysed for trip in one.trips]

    def test_it_can_be_written_to(self, vault: Vault) -> None:
        settings.set_owner_name(vault, "Somebody", now_us=1_790_000_000_000_000)
        assert check_vault(vault).problems == ()

    def test_both_ways_in_open_it(self, folder: Path, golden: dict[str, Any]) -> None:
        path = folder / "wallet.gwv"
        master = master_from_passphrase(path, golden["passphrase"].encode())
        assert master_from_recovery(path, *parse_recovery(golden["recovery"])) == master

    def test_its_backup_is_restored(self, folder: Path, golden: dict[str, Any]) -> None:
        here = Locations(folder / "back.gwv", folder / "desk", folder / "state")
        prove = backups.by_passphrase(golden["passphrase"].encode())
        backups.restore(here, folder / "backups", here.wallet, prove)
        assert here.wallet.read_bytes() == (folder / "wallet.gwv").read_bytes()


class TestNext:
    """Promise: the next format is refused by its own code, and nothing is written."""

    @pytest.mark.parametrize("number", [FORMAT + 1, 2**31 - 1, 0])
    def test_it_is_refused(self, folder: Path, golden: dict[str, Any], number: int) -> None:
        path = folder / "wallet.gwv"
        master = master_from_passphrase(path, golden["passphrase"].encode())
        with closing(sqlite3.connect(path)) as db:
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("CREATE TABLE of_the_future (id INTEGER)")
            db.commit()
        before = path.read_bytes()
        with pytest.raises(VaultFormatError) as caught:
            open_vault(path, master, random=os.urandom)
        assert (caught.value.code, caught.value.exit_status) == ("vault.format", 26)
        with pytest.raises(VaultFormatError):
            master_from_passphrase(path, golden["passphrase"].encode())
        assert path.read_bytes() == before
        assert not path.with_name("wallet.gwv-journal").exists()
