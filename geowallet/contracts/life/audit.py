"""The recipient's challenge: which metres of a signed total are to be looked behind.

An audit by metre, as accountants sample by money unit. The recipient draws a
seed after the export is signed, and signs it; from it follow metres of the
total, and each falls into one day. A day is drawn as often as it is long, so
that one blown-up day is found sooner than one day in so many.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha512
from typing import TYPE_CHECKING, Any

from geowallet.contracts.life.signed import read_signed, signed_bytes
from geowallet.contracts.terms.protection import MOST_DRAWS
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.curve import joined
from geowallet.model.calendar import Period
from geowallet.model.errors import BadPeriodError

if TYPE_CHECKING:
    import datetime as dt

    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.signed import Signed
    from geowallet.contracts.terms.members import Members

CHALLENGE_SCHEMA = "geowallet.audit-challenge/1"
CHALLENGE_TYP = "geowallet-audit-challenge+jws"
"""Says in the signed header that a challenge was meant, and nothing else."""

SEED_BYTES = 32

_DRAW = b"geowallet/audit/draw/v1"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an audit or a spot check is about, the same in both.

    Attributes:
        terms_sha256: Digest of the contract's terms.
        period: As `Period` writes it.
        jti: Full id of the export, 32 hex digits.
        issued: Day on which it was asked.
    """

    terms_sha256: str
    period: str
    jti: str
    issued: dt.date


@dataclass(frozen=True, slots=True)
class Challenge:
    """A signed seed, and how many metres follow from it.

    Attributes:
        about: Which export.
        seed: 32 random bytes, drawn by the recipient after the export.
        draws: How many metres, 1 to `MOST_DRAWS`.
        sha256: Digest (hex) of what was signed: the name of this challenge.
    """

    about: Asked
    seed: bytes
    draws: int
    sha256: str


def challenge_bytes(
    contract: Contract, private_jwk: dict[str, Any], about: Asked, *, seed: bytes, draws: int
) -> bytes:
    """Return the signed challenge as a file for the holder.

    Raises:
        ContractSignatureError: ``private_jwk`` is not the recipient's key.
        BadContractError: A challenge that no wallet would read.
    """
    value = asked_as_json(contract, about) | {"seed": seed.hex(), "draws": draws}
    body = signed_bytes(CHALLENGE_SCHEMA, value, {"signature": (private_jwk, CHALLENGE_TYP)})
    check_challenge(body, contract)
    return body


def read_challenge(data: bytes) -> Challenge:
    """Read what `challenge_bytes` wrote; the signature is `check_challenge`'s.

    Raises:
        BadContractError: Not such a file.
    """
    return _challenge(data)[0]


def check_challenge(data: bytes, contract: Contract) -> Challenge:
    """Read a challenge and check that the recipient of ``contract`` signed it.

    Raises:
        BadContractError: Not such a file, or of another contract.
        ContractSignatureError: Altered, or signed with another key.
    """
    challenge, signed = _challenge(data)
    check_asker(signed, challenge.about, contract, CHALLENGE_TYP)
    return challenge


def drawn_metres(challenge: Challenge, total_m: int) -> tuple[int, ...]:
    """Return the metres that are drawn, each from 0 to below ``total_m``, in order.

    Metre number n is SHA-512 over a fixed label, the seed, the contract, the
    period, the export and n (each behind its length), modulo the total. It can
    be computed again by anybody, and by nobody before the seed is known. The
    same metre may be drawn twice. Empty where nothing was travelled.
    """
    about = challenge.about
    names = (about.terms_sha256.encode(), about.period.encode(), about.jti.encode())
    drawn = []
    for number in range(challenge.draws if total_m else 0):
        parts = (_DRAW, challenge.seed, *names, number.to_bytes(4, "big"))
        drawn.append(int.from_bytes(sha512(joined(parts)).digest(), "big") % total_m)
    return tuple(sorted(drawn))


def asked_as_json(contract: Contract, about: Asked) -> dict[str, Any]:
    """Return the members with which every question of a recipient begins."""
    return {
        "contract": contract.terms.name,
        "terms_sha256": about.terms_sha256,
        "period": about.period,
        "jti": about.jti,
        "issued": str(about.issued),
    }


def read_asked(members: Members) -> Asked:
    """Read what `asked_as_json` wrote.

    Raises:
        BadContractError: Not that.
    """
    members.matching("contract", r"[a-z0-9][a-z0-9-]{0,39}")
    about = Asked(
        terms_sha256=members.matching("terms_sha256", r"[0-9a-f]{64}"),
        period=members.matching("period", r"[0-9.-]{4,22}"),
        jti=members.matching("jti", r"[0-9a-f]{32}"),
        issued=members.date("issued"),
    )
    try:
        shortest = str(Period.parse(about.period))
    except BadPeriodError as error:
        raise members.refusal("not a period", "period") from error
    if shortest != about.period:
        raise members.refusal("not written as it must be", "period")
    return about


def check_asker(signed: Signed, about: Asked, contract: Contract, typ: str) -> None:
    """Check that the recipient of ``contract`` asks, under it.

    Raises:
        BadContractError: It speaks of another contract.
        ContractSignatureError: Altered, or signed with another key.
    """
    if about.terms_sha256 != contract.sha256:
        raise signed.members.refusal("of another contract", "terms_sha256")
    recipient = contract.terms.recipient.signing_jwk
    signed.check(recipient, typ, name=contract.terms.name)


def _challenge(data: bytes) -> tuple[Challenge, Signed]:
    signed = read_signed(data, CHALLENGE_SCHEMA)
    members = signed.members
    challenge = Challenge(
        about=read_asked(members),
        seed=bytes.fromhex(members.matching("seed", r"[0-9a-f]{64}")),
        draws=members.integer("draws", 1, MOST_DRAWS),
        sha256=sha256_hex(signed.payload),
    )
    members.done()
    return challenge, signed
