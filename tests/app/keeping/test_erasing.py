from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from geowallet.app import backups
from geowallet.app.audits.committing import Secrets
from geowallet.app.desk.desk import Desk
from geowallet.app.intake import ingest
from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.keeping import copies, retention, scope
from geowallet.app.keeping.copies import Standing
from geowallet.app.keeping.durations import Duration
from geowallet.app.keeping.erasing import Plan, carry_out, plan
from geowallet.app.keeping.erasure import erase, receipt_json
from geowallet.app.locations import Locations
from geowallet.app.sharing import export
from geowallet.app.sharing.preparing import prepare
from geowallet.app.sharing.receipts import Receipt
from geowallet.app.sharing.tracing import trace
from geowallet.app.travel import reshaping
from geowallet.app.travel.corrections import Correction, correct, corrections
from geowallet.app.travel.trips import described_trips, pages
from geowallet.app.travel.waiting import pending
from geowallet.model.calendar import Period
from geowallet.model.errors import (
    NothingToEraseError,
    UnknownSourceError,
    VaultBusyError,
    VaultDamagedError,
)
from geowallet.model.mobility import Mode, Point
from geowallet.model.provenance import StatementKind
from geowallet.track.sources import SourcedFixes
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault
from tests.app import scene

ALWAYS = (-(2**62), 2**62)
FOURTH = Period.parse("2026-05-04")


def all_fixes(vault: Vault) -> int:
    return sum(len(one.fixes) for one in fixes_between(vault, sources(vault), ALWAYS))


def days(vault: Vault) -> list[str]:
    return [trip.day for trip in described_trips(vault)]


def erased(vault: Vault, what: scope.Scope) -> Plan:
    """Erase, and check that the wallet is whole and nothing waits."""
    planned = plan(vault, what)
    carry_out(vault, planned, now_us=scene.NOON_US)
    assert check_vault(vault).problems == ()
    assert pending(vault) == []
    return planned


def alone(tmp_path: Path, *numbers: int) -> dict[str, bytes]:
    """The pages of a wallet that never saw the other days."""
    here = scene.new_wallet(tmp_path / "alone")
    scene.ingest_files(here, scene.write_days(tmp_path / "some", scene.days_of_may(*numbers)))
    with scene.opened(here) as vault:
        return scene.stored_pages(vault)


class TestDay:
    """Promise: what is left is what a wallet would hold that never saw the rest."""

    def test_the_pages_are_those_of_a_wallet_that_never_saw_the_day(
        self, vault: Vault, tmp_path: Path
    ) -> None:
        planned = erased(vault, scope.of_period(vault, FOURTH, what="day"))
        assert len(planned.trips) == 4
        assert set(days(vault)) == {"2026-05-05"}
        assert scene.stored_pages(vault) == alone(tmp_path, 5)

    def test_the_file_keeps_its_digest_and_loses_its_name(self, vault: Vault) -> None:
        before = all_fixes(vault)
        planned = erased(vault, scope.of_period(vault, FOURTH))
        (gone,) = [one for one in sources(vault) if one.erased]
        assert (gone.name, gone.traces, gone.labels) == ("", (), ())
        assert gone.erased == planned.fixes == before - all_fixes(vault) > 0

    def test_only_the_days_of_a_longer_file_go(self, tmp_path: Path) -> None:
        here = scene.new_wallet(tmp_path / "one")
        rows = [scene.car_day(day).splitlines() for day in scene.days_of_may(4, 5, 6)]
        whole = tmp_path / "all.csv"
        whole.write_bytes(b"\n".join([*rows[0], *rows[1][1:], *rows[2][1:]]) + b"\n")
        scene.ingest_files(here, [whole])
        with scene.opened(here) as vault:
            before = all_fixes(vault)
            planned = erased(vault, scope.of_period(vault, Period.parse("2026-05-05")))
            (left,) = sources(vault)
            assert (left.name, left.erased) == ("all.csv", planned.fixes)
            assert all_fixes(vault) == left.fixes == before - planned.fixes
            assert set(days(vault)) == {"2026-05-04", "2026-05-06"}

    def test_a_second_time_there_is_nothing(self, vault: Vault) -> None:
        erased(vault, scope.of_period(vault, FOURTH))
        with pytest.raises(NothingToEraseError):
            plan(vault, scope.of_period(vault, FOURTH))

    def test_a_plan_writes_nothing(self, vault: Vault) -> None:
        before = vault.mark()
        plan(vault, scope.of_period(vault, FOURTH))
        assert vault.mark() == before

    def test_a_plan_of_before_another_write_is_refused(self, vault: Vault) -> None:
        planned = plan(vault, scope.of_period(vault, FOURTH))
        with vault.transaction(now_us=scene.NOON_US) as tx:
            tx.log(scene.statement())
        with pytest.raises(VaultBusyError):
            carry_out(vault, planned, now_us=scene.NOON_US)
        assert "2026-05-04" in days(vault)


class TestTrip:
    def test_its_positions_go_and_the_other_trips_stay(self, vault: Vault) -> None:
        first, *others = described_trips(vault)
        planned = erased(vault, scope.of_trip(vault, first.trip.id))
        start_us, end_us = first.trip.start_us, first.trip.end_us
        left = fixes_between(vault, sources(vault), (start_us, end_us))
        assert sum(len(one.fixes) for one in left) == 0 < planned.fixes
        assert [one.trip.id for one in planned.trips] == [first.trip.id]
        there = {one.trip.id for one in described_trips(vault)}
        assert {one.trip.id for one in others} <= there

    def test_what_was_said_of_it_goes_too(self, vault: Vault) -> None:
        first, second, *_ = (one.trip for one in described_trips(vault))
        for trip in (first, second):
            word = Correction(trip.start_us, trip.end_us, Mode.BUS, None, scene.NOON_US)
            correct(vault, [word])
        middle_us = (first.start_us + first.end_us) // 2
        reshaping.split(vault, first, middle_us, now_us=scene.NOON_US)
        planned = erased(vault, scope.Scope("trip", window=(first.start_us, first.end_us)))
        assert sorted(kind for kind, _ in planned.records) == ["correction", "shape"]
        assert [word.start_us for word in corrections(vault)] == [second.start_us]
        assert list(vault.items("shape")) == []


class TestPlace:
    def test_every_position_there_goes_and_the_name(self, vault: Vault) -> None:
        what = scope.of_place(vault, "Office")
        assert any(what.mask(one.fixes).any() for one in _tables(vault))
        erased(vault, what)
        assert not any(what.mask(one.fixes).any() for one in _tables(vault))
        assert [name for name, _ in vault.items("place")] == ["Home"]
        for page in pages(vault):
            assert not any(what.is_at(stop.centre) for stop in page.stops)
            assert not any(what.touches(trip) for trip in page.trips)

    def test_a_position_a_metre_outside_stays(self, vault: Vault) -> None:
        """The edge, by hand: 150 m north is 0.001349 degrees."""
        what = scope.Scope("place", centre=scene.HOME, radius_m=150.0)
        inside, outside = (scene.HOME.lat_deg + north for north in (0.001348, 0.001351))
        assert what.is_at(Point(inside, scene.HOME.lon_deg))
        assert not what.is_at(Point(outside, scene.HOME.lon_deg))


class TestSource:
    def test_by_name_and_by_digest(self, vault: Vault) -> None:
        first, second = sources(vault)
        assert scope.of_source(vault, first.name).sha256 == first.sha256
        assert scope.of_source(vault, second.sha256[:10]).sha256 == second.sha256
        with pytest.raises(UnknownSourceError):
            scope.of_source(vault, "none.gpx")

    def test_all_of_it_goes_and_the_others_stay(self, vault: Vault) -> None:
        first, second = sources(vault)
        erased(vault, scope.of_source(vault, first.sha256))
        assert [one.fixes for one in sources(vault)] == [0, second.fixes]
        assert len(set(days(vault))) == 1


class TestEverything:
    def test_only_keys_and_digests_stay(self, vault: Vault) -> None:
        identities = dict(vault.items("identity"))
        planned = erased(vault, scope.EVERYTHING)
        assert planned.fixes > 0
        kinds = ("fixes", "trips", "place", "work", "correction", "contract", "export")
        assert {kind: list(vault.items(kind)) for kind in kinds} == {kind: [] for kind in kinds}
        assert [name for name, _ in vault.items("setting")] == ["erased"]
        assert dict(vault.items("identity")) == identities
        assert {(one.name, one.fixes) for one in sources(vault)} == {("", 0)}
        with pytest.raises(NothingToEraseError):
            plan(vault, scope.EVERYTHING)

    def test_the_wallet_goes_on(self, here: Locations, tmp_path: Path) -> None:
        with scene.opened(here) as vault:
            erased(vault, scope.EVERYTHING)
        scene.ingest_files(here, scene.write_days(tmp_path / "new", scene.days_of_may(6)))
        with scene.opened(here) as vault:
            assert set(days(vault)) == {"2026-05-06"}


class TestImportAgain:
    """Promise: "reading it again does not bring them back"."""

    @pytest.fixture
    def files(self, tmp_path: Path) -> list[Path]:
        return scene.write_days(tmp_path / "days", scene.days_of_may(4, 5))

    @pytest.fixture
    def without_fourth(self, here: Locations) -> Locations:
        with scene.opened(here) as vault:
            erased(vault, scope.of_period(vault, FOURTH))
        return here

    def test_it_stays_erased_and_that_is_said(
        self, without_fourth: Locations, files: list[Path]
    ) -> None:
        done = scene.ingest_files(without_fourth, files)
        assert [one.outcome for one in done.files] == ["known", "known"]
        (note,) = done.files[0].notes
        assert "stay so" in note.text
        assert done.files[1].notes == ()
        with scene.opened(without_fourth) as vault:
            assert set(days(vault)) == {"2026-05-05"}

    def test_so_it_is_in_an_archive(
        self, without_fourth: Locations, files: list[Path], tmp_path: Path
    ) -> None:
        archive = shutil.make_archive(str(tmp_path / "both"), "zip", files[0].parent)
        for _ in range(2):
            done = scene.ingest_files(without_fourth, [Path(archive)])
            # An archive holds its files in any order.
            assert sorted(bool(one.notes) for one in done.files) == [False, True]

    def test_it_comes_back_when_asked(
        self, without_fourth: Locations, files: list[Path], lived_in: Locations
    ) -> None:
        manner = ingest.Manner(scene.manner().options, None, lambda: scene.NOON_US, bring_back=True)
        with scene.opened(without_fourth) as vault:
            names = [str(one) for one in files]
            done = ingest.ingest(vault, names, manner, progress=scene.no_progress)
            assert [one.outcome for one in done.files] == ["read", "known"]
            pages_again = scene.stored_pages(vault)
        with scene.opened(lived_in) as whole:
            assert pages_again == scene.stored_pages(whole)


class TestFigures:
    def test_exports_that_rest_on_it_are_named_and_kept(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        receipt = exported(vault, employer, tmp_path)
        planned = erased(vault, scope.of_period(vault, FOURTH))
        assert [one.jti for one in planned.exports] == [receipt.jti]
        assert vault.get("export", receipt.jti) is not None

    def test_a_figure_of_the_rest_is_walked_back_to_what_is_left(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        erased(vault, scope.of_period(vault, FOURTH))
        receipt = exported(vault, employer, tmp_path)
        assert all(link.holds for link in trace(vault, receipt))


def commit_to(vault: Vault, period: str) -> tuple[str, str]:
    """Keep what opens an export of ``period``; return where it lies."""
    secrets = Secrets(period, "00", period, (1,), b"s", b"t", {0: ("home",)})
    with vault.transaction(now_us=scene.NOON_US) as tx:
        tx.put("opening", period, msgspec.msgpack.encode(secrets))
        tx.log(scene.statement())
    return ("opening", period)


class TestSecrets:
    """Promise: what opens an export holds metres and marks of its days, and goes with them."""

    def test_of_the_periods_that_share_a_day(self, vault: Vault) -> None:
        may, june = commit_to(vault, "2026-05"), commit_to(vault, "2026-06")
        planned = erased(vault, scope.of_period(vault, FOURTH))
        assert (planned.audits, planned.records) == (1, (may,))
        assert [name for name, _ in vault.items("opening")] == [june[1]]

    def test_by_rule_only_of_periods_that_are_over(self, vault: Vault) -> None:
        april, may = commit_to(vault, "2026-04"), commit_to(vault, "2026-05")
        said = retention.Rules(fixes=Duration.parse("1-day"))
        noon_us = scene.minute_us(FOURTH.first, 12) + 2 * retention.DAY_US
        planned = retention.due(vault, said, now_us=noon_us)
        assert planned is not None
        assert april in planned.records
        assert may not in planned.records


class TestLog:
    """Promise: the tombstone names digests and numbers, no time and no name."""

    def test_what_it_says(self, vault: Vault) -> None:
        first = next(one for one in sources(vault) if one.name.startswith("2026-05-04"))
        erased(vault, scope.of_period(vault, FOURTH, what="day"))
        found = [s for _, s, _ in vault.log_entries() if s.kind is StatementKind.ERASE]
        assert [s.predicate["what"] for s in found] == ["day", "rewritten"]
        assert {s.inputs for s in found} == {(first.sha256,)}
        assert set(found[0].predicate) == {"what", "fixes", "records", "trips", "exports"}
        assert "2026-05-04" not in repr(found)


class TestCopies:
    def test_backups_known_are_brought_up_and_the_rest_is_said(
        self, here: Locations, tmp_path: Path
    ) -> None:
        reached, away = tmp_path / "reached", tmp_path / "away"
        with scene.opened(here) as vault:
            for folder in (reached, away):
                backups.back_up(vault, folder)
            away.rename(tmp_path / "elsewhere")
            planned = plan(vault, scope.of_period(vault, FOURTH))
            done = erase(vault, here.wallet, planned, now_us=scene.NOON_US)
        standing = {Path(one.folder).name: one.standing for one in done.copies}
        assert standing == {"reached": Standing.CLEAN, "away": Standing.UNREACHABLE}
        assert (done.left, done.confirmed) == (0, False)
        record = receipt_json(done)
        assert record["keys_destroyed"] == len(done.erased.keys) > 2
        assert record["confirmed"] is False
        assert "2026-05-04" not in repr(record)

        prove = backups.by_passphrase(scene.PASSPHRASE)
        back = scene.places_at(tmp_path / "back")
        backups.restore(here, reached, back.wallet, prove)
        with scene.opened(back) as vault:
            assert set(days(vault)) == {"2026-05-05"}

    def test_a_copy_that_comes_back_is_due_until_it_is_renewed(
        self, here: Locations, tmp_path: Path
    ) -> None:
        folder, away = tmp_path / "stick", tmp_path / "away"
        with scene.opened(here) as vault:
            backups.back_up(vault, folder)
            folder.rename(away)
            planned = plan(vault, scope.of_period(vault, FOURTH))
            erase(vault, here.wallet, planned, now_us=scene.NOON_US)
            away.rename(folder)
            assert [one.standing for one in copies.copies(vault)] == [Standing.DUE]
            backups.back_up(vault, folder)
            assert [one.standing for one in copies.copies(vault)] == [Standing.CLEAN]
        assert len(list((folder / "index").iterdir())) == 1

    def test_a_damaged_copy_is_named_and_not_confirmed(
        self, here: Locations, tmp_path: Path
    ) -> None:
        folder = tmp_path / "stick"
        with scene.opened(here) as vault:
            backups.back_up(vault, folder)
            planned = plan(vault, scope.of_period(vault, FOURTH))
            (folder / "index" / "00000001.json").write_bytes(b"{}")
            done = erase(vault, here.wallet, planned, now_us=scene.NOON_US)
        (copy,) = done.copies
        assert copy.error is not None
        assert (copy.error.code, done.confirmed) == ("backup.damaged", False)

    def test_a_folder_is_forgotten_when_it_is_no_more(self, vault: Vault, tmp_path: Path) -> None:
        backups.back_up(vault, tmp_path / "stick")
        assert not copies.forget_place(vault, str(tmp_path / "other"))
        assert copies.forget_place(vault, str(tmp_path / "stick"))
        assert copies.copies(vault) == ()

    def test_without_an_erasure_nothing_is_due(self, vault: Vault, tmp_path: Path) -> None:
        backups.back_up(vault, tmp_path / "stick")
        before = vault.mark()
        assert [one.standing for one in copies.renew_copies(vault)] == [Standing.CLEAN]
        backups.back_up(vault, tmp_path / "stick")
        assert vault.mark() == before


def test_a_piece_that_is_missing_stops_the_plan(vault: Vault) -> None:
    first = sources(vault)[0].traces[0].blobs[0]
    with vault.transaction(now_us=scene.NOON_US) as tx:
        tx.delete("fixes", first.name)
        tx.log(scene.statement())
    with pytest.raises(VaultDamagedError):
        plan(vault, scope.of_source(vault, sources(vault)[0].sha256))


def _tables(vault: Vault) -> list[SourcedFixes]:
    return fixes_between(vault, sources(vault), ALWAYS)


def exported(vault: Vault, employer: Desk, folder: Path) -> Receipt:
    contract = scene.agree(vault, employer, scene.mileage(employer), folder)
    prepared = prepare(vault, contract.terms, scene.MONTH)
    done = export.export(
        vault,
        contract,
        prepared,
        now_us=scene.NOON_US,
        target=folder / "out",
        words=scene.words,
    )
    return done.receipt
