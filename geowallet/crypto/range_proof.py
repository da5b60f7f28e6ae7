"""Range proofs, experimental: a committed value is at least 0 and below 2^20.

The value is committed to bit by bit. For each bit, one of two statements is
proved without saying which: "the commitment, less the bit's value, is a multiple
of H". The bits, weighted, add up to the commitment that is proved, which is why
the lowest bit's commitment is not sent: it is what the others leave.

The layout, 2,560 bytes: the challenge; the commitments to bits 1 to 19; then, for
each bit from 0, the share of the challenge that goes to "it is 0", the answer to
that, and the answer to "it is 1".

Nobody outside this project has reviewed this code. It is needed where a smaller
total pays: a day below 0 hides from an audit by metre (docs/security.md).

Source:
    R. Cramer, I. Damgard, B. Schoenmakers, "Proofs of partial knowledge", CRYPTO
    1994, for the two statements; the challenge is hashed over everything that is
    proved (D. Bernhard, O. Pereira, B. Warinschi, ASIACRYPT 2012, "strong"
    Fiat-Shamir).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geowallet.crypto.curve import (
    ORDER,
    POINT_BYTES,
    SCALAR_BYTES,
    base_times,
    check_point,
    joined,
    minus,
    read_scalar,
    scalar_bytes,
    scalar_of,
    sum_of,
    times,
)
from geowallet.crypto.pedersen import SECOND_BASE, commit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BITS = 20
"""A day of at most 1,048 km by the metre."""

MOST = (1 << BITS) - 1
"""Largest value that can be proved."""

PROOF_BYTES = SCALAR_BYTES + (BITS - 1) * POINT_BYTES + BITS * 3 * SCALAR_BYTES

_DOMAIN = b"geowallet/range-proof/v1"
_WIDE_BYTES = 64


@dataclass(frozen=True, slots=True)
class _Answer:
    """For one bit: a share of the challenge, and an answer to either statement."""

    share_of_zero: int
    to_zero: int
    to_one: int


def prove_range(value: int, opening: int, *, about: bytes, random: Callable[[int], bytes]) -> bytes:
    """Return the proof, `PROOF_BYTES` long, for the commitment to ``value``.

    Args:
        value: 0 to `MOST`.
        opening: Of its commitment.
        about: What the proof is good for and nothing else, such as the export and the day.
        random: ``random(n)`` gives ``n`` fresh random bytes.

    Raises:
        ValueError: The value is out of range.
    """
    if not 0 <= value <= MOST:
        raise ValueError("a value out of range cannot be proved")
    openings = _split(opening, random)
    values = [value >> bit & 1 for bit in range(BITS)]
    points = [commit(one, secret) for one, secret in zip(values, openings, strict=True)]
    nonces, feigned = _fresh(random), _fresh(random)
    answers = _fresh(random)
    first = [
        _first_moves(points[bit], values[bit], nonces[bit], feigned[bit], answers[bit])
        for bit in range(BITS)
    ]
    challenge = _challenge(about, commit(value, opening), points, first)
    said = []
    for bit in range(BITS):
        share = (challenge - feigned[bit]) % ORDER
        honest = (nonces[bit] + share * openings[bit]) % ORDER
        if values[bit]:
            said.append(_Answer(feigned[bit], answers[bit], honest))
        else:
            said.append(_Answer(share, honest, answers[bit]))
    return _written(challenge, points, said)


def check_range(commitment: bytes, proof: bytes, *, about: bytes) -> None:
    """Return if ``proof`` shows that ``commitment`` holds a value from 0 to `MOST`.

    Raises:
        ValueError: It does not, or it is good for something else.
    """
    challenge, points, said = _read(check_point(commitment), proof)
    first = []
    for point, answer in zip(points, said, strict=True):
        share_of_one = (challenge - answer.share_of_zero) % ORDER
        first += [
            _move(point, answer.to_zero, answer.share_of_zero),
            _move(minus(point, base_times(1)), answer.to_one, share_of_one),
        ]
    pairs = list(zip(first[::2], first[1::2], strict=True))
    if _challenge(about, commitment, points, pairs) != challenge:
        raise ValueError("the proof does not hold")


def _split(opening: int, random: Callable[[int], bytes]) -> list[int]:
    """Return openings of the bits which, weighted, add up to ``opening``."""
    above = _fresh(random)[1:]
    weighted = sum(secret << bit for bit, secret in enumerate(above, start=1))
    return [(opening - weighted) % ORDER, *above]


def _fresh(random: Callable[[int], bytes]) -> list[int]:
    return [int.from_bytes(random(_WIDE_BYTES), "little") % ORDER for _ in range(BITS)]


def _first_moves(
    point: bytes, value: int, nonce: int, feigned: int, answer: int
) -> tuple[bytes, bytes]:
    """Return what is committed to for "it is 0" and "it is 1"; the false one is feigned."""
    honest = times(nonce, SECOND_BASE)
    if value:
        return _move(point, answer, feigned), honest
    return honest, _move(minus(point, base_times(1)), answer, feigned)


def _move(point: bytes, answer: int, share: int) -> bytes:
    return minus(times(answer, SECOND_BASE), times(share, point))


def _challenge(
    about: bytes, commitment: bytes, points: Sequence[bytes], first: Sequence[tuple[bytes, bytes]]
) -> int:
    moves = joined(move for pair in first for move in pair)
    return scalar_of(_DOMAIN, about, SECOND_BASE, commitment, joined(points), moves)


def _written(challenge: int, points: Sequence[bytes], said: Sequence[_Answer]) -> bytes:
    numbers = [
        scalar_bytes(number)
        for answer in said
        for number in (answer.share_of_zero, answer.to_zero, answer.to_one)
    ]
    return b"".join([scalar_bytes(challenge), *points[1:], *numbers])


def _read(commitment: bytes, proof: bytes) -> tuple[int, list[bytes], list[_Answer]]:
    if len(proof) != PROOF_BYTES:
        raise ValueError("a range proof has another length")
    parts = [proof[at : at + SCALAR_BYTES] for at in range(0, PROOF_BYTES, SCALAR_BYTES)]
    above = [check_point(part) for part in parts[1:BITS]]
    numbers = [read_scalar(part) for part in parts[BITS:]]
    said = [_Answer(*numbers[at : at + 3]) for at in range(0, len(numbers), 3)]
    weighted = sum_of(times(1 << bit, point) for bit, point in enumerate(above, start=1))
    lowest = check_point(minus(commitment, weighted))
    return read_scalar(parts[0]), [lowest, *above], said
