"""An opened day rests on entries that others saw, or its metres count as declared."""

from __future__ import annotations

import json

import pytest

from geowallet.contracts.life.grant import contract_bytes
from geowallet.model.errors import AuditRefusedError
from geowallet.proofs.commitments import Opening, Stamped
from geowallet.verify.audit_stamps import stamped_in_time
from geowallet.verify.standalone import judge
from tests.proofs.parties import NOW_S
from tests.verify.test_evidence import CONTRACT, DAY_S, FIRST_S, GOOD, WITNESS

CLAIMS = judge(GOOD, json.loads(contract_bytes(CONTRACT)), NOW_S).claims
"""Entries 3 and 19; the witness saw 10 entries at 00:00 on the 5th, and 20 on the 6th."""

NOON_S = FIRST_S + DAY_S // 2


def opened(day: int, *leaves: int) -> Opening:
    """A day of October, from 0, with 50 km, all of it stamped where leaves are named."""
    return Opening(day, 50_000, 1, 0, 0, Stamped(50_000 if leaves else 0, leaves))


def believed(*days: Opening) -> tuple[int, ...]:
    return stamped_in_time(CLAIMS, days, [WITNESS])


def test_an_entry_seen_on_the_evening_of_the_day_is_believed() -> None:
    assert believed(opened(3, 3), opened(4, 3, 19)) == (50_000, 50_000)


def test_a_day_without_stamps_is_declared() -> None:
    assert believed(opened(3), opened(4, 19)) == (0, 50_000)
    assert believed() == ()
    assert believed(opened(3)) == (0,)


@pytest.mark.parametrize(
    ("day", "leaf", "metres"),
    [
        (0, 3, 0),  # seen on the 5th: more than two days after the 1st
        (1, 3, 50_000),  # the 2nd, and a trip past midnight of it
        (5, 3, 50_000),  # the 6th begins while it is the 5th in the west, 14 hours on in the east
        (6, 3, 0),  # seen before the 7th had begun anywhere
        (6, 19, 0),
        (20, 19, 0),
    ],
)
def test_a_day_is_believed_only_near_the_moment_of_its_stamp(
    day: int, leaf: int, metres: int
) -> None:
    assert believed(opened(day, leaf)) == (metres,)


def test_every_entry_of_a_day_must_have_been_seen() -> None:
    """Entry 19 was not there yet when the witness saw ten."""
    assert believed(opened(1, 3)) == (50_000,)
    assert believed(opened(1, 3, 19)) == (0,)


def test_who_relies_on_nobody_believes_no_stamp() -> None:
    assert stamped_in_time(CLAIMS, [opened(3, 3)], []) == (0,)


def test_an_entry_that_the_export_does_not_carry_is_refused() -> None:
    with pytest.raises(AuditRefusedError, match="does not carry"):
        believed(opened(3, 4))
    bare = {name: value for name, value in CLAIMS.items() if name != "evidence"}
    with pytest.raises(AuditRefusedError, match="does not carry"):
        stamped_in_time(bare, [opened(3, 3)], [WITNESS])
    assert stamped_in_time(bare, [opened(3)], [WITNESS]) == (0,)
