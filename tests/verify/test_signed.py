from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from geowallet.verify.evidence import Anchor
from geowallet.verify.jose import RefusedError
from geowallet.verify.signed import SeenDevice, SeenReading, counted
from tests.verify.signed_exports import (
    GARAGE,
    L2,
    L3,
    OPEN,
    PAIR,
    VAN,
    Signed,
    asks,
    claim,
    closed,
    reading,
    runs,
)

ALL = runs(3, 4, 5, 6)
CLOSED = (closed(PAIR),)


def refused(signed: Signed, evidence: dict[str, object], *anchors: Anchor) -> RefusedError:
    with pytest.raises(RefusedError) as found:
        signed.checked(evidence, *anchors)
    return found.value


class TestDevices:
    """Promise: L2 counts by a device that the reader pinned, and a missing file is said."""

    def test_an_unbroken_chain_of_a_pinned_device_counts(self) -> None:
        found = L2.checked(claim(ALL), VAN)
        assert found.level == "L2"
        assert found.devices == (SeenDevice("van-1", "our van", 4, 3, 6, ()),)

    def test_a_file_that_was_not_handed_over_is_said(self) -> None:
        found = L2.checked(claim(runs(2, 3, 6, 8)), VAN)
        assert found.devices[0].missing == ((4, 5), (7, 7))

    def test_a_contract_that_asks_for_l2_is_not_met_by_an_unknown_device(self) -> None:
        assert refused(L2, claim(ALL)).status == "unknown_signer"
        assert refused(L2, claim(ALL), replace(VAN, speaks=GARAGE.speaks)).status == (
            "unknown_signer"
        )

    def test_where_no_share_is_demanded_an_unknown_device_counts_as_l1(self) -> None:
        found = Signed(asks("L2", 0), L2.shares).checked(claim(ALL))
        assert (found.level, found.devices[0].name) == ("L1", "")

    def test_a_batch_whose_entry_nobody_saw_is_refused(self) -> None:
        """The entry of batch 6 is the 27th: a state of 26 does not hold it, one of 27 does."""
        assert refused(L2, claim(ALL, size=26), VAN).status == "malformed"
        assert L2.checked(claim(ALL, size=27), VAN).level == "L2"

    @pytest.mark.parametrize("level", ["L0", "L1"])
    def test_nothing_above_the_level_that_is_asked_for_is_accepted(self, level: str) -> None:
        found = refused(Signed(asks(level, 0), L2.shares), claim(ALL), VAN)
        assert found.status == "contract_mismatch"

    def test_a_level_without_what_it_rests_on_is_refused_from_outside(self) -> None:
        for signed, evidence in (
            (L2, claim()),
            (L3, claim(ALL)),
            (L2, claim(ALL, CLOSED)),
            (Signed(L2.terms, {"L0": 12_000, "L1": 400_000, "L2": 0, "L3": 0}), claim(ALL)),
            (L2, claim(ALL) | {"flags": 1}),
        ):
            assert refused(signed, evidence, VAN, GARAGE).check == "evidence"


class TestReadings:
    """Promise: L3 counts by whom the reader pinned; readings stay closed unless they are asked."""

    def test_closed_readings_show_days_and_who_read(self) -> None:
        found = L3.checked(claim(ALL, CLOSED), VAN, GARAGE)
        days = (dt.date(2026, 9, 30), dt.date(2026, 11, 1))
        assert found.readings == (SeenReading(*days, ("garage", "garage"), "", None),)
        assert found.level == "L3"

    def test_open_readings_show_what_lies_between(self) -> None:
        found = OPEN.checked(claim(ALL, (PAIR,)), VAN, GARAGE)
        assert (found.readings[0].vehicle, found.readings[0].km) == ("AB123CD", 500)

    def test_by_somebody_unknown_they_count_as_l2(self) -> None:
        free = Signed(asks("L3", 0), L3.shares)
        assert free.checked(claim(ALL, CLOSED), VAN).level == "L2"
        assert free.checked(claim(ALL, CLOSED), GARAGE).level == "L1"
        assert refused(L3, claim(ALL, CLOSED), VAN).status == "unknown_signer"

    def test_more_or_less_than_the_contract_names_is_refused(self) -> None:
        for signed, pairs in ((L3, (PAIR,)), (OPEN, CLOSED)):
            found = refused(signed, claim(ALL, pairs), VAN, GARAGE)
            assert (found.status, "otherwise" in str(found)) == ("contract_mismatch", True)

    @pytest.mark.parametrize(("km", "good"), [(284, False), (285, True)])
    def test_more_metres_than_the_odometer_moved_are_refused(self, km: int, *, good: bool) -> None:
        """300 km are claimed: 285 read as whole km may be 286, and 5 % more is 300.3."""
        pair = (PAIR[0], reading(1, 40_000 + km, month=11))
        if good:
            assert OPEN.checked(claim(ALL, (pair,)), VAN, GARAGE).level == "L3"
        else:
            assert refused(OPEN, claim(ALL, (pair,)), VAN, GARAGE).status == "contract_mismatch"

    def test_readings_that_contradict_each_other_are_refused(self) -> None:
        back = (PAIR[0], reading(1, 39_999, month=11))
        again = (reading(5, 40_100), reading(2, 40_600, month=11))
        for pairs in ((back,), (PAIR, again)):
            found = refused(OPEN, claim(ALL, pairs), VAN, GARAGE)
            assert (found.status, "contradict" in str(found)) == ("malformed", True)

    @pytest.mark.parametrize(
        ("first", "last"), [((8, 1), (9, 30)), ((11, 1), (11, 2)), ((10, 5), (11, 4))]
    )
    def test_readings_of_another_time_are_refused(
        self, first: tuple[int, int], last: tuple[int, int]
    ) -> None:
        """Before October; after it; and younger than the export, which is of 2 November."""
        pair = (reading(first[1], 1, month=first[0]), reading(last[1], 900, month=last[0]))
        found = refused(L3, claim(ALL, (closed(pair),)), VAN, GARAGE)
        assert (found.status, "period" in str(found)) == ("contract_mismatch", True)


def test_what_is_above_a_level_counts_as_it() -> None:
    shares = {"L0": 10, "L1": 20, "L2": 30, "L3": 40}
    assert counted(shares, "L3") == shares
    assert counted(shares, "L2") == {"L0": 10, "L1": 20, "L2": 70, "L3": 0}
    assert counted(shares, "L1") == {"L0": 10, "L1": 90, "L2": 0, "L3": 0}
