"""A month under a contract with commitments: three days of travel, and the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from hashlib import sha512
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.cells import slot_count
from geowallet.contracts.life.audit import Asked, Challenge, challenge_bytes, read_challenge
from geowallet.contracts.life.sightings import (
    Area,
    Sighting,
    Sightings,
    read_sightings,
    sightings_bytes,
)
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.protection import Audit
from geowallet.proofs.commitments import commitment_claims
from geowallet.proofs.track import track_root
from tests.proofs.parties import DESK, JTI, OCTOBER, TERMS, contract_of

if TYPE_CHECKING:
    from collections.abc import Callable

AUDITED = replace(
    TERMS,
    name="audited-mileage",
    measures=(Measure("distance_m", 1, 20_000_000),),
    group_by=(),
    min_assurance="L1",
    commitments="day",
    audit=Audit(draws=20, spot_checks=5),
)
CONTRACT = contract_of(AUDITED)

DAYS_M = tuple({4: 37_120, 5: 250_000, 19: 12_000}.get(day, 0) for day in range(31))
"""5, 6 and 20 October: 299,120 m."""

SEED = b"o" * 32
TRACK_SEED = b"t" * 32
SIZE = slot_count(OCTOBER)

FIRST = 96 * 5 + 32
"""08:00 UTC of 5 October in the grid that begins a day before the month."""

TRACK = {
    FIRST: ("cell:2400:100", "cell:2400:101"),
    FIRST + 1: ("cell:2405:105", "cell:2404:104", "place:client"),
}

NOW_S = 1_793_800_000


def fixed_random() -> Callable[[int], bytes]:
    drawn = iter(range(100_000))
    return lambda n: sha512(f"random {next(drawn)}".encode()).digest()[:n]


def claims_of(days_m: tuple[int, ...] = DAYS_M, commitments: str = "day") -> dict[str, Any]:
    """The claims of the export that an audit looks at."""
    terms = replace(AUDITED, commitments=commitments)
    claims = commitment_claims(
        terms, days_m, seed=SEED, jti=JTI, period="2026-10", random=fixed_random()
    )
    root = track_root(TRACK, seed=TRACK_SEED, size=SIZE).hex()
    total = {"total": {"distance_m": sum(days_m)}, "jti": JTI, "period": "2026-10"}
    return claims | total | {"track": {"root": root, "size": SIZE}}


ABOUT = Asked(CONTRACT.sha256, "2026-10", JTI, dt.date(2026, 11, 3))


def challenge(draws: int = 5, seed: bytes = b"s" * 32) -> Challenge:
    return read_challenge(challenge_bytes(CONTRACT, DESK, ABOUT, seed=seed, draws=draws))


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(f"2026-10-{text}", "%Y-%m-%dT%H:%M").replace(tzinfo=dt.UTC)


THERE = Sighting("toll", at("05T08:10"), at("05T08:20"), area=Area(4_811_000, 211_000, 300))
AT_CLIENT = Sighting("appointment", at("05T08:15"), at("05T08:30"), place="client")
ELSEWHERE = Sighting("fuel_card", at("05T08:00"), at("05T08:15"), area=Area(4_500_000, 500_000, 9))
IDLE = Sighting("badge", at("06T12:00"), at("06T12:30"), place="work")


def sightings(*listed: Sighting) -> Sightings:
    return read_sightings(sightings_bytes(CONTRACT, DESK, ABOUT, listed))
