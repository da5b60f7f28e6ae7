from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import msgspec
import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.evidence import levels
from geowallet.app.evidence.levels import evidence_of, grounds
from geowallet.app.intake import ingest
from geowallet.app.intake.sources import sources
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing
from geowallet.app.sharing.identity import sealing_key
from geowallet.app.travel.trips import described_trips, stored_trips
from geowallet.crypto.proof_tree import ProofTree
from geowallet.model.errors import AssuranceTooLowError
from geowallet.proofs.evidence import read_evidence
from geowallet.proofs.sdjwt import unpack
from geowallet.vault.highwater import Mark
from geowallet.vault.store import Vault
from geowallet.verify.open import open_sealed_export
from tests.app import scene
from tests.app.evidence.seen import at, seen, stamped_mileage


def stamped_days(vault: Vault) -> dict[int, int]:
    """Number of trips at L1, by day of May."""
    trips = stored_trips(vault)
    found = grounds(vault, trips)
    days = {one.trip.id: int(one.day[-2:]) for one in described_trips(vault)}
    counts = dict.fromkeys(days.values(), 0)
    for trip_id in found:
        counts[days[trip_id]] += 1
    return counts


class TestLevels:
    """Promise: L1 needs a state of the log seen within a day of the trip's end, in order."""

    def test_without_stamps_every_metre_is_declared(self, vault: Vault) -> None:
        assert grounds(vault, stored_trips(vault)) == {}

    def test_a_state_seen_on_the_evening_speaks_for_that_day(self, vault: Vault) -> None:
        seen(vault, at(4, 20))
        assert stamped_days(vault) == {4: 4, 5: 0}
        seen(vault, at(5, 20))
        assert stamped_days(vault) == {4: 4, 5: 4}

    def test_a_state_seen_a_day_too_late_speaks_for_what_ended_in_the_last_day(
        self, vault: Vault
    ) -> None:
        """Trips end at about 7:09, 9:14, 13:14 and 15:39: two of them a day before noon."""
        seen(vault, at(6, 12))
        assert stamped_days(vault) == {4: 0, 5: 2}

    def test_a_state_seen_long_after_speaks_for_nothing(self, vault: Vault) -> None:
        seen(vault, at(9, 12))
        assert stamped_days(vault) == {4: 0, 5: 0}

    def test_a_file_that_was_read_later_was_not_seen(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        """In order: the entry must be in the state that was seen."""
        files = scene.write_days(tmp_path / "days", scene.days_of_may(4, 5))
        scene.ingest_files(empty, files[:1])
        with scene.opened(empty) as vault:
            seen(vault, at(5, 12))
        scene.ingest_files(empty, files[1:])
        with scene.opened(empty) as vault:
            assert stamped_days(vault) == {4: 2, 5: 0}

    def test_the_state_right_before_an_import_does_not_hold_it(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        with scene.opened(empty) as vault:
            before = vault.mark()
        scene.ingest_files(empty, scene.write_days(tmp_path / "days", scene.days_of_may(4)))
        with scene.opened(empty) as vault:
            seen(vault, at(4, 20), mark=before)
            assert stamped_days(vault) == {4: 0}
            after = Mark(before.size + 1, vault.root_at(before.size + 1))
            seen(vault, at(4, 20), mark=after)
            assert stamped_days(vault) == {4: 4}

    def test_trips_that_were_still_to_come_were_not_seen(self, vault: Vault) -> None:
        """A trace written ahead: seen at 8:00, it holds trips that end at 9:14 and later."""
        seen(vault, at(4, 8))
        assert stamped_days(vault) == {4: 1, 5: 0}

    def test_a_file_added_later_takes_the_trips_that_rest_on_it_back_to_declared(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        """More positions for 4 May, read after that day was seen: its trips rest on both files."""
        (day,) = scene.write_days(tmp_path / "days", scene.days_of_may(4))
        lines = day.read_text().splitlines()
        half = tmp_path / "half.csv"
        half.write_text("\n".join([lines[0], *lines[1::2]]) + "\n")
        other = tmp_path / "other.csv"
        other.write_text("\n".join([lines[0], *lines[2::2]]) + "\n")
        scene.ingest_files(empty, [half])
        with scene.opened(empty) as vault:
            seen(vault, at(4, 20))
            assert stamped_days(vault) == {4: 4}
        scene.ingest_files(empty, [other])
        with scene.opened(empty) as vault:
            trips = stored_trips(vault)
            new = hashlib.sha256(other.read_bytes()).hexdigest()
            assert {t.id for t in trips if new not in t.sources} == set(grounds(vault, trips))
            assert len(grounds(vault, trips)) < 4

    def test_the_clock_of_the_machine_plays_no_part(self, empty: Locations, tmp_path: Path) -> None:
        files = scene.write_days(tmp_path / "days", scene.days_of_may(4))
        with scene.opened(empty) as vault:
            manner = scene.manner(clock=lambda: scene.NOON_US + 10 * 365 * 86_400_000_000)
            ingest.ingest(vault, [str(files[0])], manner, progress=scene.no_progress)
            seen(vault, at(4, 20))
            assert stamped_days(vault) == {4: 4}

    def test_a_file_that_is_not_as_it_was_read_is_declared_again(self, vault: Vault) -> None:
        seen(vault, at(4, 20))
        assert grounds(vault, stored_trips(vault))
        with vault.transaction(now_us=1) as tx:
            for old in sources(vault):
                fewer = [msgspec.structs.replace(t, blobs=t.blobs[1:]) for t in old.traces]
                new = msgspec.structs.replace(old, traces=tuple(fewer))
                tx.put("source", old.sha256, msgspec.msgpack.encode(new))
            tx.log(scene.statement())
        assert grounds(vault, stored_trips(vault)) == {}

    def test_the_earliest_word_of_each_is_kept(self, vault: Vault) -> None:
        first = seen(vault, at(4, 20))
        seen(vault, at(4, 22))
        other = seen(vault, at(4, 21), seed=b"o" * 32, name="other.example")
        stamps = {
            stamp for one in grounds(vault, stored_trips(vault)).values() for stamp in one.stamps
        }
        assert stamps == {first, other}

    @pytest.mark.parametrize(
        ("limit", "most"), [("MOST_STAMPS", 1), ("MOST_LEAVES", 1), ("MOST_BYTES", 2_100)]
    )
    def test_more_than_one_export_carries_stays_declared(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
    ) -> None:
        seen(vault, at(4, 20))
        seen(vault, at(5, 20))
        monkeypatch.setattr(levels, limit, most)
        assert stamped_days(vault) == {4: 4, 5: 0}


class TestExport:
    """Promise: an export carries what its levels rest on, and only where a level was asked."""

    def claims(
        self, vault: Vault, employer: Desk, folder: Path, percent: int = 80
    ) -> dict[str, object]:
        contract = scene.agree(vault, employer, stamped_mileage(employer, percent=percent), folder)
        prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
        done = export.export(
            vault, contract, prepared, now_us=scene.NOON_US, target=folder, words=scene.words
        )
        sealed = done.receipt.own_copy.encode()
        return unpack(open_sealed_export(sealed, sealing_key(vault))).claims

    def test_the_reader_can_follow_what_was_seen(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        seen(vault, at(4, 20))
        last = seen(vault, at(5, 20))
        claims = self.claims(vault, employer, tmp_path)
        assert claims["share_percent"] == {"L0": 0, "L1": 100, "L2": 0, "L3": 0}
        log = claims["log"]
        assert isinstance(log, dict)
        root = ProofTree(vault.leaf_hashes()[: log["size"]]).root
        evidence = read_evidence(claims["evidence"], size=log["size"], root=root)
        assert [stamp.at_s for stamp in evidence.stamps] == [at(4, 20), at(5, 20)]
        assert evidence.stamps[1].size == last.size
        assert len(evidence.leaves) == 2

    def test_only_what_the_used_trips_rest_on_is_carried(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        seen(vault, at(4, 20))
        claims = self.claims(vault, employer, tmp_path, percent=40)
        evidence = claims["evidence"]
        assert isinstance(evidence, dict)
        assert (len(evidence["stamps"]), len(evidence["leaves"])) == (1, 1)

    def test_too_few_stamped_metres_do_not_leave(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        seen(vault, at(4, 20))
        with pytest.raises(AssuranceTooLowError):
            self.claims(vault, employer, tmp_path)

    def test_without_any_the_claim_is_absent(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        claims = self.claims(vault, employer, tmp_path, percent=0)
        assert "evidence" not in claims
        assert claims["share_percent"] == {"L0": 100, "L1": 0, "L2": 0, "L3": 0}

    def test_a_contract_that_asks_for_no_level_gets_no_stamps(
        self, vault: Vault, employer: Desk
    ) -> None:
        seen(vault, at(4, 20))
        prepared = preparing.prepare(vault, scene.mileage(employer), scene.MONTH)
        assert prepared.grounds == {}
        assert prepared.result.share_percent["L0"] == 100

    def test_a_share_too_small_to_show_is_no_reason_to_carry_anything(
        self, vault: Vault, employer: Desk
    ) -> None:
        seen(vault, at(4, 20))
        terms = stamped_mileage(employer, percent=0)
        prepared = preparing.prepare(vault, terms, scene.MONTH)
        assert "evidence" in evidence_of(vault, prepared, note=vault.checkpoint())
        metres: dict[str, int | None] = {"L0": 47_000, "L1": 0, "L2": 0, "L3": 0}
        percent = {"L0": 100, "L1": 0, "L2": 0, "L3": 0}
        result = dataclasses.replace(prepared.result, share_percent=percent, share_m=metres)
        small = dataclasses.replace(prepared, result=result)
        assert evidence_of(vault, small, note=vault.checkpoint()) == {}
