"""FIT files put together by hand, byte by byte, from Garmin's description of the protocol."""

from __future__ import annotations

import struct

START = 1_141_371_000
"""2026-03-02T07:30:00Z, counted from 1989-12-31: 1,772,436,600 - 631,065,600."""

NOWHERE = 0x7FFF_FFFF
_NIBBLES = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)
"""Check sum table of the protocol, one entry for every half byte."""

RECORD = ((253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (78, 4, 0x86), (73, 4, 0x86), (31, 1, 0x02))
"""Number, size and base type: time, latitude, longitude, elevation, speed, accuracy."""


def checksum(data: bytes) -> int:
    value = 0
    for byte in data:
        for nibble in (byte & 0xF, byte >> 4):
            value = (value >> 4) & 0x0FFF ^ _NIBBLES[value & 0xF] ^ _NIBBLES[nibble]
    return value


def semicircles(degrees: float) -> int:
    return round(degrees * 2**31 / 180)


def definition(
    local: int,
    message: int,
    fields: tuple[tuple[int, int, int], ...],
    *,
    developer: tuple[tuple[int, int, int], ...] | None = None,
) -> bytes:
    head = 0x40 | (0x20 if developer is not None else 0) | local
    body = struct.pack("<BBBHB", head, 0, 0, message, len(fields))
    body += b"".join(map(bytes, fields))
    if developer is not None:
        body += bytes([len(developer)]) + b"".join(map(bytes, developer))
    return body


def record(
    time: int,
    lat: int,
    lon: int,
    *,
    altitude: int = 0xFFFF_FFFF,
    speed: int = 0xFFFF_FFFF,
    accuracy: int = 0xFF,
) -> bytes:
    return struct.pack("<BIiiIIB", 0, time, lat, lon, altitude, speed, accuracy)


def file(*messages: bytes, kind: int = 4) -> bytes:
    identity = definition(15, 0, ((0, 1, 0x00),)) + bytes([15, kind])
    body = identity + definition(0, 20, RECORD) + b"".join(messages)
    head = struct.pack("<BBHI4s", 14, 0x20, 2100, len(body), b".FIT")
    head += struct.pack("<H", checksum(head))
    return head + body + struct.pack("<H", checksum(head + body))


def session(start: int, end: int, sport: int) -> bytes:
    fields = ((253, 4, 0x86), (2, 4, 0x86), (5, 1, 0x00))
    return definition(1, 18, fields) + struct.pack("<BIIB", 1, end, start, sport)


RIDE = file(
    record(START, semicircles(48.6921), semicircles(6.1844), altitude=3562, speed=4500, accuracy=8),
    record(START + 5, NOWHERE, NOWHERE),
    record(START + 10, semicircles(48.6930), semicircles(6.1850)),
    session(START, START + 10, 2),
)
"""Two fixes ten seconds apart; (3562 / 5) - 500 = 212.4 m, 4500 mm a second, cycling."""
