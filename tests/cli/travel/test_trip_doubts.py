from __future__ import annotations

from dataclasses import replace

import pytest

from geowallet.cli.travel.trip import marks
from geowallet.cli.travel.trip_doubts import doubt_record, doubts, pause_line, pauses, silences
from geowallet.model.fixes import FixFlag
from geowallet.model.mobility import (
    DescribedTrip,
    Gap,
    GapKind,
    Leg,
    Mode,
    Point,
    Purpose,
    Stop,
    Trip,
)

HOUR_US = 3_600_000_000
HERE = Point(48.0, 2.0)
LEG = Leg(0, HOUR_US, Mode.CAR, 0.9, (), 9000.0, 40.0, 0.0, 0.0, 99)
TRIP = Trip("t1", 0, HOUR_US, (LEG,), HERE, HERE, ())


@pytest.mark.parametrize(
    "flag", [flag for flag in FixFlag if flag not in {FixFlag.SHADOWED, FixFlag.DUPLICATE}]
)
def test_every_flag_has_its_sentence(flag: FixFlag) -> None:
    name = (flag.name or "").lower()
    (line,) = doubts(replace(LEG, set_aside=((name, 17),)))
    assert line.endswith(": 17")


@pytest.mark.parametrize("kind", list(GapKind))
def test_gaps_are_summed_by_kind(kind: GapKind) -> None:
    gaps = tuple(Gap(n * HOUR_US, n * HOUR_US + HOUR_US // 6, 2600.0, kind) for n in range(2))
    (line,) = silences(replace(LEG, gaps=gaps))
    line = line.replace("\N{NO-BREAK SPACE}", " ")
    assert "2" in line
    assert ("20 min" in line) == (kind in {GapKind.STILL, GapKind.OFF})
    assert ("5.2 km" in line) == (kind is not GapKind.STILL)


def test_only_short_stops_within_the_trip_are_pauses() -> None:
    def stop(start_us: int, *, is_activity: bool = False, n_fixes: int = 9) -> Stop:
        return Stop(start_us, start_us + 300_000_000, HERE, n_fixes, is_activity)

    inside = stop(HOUR_US // 2)
    others = [stop(-HOUR_US), stop(HOUR_US), stop(HOUR_US // 3, is_activity=True)]
    found = pauses(TRIP, [*others, inside, stop(HOUR_US // 4, n_fixes=0)])
    assert found == [inside]
    assert pause_line(found, "UTC") == "Pauses on the way: 00:30 (5 min)"


def test_a_leg_without_doubts_says_nothing() -> None:
    assert doubts(LEG) == silences(LEG) == []
    assert doubt_record(LEG) == {"gaps": [], "set_aside": {}}


@pytest.mark.parametrize(
    ("sure", "by_owner", "gap_m", "mark"),
    [(0.9, False, 0, ""), (0.9, False, 900, "~"), (0.4, False, 900, "!~"), (0.9, True, 900, "=~")],
)
def test_no_other_mark_hides_a_gap(*, sure: float, by_owner: bool, gap_m: float, mark: str) -> None:
    trip = replace(TRIP, legs=(replace(LEG, confidence=sure, gap_m=gap_m),))
    named = DescribedTrip(trip, "2026-05-04", 0, 60, Purpose.PRIVATE, None, None, "")
    assert marks(replace(named, by_owner=by_owner)) == mark
