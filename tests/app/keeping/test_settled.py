"""Trips whose positions a rule erased, in two copies that became one."""

from __future__ import annotations

from pathlib import Path

from geowallet.app.keeping import retention
from geowallet.app.keeping.durations import Duration
from geowallet.app.keeping.retention import Rules
from geowallet.app.locations import Locations
from geowallet.model.mobility import Mode
from tests.app import scene
from tests.app.keeping.test_merging import Two, days, mark, merge, read, say, two

__all__ = ["two"]

RULES = Rules(fixes=Duration.parse("1-day"))


def clear(here: Locations) -> None:
    """Let the rule take all positions of May."""
    with scene.opened(here) as vault:
        planned = retention.due(vault, RULES, now_us=scene.NOON_US)
        assert planned is not None
        retention.apply(vault, planned, now_us=scene.NOON_US)


class TestSettled:
    """Promise: "they come over as they were found", where no positions are kept here either."""

    def test_trips_found_there_only_come_over_once(self, two: Two, tmp_path: Path) -> None:
        one, other = two
        read(other, tmp_path / "days", 6)
        for here in two:
            clear(here)
        planned = merge(one, other)
        assert (planned.left_trips, list(planned.taken_pages)) == (0, ["2026-05"])
        assert days(one) == days(other) == {"2026-05-04", "2026-05-05", "2026-05-06"}
        before = mark(one)
        assert not merge(one, other).changes
        assert mark(one) == before
        read(one, tmp_path / "more", 7)
        assert len(days(one)) == 4

    def test_where_positions_are_kept_they_stay_there_and_it_is_said(
        self, two: Two, tmp_path: Path
    ) -> None:
        one, other = two
        say(one, 0, Mode.BUS)
        read(other, tmp_path / "days", 6)
        clear(other)
        planned = merge(one, other)
        assert (planned.left_trips, planned.taken_pages) == (4, {})
        assert days(one) == {"2026-05-04", "2026-05-05"}
