"""Sums of commitments on edwards25519 in whole numbers, as the verifier checks them.

A commitment to the metres of a day is metres * B + opening * H; commitments add up to one
of the total. Slower than a library and short enough to be read (RFC 8032, section 5.1).
"""

from __future__ import annotations

PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int, int, int]
"""X, Y, Z and T of RFC 8032, section 5.1.4: x = X / Z, y = Y / Z, x * y = T / Z."""


def add_up(points: list[bytes], total: int, opening: bytes) -> bool:
    """Say whether points of the group, none of them zero, add up to total * B + opening * H."""
    number, sum_of_all = int.from_bytes(opening, "little"), _ZERO
    for point in map(_decoded, points):
        if point is None or _same(point, _ZERO) or not _same(_times(ORDER, point), _ZERO):
            return False
        sum_of_all = _plus(sum_of_all, point)
    expected = _plus(_times(total, _BASE), _times(number, _SECOND_BASE))
    return len(opening) == 32 and number < ORDER and _same(sum_of_all, expected)


def _decoded(data: bytes) -> Point | None:
    """Return the point that 32 bytes write, if it is on the curve and this its only spelling."""
    number = int.from_bytes(data, "little")
    y, sign = number % 2**255, number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if len(data) != 32 or y >= PRIME or x * x % PRIME != square or (x == 0 and sign):
        return None
    x = PRIME - x if x % 2 != sign else x
    return x, y, 1, x * y % PRIME


def _plus(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] * _D, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _times(number: int, point: Point) -> Point:
    product = _ZERO
    while number:
        product = _plus(product, point) if number % 2 else product
        point, number = _plus(point, point), number // 2
    return product


def _same(one: Point, other: Point) -> bool:
    return all((one[n] * other[2] - other[n] * one[2]) % PRIME == 0 for n in (0, 1))


def _point(text: str) -> Point:
    return _decoded(bytes.fromhex(text)) or _ZERO


_ZERO: Point = (0, 1, 1, 0)
_D = -121665 * pow(121666, -1, PRIME) % PRIME
_BASE = _point("58" + "66" * 31)
_SECOND_BASE = _point("c4dc65131a2c7d879d62dd2812cefa53d7cf7e3a148ca5c186012edfe71e129d")
"""H, which follows from SHA-512 of a label, so that nobody knows its multiple of B."""
