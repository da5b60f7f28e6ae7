"""Audits: how often a forged total is caught, and what commitments and proofs cost.

Run with ``python -m benchmarks.bench_audit``.
"""

from __future__ import annotations

import datetime as dt
import os
from functools import partial
from itertools import starmap
from typing import TYPE_CHECKING

from benchmarks.timing import say, timed
from geowallet.contracts.life.audit import Asked, Challenge
from geowallet.crypto.curve import scalar_bytes
from geowallet.crypto.pedersen import check_sum, commit, opening_at
from geowallet.crypto.range_proof import PROOF_BYTES, check_range, prove_range
from geowallet.proofs.answers import drawn_days
from geowallet.proofs.track import open_slots, track_root
from geowallet.verify.points import add_up

if TYPE_CHECKING:
    from collections.abc import Sequence

CHALLENGES = 10_000
DRAWS = (2, 5, 10, 20)

HONEST_M = (31_000, 0, 18_000, 44_000, 27_000, 0, 0) * 4
"""Four weeks of an honest month: four days a week with travel, 480 km."""

FORGERIES = {
    "one day blown up to 30 %": (0.30, (3,)),
    "two days invented, 10 %": (0.10, (5, 12)),
    "one day invented, 5 %": (0.05, (19,)),
}
"""What is forged: share of the total, and the days that carry it."""

SEED = b"o" * 32
ROUNDS = 3


def main() -> None:
    """Print the table of catches, then seconds and bytes."""
    say(f"caught by {CHALLENGES:,} challenges each (expected: 1-(1-s)^k)")
    for name, (share, days) in FORGERIES.items():
        forged = forge(HONEST_M, share, days)
        cells = []
        for draws in DRAWS:
            found, expected = caught(forged, days, draws, CHALLENGES), 1 - (1 - share) ** draws
            cells.append(f"k={draws}: {found:.3f} ({expected:.3f})")
        say(f"  {name}: {', '.join(cells)}")
    for length in (31, 365):
        _costs([(1_000 * day) % 90_000 for day in range(length)])
    size = 96 * 33
    track = {slot: tuple(f"cell:2400:{n}" for n in range(12)) for slot in range(100, size, 12)}
    root = timed(partial(track_root, track, seed=SEED, size=size), rounds=ROUNDS)
    opened = timed(partial(open_slots, track, [100], seed=SEED, size=size), rounds=ROUNDS)
    say(
        f"track of a month: root {root.cpu_s * 1e3:.0f} ms, one opening {opened.cpu_s * 1e3:.0f} ms"
    )


def forge(honest_m: Sequence[int], share: float, days: Sequence[int]) -> tuple[int, ...]:
    """Return a month in which ``days`` together are ``share`` of the metres."""
    rest = sum(metres for day, metres in enumerate(honest_m) if day not in days)
    each = round(rest * share / (1 - share) / len(days))
    return tuple(each if day in days else metres for day, metres in enumerate(honest_m))


def caught(days_m: Sequence[int], forged: Sequence[int], draws: int, challenges: int) -> float:
    """Return the share of challenges that open a forged day."""
    about = Asked("ab" * 32, "2026-02", "cd" * 16, dt.date(2026, 3, 2))
    hits = 0
    for number in range(challenges):
        challenge = Challenge(about, number.to_bytes(32, "big"), draws, "")
        hits += not set(forged).isdisjoint(drawn_days(challenge, days_m))
    return hits / challenges


def _costs(days_m: list[int]) -> None:
    openings = [opening_at(SEED, day) for day in range(len(days_m))]
    pairs = list(zip(days_m, openings, strict=True))
    points = list(starmap(commit, pairs))
    total, opening = sum(days_m), sum(openings)
    made = timed(lambda: list(starmap(commit, pairs)), rounds=ROUNDS)
    checked = timed(partial(check_sum, points, total, opening), rounds=ROUNDS)
    slow = timed(partial(add_up, points, total, scalar_bytes(opening)), rounds=1)
    say(
        f"{len(days_m)} days: commit {made.cpu_s * 1e3:.0f} ms, check the sum "
        f"{checked.cpu_s * 1e3:.0f} ms (without libsodium {slow.cpu_s:.2f} s)"
    )
    proof = [prove_range(v, r, about=b"", random=os.urandom) for v, r in pairs[:31]]
    proving = timed(
        lambda: [prove_range(v, r, about=b"", random=os.urandom) for v, r in pairs[:31]], rounds=1
    )
    checking = timed(partial(_check, points[:31], proof), rounds=1)
    each = len(days_m) / 31
    say(
        f"  range proofs: prove {proving.cpu_s * each:.2f} s, check {checking.cpu_s * each:.2f} s, "
        f"{PROOF_BYTES * len(days_m) / 1e3:.0f} kB"
    )


def _check(points: Sequence[bytes], proofs: Sequence[bytes]) -> None:
    for point, proof in zip(points, proofs, strict=True):
        check_range(point, proof, about=b"")


if __name__ == "__main__":
    main()
