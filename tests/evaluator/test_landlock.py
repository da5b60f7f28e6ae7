from __future__ import annotations

import os
import struct

import pytest

from geowallet.evaluator import landlock
from tests.evaluator.kernels import FakeKernel


@pytest.mark.parametrize(
    ("abi", "fields"),
    [
        (1, (0x1FFF,)),
        (2, (0x3FFF,)),
        (3, (0x7FFF,)),
        (4, (0x7FFF, 3)),
        (5, (0xFFFF, 3)),
        (6, (0xFFFF, 3, 3)),
        (7, (0xFFFF, 3, 3)),
    ],
)
def test_each_version_is_asked_for_all_it_can_handle(abi: int, fields: tuple[int, ...]) -> None:
    assert struct.unpack(f"{len(fields)}Q", landlock.ruleset(abi)) == fields


@pytest.mark.parametrize(("says", "used"), [(-1, 0), (0, 0), (1, 1), (7, 7), (12, 7)])
def test_a_later_version_is_used_as_the_newest_known(says: int, used: int) -> None:
    assert landlock.supported_abi(FakeKernel(abi=says)) == used


def test_the_kernel_is_given_the_ruleset_and_no_descriptor_stays_open() -> None:
    kernel = FakeKernel()
    lowest_free = os.dup(0)
    os.close(lowest_free)
    assert landlock.restrict(kernel, 6)
    assert kernel.ruleset == landlock.ruleset(6)
    still_free = os.dup(0)
    os.close(still_free)
    assert still_free == lowest_free


@pytest.mark.parametrize(
    "kernel", [FakeKernel(takes_ruleset=False), FakeKernel(takes_domain=False)]
)
def test_a_refusal_is_reported(kernel: FakeKernel) -> None:
    assert not landlock.restrict(kernel, 1)
