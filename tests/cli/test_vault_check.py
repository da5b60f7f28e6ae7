from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from geowallet.app import wallet
from geowallet.app.locations import Locations
from tests.cli.conftest import PASSPHRASE, Terminal

SPOIL = "UPDATE record SET sealed = x'00' WHERE id = ?"


def spoil(lived: Terminal, kind: str, name: str) -> None:
    path = lived.folder / "wallet.gwv"
    with wallet.opened(Locations.of(wallet=path), PASSPHRASE.encode) as vault:
        row_id = vault.row_id(kind, name)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(SPOIL, (row_id,)).rowcount == 1
        db.commit()


class TestCheck:
    """Promise: "say what rests on what is wrong"; nothing is repaired in silence."""

    def test_a_whole_wallet(self, lived: Terminal) -> None:
        done = lived("vault", "check")
        assert (done.status, "all as they were written" in done.out) == (0, True)

    def test_a_part_is_said_to_be_a_part(self, lived: Terminal) -> None:
        done = lived("vault", "check", "--percent", "10", "--json")
        (record,) = done.records
        assert done.status == 0
        assert record["opened"] < record["records"]
        assert "were looked into" in lived("vault", "check", "--percent", "10").out

    @pytest.mark.parametrize("percent", ["0", "101", "-1"])
    def test_no_such_part(self, lived: Terminal, percent: str) -> None:
        done = lived("vault", "check", "--percent", percent)
        assert (done.status, "[usage.option]" in done.err) == (2, True)

    def test_a_damage_is_told_with_what_rests_on_it(self, lived: Terminal) -> None:
        spoil(lived, "trips", "2026-05")
        before = (lived.folder / "wallet.gwv").read_bytes()
        done = lived("vault", "check")
        assert (done.status, "[vault.damaged]" in done.err) == (26, True)
        assert "May 2026" in done.out
        assert "by --repair" in done.out
        assert (lived.folder / "wallet.gwv").read_bytes() == before

    def test_repair_asks_first(self, lived: Terminal) -> None:
        spoil(lived, "trips", "2026-05")
        done = lived("vault", "check", "--repair")
        assert (done.status, "[usage.needs_terminal]" in done.err) == (2, True)

    def test_repair_says_what_it_did_and_checks_again(self, lived: Terminal) -> None:
        listed = lived("trip", "list", "--month", "2026-05").out
        spoil(lived, "trips", "2026-05")
        done = lived("vault", "check", "--repair", "--yes")
        assert (done.status, "byte for byte" in done.out) == (0, True)
        assert lived("vault", "check").status == 0
        assert lived("trip", "list", "--month", "2026-05").out == listed

    def test_what_only_a_backup_saves_stays_and_is_told(self, lived: Terminal) -> None:
        spoil(lived, "place", "Home")
        spoil(lived, "trips", "2026-05")
        done = lived("vault", "check", "--repair", "--yes")
        assert done.status == 26
        assert "only from a backup" in done.out
        assert "still wrong" in done.out
        records = lived("vault", "check", "--json").records
        assert [one["remedy"] for one in records[0]["findings"]] == ["restore"]

    def test_a_lost_piece_names_its_file(self, lived: Terminal, samples: object) -> None:
        del samples
        sha256 = lived("vault", "sources", "--json").records[0]["sha256"]
        spoil(lived, "fixes", f"{sha256}/0/0")
        done = lived("vault", "check", "--repair", "--yes")
        assert (done.status, "Read this file again" in done.out) == (0, True)
        lost = [one["lost"] for one in lived("vault", "sources", "--json").records]
        assert sum(number > 0 for number in lost) == 1
