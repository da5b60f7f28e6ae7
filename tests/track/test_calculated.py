from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geowallet.model.fixes import Fixes, FixFlag
from geowallet.track.calculated import flag_calculated
from geowallet.track.clean import BAD
from geowallet.track.pipeline import SourcedFixes, analyse
from tests.track.synthetic import EAST_DEG, METRE_DEG, Traveller

TUNNEL_S = 90


def through_a_tunnel(*, off_m: float = 600.0, noise_m: float = 0.0) -> tuple[Fixes, slice]:
    """A drive to the east whose receiver goes straight on where the road turns north."""
    way = Traveller().stay(1200, every_s=10).go(4000, 16.0, every_s=1)
    first = len(way.rows)
    for _ in range(TUNNEL_S):
        way.x_m += 16.0
        way.rows.append((way.now_s, way.x_m, way.y_m))
        way.now_s += 1.0
    way.y_m += off_m
    way.go(4000, 16.0, every_s=1).stay(1200, every_s=10)
    fixes = way.fixes()
    inside = slice(first, first + TUNNEL_S)
    exact = np.array(way.rows)[inside, 1:]
    exact += np.random.default_rng(1).normal(0.0, noise_m, exact.shape)
    lat_deg, lon_deg = fixes.lat_deg.copy(), fixes.lon_deg.copy()
    lon_deg[inside], lat_deg[inside] = np.round(
        (2.0 + exact[:, 0] * EAST_DEG, 48.0 + exact[:, 1] * METRE_DEG), 7
    )
    return replace(fixes, lat_deg=lat_deg, lon_deg=lon_deg), inside


def calculated(fixes: Fixes) -> list[int]:
    flagged = flag_calculated(fixes, BAD)
    found: list[int] = np.flatnonzero(~flagged.unflagged(FixFlag.CALCULATED)).tolist()
    return found


class TestFlagCalculated:
    """Promise: "on a line that the receiver only carried on with, until it leapt off it"."""

    def test_a_tunnel_that_was_guessed_is_flagged(self) -> None:
        fixes, inside = through_a_tunnel()
        assert calculated(fixes) == list(range(inside.start + 2, inside.stop))

    @pytest.mark.parametrize(
        ("off_m", "noise_m"), [(0.0, 0.0), (30.0, 0.0), (600.0, 1.0)], ids=["true", "near", "noisy"]
    )
    def test_what_was_right_or_measured_is_not(self, off_m: float, noise_m: float) -> None:
        assert calculated(through_a_tunnel(off_m=off_m, noise_m=noise_m)[0]) == []

    def test_a_line_to_the_end_of_a_trace_is_not(self) -> None:
        fixes, inside = through_a_tunnel()
        assert calculated(fixes.take(np.arange(len(fixes)) < inside.stop)) == []

    def test_a_leg_says_how_many_and_does_not_count_the_leap(self) -> None:
        fixes, _ = through_a_tunnel()
        (trip,) = analyse([SourcedFixes("a" * 64, "phone", fixes)]).trips
        assert ("calculated", TUNNEL_S - 2) in [said for leg in trip.legs for said in leg.set_aside]
        # The tunnel counts as the straight line between its ends.
        metres = sum(leg.distance_m for leg in trip.legs)
        assert metres == pytest.approx(8000.0 + np.hypot(16.0 * TUNNEL_S, 600.0), rel=0.02)
