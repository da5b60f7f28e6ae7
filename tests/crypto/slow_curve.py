"""edwards25519 in whole numbers, slow and readable: a second opinion on libsodium.

Source:
    RFC 8032 section 5.1: the curve, the encoding, and the formulas of 5.1.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

Point = tuple[int, int]
ZERO: Point = (0, 1)


def decode(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(data) != 32 or y >= P:
        raise ValueError("another spelling")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("off the curve")
    return (P - x if x & 1 != sign else x, y)


def encode(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    twist = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + twist, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - twist, -1, P) % P


def times(number: int, point: Point) -> Point:
    total = ZERO
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def total_of(points: Iterable[Point]) -> Point:
    total = ZERO
    for point in points:
        total = add(total, point)
    return total


def in_group(point: Point) -> bool:
    """Whether the point is of order L, and not the identity."""
    return point != ZERO and times(L, point) == ZERO


BASE = decode(bytes.fromhex("58" + "66" * 31))
"""RFC 8032 section 5.1: y = 4/5, x even."""


def second_base(label: bytes) -> Point:
    """The first of SHA-512(label, counter)[:32] that is on the curve, times 8."""
    for counter in range(256):
        try:
            point = times(8, decode(hashlib.sha512(label + bytes([counter])).digest()[:32]))
        except ValueError:
            continue
        if in_group(point):
            return point
    raise ValueError("none")


def commitment(value: int, opening: int) -> bytes:
    """value * B + opening * H, from the label alone."""
    h = second_base(b"geowallet/pedersen/second-base/v1")
    return encode(add(times(value % L, BASE), times(opening % L, h)))


def check_sum(commitments: list[bytes], total: int, opening: int) -> bool:
    """What a reader without libsodium would check of an export."""
    points = [decode(one) for one in commitments]
    in_order = all(in_group(point) for point in points)
    return in_order and encode(total_of(points)) == commitment(total, opening)
