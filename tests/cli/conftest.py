"""Run commands in this process, on a wallet of the simulated month made once."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from geowallet.app import settings, wallet
from geowallet.app.locations import Locations
from geowallet.cli.main import run
from geowallet.crypto.keys import KdfCost
from geowallet.model.mobility import NamedPlace, PlaceKind, Point

PASSPHRASE = "correct horse battery staple five"  # noqa: S105  of wallets in tests


@dataclass(frozen=True)
class Done:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line]


@dataclass(frozen=True)
class Terminal:
    """A place to run commands in, with a wallet's and a desk's paths set."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> Done:
        self.capture.readouterr()
        status = run([str(argument) for argument in arguments])
        out, err = self.capture.readouterr()
        return Done(status, out, err)


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key derivation at its published cost would take a second a command."""
    monkeypatch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)


def _settle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GEOWALLET_WALLET", str(folder / "wallet.gwv"))
    monkeypatch.setenv("GEOWALLET_STATE", str(folder / "state"))
    monkeypatch.setenv("GEOWALLET_DESK", str(folder / "desk"))
    monkeypatch.setenv("GEOWALLET_MODELS", str(folder / "models"))
    monkeypatch.setenv("GEOWALLET_PASSPHRASE_FILE", str(folder / "passphrase"))


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal without a wallet."""
    _settle(tmp_path / "here", monkeypatch)
    return Terminal(tmp_path / "here", capsys)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """A folder with a wallet of the simulated month, places, hours, and a desk's contracts."""
    folder = tmp_path_factory.mktemp("lived") / "here"
    month = samples / "simulated-month"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
        _settle(folder, patch)
        for words in (
            ["init", "--recovery-file", "recovery"],
            ["ingest", month / "phone", month / "watch"],
        ):
            assert run([str(word) for word in words]) == 0
        _name_places(month)
        hours = ["--hours", "mon-fri 08:30-18:00", "--leave", "2026-05-15"]
        for words in (
            ["work", "set", *hours],
            ["vehicle", "add", "clio", "--power", "5", "--plate", "AB-123-CD"],
            ["desk", "init", "Exemple SAS"],
            ["desk", "offer", "work-hour-mileage", "--name", "km", "--covers", "2026"],
            ["desk", "offer", "soft-mobility-commute", "--name", "bike", "--covers", "2026"],
            ["contract", "accept", "km.offer", "--as", "Camille Martin", "--yes"],
            ["desk", "open", "km.contract"],
        ):
            assert run([str(word) for word in words]) == 0, words
    return folder


def _name_places(month: Path) -> None:
    """Name home and work by where the truth says they are."""
    truth = json.loads((month / "truth.json").read_text(encoding="utf-8"))
    where = Locations.of(wallet=Path("wallet.gwv"))
    with wallet.opened(where, PASSPHRASE.encode) as vault:
        for place in truth["places"]:
            if place["kind"] in {"home", "work"}:
                kind = PlaceKind(place["kind"])
                centre = Point(place["lat_deg"], place["lon_deg"])
                named = NamedPlace(str(kind).title(), kind, centre)
                settings.name_place(vault, named, now_us=wallet.now_us())


@pytest.fixture
def lived(
    lived_in: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    """A terminal with a copy of that wallet."""
    folder = tmp_path / "here"
    shutil.copytree(lived_in, folder)
    _settle(folder, monkeypatch)
    return Terminal(folder, capsys)
