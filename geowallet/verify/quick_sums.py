"""Sums of commitments by libsodium: what `points` says, a hundred times faster.

The verifier to take away knows `points` alone, which is short enough to be read and is the
judge of this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.crypto.curve import read_scalar
from geowallet.crypto.pedersen import check_sum

if TYPE_CHECKING:
    from collections.abc import Sequence


def add_up(points: Sequence[bytes], total: int, opening: bytes) -> bool:
    """Say whether points of the group, none of them zero, add up to total * B + opening * H."""
    try:
        check_sum(points, total, read_scalar(opening))
    except ValueError:
        return False
    return True
