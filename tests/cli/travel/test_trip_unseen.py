from __future__ import annotations

from dataclasses import replace

from geowallet.app.travel.unseen import UnseenWay, unseen_ways
from geowallet.cli.travel.trip_unseen import unseen_lines, unseen_record, unseen_total
from geowallet.model.mobility import DescribedTrip, Leg, Mode, Point, Purpose, Trip

HOUR_US = 3_600_000_000
HERE, NEAR, FAR = Point(48.0, 2.0), Point(48.004, 2.0), Point(48.045, 2.0)
LEG = Leg(0, HOUR_US, Mode.CAR, 0.9, (), 9000.0, 40.0, 0.0, 0.0, 99)
SHORT = {"t1": "t1", "t2": "t2", "t3": "t3"}


def trip(name: str, hour: int, start: Point, end: Point) -> DescribedTrip:
    found = Trip(name, hour * HOUR_US, (hour + 1) * HOUR_US, (LEG,), start, end, ())
    return DescribedTrip(found, "2026-05-04", 0, 60, Purpose.PRIVATE, None, None, "")


class TestUnseenWays:
    """Promise: "one trip ends here, and the next begins elsewhere"."""

    def test_only_ends_that_lie_apart_hide_a_way(self) -> None:
        every = [trip("t1", 0, FAR, HERE), trip("t2", 3, NEAR, HERE), trip("t3", 5, FAR, HERE)]
        (way,) = unseen_ways(every)
        assert replace(way, metres=round(way.metres)) == UnseenWay(
            "t2", "t3", 5004, 4 * HOUR_US, 5 * HOUR_US
        )

    def test_both_trips_tell_it_and_the_list_adds_it_up(self) -> None:
        ways = [UnseenWay("t1", "t2", 5000.0, HOUR_US, 2 * HOUR_US)]
        ways.append(UnseenWay("t2", "t3", 1000.0, 3 * HOUR_US, 4 * HOUR_US))
        assert len(unseen_lines("t1", ways, SHORT, "UTC")) == 1
        before, after = unseen_lines("t2", ways, SHORT, "UTC")
        assert "5.0\N{NO-BREAK SPACE}km" in before
        assert "t1 ended (Thu 1 Jan 1970, 01:00)" in before
        assert "1.0\N{NO-BREAK SPACE}km" in after
        assert "t3 began (Thu 1 Jan 1970, 04:00)" in after
        assert unseen_total(ways).endswith("2 ways not seen, 6.0\N{NO-BREAK SPACE}km, not counted")
        assert unseen_record(ways[0]) == {"unseen_before_m": 5000}
        assert unseen_record(None) == {"unseen_before_m": 0}
