"""What the owner says over the guess: kept beside it, never instead of it.

A correction is tied to a stretch of time, not to a trip's id: it holds after
any later import or another cut of the same ride.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.mobility import (  # noqa: TC001  msgspec reads annotations at run time
    Mode,
    Purpose,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geowallet.model.mobility import DescribedTrip, Leg, Trip
    from geowallet.vault.store import Vault

_KIND = "correction"

_MATTERS = frozenset({"mode", "purpose", "tag", "vehicle"})
"""What a `Correction` speaks of; errands are other records of the same kind."""

HALF = 0.5
"""Of a stretch, what a word about it covers at least."""

SAID = phrase(N_("you said so"))
"""The reason of a corrected mode."""


class Correction(msgspec.Struct, frozen=True, omit_defaults=True):
    """One word of the owner.

    Attributes:
        start_us: First instant it speaks of.
        end_us: Last instant.
        mode: What the leg was, or None where nothing is said of it.
        purpose: What the trip was for, or None.
        said_us: When it was said; a later word wins.
        tag: A word put on the trip, or "".
        vehicle: Id of the vehicle it was made with, or "".
    """

    start_us: int
    end_us: int
    mode: Mode | None
    purpose: Purpose | None
    said_us: int
    tag: str = ""
    vehicle: str = ""


def corrections(vault: Vault) -> tuple[Correction, ...]:
    """Return all corrections, oldest word first."""
    found = (
        msgspec.msgpack.decode(body, type=Correction)
        for name, body in vault.items(_KIND)
        if name.partition("/")[0] in _MATTERS
    )
    return tuple(sorted(found, key=lambda said: (said.said_us, said.start_us, said.end_us)))


def correct(vault: Vault, said: Sequence[Correction]) -> None:
    """Store corrections; one for the same stretch and matter replaces an earlier one.

    Args:
        vault: The open wallet.
        said: At least one, all said at the same moment.
    """
    with vault.transaction(now_us=said[0].said_us) as tx:
        for correction in said:
            tx.put(_KIND, _name(correction), msgspec.msgpack.encode(correction))
        digests = tuple(digest(correction) for correction in said)
        tx.log(Statement(StatementKind.CORRECT, digests, (), {"count": len(said)}))


def withdraw(vault: Vault, trip: Trip, *, now_us: int) -> int:
    """Forget what was said of a trip, so that the guess stands again; return how much it was."""
    over = covering(corrections(vault), trip)
    if over:
        with vault.transaction(now_us=now_us) as tx:
            for correction in over:
                tx.delete(_KIND, _name(correction))
            tx.log(Statement(StatementKind.CORRECT, (), (), {"withdrawn": len(over)}))
    return len(over)


def with_modes(trips: Iterable[Trip], said: Sequence[Correction]) -> list[Trip]:
    """Return trips with the modes that the owner said.

    A word holds for every leg of which it covers at least half. The guess stays
    as the first alternative.
    """
    return [replace(trip, legs=tuple(_leg(leg, said) for leg in trip.legs)) for trip in trips]


def with_purposes(
    trips: Iterable[DescribedTrip], said: Sequence[Correction]
) -> list[DescribedTrip]:
    """Return trips with the purposes and tags that were said, and a mark where anything was."""
    return [_described(trip, said) for trip in trips]


def covering(said: Sequence[Correction], trip: Trip) -> list[Correction]:
    """Return the corrections that touch ``trip``."""
    return [word for word in said if _covers(word, trip.start_us, trip.end_us, 0.0)]


def speaks_of(said: Correction, start_us: int, end_us: int) -> bool:
    """Say whether a correction covers at least half of a stretch: then it is about it."""
    return _covers(said, start_us, end_us, HALF)


def said_vehicle(said: Sequence[Correction], trip: Trip) -> str:
    """Return the vehicle that the owner said last for at least half of ``trip``, or ""."""
    names = [w.vehicle for w in said if w.vehicle and speaks_of(w, trip.start_us, trip.end_us)]
    return names[-1] if names else ""


def digest(said: Correction) -> str:
    """Return the SHA-256 (hex) by which the log knows a correction."""
    return sha256_hex(msgspec.msgpack.encode(said))


def _described(described: DescribedTrip, said: Sequence[Correction]) -> DescribedTrip:
    trip = described.trip
    about = [word for word in said if speaks_of(word, trip.start_us, trip.end_us)]
    purposes = [word.purpose for word in about if word.purpose]
    tags = {word.tag for word in about if word.tag}
    told = bool(purposes or tags) or any(leg.reasons == (SAID,) for leg in trip.legs)
    described = replace(
        described,
        by_owner=described.by_owner or told,
        tags=tuple(sorted({*described.tags, *tags})),
    )
    if not purposes:
        return described
    return replace(described, purpose=purposes[-1], purpose_confidence=1.0, purpose_reasons=(SAID,))


def _leg(leg: Leg, said: Sequence[Correction]) -> Leg:
    modes = [w.mode for w in said if w.mode and speaks_of(w, leg.start_us, leg.end_us)]
    if not modes:
        return leg
    others = ((leg.mode, leg.confidence), *leg.alternatives)
    return replace(leg, mode=modes[-1], confidence=1.0, alternatives=others, reasons=(SAID,))


def _covers(said: Correction, start_us: int, end_us: int, least: float) -> bool:
    """Say whether a correction covers more than the share ``least`` of a stretch."""
    shared_us = min(said.end_us, end_us) - max(said.start_us, start_us)
    return shared_us > 0 and shared_us >= least * (end_us - start_us)


def _name(said: Correction) -> str:
    matter = "mode" if said.mode else "purpose"
    if said.tag:
        matter = f"tag/{said.tag}"
    elif said.vehicle:
        matter = "vehicle"
    return f"{matter}/{said.start_us}/{said.end_us}"
