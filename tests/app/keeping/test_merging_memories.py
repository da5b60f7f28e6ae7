"""Memories of a branch that was merged, and copies that did not fork."""

from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.app import settings, wallet
from geowallet.app.keeping import merge_plan, merging
from geowallet.app.keeping.comparing import Relation, opened_other
from geowallet.app.keeping.memories import add_memory
from geowallet.app.locations import Locations
from geowallet.app.travel import corrections
from geowallet.model.errors import (
    EvidenceError,
    VaultBusyError,
    VaultForkedError,
    VaultRolledBackError,
)
from geowallet.model.mobility import Mode
from geowallet.vault.highwater import Mark
from geowallet.vault.slots import read_vault_id
from tests.app import scene
from tests.app.keeping.test_merging import Two, both, mark, merge, pages, read, say, two

__all__ = ["two"]


class TestMemories:
    """Promise: memories accept the merged head and "still refuse the old fork"."""

    def test_a_memory_of_the_other_copy_is_no_alarm_once_it_was_merged(
        self, two: Two, tmp_path: Path
    ) -> None:
        origin, _ = two
        stick = tmp_path / "stick"
        with scene.opened(origin) as vault:
            add_memory(vault, str(stick), now_us=scene.NOON_US)
        one = scene.copied(origin, tmp_path / "one")
        other = scene.copied(origin, tmp_path / "other")
        say(one, 0, Mode.BUS)
        saw = stick.read_bytes()
        stick.unlink()
        for number in range(12):
            say(other, number % 8, Mode.TRAM)
        with pytest.raises(VaultRolledBackError), scene.opened(one):
            pass
        with both(one, other) as (vault, _):
            pass  # looking is not merging
        with pytest.raises(VaultRolledBackError), scene.opened(one):
            pass
        merge(one, other)
        assert mark(one).size < mark_of_closed(other).size
        assert stick.read_bytes() != saw
        with pytest.raises(VaultForkedError), scene.opened(other):
            pass
        merged = scene.places_at(tmp_path / "moved")
        merged.wallet.parent.mkdir()
        merged.wallet.write_bytes(one.wallet.read_bytes())
        there = Locations(merged.wallet, merged.desk, other.state)
        with scene.opened(there) as vault:
            assert vault.mark() == mark(one)
        with pytest.raises(VaultForkedError), scene.opened(other):
            pass

    def test_looking_at_another_copy_silences_no_alarm(self, two: Two) -> None:
        one, other = two
        say(other, 0, Mode.TRAM)
        for number in range(3):
            say(one, number, Mode.BUS)
        elsewhere = Locations(one.wallet, one.desk, other.state)
        with both(elsewhere, other):
            pass
        with pytest.raises(VaultForkedError), scene.opened(elsewhere):
            pass

    def test_a_copy_merged_into_the_other_is_known_too(self, two: Two, tmp_path: Path) -> None:
        one, other = two
        third = scene.copied(other, tmp_path / "third")
        for number, here in enumerate((one, other, third)):
            say(here, number, Mode.BUS)
        merge(other, third)
        assert merge(one, other).kin
        with wallet.opened(Locations(one.wallet, one.desk, third.state), scene.ask) as vault:
            assert len(corrections.corrections(vault)) == 3
        before = mark(one)
        assert not merge(one, third).taken_words
        assert mark(one).size == before.size + 1


def mark_of_closed(here: Locations) -> Mark:
    with opened_other(read_vault_id(here.wallet), here.wallet, scene.ask) as other:
        return other.vault.mark()


class TestNotForked:
    def test_a_copy_that_only_went_on_takes_this_ones_place(self, two: Two, tmp_path: Path) -> None:
        one, other = two
        read(other, tmp_path / "days", 6)
        assert merge(one, other).comparison.relation is Relation.NEWER
        assert (mark(one), pages(one)) == (mark(other), pages(other))
        before = one.wallet.read_bytes(), other.wallet.read_bytes()
        assert not merge(one, other).changes
        say(other, 0, Mode.BUS)
        assert merge(other, one).comparison.relation is Relation.OLDER
        assert one.wallet.read_bytes() == before[0]

    def test_a_damaged_copy_is_not_taken_in(self, two: Two) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        with scene.opened(other) as vault:
            vault._db.execute("UPDATE log SET sealed = x'00' WHERE position = 3")
        before = one.wallet.read_bytes()
        with pytest.raises(EvidenceError), both(one, other) as (vault, there):
            merge_plan.plan(vault, there)
        assert one.wallet.read_bytes() == before

    def test_what_was_written_meanwhile_stops_it(self, two: Two) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        say(other, 0, Mode.TRAM)
        with both(one, other) as (vault, there):
            planned = merge_plan.plan(vault, there)
            settings.set_owner_name(vault, "Camille", now_us=scene.NOON_US)
            with pytest.raises(VaultBusyError):
                merging.merge(vault, there, planned, now_us=scene.NOON_US)
