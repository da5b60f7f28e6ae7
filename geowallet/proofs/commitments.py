"""The claims that commit an export to the metres of each day, without saying them.

``commitments`` holds one point for each day of the period, ``opening`` the sum of
their openings: whoever knows the total can check that the days add up to it.
``range_proofs`` (experimental) shows of each day that it is not below 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geowallet.crypto.curve import ORDER, joined, read_scalar, scalar_bytes
from geowallet.crypto.encoding import b64u, unb64u
from geowallet.crypto.pedersen import check_opening, check_sum, commit, opening_at
from geowallet.crypto.range_proof import check_range, prove_range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geowallet.contracts.terms.syntax import Terms

COMMITMENT_CLAIMS = ("commitments", "opening")
"""Claims of every export whose terms ask for commitments."""

PROOF_CLAIM = "range_proofs"
"""Claim of an export whose terms ask for range proofs too."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """What of a day rests on entries of the log that others saw in time.

    Attributes:
        metres: Of the day, above L0.
        leaves: Positions of these entries, in order; empty where there are no such metres.
    """

    metres: int = 0
    leaves: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """One day of an export, opened, with all days before it.

    Attributes:
        day: Ordinal of the day in the period, from 0.
        metres: Of the day.
        opening: Of its commitment.
        before_m: Metres of all days before.
        before_opening: Sum of their openings.
        stamped: What of the day others saw, as the holder says.
    """

    day: int
    metres: int
    opening: int
    before_m: int
    before_opening: int
    stamped: Stamped = Stamped()


_NOTHING: Mapping[int, Stamped] = MappingProxyType({})


def commitment_claims(  # noqa: PLR0913  what is committed to, with what, for which export
    terms: Terms,
    days_m: Sequence[int],
    *,
    seed: bytes,
    jti: str,
    period: str,
    random: Callable[[int], bytes],
) -> dict[str, Any]:
    """Return the claims; none where ``terms`` ask for no commitments.

    Args:
        terms: The contract.
        days_m: Whole metres of every day of the period, days without a trip included.
        seed: Secret of 32 bytes from which the openings follow; it stays in the wallet.
        jti: Id of the export.
        period: As the export names it.
        random: ``random(n)`` gives ``n`` fresh random bytes; for range proofs alone.

    Raises:
        ValueError: A day is longer than a range proof can show.
    """
    if terms.commitments == "none":
        return {}
    openings = [opening_at(seed, day) for day in range(len(days_m))]
    claims: dict[str, Any] = {
        "commitments": [
            b64u(commit(metres, opening)) for metres, opening in zip(days_m, openings, strict=True)
        ],
        "opening": b64u(scalar_bytes(sum(openings))),
    }
    if terms.commitments == "day_proved":
        claims[PROOF_CLAIM] = [
            b64u(prove_range(metres, opening, about=_about(jti, period, day), random=random))
            for day, (metres, opening) in enumerate(zip(days_m, openings, strict=True))
        ]
    return claims


def open_day(
    days_m: Sequence[int], seed: bytes, day: int, stamped: Mapping[int, Stamped] = _NOTHING
) -> Opening:
    """Return the opening of one day, from what the wallet kept."""
    return Opening(
        day=day,
        metres=days_m[day],
        opening=opening_at(seed, day),
        before_m=sum(days_m[:day]),
        before_opening=sum(opening_at(seed, n) for n in range(day)) % ORDER,
        stamped=stamped.get(day, Stamped()),
    )


def check_total(claims: Mapping[str, Any]) -> None:
    """Return if the commitments add up to the total distance.

    Raises:
        ValueError: They do not, or a part is not written as it must be.
    """
    opening = read_scalar(unb64u(claims["opening"]))
    check_sum(committed(claims), claims["total"]["distance_m"], opening)


def check_proofs(claims: Mapping[str, Any]) -> None:
    """Return if every day is shown to be in the range of a proof.

    Raises:
        ValueError: One is not, or there are more or fewer proofs than days.
    """
    points, proofs = committed(claims), claims[PROOF_CLAIM]
    for day, (point, proof) in enumerate(zip(points, proofs, strict=True)):
        about = _about(claims["jti"], claims["period"], day)
        check_range(point, unb64u(proof), about=about)


def check_prefix(claims: Mapping[str, Any], opened: Opening) -> None:
    """Return if a day opens as said, and the days before it add up as said.

    Raises:
        ValueError: The first of both that does not hold.
    """
    points = committed(claims)
    check_opening(points[opened.day], opened.metres, opened.opening)
    check_sum(points[: opened.day], opened.before_m, opened.before_opening)


def committed(claims: Mapping[str, Any]) -> list[bytes]:
    """Return the points of all days, in order.

    Raises:
        ValueError: One is not canonical base64url.
    """
    return [unb64u(text) for text in claims["commitments"]]


def _about(jti: str, period: str, day: int) -> bytes:
    """Return what a range proof is bound to."""
    return joined([jti.encode(), period.encode(), day.to_bytes(4, "big")])
