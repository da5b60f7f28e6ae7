"""The holder's answers to an audit or to sightings: what of an export is opened.

An answer is written as an export is, a signed SD-JWT without rows, sealed to the
recipient; its type (``vct``) is another, so that neither passes for the other.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.cells import slot_count
from geowallet.contracts.life.audit import drawn_metres
from geowallet.crypto.curve import scalar_bytes
from geowallet.crypto.encoding import b64u
from geowallet.crypto.signing import thumbprint
from geowallet.model.calendar import Period
from geowallet.proofs.claims import ISSUER_PREFIX
from geowallet.proofs.commitments import open_day
from geowallet.proofs.sdjwt import pack
from geowallet.proofs.track import Mark, Slot, open_mark, open_slots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.contracts.life.audit import Asked, Challenge
    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.sightings import Sighting, Sightings
    from geowallet.proofs.commitments import Opening, Stamped
    from geowallet.proofs.track import Track

AUDIT_VCT = "urn:geowallet:audit-answer:1"
SIGHTINGS_VCT = "urn:geowallet:sightings-answer:1"
"""Types and versions of answers; no verifier of exports takes them for one."""


_NOTHING: Mapping[int, Stamped] = MappingProxyType({})


class Word(StrEnum):
    """What the committed track says to a sighting.

    ``agree`` opens the quarter hour and the one mark that the recipient named.
    ``contradict`` opens nothing: it is said against oneself. ``no_data`` opens the
    quarter hours of the window, which are empty.
    """

    AGREE = "agree"
    CONTRADICT = "contradict"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer to one sighting; ``slots`` and ``mark`` are what is opened."""

    word: Word
    slots: tuple[Slot, ...] = ()
    mark: Mark | None = None


def drawn_days(challenge: Challenge, days_m: Sequence[int]) -> tuple[int, ...]:
    """Return the ordinals of the days into which the drawn metres fall, in order, once each."""
    ends = list(accumulate(days_m))
    drawn = drawn_metres(challenge, ends[-1] if ends else 0)
    return tuple(sorted({bisect_right(ends, metre) for metre in drawn}))


def open_drawn(
    challenge: Challenge,
    days_m: Sequence[int],
    seed: bytes,
    stamped: Mapping[int, Stamped] = _NOTHING,
) -> tuple[Opening, ...]:
    """Return the openings that answer a challenge, from what the wallet kept."""
    return tuple(open_day(days_m, seed, day, stamped) for day in drawn_days(challenge, days_m))


def compare(sightings: Sightings, track: Track, seed: bytes) -> tuple[Compared, ...]:
    """Return what the committed track says to each sighting, in order."""
    period = Period.parse(sightings.about.period)
    return tuple(_compared(one, track, seed, period) for one in sightings.sightings)


def audit_answer(
    contract: Contract,
    challenge: Challenge,
    opened: Sequence[Opening],
    *,
    now_s: int,
    private_jwk: dict[str, Any],
) -> str:
    """Return the signed answer to a challenge, to be sealed to the recipient."""
    days = [
        {
            "day": one.day,
            "metres": one.metres,
            "opening": b64u(scalar_bytes(one.opening)),
            "before_m": one.before_m,
            "before_opening": b64u(scalar_bytes(one.before_opening)),
            "stamped_m": one.stamped.metres,
            "leaves": list(one.stamped.leaves),
        }
        for one in opened
    ]
    claims = _named(contract, challenge.about, AUDIT_VCT, challenge.sha256, now_s)
    return pack(claims | {"days": days}, [], private_jwk=private_jwk, salts=bytes)


def sightings_answer(
    contract: Contract,
    sightings: Sightings,
    compared: Sequence[Compared],
    *,
    now_s: int,
    private_jwk: dict[str, Any],
) -> str:
    """Return the signed answer to a list of sightings, to be sealed to the recipient."""
    answers = [
        {
            "word": one.word.value,
            "slots": [_slot_as_json(slot) for slot in one.slots],
            "mark": one.mark and {"text": one.mark.text, "salt": b64u(one.mark.salt)},
        }
        for one in compared
    ]
    claims = _named(contract, sightings.about, SIGHTINGS_VCT, sightings.sha256, now_s)
    return pack(claims | {"answers": answers}, [], private_jwk=private_jwk, salts=bytes)


def _compared(sighting: Sighting, track: Track, seed: bytes, period: Period) -> Compared:
    slots, wanted, size = sighting.slots(period), sighting.marks(), slot_count(period)
    for number in slots:
        for text in sorted(wanted.intersection(track.get(number, ()))):
            opened = open_slots(track, [number], seed=seed, size=size)
            return Compared(Word.AGREE, opened, open_mark(number, text, seed=seed))
    if any(track.get(number) for number in slots):
        return Compared(Word.CONTRADICT)
    return Compared(Word.NO_DATA, open_slots(track, slots, seed=seed, size=size))


def _named(contract: Contract, about: Asked, vct: str, question: str, now_s: int) -> dict[str, Any]:
    return {
        "iss": ISSUER_PREFIX + thumbprint(contract.grant.holder.signing_jwk),
        "vct": vct,
        "iat": now_s,
        "aud": thumbprint(contract.terms.recipient.signing_jwk),
        "contract": about.terms_sha256,
        "period": about.period,
        "export": about.jti,
        "question": question,
    }


def _slot_as_json(slot: Slot) -> dict[str, Any]:
    return {
        "number": slot.number,
        "salt": b64u(slot.salt),
        "hashes": b64u(b"".join(slot.hashes)),
        "proof": b64u(b"".join(slot.proof)),
    }
