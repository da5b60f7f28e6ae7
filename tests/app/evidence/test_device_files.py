from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.evidence import device_files, levels
from geowallet.app.evidence.device_keys import batch_path
from geowallet.app.evidence.devices import add_device, remove_device
from geowallet.app.evidence.levels import evidence_of, grounds
from geowallet.app.intake.sources import sources
from geowallet.app.locations import Locations
from geowallet.app.sharing import preparing
from geowallet.app.travel.trips import described_trips, stored_trips
from geowallet.contracts.terms.syntax import Terms
from geowallet.proofs.evidence import Evidence, read_evidence
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.seen import at, seen
from tests.app.evidence.test_devices import Van, read


@pytest.fixture
def van(tmp_path: Path) -> Van:
    return Van(tmp_path)


@pytest.fixture
def known(empty: Locations, van: Van) -> Iterator[Vault]:
    """A wallet that knows the van and its owner, and holds no file yet."""
    with scene.opened(empty) as opened:
        scene.introduce(opened)
        add_device(opened, van.key, now_us=scene.NOON_US)
        yield opened


def taken_in(vault: Vault, van: Van, *days: int) -> None:
    """Read a file a day, each seen that evening."""
    for day in days:
        read(vault, van.day(day))
        seen(vault, at(day, 20))


def levels_of(vault: Vault) -> dict[int, set[int]]:
    """The levels of the trips of each day of May."""
    found = grounds(vault, stored_trips(vault), highest="L2")
    days: dict[int, set[int]] = {}
    for one in described_trips(vault):
        level = found[one.trip.id].level if one.trip.id in found else 0
        days.setdefault(int(one.day[-2:]), set()).add(level)
    return days


class TestLevels:
    """Promise: L2 is L1 with every file signed by a registered device, and its batch seen too."""

    def test_signed_and_seen_in_time_is_l2(self, known: Vault, van: Van) -> None:
        taken_in(known, van, 4, 5)
        assert levels_of(known) == {4: {2}, 5: {2}}

    def test_nothing_above_what_is_asked_for_is_looked_for(self, known: Vault, van: Van) -> None:
        taken_in(known, van, 4)
        found = grounds(known, stored_trips(known))
        assert {one.level for one in found.values()} == {1}

    def test_signed_and_never_seen_is_declared(self, known: Vault, van: Van) -> None:
        read(known, van.day(4))
        assert levels_of(known) == {4: {0}}

    def test_a_batch_that_came_after_the_stamp_is_no_l2(self, known: Vault, van: Van) -> None:
        """The file was seen that evening, its signature was made later."""
        path = van.day(4)
        note = batch_path(path).read_bytes()
        batch_path(path).unlink()
        read(known, path)
        seen(known, at(4, 20))
        batch_path(path).write_bytes(note)
        read(known, path)
        assert levels_of(known) == {4: {1}}

    def test_a_file_that_was_changed_after_signing_is_no_l2(self, known: Vault, van: Van) -> None:
        path = van.day(4)
        path.write_bytes(path.read_bytes().replace(b"48.0", b"48.1", 1))
        read(known, path)
        seen(known, at(4, 20))
        assert levels_of(known) == {4: {1}}

    def test_one_file_without_a_signature_behind_a_trip_is_enough_for_l1(
        self, known: Vault, van: Van
    ) -> None:
        unsigned = van.day(5)
        batch_path(unsigned).unlink()
        read(known, van.day(4), unsigned)
        seen(known, at(4, 20))
        trip = next(one for one in stored_trips(known) if grounds(known, [one], highest="L2"))
        every = tuple(source.sha256 for source in sources(known))
        assert (len(trip.sources), len(every)) == (1, 2)
        for files, level in ((trip.sources, 2), (every, 1)):
            one = dataclasses.replace(trip, sources=files)
            assert grounds(known, [one], highest="L2")[trip.id].level == level

    def test_a_device_that_was_forgotten_speaks_for_nothing(self, known: Vault, van: Van) -> None:
        taken_in(known, van, 4)
        remove_device(known, "van-1", now_us=scene.NOON_US)
        assert levels_of(known) == {4: {1}}

    def test_from_a_fork_on_nothing_counts(self, known: Vault, van: Van) -> None:
        """The key was put back after the 4th: batch 2 is the 5th, and the 6th."""
        taken_in(known, van, 4)
        before = van.file.read_bytes()
        taken_in(known, van, 5)
        van.file.write_bytes(before)
        taken_in(known, van, 6, 7)
        assert levels_of(known) == {4: {2}, 5: {1}, 6: {1}, 7: {1}}

    def test_a_file_signed_twice_counts_once(self, known: Vault, van: Van) -> None:
        taken_in(known, van, 4)
        path = van.folder / "days" / "2026-05-04.csv"
        batch_path(path).unlink()
        taken_in(known, van, 4)
        (file,) = {
            file.counter
            for one in grounds(known, stored_trips(known), highest="L2").values()
            for file in one.files
        }
        assert file == 1

    def test_an_archive_counts_only_if_all_of_it_is_here_whole(
        self, known: Vault, van: Van
    ) -> None:
        taken_in(known, van, 4)
        (one,) = sources(known)
        assert device_files.containers([one], {one.sha256}) == {one.sha256: one.container}
        assert device_files.containers([one], set()) == {}


class TestExport:
    """Promise: an export shows the chain of the devices behind it, with what is missing."""

    def terms(self, employer: Desk, level: str = "L2") -> Terms:
        terms = scene.mileage(employer)
        return dataclasses.replace(terms, min_assurance=level, min_share_percent=0)

    def evidence(self, vault: Vault, employer: Desk, level: str = "L2") -> Evidence:
        prepared = preparing.prepare(vault, self.terms(employer, level), scene.MONTH)
        note = vault.checkpoint()
        claim = evidence_of(vault, prepared, note=note)["evidence"]
        size = int(note.split("\n")[1])
        return read_evidence(claim, size=size, root=vault.root_at(size))

    def test_it_carries_the_run_and_opens_what_it_rests_on(
        self, known: Vault, van: Van, employer: Desk
    ) -> None:
        taken_in(known, van, 4, 5)
        prepared = preparing.prepare(known, self.terms(employer), scene.MONTH)
        assert prepared.result.share_percent == {"L0": 0, "L1": 0, "L2": 100, "L3": 0}
        (run,) = self.evidence(known, employer).runs
        assert (run.key, run.first, run.last) == (van.key, 1, 2)
        assert [entry.counter for entry in run.entries] == [1, 2]

    def test_a_file_that_was_not_read_shows_as_a_gap(
        self, known: Vault, van: Van, employer: Desk
    ) -> None:
        taken_in(known, van, 4)
        van.day(5)
        taken_in(known, van, 6)
        runs = self.evidence(known, employer).runs
        assert [(run.first, run.last) for run in runs] == [(1, 1), (3, 3)]

    def test_a_file_of_which_a_part_is_gone_shows_as_a_gap(
        self, known: Vault, van: Van, employer: Desk
    ) -> None:
        taken_in(known, van, 4, 5, 6)
        (old,) = (one for one in sources(known) if one.name == "2026-05-05.csv")
        fewer = [msgspec.structs.replace(one, blobs=one.blobs[1:]) for one in old.traces]
        new = msgspec.structs.replace(old, traces=tuple(fewer))
        with known.transaction(now_us=1) as tx:
            tx.put("source", old.sha256, msgspec.msgpack.encode(new))
            tx.log(scene.statement())
        runs = self.evidence(known, employer).runs
        assert [(run.first, run.last) for run in runs] == [(1, 1), (3, 3)]

    def test_a_file_of_the_period_without_a_counted_trip_is_in_the_chain_unopened(
        self, known: Vault, van: Van, employer: Desk
    ) -> None:
        """The 9th of May 2026 is a Saturday: no business trips, and still no gap."""
        taken_in(known, van, 7, 9)
        (run,) = self.evidence(known, employer).runs
        assert (run.first, run.last, [one.counter for one in run.entries]) == (1, 2, [1])

    def test_a_contract_that_asks_for_l1_learns_of_no_device(
        self, known: Vault, van: Van, employer: Desk
    ) -> None:
        taken_in(known, van, 4)
        assert self.evidence(known, employer, "L1").runs == ()

    def test_trips_below_the_level_can_be_left_out(
        self, known: Vault, van: Van, employer: Desk, tmp_path: Path
    ) -> None:
        taken_in(known, van, 4)
        (day,) = scene.write_days(tmp_path / "unsigned", scene.days_of_may(5))
        read(known, day)
        seen(known, at(5, 20))
        terms = dataclasses.replace(self.terms(employer), only_assured=True, min_share_percent=100)
        prepared = preparing.prepare(known, terms, scene.MONTH)
        assert {day.day for day in prepared.selected.used_on} == {4}
        assert prepared.result.percent_at_least("L2") == 100
        assert "below the level that is asked for" in {
            str(why) for why, _ in prepared.selected.left_out
        }

    def test_more_than_one_export_carries_stays_below(
        self, known: Vault, van: Van, employer: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        taken_in(known, van, 4, 5)
        monkeypatch.setattr(device_files, "MOST_BATCHES", 1)
        assert levels_of(known) == {4: {2}, 5: {0}}
        monkeypatch.setattr(levels, "runs_behind", device_files.runs_behind)
        (run,) = self.evidence(known, employer).runs
        assert (run.first, run.last) == (1, 1)
