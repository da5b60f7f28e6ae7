"""From a device's key to what its batches say, by commands alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.app import scene
from tests.cli.conftest import Terminal


@pytest.fixture
def owner(terminal: Terminal) -> Terminal:
    for day in (4, 5):
        path = terminal.folder / f"{day}.csv"
        path.write_bytes(scene.car_day(dt.date(2026, 5, day)))
    assert terminal("init", "--recovery-file", "recovery").status == 0
    return terminal


def key_of(owner: Terminal, file: str = "van.key") -> str:
    return str(owner("evidence", "device", "init", file, "van-1", "--json").records[0]["key"])


def test_a_day_left_out_is_shown_until_it_is_read(owner: Terminal) -> None:
    key = key_of(owner)
    signed = owner("evidence", "device", "sign", "van.key", "4.csv", "5.csv")
    assert "Batch 2: 5.csv.batch" in signed.out
    assert "not registered here" in owner("ingest", "5.csv").out
    assert owner("evidence", "device", "list").out.startswith("No device is registered.")
    assert owner("evidence", "device", "add", key).status == 0
    assert "batch 2 of van-1: one before it is missing" in owner("ingest", "5.csv").out
    assert "missing: 1" in owner("evidence", "device", "list").out
    read = owner("ingest", "4.csv", "4.csv.batch")
    assert "1 file is signed by a device that you registered." in read.out
    assert "0 refused" in read.out
    (shown,) = owner("evidence", "device", "list", "--json").records
    assert (shown["unbroken"], shown["files"], shown["missing"]) == (2, 2, [])
    assert "is forgotten" in owner("evidence", "device", "remove", "van").out


def test_a_forged_file_is_said_to_be_one(owner: Terminal) -> None:
    key = key_of(owner)
    owner("evidence", "device", "add", key)
    owner("evidence", "device", "sign", "van.key", "4.csv")
    Path("5.csv.batch").write_bytes(Path("4.csv.batch").read_bytes())
    done = owner("ingest", "5.csv")
    assert done.status == 0
    assert "5.csv: the signature beside it is not of this file" in done.out


def test_forks_and_replays_are_listed(owner: Terminal) -> None:
    owner("evidence", "device", "add", key_of(owner))
    owner("evidence", "device", "sign", "van.key", "4.csv")
    before = Path("van.key").read_bytes()
    owner("ingest", "4.csv")
    Path("4.csv.batch").unlink()
    owner("evidence", "device", "sign", "van.key", "5.csv", "4.csv")
    assert "the same file was signed before" in owner("ingest", "5.csv", "4.csv").out
    Path("van.key").write_bytes(before)
    Path("6.csv").write_bytes(scene.car_day(dt.date(2026, 5, 6)))
    owner("evidence", "device", "sign", "van.key", "6.csv")
    assert "batch 2 of van-1: it contradicts another one" in owner("ingest", "6.csv").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["init", "4.csv", "van-1"], "usage.file_exists"),
        (["init", "new.key", "van\u00e9"], "device.name"),
        (["add", "nonsense"], "device.key"),
        (["sign", "4.csv", "5.csv"], "device.key_file"),
        (["remove", "bus"], "wallet.not_found"),
    ],
)
def test_what_cannot_be_is_refused_by_name(owner: Terminal, words: list[str], code: str) -> None:
    done = owner("evidence", "device", *words)
    assert done.status != 0
    assert f"[{code}]" in done.err
