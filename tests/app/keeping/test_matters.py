"""Which records belong to what can be taken over, and when two say the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from geowallet.app.keeping.matters import (
    Matter,
    contradict,
    is_same,
    joined,
    matter_of,
    stretch_of,
)
from geowallet.app.travel.corrections import Correction
from geowallet.app.travel.errands import Errand, Said
from geowallet.app.travel.shapes import Merge, Split
from geowallet.app.vehicles.fuel import Receipt
from geowallet.app.vehicles.odometer import Reading
from geowallet.model.mobility import Mode, Point
from geowallet.track.reshape import Cut, Join

FIRST, SECOND, THIRD = (dt.date(2026, 5, day) for day in (1, 2, 3))


@pytest.mark.parametrize(
    ("kind", "name", "matter"),
    [
        ("setting", "keep", None),
        ("setting", "owner", Matter.SETTINGS),
        ("setting", "owner-of-what", None),
        ("setting", "kept-from", None),
        ("setting", "pending", None),
        ("setting", "memories", None),
        ("setting", "fuel/clio", Matter.VEHICLES),
        ("setting", "archive/ab", Matter.SOURCES),
        ("device", "batch/ab/cd", Matter.SOURCES),
        ("device", "key/phone", Matter.SETTINGS),
        ("contract", "mileage", None),
        ("identity", "signing", None),
        ("trips", "2026-05", None),
    ],
)
def test_what_a_record_belongs_to(kind: str, name: str, matter: Matter | None) -> None:
    assert matter_of((kind, name)) is matter


def readings(*found: tuple[dt.date, int]) -> bytes:
    return msgspec.json.encode(tuple(Reading(day, km) for day, km in found))


class TestJoined:
    """Promise: "what both say together", but not "where they cannot both be right"."""

    def test_readings_of_both_are_one_list(self) -> None:
        mine, theirs = readings((FIRST, 1), (THIRD, 5)), readings((SECOND, 3), (THIRD, 5))
        whole = readings((FIRST, 1), (SECOND, 3), (THIRD, 5))
        assert joined(("setting", "odometer/clio"), mine, theirs) == whole

    @pytest.mark.parametrize("theirs", [[(FIRST, 2)], [(SECOND, 0)]])
    def test_two_readings_of_a_day_or_one_that_runs_back_are_not_joined(
        self, theirs: list[tuple[dt.date, int]]
    ) -> None:
        assert joined(("setting", "odometer/clio"), readings((FIRST, 1)), readings(*theirs)) is None

    def test_every_filling_counts_once(self) -> None:
        one, two = Receipt(FIRST, Decimal("40.5"), 100), Receipt(FIRST, Decimal(9))
        both = joined(
            ("setting", "fuel/c"), msgspec.json.encode([one]), msgspec.json.encode([two, one])
        )
        assert both == msgspec.json.encode([two, one])

    def test_nothing_else_is_a_list(self) -> None:
        assert joined(("setting", "owner"), b"Anna", b"Anne") is None
        assert joined(("place", "Home"), b"1", b"2") is None


class TestSame:
    def test_a_shape_is_what_was_said_and_not_what_was_measured(self) -> None:
        def split(said_us: int, share: float) -> bytes:
            cut = Cut(1, Point(48.0, 2.0), (share, share, share, share))
            return msgspec.msgpack.encode(Split(cut, said_us))

        address = ("shape", "split/1")
        assert is_same(address, split(7, 0.5), split(7, 0.6))
        assert not is_same(address, split(7, 0.5), split(8, 0.5))
        merges = [msgspec.msgpack.encode(Merge(Join(1, 2), said_us)) for said_us in (7, 8)]
        assert not is_same(("shape", "merge/1/2"), *merges)
        assert not is_same(("place", "Home"), b"1", b"2")


def mode(start_us: int, end_us: int, said: Mode) -> bytes:
    return msgspec.msgpack.encode(Correction(start_us, end_us, said, None, 0))


class TestContradiction:
    """Promise: "two words speak of half of the same time, and say otherwise"."""

    @pytest.mark.parametrize(
        ("start_us", "end_us", "said", "against"),
        [
            (0, 100, Mode.BUS, True),
            (50, 150, Mode.BUS, True),
            (51, 151, Mode.BUS, False),
            (90, 100, Mode.BUS, True),
            (100, 200, Mode.BUS, False),
            (0, 100, Mode.TRAM, False),
        ],
    )
    def test_modes(self, start_us: int, end_us: int, said: Mode, *, against: bool) -> None:
        mine = stretch_of(("correction", "mode/0/100"), mode(0, 100, Mode.TRAM))
        theirs = stretch_of(("correction", "mode/x"), mode(start_us, end_us, said))
        assert mine is not None
        assert theirs is not None
        assert contradict(mine, theirs) is against

    def test_an_errand_is_its_reason_and_client_and_a_tag_excludes_nothing(self) -> None:
        body = msgspec.msgpack.encode(Said(0, 100, 0, Errand("visit", "Dupont")))
        errand = stretch_of(("correction", "errand/0-100"), body)
        assert errand is not None
        assert (errand.matter, errand.said) == ("errand", "visit\nDupont")
        tag = msgspec.msgpack.encode(Correction(0, 100, None, None, 0, tag="t"))
        assert stretch_of(("correction", "tag/t/0/100"), tag) is None
        assert stretch_of(("rule", "r12345"), b"") is None
