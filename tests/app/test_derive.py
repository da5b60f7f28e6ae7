from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path

import pytest

from geowallet.app.intake import ingest
from geowallet.app.locations import Locations
from geowallet.app.travel import derive, waiting
from geowallet.track.windows import affected_window
from geowallet.vault.store import Vault
from tests.app import scene

DAYS = [dt.date(2026, 4, 30), *scene.days_of_may(1, 4)]
"""Two neighbours across the end of a month, and one apart: nights part the timeline."""


def pages_of(here: Locations) -> dict[str, bytes]:
    with scene.opened(here) as vault:
        return scene.stored_pages(vault)


class TestOrder:
    """Promise: the result depends on the set of files and not on their order."""

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_day_by_day_in_any_order_is_as_all_at_once(
        self, tmp_path: Path, empty: Locations, order: tuple[int, ...]
    ) -> None:
        files = scene.write_days(tmp_path / "days", DAYS)
        scene.ingest_files(empty, files)
        other = scene.new_wallet(tmp_path / "other")
        for number in order:
            scene.ingest_files(other, [files[number]])
        assert pages_of(other) == pages_of(empty)
        assert list(pages_of(other)) == ["2026-04", "2026-05"]


class TestCountedOnce:
    """Promise: "metres that more than one source saw while what changed was recorded"."""

    def test_an_import_says_what_it_brought_and_nothing_of_before(
        self, tmp_path: Path, empty: Locations
    ) -> None:
        files = scene.write_days(tmp_path / "days", DAYS[:2])
        other = tmp_path / "watch.csv"
        other.write_bytes(re.sub(rb"(\.\d{4})\d{3}", rb"\1", files[0].read_bytes()))
        brought = [scene.ingest_files(empty, [path]) for path in (files[0], other, files[1])]
        alone, both, beside = (one.derived for one in brought)
        assert both.shared_m > 25_000
        assert (alone.shared_m, beside.shared_m, beside.new) == (0, 0, alone.new)


class TestDerive:
    def test_nothing_pending_changes_nothing(self, vault: Vault) -> None:
        before = vault.mark()
        done = derive.derive(vault, now_us=scene.NOON_US)
        assert (done.new, done.changed) == (0, 0)
        assert vault.mark() == before

    def test_pending_windows_are_kept_once_and_in_order_until_none_waits(
        self, vault: Vault
    ) -> None:
        with vault.transaction(now_us=scene.NOON_US) as tx:
            tx.put("setting", "pending", b"[[3,4]]")  # as wallets of before have it
            tx.log(scene.statement())
        for runs in ([(5, 6), (1, 2)], [(1, 2)]):
            with vault.transaction(now_us=scene.NOON_US) as tx:
                waiting.add_pending(tx, runs)
                tx.log(scene.statement())
        assert waiting.pending(vault) == [(1, 2), (3, 4), (5, 6)]
        with vault.transaction(now_us=scene.NOON_US) as tx:
            waiting.nothing_pending(vault, tx)
            tx.log(scene.statement())
        assert waiting.pending(vault) == []
        assert not [name for name, _ in vault.items("setting") if "pending" in name]

    def test_stored_trips_come_out_again_when_analysed_anew(self, vault: Vault) -> None:
        trips = derive.all_trips(vault)
        window = (trips[0].start_us - 10**10, trips[-1].end_us + 10**10)
        assert list(derive.recomputed(vault, window).trips) == trips

    def test_a_file_stored_during_an_analysis_stays_pending(
        self, tmp_path: Path, empty: Locations, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine, theirs = scene.write_days(tmp_path / "days", DAYS[:2])
        unread = [theirs]

        def meanwhile(*arguments: object) -> object:
            """Another process stores its file, and dies before its analysis."""
            if unread:
                with monkeypatch.context() as patch:
                    patch.setattr(ingest, "derive", lambda *_, **__: derive.Derived(0, 0, 0, 0))
                    scene.ingest_files(empty, [unread.pop()])
            return affected_window(*arguments)  # type: ignore[arg-type]  # handed on as it came

        monkeypatch.setattr(derive, "affected_window", meanwhile)
        scene.ingest_files(empty, [mine])
        whole = scene.new_wallet(tmp_path / "whole")
        scene.ingest_files(whole, [mine, theirs])
        assert pages_of(empty) == pages_of(whole)
