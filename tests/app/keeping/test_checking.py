from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from geowallet.app import doctor, settings
from geowallet.app.backups import back_up
from geowallet.app.desk.desk import Desk
from geowallet.app.doctor import Health
from geowallet.app.intake.sources import sources
from geowallet.app.keeping import retention, scope
from geowallet.app.keeping.checking import Remedy, examine, line_of, what_of
from geowallet.app.keeping.durations import Duration
from geowallet.app.keeping.erasing import carry_out, plan
from geowallet.app.keeping.repairing import repair
from geowallet.app.keeping.retention import Rules
from geowallet.app.locations import Locations
from geowallet.app.travel.trips import described_trips
from geowallet.model.calendar import Period
from geowallet.model.errors import GeowalletError, VaultDamagedError
from geowallet.model.mobility import Mode, Vehicle
from geowallet.vault import columns
from geowallet.vault.check import check_vault
from geowallet.vault.sample import sample_of
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.keeping.test_erasing import exported
from tests.app.other_engine import install, slower

MONTH = "2026-05"


def change(vault: Vault, kind: str, name: str, statement: str) -> None:
    """Do to one row of the open wallet what a disk or an enemy may do."""
    vault._db.execute(statement, (vault.row_id(kind, name),))


SPOIL = "UPDATE record SET sealed = x'00' WHERE id = ?"
DROP = "DELETE FROM record WHERE id = ?"


def first_piece(vault: Vault) -> str:
    return (
        next(one for one in sources(vault) if one.name.startswith("2026-05-04"))
        .traces[0]
        .blobs[0]
        .name
    )


class TestPages:
    """Promise: a page "is found again, and compared with what the log recorded"."""

    @pytest.mark.parametrize("how", [SPOIL, DROP])
    def test_a_lost_page_comes_back_byte_for_byte(self, vault: Vault, how: str) -> None:
        before = scene.stored_pages(vault)
        change(vault, "trips", MONTH, how)
        found = examine(vault)
        assert Remedy.RECOMPUTE in {one.remedy for one in found.findings}
        done = repair(vault, found.findings, now_us=scene.NOON_US)
        assert (done.proved, done.found) == ((MONTH,), ())
        assert scene.stored_pages(vault) == before
        assert check_vault(vault).problems == ()

    def test_an_older_page_put_in_its_place_is_found_and_replaced(
        self, here: Locations, tmp_path: Path
    ) -> None:
        old = tmp_path / "old.gwv"
        old.write_bytes(here.wallet.read_bytes())
        scene.ingest_files(here, scene.write_days(tmp_path / "more", scene.days_of_may(6)))
        with scene.opened(here) as vault:
            row_id, whole = vault.row_id("trips", MONTH), scene.stored_pages(vault)
        with closing(sqlite3.connect(here.wallet)) as db:
            db.execute("ATTACH ? AS old", (str(old),))
            for table in ("record", "record_key"):
                db.execute(
                    f"INSERT OR REPLACE INTO main.{table} "  # noqa: S608  our own names
                    f"SELECT * FROM old.{table} WHERE id = ?",
                    (row_id,),
                )
            db.commit()
        with scene.opened(here) as vault:
            assert len(described_trips(vault)) == 8
            (finding,) = examine(vault).findings
            assert "another version" in what_of(finding).text
            done = repair(vault, [finding], now_us=scene.NOON_US)
            assert (done.proved, scene.stored_pages(vault)) == ((MONTH,), whole)

    def test_exports_of_the_month_are_named(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        receipt = exported(vault, employer, tmp_path)
        change(vault, "trips", MONTH, SPOIL)
        (finding,) = examine(vault).findings
        assert (finding.exports, finding.months) == ((receipt.id,), (MONTH,))

    def test_with_a_lost_piece_in_the_month_only_a_backup_helps(self, vault: Vault) -> None:
        change(vault, "fixes", first_piece(vault), SPOIL)
        change(vault, "trips", MONTH, SPOIL)
        remedies = {one.name: one.remedy for one in examine(vault).findings}
        assert remedies[MONTH] is Remedy.RESTORE

    def test_so_it_is_where_a_rule_erased_the_positions(self, vault: Vault) -> None:
        said = Rules(fixes=Duration.parse("1-day"))
        planned = retention.due(vault, said, now_us=scene.NOON_US)
        assert planned is not None
        retention.apply(vault, planned, now_us=scene.NOON_US)
        change(vault, "trips", MONTH, SPOIL)
        (finding,) = examine(vault).findings
        assert finding.remedy is Remedy.RESTORE

    def test_a_page_of_another_engine_is_said_to_be_new(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change(vault, "trips", MONTH, SPOIL)
        findings = examine(vault).findings
        install(monkeypatch, slower)
        done = repair(vault, findings, now_us=scene.NOON_US)
        assert (done.proved, done.found) == ((), (MONTH,))


class TestPieces:
    """Promise: "given up, so that its file can be read again"."""

    @pytest.mark.parametrize("how", [SPOIL, DROP])
    def test_its_trips_and_exports_are_named_and_its_file_brings_it_back(
        self, here: Locations, employer: Desk, tmp_path: Path, how: str
    ) -> None:
        with scene.opened(here) as vault:
            receipt = exported(vault, employer, tmp_path)
            whole = scene.stored_pages(vault)
            fourth = {t.trip.id for t in described_trips(vault) if t.day == "2026-05-04"}
            change(vault, "fixes", first_piece(vault), how)
            found = examine(vault)
            (finding,) = (one for one in found.findings if one.remedy is Remedy.READ_AGAIN)
            assert set(finding.trips) == fourth
            assert finding.exports == (receipt.id,)
            assert finding.file == "2026-05-04.csv"
            done = repair(vault, found.findings, now_us=scene.NOON_US)
            assert done.files == ("2026-05-04.csv",)
            assert check_vault(vault).problems == ()
            assert {trip.day for trip in described_trips(vault)} == {"2026-05-05"}
        files = scene.write_days(tmp_path / "again", scene.days_of_may(4, 5))
        again = scene.ingest_files(here, files)
        assert [one.outcome for one in again.files] == ["read", "known"]
        with scene.opened(here) as vault:
            assert scene.stored_pages(vault) == whole
            assert [one.lost for one in sources(vault)] == [0, 0]

    def test_of_a_long_file_only_the_lost_piece_goes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(columns, "BLOB_FIXES", 200)
        here = scene.new_wallet(tmp_path / "one")
        rows = [scene.car_day(day).splitlines() for day in scene.days_of_may(4, 5)]
        path = tmp_path / "all.csv"
        path.write_bytes(b"\n".join([*rows[0], *rows[1][1:]]) + b"\n")
        scene.ingest_files(here, [path])
        with scene.opened(here) as vault:
            (before,) = sources(vault)
            blobs = before.traces[0].blobs
            assert len(blobs) > 2
            change(vault, "fixes", blobs[0].name, SPOIL)
            repair(vault, examine(vault).findings, now_us=scene.NOON_US)
            (after,) = sources(vault)
            assert (after.lost, after.fixes) == (blobs[0].fixes, before.fixes - blobs[0].fixes)
            assert after.runs()[0][0] >= blobs[1].first_us
            assert "2026-05-05" in {trip.day for trip in described_trips(vault)}


class TestStrays:
    def test_a_row_and_a_key_of_nobody_are_removed(self, vault: Vault) -> None:
        vault._db.execute("INSERT INTO record VALUES (x'00', x'00', 1, x'00')")
        vault._db.execute("INSERT INTO record_key VALUES (x'01', x'00')")
        found = examine(vault)
        texts = {what_of(one).text for one in found.findings}
        assert texts == {
            "a key without its record",
            "a record that the log knows nothing of, or says was removed",
        }
        assert repair(vault, found.findings, now_us=scene.NOON_US).removed == 2
        assert check_vault(vault).problems == ()

    def test_what_was_erased_and_put_back_goes_again(self, here: Locations) -> None:
        """The row of a place, copied from the file of before."""
        with scene.opened(here) as vault:
            row_id = vault.row_id("place", "Home")
            rows = {
                table: vault._db.execute(
                    f"SELECT * FROM {table} WHERE id = ?",  # noqa: S608  our own names
                    (row_id,),
                ).fetchone()
                for table in ("record", "record_key")
            }
            with vault.transaction(now_us=scene.NOON_US) as tx:
                tx.delete("place", "Home")
                tx.log(scene.statement())
            vault._db.execute("INSERT INTO record VALUES (?, ?, ?, ?)", rows["record"])
            vault._db.execute("INSERT INTO record_key VALUES (?, ?)", rows["record_key"])
            assert vault.get("place", "Home") is not None
            found = examine(vault)
            assert [one.remedy for one in found.findings] == [Remedy.REMOVE]
            repair(vault, found.findings, now_us=scene.NOON_US)
            assert vault.get("place", "Home") is None
            assert check_vault(vault).problems == ()


class TestOthers:
    """Promise: "All else is for a backup"."""

    @pytest.mark.parametrize(
        ("kind", "name", "how", "text"),
        [
            ("place", "Home", SPOIL, "{what} is not what was written"),
            ("place", "Home", DROP, "a record is missing"),
            ("work", "week", SPOIL, "{what} is not what was written"),
        ],
    )
    def test_what_the_owner_said_is_never_invented(
        self, vault: Vault, kind: str, name: str, how: str, text: str
    ) -> None:
        change(vault, kind, name, how)
        before = vault.mark()
        found = examine(vault)
        finding = next(one for one in found.findings if one.remedy is Remedy.RESTORE)
        assert what_of(finding).text == text
        assert finding not in found.repairable
        repair(vault, [finding], now_us=scene.NOON_US)
        assert check_vault(vault).problems
        assert vault.mark().size == before.size + 1

    def test_a_whole_wallet_has_nothing_to_tell(self, vault: Vault) -> None:
        found = examine(vault)
        assert (found.findings, found.euros, found.report.problems) == ((), None, ())
        assert examine(vault, sample_of(1, 20_000)).report.problems == ()


class TestEuros:
    def test_what_the_reports_of_those_months_come_to(self, vault: Vault) -> None:
        """About 74 km at 5 horse-power, 0.636 a kilometre, less what is commuting."""
        settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "AB-123-CD", 5), now_us=scene.NOON_US)
        assert examine(vault).euros is None
        change(vault, "fixes", first_piece(vault), SPOIL)
        euros = examine(vault).euros
        assert euros is not None
        assert Decimal(10) < euros < Decimal(50)

    def test_without_a_vehicle_there_are_none(self, vault: Vault) -> None:
        change(vault, "fixes", first_piece(vault), SPOIL)
        assert examine(vault).euros is None


class TestDoctor:
    def test_it_has_a_line_for_each(self, here: Locations) -> None:
        with scene.opened(here) as vault:
            change(vault, "trips", MONTH, SPOIL)
            (finding,) = examine(vault).findings
            line = line_of(finding)
        found = doctor.examine(here, scene.ask)
        assert line in [one.note for one in found if one.health is Health.PROBLEM]

    def test_it_names_copies_that_are_due_or_away(self, here: Locations, tmp_path: Path) -> None:
        def backups() -> list[str]:
            found = doctor.examine(here, scene.ask)
            return [one.note.text for one in found if one.subject == "backups"]

        assert ["no backup is known" in text for text in backups()] == [True]
        with scene.opened(here) as vault:
            back_up(vault, tmp_path / "stick")
            back_up(vault, tmp_path / "away")
            day = scope.of_period(vault, Period.parse("2026-05-04"))
            assert backups() == []
            carry_out(vault, plan(vault, day), now_us=scene.NOON_US)
        (tmp_path / "away").rename(tmp_path / "gone")
        assert sorted("--renew" in text for text in backups()) == [False, True]


def test_a_wallet_that_cannot_even_list_its_vehicles_is_still_told(vault: Vault) -> None:
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "AB-123-CD", 5), now_us=scene.NOON_US)
    change(vault, "vehicle", "clio", SPOIL)
    change(vault, "fixes", first_piece(vault), SPOIL)
    found = examine(vault)
    assert (len(found.findings), found.euros) == (2, None)
    with pytest.raises(VaultDamagedError):
        settings.vehicles(vault)
    assert isinstance(found.report.problems[0][1], GeowalletError)
